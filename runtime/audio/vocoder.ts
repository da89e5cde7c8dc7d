/** Features as sound: levels to magnitudes (mel bands to bins), Griffin-Lim, emphasis taken back. */
import { deemphasise, holdToBands, magnitudes } from './features.ts';
import type { Features, SoundFormat } from './features.ts';
import { griffinLim, usualGriffinLim } from './griffin-lim.ts';
import type { GriffinLim } from './griffin-lim.ts';

/** Mel bands that a sound is to have, and what they are. */
export interface WantedBands {
  readonly features: Features;
  readonly format: SoundFormat;
}

/** Out: samples at the format's rate, none of them beyond full scale. `bands`: of the same frames, which the spectrum is held to. */
export function soundOf(
  features: Features,
  format: SoundFormat,
  settings: GriffinLim = usualGriffinLim,
  bands: WantedBands | null = null,
): Float64Array {
  if (features.channels !== format.channels) {
    throw new Error(
      `the features have ${features.channels} channels, where the sound's format has ${format.channels}`,
    );
  }
  const spectra = magnitudes(features, format);
  if (bands !== null) holdToBands(spectra, bands.features, bands.format);
  const samples = griffinLim(spectra, format.shape, settings);
  deemphasise(samples, format.emphasis);
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return peak > 1 ? samples.map((x) => x / peak) : samples;
}
