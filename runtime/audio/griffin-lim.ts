/**
 * Sound from magnitudes alone: phases are found by going back and forth between spectra and samples, each time with
 * the wanted magnitudes and the phases that came back (Griffin & Lim 1984, "Signal estimation from modified
 * short-time Fourier transform"), pushed on in the direction of the last change (Perraudin, Balazs & Søndergaard 2013,
 * "A fast Griffin-Lim algorithm"). In: magnitudes, frame after frame; out: samples.
 */
import { draws } from '../random.ts';
import { emptySpectra, samplesOf, Stft } from './stft.ts';
import type { Spectra, StftShape } from './stft.ts';

export interface GriffinLim {
  readonly iterations: number;
  /** 0: the plain algorithm; 0.99 is the paper's choice. */
  readonly momentum: number;
}

export const usualGriffinLim: GriffinLim = { iterations: 60, momentum: 0.99 };

/** `magnitudes`: bin k of frame f at f · bins + k. Starts from random phases, always the same. */
export function griffinLim(
  magnitudes: Float64Array,
  shape: StftShape,
  { iterations, momentum }: GriffinLim = usualGriffinLim,
): Float64Array {
  const bins = shape.size / 2 + 1;
  const frames = magnitudes.length / bins;
  const stft = new Stft(shape);
  const samples = new Float64Array(samplesOf(frames, shape));
  const aimed = randomPhases(magnitudes, frames, shape);
  let [rebuilt, before] = [emptySpectra(shape, frames), emptySpectra(shape, frames)];
  const push = momentum / (1 + momentum);
  for (let i = 0; i < iterations; i++) {
    stft.inverse(aimed, samples);
    stft.forward(samples, rebuilt);
    turn(aimed, magnitudes, rebuilt, before, push);
    [rebuilt, before] = [before, rebuilt];
  }
  stft.inverse(aimed, samples);
  return samples;
}

/** The wanted magnitudes with the phases of rebuilt - push · before. */
function turn(
  aimed: Spectra,
  magnitudes: Float64Array,
  rebuilt: Spectra,
  before: Spectra,
  push: number,
): void {
  for (let i = 0; i < magnitudes.length; i++) {
    const re = rebuilt.re[i] - push * before.re[i];
    const im = rebuilt.im[i] - push * before.im[i];
    const scale = magnitudes[i] / (Math.sqrt(re * re + im * im) + 1e-16);
    aimed.re[i] = re * scale;
    aimed.im[i] = im * scale;
  }
}

function randomPhases(magnitudes: Float64Array, frames: number, shape: StftShape): Spectra {
  const spectra = emptySpectra(shape, frames);
  const phases = new Float64Array(magnitudes.length);
  draws({ seed: 0, key: 'griffin-lim', iteration: 0, scope: 0 }, 'uniform', 1, phases.length, phases);
  for (let i = 0; i < magnitudes.length; i++) {
    spectra.re[i] = magnitudes[i] * Math.cos(2 * Math.PI * phases[i]);
    spectra.im[i] = magnitudes[i] * Math.sin(2 * Math.PI * phases[i]);
  }
  return spectra;
}

/** ‖wanted - |STFT(samples)|‖ / ‖wanted‖: 0 where the sound has just these magnitudes. */
export function spectralConvergence(
  magnitudes: Float64Array,
  samples: Float64Array,
  shape: StftShape,
): number {
  const spectra = emptySpectra(shape, magnitudes.length / (shape.size / 2 + 1));
  new Stft(shape).forward(samples, spectra);
  let [away, whole] = [0, 0];
  magnitudes.forEach((wanted, i) => {
    away += (wanted - Math.hypot(spectra.re[i], spectra.im[i])) ** 2;
    whole += wanted ** 2;
  });
  return Math.sqrt(away / whole);
}
