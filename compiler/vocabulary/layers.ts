/**
 * All layers by their language names: each family file exports its items under the names that specs use. Layers with
 * weights or noise stand only in networks; activations and movement anywhere.
 */
import * as activation from './layers/activation.ts';
import * as convolution from './layers/convolution.ts';
import * as dense from './layers/dense.ts';
import * as attention from './layers/attention.ts';
import * as foreign from './layers/foreign.ts';
import * as learned from './layers/learned.ts';
import * as movement from './layers/movement.ts';
import * as normalisation from './layers/normalisation.ts';
import * as pooling from './layers/pooling.ts';
import * as randomness from './layers/randomness.ts';
import * as recurrent from './layers/recurrent.ts';
import * as styles from './layers/styles.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import type { Builtin } from './builtin.ts';

/** Every layer with weights or noise may be called by a name of its own (evaluate/layer-names.ts). */
const nameParam: ParamSpec = {
  name: 'name',
  type: 'word',
  doc: 'What the layer is called in its network: `D.head.weight` for `name: head`. Default: its kind and place in the body.',
  default: null,
};

const nameable = <K extends string>(items: Readonly<Record<K, Builtin>>): Readonly<Record<K, Builtin>> => {
  const named = Object.entries<Builtin>(items).map(([name, item]) => [
    name,
    item.where === 'network' ? { ...item, params: [...item.params, nameParam] } : item,
  ]);
  return Object.fromEntries(named) as Readonly<Record<K, Builtin>>;
};

export const layers = nameable({
  ...dense,
  ...convolution,
  ...normalisation,
  ...learned,
  ...foreign,
  ...attention,
  ...styles,
  ...movement,
  ...pooling,
  ...recurrent,
  ...randomness,
  ...activation,
});
