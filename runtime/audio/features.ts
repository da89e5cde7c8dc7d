/**
 * Sound as what a network sees: log-magnitude or log-mel spectrograms, from 0 (100 dB under full scale, and what is
 * quieter) to 1 (20 dB under it). In: samples in [-1, 1] at the format's rate; out: [channels, frames]. And back, as
 * magnitudes, for the vocoder. A sine of full scale has 0 dB.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { faintest, floorDecibel, fullScale, topDecibel } from '../../program/sound.ts';
import type { SoundFeatures } from '../../program/sound.ts';
import { count, real, text } from '../data/arguments.ts';
import { fromMel, holdToMel, melBands, melOfHertz, toMel } from './mel.ts';
import type { MelBands } from './mel.ts';
import { binsOf, emptySpectra, framesOf, Stft } from './stft.ts';
import type { StftShape } from './stft.ts';
import { heardAt } from './tract.ts';

/** All that says how sound becomes features: the same for every field of a source. */
export interface SoundFormat {
  /** Samples a second. */
  readonly rate: number;
  readonly shape: StftShape;
  /** x[n] - emphasis · x[n - 1] before the spectrum; 0 for none. */
  readonly emphasis: number;
  /** Channels: bands of the mel scale, or null for the bins themselves. */
  readonly mel: MelBands | null;
  readonly channels: number;
}

export const formatParams: readonly ParamSpec[] = [
  {
    name: 'features',
    type: 'names',
    default: 'log_mel(80)',
    doc: 'log_mel(bands), or log_magnitude: all bins of the spectrum',
  },
  {
    name: 'rate',
    type: 'int',
    default: 16000,
    doc: 'samples a second, 8000 to 48000; recordings of other rates are resampled',
  },
  { name: 'window', type: 'real', default: 50, doc: 'milliseconds under the window of a frame' },
  { name: 'hop', type: 'real', default: 12.5, doc: 'milliseconds from frame to frame' },
  {
    name: 'emphasis',
    type: 'real',
    default: 0.97,
    doc: 'of high frequencies, before the spectrum; 0 for none',
  },
];

/** The format that the arguments name, for a vocal tract of this length; throws Error with a sentence. */
export function formatOf(args: SourceArguments, tract = 1): SoundFormat {
  const rate = count(args, 'rate', 8000);
  if (rate > 48000) throw new Error(`rate is 8000 to 48000, not ${rate}`);
  const window = samplesIn(args, 'window', rate);
  const hop = samplesIn(args, 'hop', rate);
  if (hop > window) throw new Error('hop is at most the window: between frames nothing may be lost');
  const emphasis = real(args, 'emphasis');
  if (!(emphasis >= 0 && emphasis < 1)) throw new Error(`emphasis is from 0 to below 1, not ${emphasis}`);
  const shape = { size: 2 ** Math.ceil(Math.log2(window)), window, hop };
  const mel = melOf(text(args, 'features').replaceAll(/\s/g, ''), rate, shape, tract);
  return { rate, shape, emphasis, mel, channels: mel?.bands ?? binsOf(shape) };
}

/** As a program computes them of samples of its own. */
export const featuresOf = ({ shape, emphasis, mel }: SoundFormat): SoundFeatures => ({
  ...shape,
  emphasis,
  edges: mel === null ? null : mel.edges,
});

function samplesIn(args: SourceArguments, name: string, rate: number): number {
  const samples = Math.round((real(args, name) * rate) / 1000);
  if (samples >= 16 && samples <= 16384) return samples;
  throw new Error(`${name} is in milliseconds: ${samples} samples are too ${samples < 16 ? 'few' : 'many'}`);
}

function melOf(features: string, rate: number, shape: StftShape, tract: number): MelBands | null {
  const [, kind, number] = /^(log_mel|log_magnitude)(?:\((\d+)\))?$/.exec(features) ?? [];
  const bins = binsOf(shape);
  if (kind === 'log_mel' && number !== undefined && Number(number) > 0) {
    return melBands(Number(number), rate, shape.size, (hertz) => heardAt(hertz, tract, rate / 2));
  }
  if (kind === 'log_magnitude') {
    if (tract !== 1) throw new Error('tracts is for log_mel: it moves the bands');
    if (number === undefined || Number(number) === bins) return null;
    throw new Error(`log_magnitude(${number}): a window of ${shape.window} samples gives ${bins} bins`);
  }
  throw new Error(`features is log_mel(80), say, or log_magnitude, not ${features}`);
}

// ---------------------------------------------------------------- levels

