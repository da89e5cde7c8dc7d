/** Features as sound: levels to magnitudes (mel bands to bins), Griffin-Lim, emphasis taken back. */
import { deemphasise, magnitudes } from './features.ts';
import type { SoundFormat } from './features.ts';
import { griffinLim, usualGriffinLim } from './griffin-lim.ts';
import type { GriffinLim } from './griffin-lim.ts';

/** `features`: [channels, frames], from 0 to 1; out: samples at the format's rate, none of them beyond full scale. */
export function soundOf(
  features: { readonly channels: number; readonly frames: number; readonly data: ArrayLike<number> },
  format: SoundFormat,
  settings: GriffinLim = usualGriffinLim,
): Float64Array {
  if (features.channels !== format.channels) {
    throw new Error(
      `the features have ${features.channels} channels, where the sound's format has ${format.channels}`,
    );
  }
  const samples = griffinLim(magnitudes(features, format), format.shape, settings);
  deemphasise(samples, format.emphasis);
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return peak > 1 ? samples.map((x) => x / peak) : samples;
}
