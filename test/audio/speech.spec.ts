/** Folders of recordings: read whole, by speaker, or refused by name. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { speech } from '../../runtime/data/speech.ts';
import { choose } from '../../runtime/data/speech-files.ts';
import type { SpeechWanted } from '../../runtime/data/speech-files.ts';
import { withDefaults } from '../../runtime/data/arguments.ts';
import { formatOf, formatParams } from '../../runtime/audio/features.ts';
import { shapeAt } from '../../runtime/data/source.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone, waveBytes } from './waves.ts';
import { inMemory } from './in-memory.ts';

let folder: string;
const args = { files: 'set/<speaker>/*.wav', speakers: 2, frames: 20 };
const open = (change: SourceArguments = {}): OpenSource =>
  inMemory(speech.open({ ...args, ...change }, folder));

function put(name: string, bytes: Uint8Array): void {
  const path = join(folder, 'set', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

function read(source: OpenSource, field: string, row: number): Float32Array {
  const out = new Float32Array(
    shapeAt(source.fields[field], source.lengths?.(row) ?? {}).reduce((a, b) => a * b, 1),
  );
  source.read(field, { from: row, to: row + 1 }, out);
  return out;
}

const format = formatOf(withDefaults(formatParams, {}));
const chosenFrom: SpeechWanted = {
  ...{ pattern: args.files, speakers: 2, words: null, split: 'all', skip: false, trim: true, wave: false },
  ...{ frames: 20, format, formats: [format] },
};

/** The loudest channel of the first frame but two. */
function loudest(sound: Float32Array, frames: number): number {
  const column = Array.from({ length: sound.length / frames }, (_, c) => sound[c * frames + 2]);
  return column.indexOf(Math.max(...column));
}

