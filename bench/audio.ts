/**
 * Sound beside librosa, on the same input: `bench/setup-librosa.sh && npx tsx bench/audio.ts --rounds 10`. Spectra, mel
 * bands and resampling must be the same numbers; Griffin-Lim and the way from mel bands to a spectrum are compared by
 * what they reach and how long they take. Prints the tables of bench/AUDIO.md.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatOf, spectrogram } from '../runtime/audio/features.ts';
import { griffinLim, spectralConvergence } from '../runtime/audio/griffin-lim.ts';
import { fromMel, melBands, toMel } from '../runtime/audio/mel.ts';
import type { MelBands } from '../runtime/audio/mel.ts';
import { resampled } from '../runtime/audio/resample.ts';
import { binsOf, emptySpectra, framesOf, Stft } from '../runtime/audio/stft.ts';
import { heardSet, sentence } from '../runtime/data/voices/voice-set.ts';
import { startPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import { measure, spread } from './rounds.ts';

const here = dirname(fileURLToPath(import.meta.url));
const python = join(here, '.venv-librosa', 'bin', 'python');
const mels = 80;
const format = formatOf({ features: `log_mel(${mels})`, rate: 16000, window: 50, hop: 12.5, emphasis: 0.97 });
const { rate, shape } = format;
const bins = binsOf(shape);
const bands = melBands(mels, rate, shape.size);
const [iterations, momentum] = [60, 0.99];

interface Answer {
  readonly ms: number;
  readonly version: string;
}

function ask(peer: Peer, what: string, more: object = {}): Promise<Answer> {
  return peer.ask<Answer>(JSON.stringify({ do: what, folder, rate, mels, ...shape, ...more }));
}

const put = (name: string, numbers: Float64Array): void =>
  writeFileSync(
    join(folder, `${name}.f64`),
    new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  );

function take(name: string): Float64Array {
  const bytes = readFileSync(join(folder, `${name}.f64`));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** ‖a - b‖ / ‖b‖ */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [away, whole] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    away += (a[i] - b[i]) ** 2;
    whole += b[i] ** 2;
  }
  return Math.sqrt(away / whole);
}

/** Some sentences of several speakers, about ten seconds. */
function testSignal(): Float64Array {
  const parts = [0, 3, 7, 9].map((speaker) => sentence(heardSet, speaker, 40 + speaker));
  return Float64Array.from(parts.flatMap((part) => Array.from(part, (x) => x / 32768)));
}

function magnitudesOf(samples: Float64Array): Float64Array {
  const spectra = emptySpectra(shape, framesOf(samples.length, shape));
  new Stft(shape).forward(samples, spectra);
  return Float64Array.from(spectra.re, (re, i) => Math.sqrt(re * re + spectra.im[i] * spectra.im[i]));
}

/** Both ways: [frames, width] to [frames, mels] and back. */
function eachFrame(
  from: Float64Array,
  width: number,
  to: number,
  work: (frame: Float64Array, out: Float64Array) => void,
): Float64Array {
  const out = new Float64Array((from.length / width) * to);
  for (let f = 0; f * width < from.length; f++)
    work(from.subarray(f * width, (f + 1) * width), out.subarray(f * to, (f + 1) * to));
  return out;
}

const melOf = (magnitudes: Float64Array): Float64Array =>
  eachFrame(magnitudes, bins, mels, (spectrum, out) => toMel(bands, spectrum, out));
const spectrumOf = (mel: Float64Array): Float64Array =>
  eachFrame(mel, mels, bins, (frame, out) => fromMel(bands, frame, out));

function dense({ from, weights }: MelBands): Float64Array {
  const out = new Float64Array(mels * bins);
  weights.forEach((row, b) => out.set(row, b * bins + from[b]));
  return out;
}

interface Timing {
  readonly what: string;
  ours(): void;
  theirs(): Promise<Answer>;
}

