/** Spectrograms in the graph: the numbers that sources compute of the same samples, and what is refused. */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import { featuresOf, formatOf, spectrogram } from '../../runtime/audio/features.ts';
import { checkSpec } from '../../compiler/compile.ts';
import { host } from '../parity/host.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

const frames = 7;

/** A chirp over a hum, softer towards its end, where it is silent. */
const sound = (length: number): number[] =>
  Array.from({ length }, (_, n) =>
    n > 0.85 * length ? 0 : 0.4 * Math.exp(-n / length) * (Math.sin(0.002 * n * n) + 0.3 * Math.sin(0.2 * n)),
  );

function agrees(change: Record<string, string | number>, range: readonly [number, number] = [0, 1]): void {
  const given = { features: 'log_mel(12)', rate: 8000, window: 32, hop: 8, emphasis: 0.97, ...change };
  const format = formatOf(given);
  const features = featuresOf(format);
  const samples = sound(frames * features.hop);
  const known = spectrogram(Float64Array.from(samples), format);
  const bench = new Workbench({ sizes: { data: 1 } });
  bench.heard = { stream: 'spoken', features, range, samples: range[0] === 0 ? [-1, 1] : range };
  bench.set('x', [1, 1, samples.length], samples);
  const like = bench.input('like', [format.channels, 64]);
  const { node, type } = bench.tensor('spectrogram', { x: bench.input('x', [1, samples.length]), like });
  assert.equal(printType(type), `seq[${format.channels}, ${frames}] in [${range.join(', ')}]`);
  // A recording has one more frame, at its end.
  const wanted = Array.from({ length: format.channels * frames }, (_, i) => {
    const level = known.data[Math.floor(i / frames) * known.frames + (i % frames)];
    return range[0] + level * (range[1] - range[0]);
  });
  close(bench.run(node)[0].data, wanted, 1e-6);
  assert.isAbove(Math.max(...wanted) - Math.min(...wanted), 0.5);
}

describe('vocabulary: spectrogram', () => {
  it('gives the numbers of the source', () => {
    agrees({});
    agrees({ emphasis: 0 });
    agrees({ features: 'log_magnitude' });
    agrees({}, [-1, 1]);
  });

  it('whatever window and hop have to do with each other', () => {
    agrees({ window: 20, hop: 7 });
    agrees({ window: 8, hop: 8 });
    agrees({ window: 9.875, hop: 9.5, features: 'log_mel(6)' });
  });

  it('refuses what is no sound, and says how it would be one', () => {
    const bench = new Workbench();
    const x = bench.input('x', [1, 64]);
    assert.equal(bench.mistake('spectrogram', { x, like: x }).what, '`like` is no field of sounds');
    const features = { window: 16, hop: 8, size: 16, emphasis: 0, edges: null };
    const heard = { stream: 'spoken', features, range: [0, 1], samples: [-1, 1] } as const;
    bench.heard = heard;
    assert.equal(bench.mistake('spectrogram', { x: bench.input('two', [2, 64]), like: x }).name, 'shape');
    assert.equal(bench.mistake('spectrogram', { x: bench.input('odd', [1, 60]), like: x }).name, 'division');
    const loud = bench.input('loud', [1, 64], { range: [0, 255] });
    assert.equal(bench.mistake('spectrogram', { x: loud, like: x }).name, 'range');
    bench.heard = { ...heard, features: null };
    assert.include(bench.mistake('spectrogram', { x, like: x }).what, 'several vocal tracts');
  });

  it('takes any length of a signature, and finds the format by a field of a stream alone', () => {
    const spec = (like: string): string => `
      data spoken = voices(frames: 8, hop: 16, window: 64, wave: true) in [-1, 1] hide speaker
      network G(x: seq[80, T]) -> seq[1, 256 * T] in [-1, 1] {
        x |> conv_transpose(4, kernel: 16, stride: 16) |> conv_transpose(1, kernel: 16, stride: 16) |> tanh
      }
      fn heard(x) = spectrogram(x, like: ${like})
      let real = heard(spoken.wave)
      loss l = l1(heard(G(spoken.sound)), real) 
      train for 10 steps, batch 2 { update G to minimize l with adam(1e-3) }`;
    const said = (like: string): string[] =>
      checkSpec({ path: 'heard.gan', text: spec(like) }, host).diagnostics.map(({ code }) => code);
    assert.deepEqual(said('spoken.sound'), []);
    assert.include(said('2 * spoken.sound'), 'GAN2006');
  });
});
