/** Samples beside their features: the same stretch of a recording, in [-1, 1], trained on and heard again. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { speech } from '../../runtime/data/speech.ts';
import { voices } from '../../runtime/data/voices.ts';
import { heardSet, sentence } from '../../runtime/data/voices/voice-set.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { formatOf, formatParams, spectrogram } from '../../runtime/audio/features.ts';
import { withDefaults } from '../../runtime/data/arguments.ts';
import { readWav, writeWav } from '../../runtime/formats/wav.ts';
import { sounds } from '../../runtime/catalogue.ts';
import { shell } from '../cli/shell.ts';
import { tone } from './waves.ts';
import { inMemory } from './in-memory.ts';

const row = (source: OpenSource, field: string, at: number): Float64Array => {
  const out = new Float64Array(source.fields[field].shape.reduce<number>((a, b) => a * Number(b), 1));
  source.read(field, { from: at, to: at + 1 }, out);
  return out;
};

describe('waves', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganc-wave-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (name: string, samples: number[], rate = 16000): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), writeWav(samples, rate));
  };
  const args: SourceArguments = {
    files: '*.wav',
    frames: 8,
    step: 4,
    hop: 16,
    window: 32,
    trim: false,
    wave: true,
  };

  it('of a segment are its samples, from its first frame on; silence behind the end', () => {
    put('a.wav', tone(200, 0.3));
    const source = inMemory(speech.open(args, folder));
    assert.deepEqual(source.fields.wave, { kind: 'seq', shape: [1, 2048], range: [-1, 1] });
    // 4800 samples have 19 frames of 256: segments from 0, 4, 8.
    assert.equal(source.count, 3);
    const [first, second, last] = [0, 1, 2].map((at) => row(source, 'wave', at));
    assert.deepEqual(second.slice(0, 1024), first.slice(1024));
    const level = Math.max(...first) / 0.5;
    tone(200, 0.3)
      .slice(2048, 4096)
      .forEach((x, n) => assert.closeTo(last[n], level * x, 1e-4));
    assert.deepEqual(
      [...row(inMemory(speech.open({ ...args, frames: 19 }, folder)), 'wave', 0).slice(4800)],
      Array(64).fill(0),
    );
  });

  it('have the features beside them', () => {
    put('a.wav', tone(700, 0.4));
    const source = inMemory(speech.open(args, folder));
    const made = spectrogram(row(source, 'wave', 1), formatOf(withDefaults(formatParams, args)));
    const sound = row(source, 'sound', 1);
    // Away from the ends, where the window sees beyond the segment.
    for (let c = 0; c < 80; c++)
      for (let f = 2; f < 6; f++) assert.closeTo(made.data[c * made.frames + f], sound[c * 8 + f], 1e-4);
  });

  it('stay in their range whatever the rate; what is over full scale is named', () => {
    put('a.wav', tone(3000, 0.5, 8000), 8000);
    const wave = row(inMemory(speech.open(args, folder)), 'wave', 0);
    assert.isTrue(wave.every((x) => x >= -1 && x <= 1) && wave.some((x) => Math.abs(x) > 0.05));
    const clicks = Array.from({ length: 8000 }, (_, n) => (n % 1000 === 500 ? 0.9 : 0.005 * (-1) ** n));
    put('b.wav', clicks);
    assert.throws(
      () => inMemory(speech.open(args, folder)),
      /b\.wav \(over full scale at the common loudness\)/,
    );
    assert.equal(speech.describe({ ...args, unusable: 'skip' }, folder)?.skipped?.length, 1);
    assert.isNotNull(speech.describe({ ...args, wave: false }, folder));
  });

  it('go with segments and one tract, and leave the hash of older runs as it was', () => {
    put('a.wav', tone(200, 0.3));
    const plain = { ...args, wave: false };
    assert.notEqual(speech.describe(args, folder)?.hash, speech.describe(plain, folder)?.hash);
    const { wave: _, ...older } = plain;
    assert.equal(speech.describe(older, folder)?.hash, speech.describe(plain, folder)?.hash);
    assert.notProperty(speech.signature.fields(plain), 'wave');
    assert.throws(
      () => speech.signature.fields({ ...args, frames: 'all', step: null }),
      /wave: needs a number of frames/,
    );
    const tracts = { files: '<speaker>/*.wav', speakers: 2, tracts: [1, 0.9] };
    assert.throws(() => speech.signature.fields({ ...args, ...tracts }), /wave: goes with one tract/);
  });

  it('of the built-in voices are theirs', () => {
    const source = voices.open({ wave: true, frames: 16 }, '.');
    const wave = row(source, 'wave', 1);
    const samples = sentence(heardSet, 0, 0);
    wave.forEach((x, n) => assert.equal(x, Math.fround(samples[16 * 200 + n] / 32768)));
  });
});

describe('a vocoder', () => {
  const sh = shell();
  const spec = `data voices = voices(features: log_mel(20), frames: 8, hop: 16, window: 64, wave: true) in [-0.5, 0.5]
network V(x: seq[20, T]) -> seq[1, 256 * T] in [-0.5, 0.5] {
  0.5 * (x |> conv_transpose(4, kernel: 32, stride: 16) |> conv_transpose(1, kernel: 32, stride: 16) |> tanh)
}
train for 2 steps, batch 2 { update V to minimize l1(V(voices.sound), voices.wave) with adam(1e-3) }
report every 2 steps {
  sound own = wave(voices.wave, like: voices.wave, rows: 2)
  sound made = wave(V(voices.sound), like: voices.wave, rows: 1)
}`;

  it('is trained on both and heard: what is played is the samples, back from the range they were in', async () => {
    sh.write('v.gan', spec);
    const { code, err } = await sh.run(['run', sh.path('v.gan'), '--out', sh.path('v')]);
    assert.equal(code, 0, err);
    const heard = (name: string): Float64Array =>
      readWav(readFileSync(sh.path(`v/sounds/${name}.wav`)), name).samples;
    assert.lengthOf(heard('made-00000002-1'), 2048);
    const source = voices.open({ wave: true, features: 'log_mel(20)', frames: 8, hop: 16, window: 64 }, '.');
    row(source, 'wave', 1).forEach((x, n) => assert.closeTo(heard('own-00000002-2')[n], x, 2 ** -15));
  });

  it('what is no wave is said', () => {
    const values = { data: new Float32Array(16), shape: [1, 2, 8] };
    const format = formatOf(withDefaults(formatParams, {}));
    const stream = { format, range: [0, 1], samples: [-1, 1], bands: null } as const;
    assert.throws(
      () => sounds.wave.play({ samples: values, like: values }, {}, stream),
      /wave plays samples, seq\[1, n\], and these have the shape \[2, 8\]/,
    );
  });
});
