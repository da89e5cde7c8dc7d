/**
 * Short-time spectra and back. In: samples; out: a complex spectrum for each frame, and from such spectra the samples
 * again (overlap-add, divided by the windows' squared sum). Frame f is centred on sample f · hop, what lies outside
 * the recording is 0, the window is a periodic Hann: librosa's stft(center=True, pad_mode='constant').
 */
import { RealFft } from './fft.ts';

export interface StftShape {
  /** Numbers in a transform: a power of two. */
  readonly size: number;
  /** Samples under the window, at most `size`; it stands in the transform's middle. */
  readonly window: number;
  /** Samples from frame to frame. */
  readonly hop: number;
}

/** Spectra frame by frame: bin k of frame f at f · bins + k. */
export interface Spectra {
  readonly frames: number;
  readonly bins: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export const binsOf = ({ size }: StftShape): number => size / 2 + 1;

export function emptySpectra(shape: StftShape, frames: number): Spectra {
  const bins = binsOf(shape);
  return { frames, bins, re: new Float64Array(frames * bins), im: new Float64Array(frames * bins) };
}

/** Frames of so many samples: one at the start of each hop. */
export const framesOf = (samples: number, { hop }: StftShape): number => 1 + Math.floor(samples / hop);

/** Samples that so many frames stand for. */
export const samplesOf = (frames: number, { hop }: StftShape): number => (frames - 1) * hop;

export class Stft {
  readonly shape: StftShape;
  private readonly fft: RealFft;
  private readonly window: Float64Array;
  private readonly frame: Float64Array;
  private scale = new Float64Array(0);
  private scaledFrames = 0;

  constructor(shape: StftShape) {
    this.shape = shape;
    this.fft = new RealFft(shape.size);
    this.window = hann(shape);
    this.frame = new Float64Array(shape.size);
  }

  /** Fills `into`, which has room for the frames wanted. */
  forward(samples: ArrayLike<number>, into: Spectra): void {
    const { size, hop } = this.shape;
    const { frame, window } = this;
    for (let f = 0; f < into.frames; f++) {
      const start = f * hop - size / 2;
      const from = Math.max(0, -start);
      const to = Math.min(size, samples.length - start);
      frame.fill(0);
      for (let i = from; i < to; i++) frame[i] = samples[start + i] * window[i];
      this.fft.forward(frame, into.re, into.im, f * into.bins);
    }
  }

  /** The samples whose spectra are nearest in squares (Griffin & Lim 1984, equation 6). */
  inverse({ frames, bins, re, im }: Spectra, samples: Float64Array): void {
    const { size, hop } = this.shape;
    const { frame, window } = this;
    samples.fill(0);
    for (let f = 0; f < frames; f++) {
      this.fft.inverse(re, im, frame, f * bins);
      const start = f * hop - size / 2;
      const from = Math.max(0, -start);
      const to = Math.min(size, samples.length - start);
      for (let i = from; i < to; i++) samples[start + i] += frame[i] * window[i];
    }
    const scale = this.scaleFor(samples.length, frames);
    for (let n = 0; n < samples.length; n++) samples[n] *= scale[n];
  }

  /** One over the squared windows' sum at each sample; 1 where none reaches. Kept for the next call. */
  private scaleFor(length: number, frames: number): Float64Array {
    if (this.scale.length === length && this.scaledFrames === frames) return this.scale;
    const { size, hop } = this.shape;
    const weight = new Float64Array(length);
    for (let f = 0; f < frames; f++) {
      const start = f * hop - size / 2;
      for (let i = Math.max(0, -start); i < Math.min(size, length - start); i++) {
        weight[start + i] += this.window[i] ** 2;
      }
    }
    this.scaledFrames = frames;
    this.scale = weight.map((sum) => (sum > 1e-8 ? 1 / sum : 1));
    return this.scale;
  }
}

function hann({ size, window }: StftShape): Float64Array {
  const out = new Float64Array(size);
  const left = (size - window) >> 1;
  for (let i = 0; i < window; i++) out[left + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window);
  return out;
}
