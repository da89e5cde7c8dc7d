/**
 * All layers by their language names: each family file exports its items under the names that specs use. Layers with
 * weights or noise stand only in networks; activations and movement anywhere.
 */
import * as activation from './layers/activation.ts';
import * as convolution from './layers/convolution.ts';
import * as dense from './layers/dense.ts';
import * as movement from './layers/movement.ts';
import * as normalisation from './layers/normalisation.ts';
import * as pooling from './layers/pooling.ts';
import * as randomness from './layers/randomness.ts';
import * as recurrent from './layers/recurrent.ts';
import type { Builtin } from './builtin.ts';

export const layers = {
  ...dense,
  ...convolution,
  ...normalisation,
  ...movement,
  ...pooling,
  ...recurrent,
  ...randomness,
  ...activation,
} satisfies Record<string, Builtin>;
