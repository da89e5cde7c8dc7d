/**
 * What a spec's picture shows, as plain data, the same however it is drawn: who reads what, what each network is made of,
 * and for each update which networks learn and where the gradient flows. A network is one unit however often it is
 * called, as papers draw it.
 */

export interface Layer {
  readonly kind: 'layer' | 'block' | 'network';
  /** As called: `conv`, `down`, `Trunk`. */
  readonly name: string;
  /** As written, on one line: `conv(64, kernel: 4, stride: 2)`. */
  readonly text: string;
  /** The size of what it gives, without rows: `64×14×14`; empty for one number a row. */
  readonly size: string;
}

export type UnitKind = 'field' | 'sample' | 'network' | 'loss';

export interface Unit {
  /** `network:G`, `field:mnist.image`, `sample:z`, `loss:generator_loss`. */
  readonly id: string;
  readonly kind: UnitKind;
  /** As the spec calls it. */
  readonly name: string;
  /** A field's or sample's type, a loss that has no name as text. */
  readonly detail: string;
  /** Of a network, in the order of its body. */
  readonly layers: readonly Layer[];
  /** Of a network: numbers that training moves, those of networks inside it not counted. */
  readonly weights: number;
}

/** What an update's gradient does on an edge; `none`: nothing that learns stands behind it. */
export type EdgeGradient = 'flows' | 'reversed' | 'stopped' | 'none';

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Sizes of what is handed on, each once: `1×28×28`. */
  readonly size: string;
  /** By the update's name, of the updates that compute it. */
  readonly gradients: Readonly<Record<string, EdgeGradient>>;
}

export interface ArchitectureUpdate {
  readonly name: string;
  /** As written, on one line. */
  readonly text: string;
  readonly phase: string | null;
  readonly learns: readonly string[];
  /** The unit that it minimises or maximises. */
  readonly objective: string;
}

export interface Architecture {
  readonly name: string;
  readonly units: readonly Unit[];
  readonly edges: readonly Edge[];
  readonly updates: readonly ArchitectureUpdate[];
}
