/**
 * Sounds to compare vocoders by, and what a recogniser hears in them:
 * `npx tsx bench/vocoders.ts OUT --recogniser runs/phones [runs/vocoder ...]`. In: a run of bench/specs/phones.gan, and runs whose
 * line `said` plays `voices(split: test, speakers: unseen, frames: all)`. Out: OUT/truth, what four speakers that no vocoder heard
 * say in ten sentences; OUT/griffin_lim, the same of its features; OUT/<run>, the same by each run; and for each the share of
 * phones heard, pauses left out; OUT/spectra.png, the first sentence by each. bench/vocoders.py compares the sounds themselves.
 * With `--recordings FOLDER/ann --recordings FOLDER/bob` they are ten recordings of each of these speakers, in the place of the sentences;
 * what is said in them is not known, so there is no recogniser.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { formatOf, spectrogram } from '../runtime/audio/features.ts';
import { readRecording } from '../runtime/audio/recording.ts';
import { resampled } from '../runtime/audio/resample.ts';
import { soundOf } from '../runtime/audio/vocoder.ts';
import { writePng } from '../runtime/formats/png.ts';
import { readWav, writeWav } from '../runtime/formats/wav.ts';
import { phoneAt } from '../runtime/data/voices.ts';
import { phoneNames } from '../runtime/data/voices/phones.ts';
import { seenSpeakers, speakers } from '../runtime/data/voices/speakers.ts';
import { textOf, textsOf } from '../runtime/data/voices/texts.ts';
import { heardSet, sentence } from '../runtime/data/voices/voice-set.ts';
import { drawStrips } from '../runtime/reports/pictures/strips.ts';

const { values, positionals } = parseArgs({
  options: { recogniser: { type: 'string' }, recordings: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const [out, ...runs] = positionals;
const format = formatOf({ features: 'log_mel(40)', rate: 16000, window: 50, hop: 12.5, emphasis: 0.97 });
const [from, to] = textsOf.test;
const said = Array.from({ length: speakers.length - seenSpeakers }, (_, s) =>
  Array.from({ length: to - from }, (_, t) => ({ speaker: seenSpeakers + s, text: from + t })),
).flat();

const fileOf = (system: string, row: number): string =>
  join(out, system, `${String(row).padStart(2, '0')}.wav`);

function write(system: string, row: number, samples: Float64Array): void {
  mkdirSync(join(out, system), { recursive: true });
  writeFileSync(fileOf(system, row), writeWav(samples, format.rate));
}

function ganc(...args: string[]): void {
  const { status } = spawnSync(process.execPath, ['bin/ganc.js', ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** Of the frames in which a phone is said, the share in which the recogniser hears that one. */
async function heard(recogniser: ort.InferenceSession, system: string): Promise<number> {
  let [right, all] = [0, 0];
  for (const [row, { text }] of said.entries()) {
    const file = fileOf(system, row);
    const { channels, frames, data } = spectrogram(readWav(readFileSync(file), file).samples, format);
    const x = new ort.Tensor('float32', Float32Array.from(data), [1, channels, frames]);
    const [name] = recogniser.outputNames;
    const logits = (await recogniser.run({ [recogniser.inputNames[0]]: x }))[name].data as Float32Array;
    for (let f = 0; f < frames; f++) {
      const now = phoneAt(textOf(text), f, format);
      if (now === 0) continue;
      const scores = phoneNames.map((_, phone) => logits[phone * frames + f]);
      right += Number(scores.indexOf(Math.max(...scores)) === now);
      all++;
    }
  }
  return right / all;
}

/** Of a speaker's folder ten of two seconds at least, as far apart in the order of their names as can be. */
function recorded(folder: string): readonly Float64Array[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.wav'));
  const long = files
    .sort()
    .map((file) => join(folder, file))
    .filter((path) => {
      const { rate, samples } = readWav(readFileSync(path), path);
      return samples.length > 2 * rate;
    });
  return Array.from({ length: 10 }, (_, i) => {
    const path = long[Math.floor((i * long.length) / 10)];
    const { rate, samples } = readRecording(readFileSync(path), path, true);
    return resampled(samples, rate, format.rate);
  });
}

const truths =
  values.recordings === undefined
    ? said.map(({ speaker, text }) => Float64Array.from(sentence(heardSet, speaker, text), (x) => x / 32768))
    : values.recordings.flatMap(recorded);
for (const [row, truth] of truths.entries()) {
  write('truth', row, truth);
  write('griffin_lim', row, soundOf(spectrogram(truth, format), format));
}
for (const run of runs) {
  const folder = join(out, basename(run));
  if (values.recordings === undefined) {
    ganc('sample', run, 'said', '--count', String(said.length), '--out', `${folder}/`, '--force');
    continue;
  }
  mkdirSync(folder, { recursive: true });
  for (const row of truths.keys()) {
    const feed = `sound=${fileOf('truth', row)}`;
    ganc('sample', run, 'said', '--feed', feed, '--out', fileOf(basename(run), row), '--force', '-q');
  }
}
const systems = ['truth', 'griffin_lim', ...runs.map((run) => basename(run))];

/** Bins up to 2 kHz, where harmonics are seen. */
const shown = formatOf({ features: 'log_magnitude', rate: 16000, window: 50, hop: 12.5, emphasis: 0.97 });
const bins = 128;
const sets = systems.map((system) => {
  const file = fileOf(system, 0);
  const { frames, data } = spectrogram(readWav(readFileSync(file), file).samples, shown);
  return { shape: [1, bins, frames], data: data.subarray(0, bins * frames) };
});
const range = [0, 1] as const;
const sound = { format: shown, range };
writeFileSync(join(out, 'spectra.png'), writePng(drawStrips({ sets, names: systems, range, sound })));

if (values.recogniser !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'phones-'));
  ganc('export', values.recogniser, 'PhoneProbe', '--out', join(folder, 'onnx'), '-q');
  const session = await ort.InferenceSession.create(join(folder, 'onnx', 'PhoneProbe.onnx'));
  for (const system of systems)
    console.log(`${system.padEnd(16)} phones heard ${(100 * (await heard(session, system))).toFixed(1)} %`);
  rmSync(folder, { recursive: true });
}
