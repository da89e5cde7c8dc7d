/** A vocoder of one's own: sound of features of any length, made at once or step by step, and `ganc convert --vocoder`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Manifest } from '../../program/manifest.ts';
import { readNpy } from '../../runtime/formats/npy.ts';
import { formatOf, formatParams, spectrogram } from '../../runtime/audio/features.ts';
import { withDefaults } from '../../runtime/data/arguments.ts';
import { readWav, writeWav } from '../../runtime/formats/wav.ts';
import { shell } from '../cli/shell.ts';
import { tone } from './waves.ts';

const hop = 200;

const conversion = `data test = speech("set/<speaker>/*.wav", speakers: 2, frames: all, features: log_mel(20)) in [-1, 1]
data voices = speech("set/<speaker>/*.wav", speakers: 2, frames: 16, features: log_mel(20)) in [-1, 1]
network C(x: seq[20, T], voice: seq[20, S]) -> seq[20, T] in [-1, 1] { x |> concat(mean(voice, over: time)) |> conv(20, kernel: 1) |> tanh }
train for 2 steps, batch 2 { update C to minimize l1(C(voices.sound, voices.same), voices.sound) with adam(1e-2) }
report every 2 steps { sound converted = speech(C(test.sound, test.other), like: test.sound, iterations: 2) }
`;

/** Of the same features in another range. `Steps` makes each sample from those before it, with noise. */
const vocoder = (
  bands: number,
): string => `data spoken = speech("set/*/*.wav", frames: 8, features: log_mel(${bands}), wave: true)
data whole = speech("set/*/*.wav", frames: all, features: log_mel(${bands}))
network V(x: seq[${bands}, T]) -> seq[1, ${hop} * T] in [-1, 1] { x |> conv_transpose(1, kernel: 300, stride: ${hop}) |> tanh }
network Steps(past: seq[1, T], x: seq[1, T]) -> seq[1, T] { concat(shift(past, 3, over: time), x) |> conv(1, kernel: 2, pad: causal) }
network D(x: seq[1, 64 * T]) -> seq[1, T] { x |> avg_pool(64) |> conv(1, kernel: 3) }
train for 2 steps, batch 2 {
  update D to minimize l1(D(spoken.wave), D(stop(V(spoken.sound)))) with adam(1e-3)
  update V to minimize l1(V(spoken.sound), spoken.wave) with adam(1e-3)
  update Steps to minimize l1(Steps(spoken.wave, spoken.wave), spoken.wave) with adam(1e-3)
}
let made = V(whole.sound)
fn next(past) = clamp(normal(Steps(past, made), std: 0.1).draw, -1, 1)
`;
const reports = {
  at_once: 'report every 2 steps { sound said = wave(made, like: whole.sound, rows: 2) }\n',
  in_steps:
    'report every 2 steps { sound said = wave(generate(next, like: made), like: whole.sound, rows: 2) }\n',
};