describe('speech from files', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ganc-speech-'));
    // Each speaker has a pitch; files of other rates, codings and levels hold the same.
    put('ann/1.wav', writeWav(tone(400, 0.6), 16000));
    put(
      'ann/2.wav',
      waveBytes([tone(400, 0.8, 44100, 0.05), tone(400, 0.8, 44100, 0.05)], { bits: 24, rate: 44100 }),
    );
    put('ann/3.wav', waveBytes([tone(400, 0.5, 8000)], { bits: 8, rate: 8000 }));
    put('bob/1.wav', waveBytes([tone(1500, 0.7, 48000)], { bits: 32, float: true, rate: 48000 }));
    put(
      'bob/2.wav',
      writeWav(
        [...new Array<number>(8000).fill(0), ...tone(1500, 0.5), ...new Array<number>(8000).fill(0)],
        16000,
      ),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('segments by speaker, whatever the rate, the coding and the level', () => {
    const source = open();
    assert.deepEqual(source.fields.sound, { kind: 'seq', shape: [80, 20], range: [0, 1] });
    assert.deepEqual(source.fields.speaker, { kind: 'label', shape: [], classes: 2 });
    const by = [0, 1].map(() => new Set<number>());
    for (let row = 0; row < source.count; row++) {
      const [speaker] = read(source, 'speaker', row);
      by[speaker].add(loudest(read(source, 'sound', row), 20));
      assert.include([...by[speaker]], loudest(read(source, 'same', row), 20));
      assert.equal(read(source, 'other_speaker', row)[0], 1 - speaker);
    }
    assert.deepEqual(
      by.map((channels) => channels.size),
      [1, 1],
    );
    assert.notDeepEqual(by[0], by[1]);
  });

  it('levels recordings and cuts silent ends off', () => {
    const source = open({ frames: 'all', trim: true });
    assert.equal(source.count, 5);
    const frames = [0, 1, 2, 3, 4].map((row) => source.lengths!(row).T);
    // 0.6 s at 80 frames a second, and so on; the last file's two half seconds of silence are gone.
    [49, 65, 41, 57, 41].forEach((wanted, row) => assert.closeTo(frames[row], wanted, 1, `row ${row}`));
    assert.closeTo(open({ frames: 'all', trim: false }).lengths!(4).T, 121, 1);
    const peaks = [0, 1, 2].map((row) => Math.max(...read(source, 'sound', row)));
    peaks.forEach((peak) => assert.closeTo(peak, peaks[0], 0.02));
  });

  it('train and test share no recording, and are the same at every look', () => {
    for (let i = 4; i < 30; i++) put(`ann/${i}.wav`, writeWav(tone(400, 0.5), 16000));
    for (let i = 3; i < 9; i++) put(`bob/${i}.wav`, writeWav(tone(1500, 0.5), 16000));
    const counts = ['train', 'fit', 'validate', 'test', 'all'].map(
      (split) => open({ frames: 'all', split }).count,
    );
    assert.deepEqual(counts, [29 + 8 - 4, 29 + 8 - 8, 4, 4, 37]);
    const filesOf = (split: string): string[] =>
      choose({ ...chosenFrom, split }, folder).files.map(({ found }) => found.path);
    const parts = ['fit', 'validate', 'test'].map(filesOf);
    assert.sameMembers(parts.flat(), filesOf('all'));
    assert.sameMembers([...parts[0], ...parts[1]], filesOf('train'));
    assert.deepEqual(
      speech.describe({ ...args, split: 'test' }, folder),
      speech.describe({ ...args, split: 'test' }, folder),
    );
  });

  it('counts its rows, and knows other content by its hash', () => {
    const before = speech.describe(args, folder);
    assert.equal(before?.count, open().count);
    put('bob/2.wav', writeWav(tone(1510, 0.5), 16000));
    assert.notEqual(speech.describe(args, folder)?.hash, before?.hash);
    assert.isNull(speech.describe({ ...args, files: 'none/<speaker>/*.wav' }, folder));
    assert.throws(() => open({ files: 'none/<speaker>/*.wav' }), FileError, /no such files/);
  });

  it('what is said, where the pattern names it', () => {
    for (const file of ['ann/1', 'ann/2', 'bob/1', 'bob/2'])
      renameSync(
        join(folder, 'set', `${file}.wav`),
        join(folder, 'set', `${file.replace('/', '/day_')}.wav`),
      );
    renameSync(join(folder, 'set/ann/3.wav'), join(folder, 'set/ann/ant_3.wav'));
    const said = { files: 'set/<speaker>/<word>_*.wav', words: 2, frames: 'all' };
    const source = open(said);
    assert.deepEqual(source.fields.word, { kind: 'label', shape: [], classes: 2 });
    assert.deepEqual(
      Array.from({ length: source.count }, (_, row) => read(source, 'word', row)[0]),
      [0, 1, 1, 1, 1],
    );
    for (const split of ['all', 'train', 'test']) {
      const classes = speech.describe({ ...args, ...said, split }, folder)?.classes;
      assert.deepEqual(classes, { speaker: ['ann', 'bob'], word: ['ant', 'day'] }, split);
    }
    const hash = (): string | undefined => speech.describe({ ...args, ...said }, folder)?.hash;
    const before = hash();
    // The same recordings in the same order, one of which is said to say something else.
    renameSync(join(folder, 'set/ann/day_1.wav'), join(folder, 'set/ann/ant_9.wav'));
    assert.notEqual(hash(), before);
    const alone = inMemory(speech.open({ files: 'set/*/<word>_*.wav', words: 2, frames: 20 }, folder));
    assert.hasAllKeys(alone.fields, ['sound', 'word']);
    assert.throws(() => open({ ...said, words: 3 }), FileError, /2 words \(ant, day\), where words: says 3/);
    assert.throws(() => open({ ...said, words: null }), /words: must say how many <word> names/);
    assert.throws(() => open({ words: 2 }), /words: needs a <word> in the pattern/);
  });

  it('without speakers there are sounds alone', () => {
    const source = inMemory(speech.open({ files: 'set/*/*.wav', frames: 20 }, folder));
    assert.hasAllKeys(source.fields, ['sound']);
    assert.lengthOf(read(source, 'sound', 0), 1600);
  });

  it('a longer vocal tract lowers what is heard, and is another speaker', () => {
    const source = open({ tracts: [1, 1.25] });
    assert.deepEqual(source.fields.speaker, { kind: 'label', shape: [], classes: 4 });
    const by = Array.from({ length: 4 }, () => new Set<number>());
    for (let row = 0; row < source.count; row++) {
      by[read(source, 'speaker', row)[0]].add(loudest(read(source, 'sound', row), 20));
    }
    const [ann, bob, longerAnn, longerBob] = by.map((channels) => [...channels][0]);
    assert.isBelow(longerAnn, ann);
    assert.isBelow(longerBob, bob);
    put('lower/1.wav', writeWav(tone(1200, 0.5), 16000)); // 1,500 Hz by 1.25
    put('lower/2.wav', writeWav(tone(1200, 0.5), 16000));
    const three = open({ speakers: 3 });
    assert.equal(loudest(read(three, 'sound', three.count - 1), 20), longerBob);
  });

  it('a broken file stops the whole set, with its name and place', () => {
    put('bob/3.wav', writeWav(tone(1500, 0.5), 16000).subarray(0, 5000));
    for (const unusable of ['error', 'skip'])
      assert.throws(() => open({ unusable }), FileError, /bob\/3\.wav, byte 36: the chunk "data" says/);
    put('bob/3.wav', Buffer.from('not sound'));
    assert.throws(
      () => speech.describe(args, folder),
      FileError,
      /bob\/3\.wav, byte 0: not a sound that is read/,
    );
    put('bob/3.wav', writeWav(tone(100, 0.5, 4000), 4000));
    assert.throws(() => open(), FileError, /bob\/3\.wav: 4000 samples a second, where 8000 to 48000/);
  });

  it('what is empty, silent or too short is refused by name, or left out by name', () => {
    put('ann/empty.wav', writeWav([], 16000));
    put('bob/short.wav', writeWav(tone(1500, 0.1), 16000));
    put('bob/silent.wav', writeWav(new Array<number>(16000).fill(0), 16000));
    const all =
      /set\/ann\/empty\.wav \(empty\), set\/bob\/short\.wav \(9 frames, and a segment has 20\), set\/bob\/silent\.wav \(silent\)/;
    assert.throws(() => open(), FileError, all);
    assert.throws(() => speech.describe(args, folder), FileError, /unusable: skip/);
    const described = speech.describe({ ...args, unusable: 'skip' }, folder);
    assert.lengthOf(described?.skipped ?? [], 3);
    assert.equal(described?.count, open({ unusable: 'skip' }).count);
  });

  it('a speaker with a single recording has no pair', () => {
    rmSync(join(folder, 'set/bob/2.wav'));
    assert.throws(() => open(), FileError, /pairs need two recordings of each speaker, class 1 has one/);
  });

  it('says which speakers there are where the number is another', () => {
    put('cid/1.wav', writeWav(tone(900, 0.5), 16000));
    assert.throws(() => open(), FileError, /3 speakers \(ann, bob, cid\), where speakers: says 2/);
  });

  it('refuses arguments that can’t be meant', () => {
    const wrong = (change: SourceArguments, message: RegExp): void =>
      assert.throws(() => speech.signature.fields({ ...args, ...change }), message) as never;
    wrong({ speakers: null }, /must say how many <speaker> names/);
    wrong({ files: 'set/*.wav' }, /needs a <speaker>/);
    wrong({ files: '<label>/*.wav' }, /may name one <speaker> and one <word>, not <label>/);
    wrong({ speakers: 1 }, /speakers is a whole number from 2/);
    wrong({ rate: 96000 }, /rate is 8000 to 48000/);
    wrong({ window: 0.1 }, /too few/);
  });
});
