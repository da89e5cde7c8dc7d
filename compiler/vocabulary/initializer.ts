/** What an initializer is: how a weight starts, given its shape. `initialize G, D with normal(0, 0.02)`. */
import type { ParamSpec } from '../program/catalogue.ts';
import type { Initial } from '../program/manifest.ts';

export interface Initializer {
  readonly doc: string;
  readonly params: readonly ParamSpec[];
  /** `role`: 'weight', 'bias' or 'gain'; biases stay 0 and gains 1 unless the initializer says otherwise. */
  initial(args: Readonly<Record<string, number>>, shape: readonly number[], role: string): Initial;
}