async function compare(peer: Peer, rounds: number): Promise<void> {
  const samples = testSignal();
  const magnitudes = magnitudesOf(samples);
  const mel = melOf(magnitudes);
  put('samples', samples);
  put('magnitudes', magnitudes);
  put('mel', mel);
  const { version } = await ask(peer, 'features');
  console.log(
    `librosa ${version}, Node ${process.versions.node}; ${(samples.length / rate).toFixed(1)} s of speech at ${rate} Hz, windows of ${shape.window} in ${shape.size}, hop ${shape.hop}, ${mels} bands.\n`,
  );
  console.log('| the same numbers | ‖ours - librosa’s‖ / ‖librosa’s‖ |\n| --- | --- |');
  console.log(`| magnitudes | ${apart(magnitudes, take('stft')).toExponential(1)} |`);
  console.log(`| mel bands | ${apart(dense(bands), take('bands')).toExponential(1)} |`);
  await ask(peer, 'resample', { to: 11025 });
  console.log(
    `| resampled to 11025 Hz (soxr_hq) | ${apart(resampled(samples, rate, 11025).subarray(500, -500), take('resampled').subarray(500, -500)).toExponential(1)} |\n`,
  );
  await reached(peer, magnitudes, mel);
  await timed(rounds, [
    {
      what: 'log-mel features',
      ours: () => void spectrogram(samples, format),
      theirs: () => ask(peer, 'features'),
    },
    {
      what: `Griffin-Lim, ${iterations} steps`,
      ours: () => void griffinLim(magnitudes, shape, { iterations, momentum }),
      theirs: () => ask(peer, 'griffin_lim', { iterations, momentum }),
    },
    { what: 'mel to spectrum', ours: () => void spectrumOf(mel), theirs: () => ask(peer, 'from_mel') },
    {
      what: 'resampling to 11025 Hz',
      ours: () => void resampled(samples, rate, 11025),
      theirs: () => ask(peer, 'resample', { to: 11025 }),
    },
  ]);
}

async function reached(peer: Peer, magnitudes: Float64Array, mel: Float64Array): Promise<void> {
  console.log('| reached | ours | librosa |\n| --- | --- | --- |');
  const convergence = (samples: Float64Array): string =>
    spectralConvergence(magnitudes, samples, shape).toFixed(4);
  for (const [steps, push] of [
    [32, 0],
    [32, 0.99],
    [60, 0.99],
    [200, 0.99],
  ] as const) {
    await ask(peer, 'griffin_lim', { iterations: steps, momentum: push });
    const ours = griffinLim(magnitudes, shape, { iterations: steps, momentum: push });
    console.log(
      `| spectral convergence, ${steps} steps, momentum ${push} | ${convergence(ours)} | ${convergence(take('rebuilt'))} |`,
    );
  }
  await ask(peer, 'from_mel');
  const [ours, theirs] = [spectrumOf(mel), take('spectrum')];
  console.log(
    `| mel to spectrum: bands off by | ${apart(melOf(ours), mel).toExponential(1)} | ${apart(melOf(theirs), mel).toExponential(1)} |`,
  );
  console.log(
    `| mel to spectrum: spectrum off by | ${apart(ours, magnitudes).toFixed(3)} | ${apart(theirs, magnitudes).toFixed(3)} |\n`,
  );
}

async function timed(rounds: number, timings: readonly Timing[]): Promise<void> {
  console.log('| ms | ours | librosa | ratio |\n| --- | --- | --- | --- |');
  for (const { what, ours, theirs } of timings) {
    ours();
    const contenders = [
      { name: 'ours', turn: async () => clocked(ours) },
      { name: 'librosa', turn: async () => (await theirs()).ms },
    ];
    const rows = await measure(contenders, rounds, () => undefined);
    const cell = (numbers: number[], digits: number): string => {
      const { low, median, high } = spread(numbers);
      return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
    };
    console.log(
      `| ${what} | ${cell(
        rows.map(([a]) => a),
        1,
      )} | ${cell(
        rows.map(([, b]) => b),
        1,
      )} | ${cell(
        rows.map(([a, b]) => a / b),
        2,
      )} |`,
    );
  }
}

function clocked(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
if (!existsSync(python)) throw new Error('there is no bench/.venv-librosa: run bench/setup-librosa.sh');
const folder = mkdtempSync(join(tmpdir(), 'ganc-audio-'));
const librosa = startPeer('librosa', python, [join(here, 'librosa', 'audio.py')]);
try {
  await compare(librosa, Number(values.rounds));
} finally {
  librosa.close();
  rmSync(folder, { recursive: true });
}