describe('a vocoder of features of any length', () => {
  const { run, write, path } = shell();
  const seconds = (file: string): number => {
    const { rate, samples } = readWav(readFileSync(path(file)), file);
    return samples.length / rate;
  };
  const train = async (name: string, text: string): Promise<void> => {
    const args = ['--out', path(name), '--threads', '1', '-q', '--no-report'];
    const { code, err } = await run(['run', write(`${name}.gan`, text), ...args]);
    assert.equal(code, 0, err);
  };
  const convert = (out: string, ...args: string[]): Promise<{ code: number; err: string }> =>
    run([
      'convert',
      path('conversion'),
      '--from',
      path('from.wav'),
      '--voice',
      path('voice.wav'),
      '--out',
      path(out),
      ...args,
    ]);

  before(async function () {
    for (const [speaker, pitch] of Object.entries({ ann: 300, bob: 1200 }))
      [0.41, 0.52].forEach((length, i) => {
        mkdirSync(path(`set/${speaker}`), { recursive: true });
        writeFileSync(path(join('set', speaker, `${i}.wav`)), writeWav(tone(pitch + 40 * i, length), 16000));
      });
    writeFileSync(path('from.wav'), writeWav(tone(500, 0.7), 16000));
    writeFileSync(path('voice.wav'), writeWav(tone(1500, 0.3), 16000));
    await train('conversion', conversion);
    for (const [name, report] of Object.entries(reports)) await train(name, vocoder(20) + report);
  });

  for (const name of Object.keys(reports))
    it(`rows are as long as their features: ${name}`, () => {
      [0.41, 0.52].forEach((length, i) => {
        const frames = 1 + Math.floor((length * 16000) / hop);
        assert.equal(seconds(`${name}/sounds/said-00000002-${i + 1}.wav`), (frames * hop) / 16000);
      });
    });

  for (const name of Object.keys(reports))
    it(`ganc convert --vocoder: ${name}`, async () => {
      const { code, err } = await convert(`${name}.wav`, '--vocoder', path(name));
      assert.equal(code, 0, err);
      assert.include(err, `${name}.wav: from iteration 2, by said of `);
      assert.equal(seconds(`${name}.wav`), 57 * (hop / 16000));
    });

  it('rows are not padded for networks that never see them', () => {
    const { graphs } = JSON.parse(readFileSync(path('at_once/program/manifest.json'), 'utf8')) as Manifest;
    const read = Object.values(graphs).flatMap(({ inputs }) =>
      inputs.filter(({ from }) => from.kind === 'field' && from.stream === 'whole'),
    );
    assert.isNotEmpty(read);
    for (const { shape } of read) assert.deepEqual(shape, ['N', 20, 'T']);
  });

  it('plays the very features that the conversion made, whatever the ranges', async () => {
    await train(
      'level',
      `${vocoder(20)}report every 2 steps {
  sound level = wave(upsample(mean(whole.sound, over: channels), ${hop}), like: whole.sound)
}
`,
    );
    const feed = ['--feed', `sound=${path('from.wav')}`, '--feed', `other=${path('voice.wav')}`];
    const out = ['--out', path('features.npy')];
    const { code, err } = await run(['sample', path('conversion'), 'converted', ...feed, ...out]);
    assert.equal(code, 0, err);
    const { data } = readNpy(readFileSync(path('features.npy')), 'features.npy');
    const frames = data.length / 20;
    assert.equal((await convert('level.wav', '--vocoder', path('level'))).code, 0);
    const { samples } = readWav(readFileSync(path('level.wav')), 'level.wav');
    assert.lengthOf(samples, frames * hop);
    for (let frame = 0; frame < frames; frame++) {
      const levels = Array.from({ length: 20 }, (_, c) => (1 + Number(data[c * frames + frame])) / 2);
      const mean = levels.reduce((sum, x) => sum + x, 0) / 20;
      for (const at of [0, hop - 1]) assert.closeTo(samples[frame * hop + at], mean, 1e-4);
    }
  });

  it('one that makes a spectrum for Griffin-Lim plays too', async () => {
    const learn = 'update S to minimize l1(S(spoken.sound), 0.5) with adam(1e-3)';
    await train(
      'spectra',
      `data spectra = speech("set/*/*.wav", frames: 8, features: log_magnitude)
network S(x: seq[20, T]) -> seq[513, T] in [0, 1] { x |> conv(513, kernel: 1) |> sigmoid }
${vocoder(20).replace('batch 2 {', `batch 2 {\n  ${learn}`)}report every 2 steps {
  sound said = speech(S(whole.sound), like: spectra.sound, rows: 1, iterations: 2)
}
`,
    );
    const { code, err } = await convert('spectra.wav', '--vocoder', path('spectra'));
    assert.equal(code, 0, err);
    assert.closeTo(seconds('spectra.wav'), 0.7, 0.0126);
  });

  it('spectra held to the bands that they were made of sound as the bands say, in a report and out of a conversion', async () => {
    const learn = 'update S to minimize l1(S(spoken.sound), 0.5) with adam(1e-3)';
    const format = formatOf(withDefaults(formatParams, { features: 'log_mel(20)' }));
    const away = (file: string, bands: ArrayLike<number>): number => {
      const { data } = spectrogram(readWav(readFileSync(path(file)), file).samples, format);
      return data.reduce((sum, x, i) => sum + Math.abs(x - bands[i]), 0) / data.length;
    };
    const recorded = spectrogram(Float64Array.from(tone(300, 0.41)), format);
    const found: number[] = [];
    for (const [name, bands] of Object.entries({ free: '', held: 'bands: whole.sound, ' })) {
      await train(
        name,
        `data spectra = speech("set/*/*.wav", frames: 8, features: log_magnitude)
network S(x: seq[20, T]) -> seq[513, T] in [0, 1] { x |> conv(513, kernel: 1) |> sigmoid }
${vocoder(20).replace('batch 2 {', `batch 2 {\n  ${learn}`)}report every 2 steps {
  sound said = speech(S(whole.sound), like: spectra.sound, ${bands}rows: 1, iterations: 30)
}
`,
      );
      const { code, err } = await convert(`${name}.wav`, '--vocoder', path(name));
      assert.equal(code, 0, err);
      found.push(away(`${name}/sounds/said-00000002-1.wav`, recorded.data));
    }
    assert.isAbove(found[0], 0.2);
    assert.isBelow(found[1], 0.05);
  });

  it('what is no vocoder, or one of other features, is said before anything is written', async () => {
    const none = await convert('none.wav', '--vocoder', path('conversion'));
    assert.equal(none.code, 2);
    assert.match(
      none.err,
      /conversion is no vocoder: a vocoder plays what is made of the sound of a stream with frames: all/,
    );
    await train('other', vocoder(24) + reports.at_once);
    const other = await convert('none.wav', '--vocoder', path('other'));
    assert.equal(other.code, 2);
    assert.match(
      other.err,
      /other reads other features than .*: log_mel\(24\), .*, not log_mel\(20\), window 50 ms, hop 12\.5 ms/,
    );
    assert.isFalse(existsSync(path('none.wav')));
  });
});
