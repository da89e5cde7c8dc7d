/** The built-in voices: the same bytes on every machine, and records that say what is in them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { voices } from '../../runtime/data/voices.ts';
import { shapeAt } from '../../runtime/data/source.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { cosineOfTurns, exponential, sineOfTurns } from '../../runtime/data/voices/exact.ts';
import { phoneNames } from '../../runtime/data/voices/phones.ts';
import { seenSpeakers, speakers } from '../../runtime/data/voices/speakers.ts';
import { heardSet, keptVoices, synthesiseAll, validateSet } from '../../runtime/data/voices/voice-set.ts';

const open = (args: SourceArguments): OpenSource => voices.open(args, '.');

function read(source: OpenSource, field: string, row: number, pass?: number): Float32Array {
  const shape = shapeAt(source.fields[field], source.lengths?.(row) ?? {});
  const out = new Float32Array(shape.reduce((a, b) => a * b, 1));
  source.read(field, { from: row, to: row + 1 }, out, pass);
  return out;
}

describe('built-in voices', () => {
  it('sine and exponential are exact enough to be anyone’s', () => {
    for (let x = -3; x < 3; x += 0.0137) {
      assert.closeTo(sineOfTurns(x), Math.sin(2 * Math.PI * x), 1e-10);
      assert.closeTo(cosineOfTurns(x), Math.cos(2 * Math.PI * x), 1e-10);
      assert.closeTo(exponential(5 * x) / Math.exp(5 * x), 1, 1e-13);
    }
  });

  it('have the bytes that they are known by', function () {
    this.timeout(300_000);
    for (const [set, minutes] of [
      [heardSet, 25],
      [validateSet, 5],
    ] as const) {
      const samples = synthesiseAll(set);
      const bytes = new Uint8Array(samples.buffer);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), set.hash);
      assert.isAtLeast(samples.length / 16000 / 60, minutes, 'minutes');
      assert.isBelow(
        samples.reduce((a, x) => Math.max(a, Math.abs(x)), 0),
        32767,
        'nothing is clipped',
      );
    }
  });

  it('are many enough, and overlap in pitch', () => {
    assert.isAtLeast(seenSpeakers, 8);
    assert.isAtLeast(phoneNames.length, 21);
    const ranges = speakers.map(({ pitch, liveliness }) => [
      pitch * (1 - liveliness),
      pitch * (1 + liveliness),
    ]);
    for (const hertz of [120, 150, 180]) {
      assert.isAtLeast(ranges.filter(([low, high]) => low < hertz && hertz < high).length, 4, `${hertz} Hz`);
    }
  });

  it('say in each split what they say in no other', () => {
    const saidIn = (split: string): string[] => {
      const source = open({ split, frames: 'all' });
      return Array.from({ length: source.count / seenSpeakers }, (_, row) =>
        read(source, 'phones', row).join(''),
      );
    };
    const said = ['train', 'validate', 'test'].map(saidIn);
    assert.deepEqual(
      said.map((list) => list.length),
      [40, 10, 10],
    );
    assert.equal(new Set(said.flat()).size, 60);
  });

  it('count their rows without being synthesised', () => {
    const several: SourceArguments[] = [
      {},
      { split: 'test', frames: 'all' },
      { speakers: 'unseen', frames: 100, step: 10 },
    ];
    for (const args of several) assert.equal(voices.describe(args, '.')?.count, open(args).count);
    assert.notEqual(voices.describe({}, '.')?.hash, voices.describe({ hop: 10 }, '.')?.hash);
  });

  it('say what the phones are called', () => {
    const classes = voices.describe({ split: 'test' }, '.')?.classes ?? {};
    const names = 'silence i ih eh ae ah aw uh u a er m n ng l r w j v z f s sh h p b t d k g'.split(' ');
    assert.deepEqual(classes, { phone: names });
    assert.isUndefined(
      voices.describe({ split: 'test', frames: 'all' }, '.')?.classes,
      'rows have no one phone',
    );
  });

  it('say who speaks, and set another of the same speaker and one of another beside it', () => {
    const source = open({ split: 'test', frames: 40 });
    for (let row = 0; row < source.count; row += 7) {
      const [speaker] = read(source, 'speaker', row);
      const [other] = read(source, 'other_speaker', row);
      assert.notEqual(speaker, other);
      const sound = read(source, 'sound', row);
      assert.lengthOf(sound, 80 * 40);
      assert.isTrue(sound.every((x) => x >= 0 && x <= 1));
      for (const field of ['same', 'other', 'parallel'])
        assert.notDeepEqual(read(source, field, row), sound, field);
      assert.deepEqual(read(source, 'same', row), read(source, 'same', row));
    }
  });

  it('set others beside it in each pass, and the same ones whenever that pass is asked for', () => {
    const source = open({ split: 'test', frames: 40 });
    for (const field of ['same', 'other', 'other_speaker']) {
      const rows = Array.from({ length: 20 }, (_, row) => row * 3);
      const of = (pass?: number): Float32Array[] => rows.map((row) => read(source, field, row, pass));
      assert.deepEqual(of(0), of(), field);
      assert.deepEqual(of(4), of(4), field);
      assert.notDeepEqual(of(1), of(0), field);
    }
    const [speaker] = read(source, 'speaker', 5);
    for (let pass = 0; pass < 20; pass++) assert.notEqual(read(source, 'other_speaker', 5, pass)[0], speaker);
    assert.deepEqual(read(source, 'sound', 5, 3), read(source, 'sound', 5));
    const whole = open({ split: 'test', frames: 'all' });
    const byText = whole.count / seenSpeakers;
    assert.deepEqual(
      read(whole, 'parallel', 5, 3),
      read(whole, 'sound', read(whole, 'other_speaker', 5, 3)[0] * byText + 5),
    );
  });

  it('heard with several vocal tracts, are as many times as many speakers saying the same', () => {
    const args = { split: 'test', frames: 'all', features: 'log_mel(40)' };
    const [one, three] = [open(args), open({ ...args, tracts: [1, 0.9, 1.2] })];
    assert.equal(three.count, 3 * one.count);
    assert.equal(voices.describe({ ...args, tracts: [1, 0.9, 1.2] }, '.')?.count, three.count);
    assert.deepEqual(three.fields.speaker, { kind: 'label', shape: [], classes: 3 * seenSpeakers });
    for (const row of [0, 57]) {
      assert.deepEqual(read(three, 'sound', row), read(one, 'sound', row));
      for (const tract of [1, 2]) {
        const changed = row + tract * one.count;
        assert.equal(read(three, 'speaker', changed)[0], tract * seenSpeakers + read(one, 'speaker', row)[0]);
        assert.deepEqual(read(three, 'phones', changed), read(one, 'phones', row));
        assert.notDeepEqual(read(three, 'sound', changed), read(one, 'sound', row));
        const [other] = read(three, 'other_speaker', changed);
        const byText = one.count / seenSpeakers;
        assert.deepEqual(
          read(three, 'parallel', changed),
          read(three, 'sound', other * byText + (row % byText)),
        );
      }
    }
    const bad: [SourceArguments, RegExp][] = [
      [{ tracts: [1, 1] }, /tracts is a list of lengths/],
      [{ tracts: [2] }, /tracts is a list of lengths/],
      [{ tracts: [1, 1.1], features: 'log_magnitude' }, /tracts is for log_mel/],
      [{ tracts: [1, 1.1], from: 1 }, /`from` and `to` do not go with several `tracts`/],
    ];
    for (const [args, message] of bad) assert.throws(() => open(args), message);
  });

  it('know the phone of every frame', () => {
    const source = open({ split: 'test', frames: 41, speakers: 'all' });
    let silent = 0;
    for (let row = 0; row < source.count; row += 11) {
      const each = read(source, 'phones', row);
      const [phone] = read(source, 'phone', row);
      for (let f = 0; f < 41; f++) {
        const column = phoneNames.map((_, p) => each[p * 41 + f]);
        assert.equal(
          column.reduce((a, b) => a + b),
          1,
        );
        if (column[0] === 1) silent++;
      }
      assert.equal(each[phone * 41 + 20], 1);
    }
    assert.isAbove(silent, 0);
  });

  it('say the very same in parallel: the phones’ places are those of the other speaker’s sentence', () => {
    const source = open({ split: 'test', frames: 'all' });
    assert.deepEqual(source.fields.sound.shape, [80, 'T']);
    assert.deepEqual(source.fields.other.shape, [80, 'O']);
    const byText = source.count / seenSpeakers;
    for (const row of [0, 13, 57]) {
      const [other] = read(source, 'other_speaker', row);
      assert.deepEqual(read(source, 'parallel', row), read(source, 'sound', other * byText + (row % byText)));
      assert.lengthOf(read(source, 'other', row), 80 * source.lengths!(row).O);
    }
  });

  it('give the rows of one speaker, beside another', () => {
    const args = { split: 'test', frames: 32, from: 2, to: 7 };
    const source = open(args);
    assert.equal(source.count, open({ split: 'test', frames: 32 }).count / seenSpeakers);
    assert.equal(voices.describe(args, '.')?.count, source.count);
    for (const row of [0, 9, source.count - 1]) {
      assert.deepEqual([...read(source, 'speaker', row)], [2]);
      assert.deepEqual([...read(source, 'other_speaker', row)], [7]);
    }
  });

  it('refuse arguments that name nothing', () => {
    const wrong = (args: SourceArguments, message: RegExp): void =>
      assert.throws(() => voices.signature.fields(args), message) as never;
    wrong({ frames: 0 }, /frames is a whole number from 1/);
    wrong({ frames: 4000 }, /more than the longest sentence/);
    wrong({ frames: 'all', step: 3 }, /step is for segments/);
    wrong({ rate: 44100 }, /16000 samples a second/);
    wrong({ features: 'log_mel(4000)' }, /holds no bin/);
    wrong({ features: 'mfcc(13)' }, /features is log_mel/);
    wrong({ features: 'log_magnitude(512)' }, /gives 513 bins/);
    wrong({ hop: 60 }, /hop is at most the window/);
    wrong({ emphasis: 1 }, /emphasis/);
    wrong({ from: 10 }, /from is the number of a speaker, 0 to 9, not 10/);
    wrong({ from: 3, to: 3 }, /another speaker/);
    wrong({ to: 3 }, /goes with `from`/);
    wrong({ split: 'fit' }, /split is one of train, test, validate/);
  });

  it('are taken from the cache only if they are there whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganc-cache-'));
    const path = join(folder, 'voices.pcm');
    assert.isNull(keptVoices(path, heardSet));
    for (const broken of [new Uint8Array(7), new Uint8Array(1000), 'half a file']) {
      writeFileSync(path, broken);
      assert.isNull(keptVoices(path, heardSet));
    }
    rmSync(folder, { recursive: true });
  });
});
