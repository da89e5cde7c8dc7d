/**
 * How features of sound are computed of samples: by sources as rows are read, and by a program of what a network makes. One
 * description for both, so that they are the same numbers. Levels go from 0 (100 dB under a sine of full scale, and what is
 * quieter) to 1 (20 dB under it).
 */
export interface SoundFeatures {
  /** Samples under the window, a periodic Hann; from frame to frame; in a transform, in whose middle the window stands. */
  readonly window: number;
  readonly hop: number;
  readonly size: number;
  /** x[n] - emphasis · x[n - 1] before the spectrum; 0 for none. */
  readonly emphasis: number;
  /**
   * In bins of the spectrum, also between two: band b is a triangle from edges[b] over edges[b + 1] to edges[b + 2], whose
   * weights add up to 1. null: no bands, all bins.
   */
  readonly edges: readonly number[] | null;
}

/** Bands, or all bins. */
export const channelsOf = ({ edges, size }: SoundFeatures): number =>
  edges === null ? size / 2 + 1 : edges.length - 2;

/** Decibels of the levels 0 and 1; a sine of full scale has 0. */
export const [floorDecibel, topDecibel] = [-100, -20];
/** Nothing has a smaller magnitude: the logarithm of 0 is none. */
export const faintest = 1e-10;

/** The magnitude of a sine of full scale at its bin: half the window's sum. */
export const fullScale = ({ window }: Pick<SoundFeatures, 'window'>): number => window / 4;
