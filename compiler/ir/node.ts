/**
 * The graph: a hash-consed DAG of primitives (ir/primitives). One float type, channels first, one output a node;
 * truth values are 0 and 1, classes are whole numbers. Leaves are what the host feeds (`input`, `draw`),
 * constants, and sizes. A node is a union by `op`, which decides what its `attrs` are. Nothing here knows a spec or an
 * engine.
 */
import type { Dim, Shape } from './dim.ts';
import { addEntry } from './entries.ts';
import type { Span } from '../../grammar/source.ts';

export type Distribution = 'uniform' | 'normal' | 'integer';

/** Strides and zeros before and after, for each spatial axis. */
export type Window = {
  readonly strides: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
  /** Places from one tap of the kernel to the next; absent: 1 along each axis. */
  readonly dilations?: readonly number[];
  /** Channels in so many groups, each of which sees its own alone; absent: 1. */
  readonly groups?: number;
};
/** `size`: spatial sizes of the result: the image's, or the kernel's. */
export type SizedWindow = Window & { readonly size: readonly Dim[] };

/** Primitives that work on each element by itself. */
export type Elementwise =
  | ('neg' | 'exp' | 'log' | 'sqrt' | 'tanh' | 'sigmoid' | 'abs' | 'sign' | 'floor' | 'erf' | 'sin' | 'cos')
  | ('add' | 'sub' | 'mul' | 'div' | 'pow' | 'max' | 'min' | 'less' | 'equal' | 'select');
/** Primitives that are told nothing beside their inputs. */
export type Plain = Elementwise | 'matmul' | 'stop' | 'reverse';

/**
 * What each primitive is told beside its inputs, in the order in which it is printed. The table is the closed list of
 * primitives: the catalogue and every target have a row for each, or don't compile.
 */
export type Attributes = { readonly [K in Plain]: Readonly<Record<string, never>> } & {
  readonly input: { readonly name: string; readonly shape: Shape };
  /** `k` is for integers in 0..k-1 only. */
  readonly draw: {
    readonly distribution: Distribution;
    readonly key: string;
    readonly shape: Shape;
    readonly k?: number;
  };
  readonly constant: { readonly values: readonly number[]; readonly shape: readonly number[] };
  readonly iota: { readonly shape: Shape };
  readonly extent: { readonly dim: Dim };
  readonly reshape: { readonly shape: Shape };
  /** `all`: with the rows of all processes that share a run; `own`: this one's. */
  readonly regroup: { readonly shape: Shape; readonly rows: 'own' | 'all' };
  readonly transpose: { readonly perm: readonly number[] };
  readonly expand: { readonly shape: Shape };
  readonly slice: { readonly axis: number; readonly start: Dim; readonly end: Dim; readonly step: number };
  readonly pad: {
    readonly low: readonly Dim[];
    readonly high: readonly Dim[];
    readonly interior: readonly number[];
  };
  readonly concat: { readonly axis: number };
  readonly flip: { readonly axis: number };
  readonly sum: { readonly axes: readonly number[] };
  readonly amax: { readonly axes: readonly number[] };
  readonly argmax: { readonly axis: number };
  readonly conv: Window;
  readonly conv_input_grad: SizedWindow;
  readonly conv_weight_grad: SizedWindow;
  /**
   * `sequences`: how many of the inputs after the first are sequences; the rest are constants. `shown`: of a state [R, S],
   * the result has so many columns, the first, of each step; absent: all.
   */
  readonly scan: { readonly body: Subgraph; readonly sequences: number; readonly shown?: number };
};

export type OpName = keyof Attributes;

export interface NodeOf<K extends OpName> {
  /** Unique in its builder and topological: inputs have smaller ids. */
  readonly id: number;
  readonly op: K;
  readonly inputs: readonly Node[];
  readonly attrs: Attributes[K];
  readonly shape: Shape;
  /** The text this came from, for diagnostics and comments in emitted programs; not part of its identity. */
  readonly origin?: Span;
  /** The innermost call that it was made for; not part of its identity. */
  readonly region?: Region;
}

/** `Node` is any node, `Node<'conv'>` one of that primitive. */
export type Node<K extends OpName = OpName> = { [P in K]: NodeOf<P> }[K];

/**
 * One call of a network, block, function or layer, as the spec says it: targets whose programs people read make functions
 * of regions. A node belongs to the call that made it first; another that finds it there only uses it.
 */
export interface Region {
  readonly kind: 'network' | 'block' | 'function' | 'layer' | 'gradient';
  /** As called: `G`, `down`, `bce`, `batch_norm`. */
  readonly name: string;
  /** Of a layer, network or block: where its weights are, `G.batch_norm_1`, `G`, `G.average`. */
  readonly path: string | null;
  readonly parent: Region | undefined;
  /** Where it is declared, if the spec does. */
  readonly span: Span | undefined;
  /** What its parameters are called. */
  readonly parameters: Map<Node, string>;
  /** Of a network's call: what it gives, and what that is called; filled once the body is evaluated. */
  readonly results?: Map<Node, string>;
}

/**
 * The body of a scan: a function of rows, built with a symbolic number of rows `R`, so that it can be applied to a
 * step's rows or to all steps' rows at once. Parameters, in order: the state [R, S...], one slice [R, X...] of each
 * sequence, then the constants (no row axis; weights). The result is the next state.
 */
export interface Subgraph {
  readonly parameters: readonly Node[];
  readonly result: Node;
}

/** All nodes that `roots` depend on, inputs before users, each once; nothing before the nodes that `until` names. */
export function reachable(roots: readonly Node[], until: (node: Node) => boolean = () => false): Node[] {
  const seen = new Set(roots);
  for (const node of seen) if (!until(node)) for (const input of node.inputs) seen.add(input);
  return [...seen].sort((a, b) => a.id - b.id);
}

/** Of each node that these are made of, those of them that read it, once for each input that it is. */
export function usersIn(nodes: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const users = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) addEntry(users, input, node);
  return users;
}

/** What the host feeds: values by name, draws by key. */
export type Fed = Node<'input'> | Node<'draw'>;
export const isFed = (node: Node): node is Fed => node.op === 'input' || node.op === 'draw';