const toLevel = (magnitude: number): number => {
  const decibel = 20 * Math.log10(Math.max(faintest, magnitude));
  return Math.min(1, Math.max(0, (decibel - floorDecibel) / (topDecibel - floorDecibel)));
};

const toMagnitude = (level: number): number => (level <= 0 ? 0 : 10 ** (decibelAt(level) / 20));

/** What a feature of this level, 0 to 1, stands for: decibels, 0 of which is a sine of full scale. */
export const decibelAt = (level: number): number => floorDecibel + level * (topDecibel - floorDecibel);

/** The channel in whose middle a frequency lies, also between two. */
export function channelAt(hertz: number, { mel, rate, shape }: SoundFormat): number {
  if (mel === null) return (hertz * shape.size) / rate;
  return (melOfHertz(hertz) * (mel.bands + 1)) / melOfHertz(rate / 2) - 1;
}

// ---------------------------------------------------------------- there and back

/** [channels, frames], frames last: 1 + floor(samples / hop) of them. */
export interface Spectrogram {
  readonly channels: number;
  readonly frames: number;
  readonly data: Float32Array;
}

export function spectrogram(samples: Float64Array, format: SoundFormat): Spectrogram {
  return spectrograms(samples, [format])[0];
}

/** One for each format; they may differ in their channels alone, and share the spectra. */
export function spectrograms(samples: Float64Array, formats: readonly SoundFormat[]): readonly Spectrogram[] {
  const { shape, emphasis } = formats[0];
  const frames = framesOf(samples.length, shape);
  const spectra = emptySpectra(shape, frames);
  new Stft(shape).forward(emphasised(samples, emphasis), spectra);
  const { bins, re, im } = spectra;
  const heights = re.map((x, i) => Math.sqrt(x * x + im[i] * im[i]) / fullScale(shape));
  return formats.map((format) => levels(heights, bins, format));
}

/** Of magnitudes [frames, bins], where 1 is full scale. */
function levels(heights: Float64Array, bins: number, { mel, channels }: SoundFormat): Spectrogram {
  const frames = heights.length / bins;
  const data = new Float32Array(channels * frames);
  const bands = new Float64Array(channels);
  for (let f = 0; f < frames; f++) {
    const spectrum = heights.subarray(f * bins, (f + 1) * bins);
    if (mel === null) bands.set(spectrum);
    else toMel(mel, spectrum, bands);
    for (let c = 0; c < channels; c++) data[c * frames + f] = toLevel(bands[c]);
  }
  return { channels, frames, data };
}

function emphasised(samples: Float64Array, by: number): Float64Array {
  return samples.map((x, n) => x - by * (n === 0 ? 0 : samples[n - 1]));
}

/** Takes emphasis back: y[n] = x[n] + by · y[n - 1], in place. */
export function deemphasise(samples: Float64Array, by: number): void {
  for (let n = 1; n < samples.length; n++) samples[n] += by * samples[n - 1];
}

/** Features as they are played: [channels, frames], frames last, from 0 to 1. */
export interface Features {
  readonly channels: number;
  readonly frames: number;
  readonly data: Float32Array | Float64Array;
}

/** The magnitudes of all bins, frame after frame, that the features stand for; what is out of [0, 1] is clipped. */
export function magnitudes(features: Features, format: SoundFormat): Float64Array {
  const bins = binsOf(format.shape);
  const out = new Float64Array(features.frames * bins);
  for (let f = 0; f < features.frames; f++) {
    const spectrum = out.subarray(f * bins, (f + 1) * bins);
    const column = magnitudesAt(features, f, format);
    if (format.mel === null) spectrum.set(column);
    else fromMel(format.mel, column, spectrum);
  }
  return out;
}

/** Moves magnitudes of all bins, in place, until they have the mel bands given: the same frames, in another format. */
export function holdToBands(found: Float64Array, bands: Features, format: SoundFormat): void {
  const { mel } = format;
  if (mel === null)
    throw new Error('spectra are held to mel bands, and these features are the bins themselves');
  const bins = binsOf(format.shape);
  for (let f = 0; f < bands.frames; f++)
    holdToMel(mel, magnitudesAt(bands, f, format), found.subarray(f * bins, (f + 1) * bins));
}

/** Of each channel of one frame. */
function magnitudesAt(
  { channels, frames, data }: Features,
  frame: number,
  { shape }: SoundFormat,
): Float64Array {
  return Float64Array.from(
    { length: channels },
    (_, c) => toMagnitude(Math.min(1, data[c * frames + frame])) * fullScale(shape),
  );
}
