/** Samples (samples.ts) of what computes features of sounds. */
import type { Sample } from './samples.ts';

export const sound: Readonly<Record<string, readonly Sample[]>> = {
  // By bins, and by two bands of them.
  spectrogram: [null, [0, 1.5, 3, 4]].map((edges): Sample => ({
    inputs: { x: [1, 12] },
    args({ x }, bench) {
      const features = { window: 8, hop: 3, size: 8, emphasis: 0.9, edges };
      bench.heard = { stream: 'any', features, range: [-1, 1], samples: [-1, 1] };
      // So soft that no level is cut at its top.
      return { x: { ...x, node: bench.b.mul(x.node, 0.03) }, like: x };
    },
  })),
};
