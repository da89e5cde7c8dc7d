/** What an initializer is: how a weight starts, given its shape. `initialize G, D with normal(0, 0.02)`. */
import type { ParamSpec } from '../../program/catalogue.ts';
import type { Initial } from '../../program/manifest.ts';

export interface Initializer {
  readonly doc: string;
  readonly params: readonly ParamSpec[];
  /** `part`: the layer's name for it, `weight`, `recurrent_weight`, `bias`, `gain`; biases stay 0 and gains 1. */
  initial(args: Readonly<Record<string, number>>, shape: readonly number[], part: string): Initial;
}
