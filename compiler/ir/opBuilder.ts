/**
 * What graphs are made with: one method a primitive; a number stands for a constant wherever a node is an operand. How
 * nodes are made, kept and simplified is ir/builder.ts's matter; what only makes nodes (compositions, gradients, layers)
 * knows no more than this.
 */
import type { Span } from '../../grammar/source.ts';
import { isKnown, symbol, type Dim, type Shape } from './dim.ts';
import {
  isFed,
  reachable,
  type Attributes,
  type Distribution,
  type Node,
  type OpName,
  type Plain,
  type SizedWindow,
  type Subgraph,
  type Window,
} from './node.ts';

export type Operand = Node | number;
/** Sizes for symbols. */
export type Symbols = Readonly<Record<string, Dim>>;

/** A scan's step: the next state from the state [R, S..], the sequences' slices [R, X..] and the constants. */
export type ScanBody<B> = (b: B, state: Node, slices: readonly Node[], constants: readonly Node[]) => Node;

export abstract class OpBuilder {
  private depth = 0;

  /** Any primitive by name; throws ShapeError. */
  abstract make<K extends OpName>(op: K, inputs: readonly Node[], attrs: Attributes[K]): Node;
  /** Whether this builder made the node. */
  abstract has(node: Node): boolean;
  /** Nodes made inside come from `origin` (unless they were there before). */
  abstract withOrigin<T>(origin: Span | undefined, make: () => T): T;
  /** The node, known by this name unless it has one: for programs that people read. */
  abstract called(name: string, node: Node): Node;
  /** The cotangents of `wrt` from that of y (ir/differentiate.ts). */
  abstract vjp(y: Node, wrt: readonly Node[], cotangent: Node): Node[];
  /** Nodes again, with others for some and sizes for symbols (ir/substitute.ts). */
  abstract instantiate(roots: readonly Node[], replace: ReadonlyMap<Node, Node>, symbols?: Symbols): Node[];

  private node(x: Operand): Node {
    return typeof x === 'number' ? this.constant(x) : x;
  }

  private on(op: Plain, ...operands: Operand[]): Node {
    const inputs = operands.map((x) => this.node(x));
    return this.make(op, inputs, {});
  }

  input(name: string, shape: Shape): Node {
    return this.make('input', [], { name, shape });
  }
  /** `k` is for integers in 0..k-1 only. */
  draw(distribution: Distribution, key: string, shape: Shape, k?: number): Node {
    return this.make('draw', [], { distribution, key, shape, ...(k === undefined ? {} : { k }) });
  }
  constant(values: number | readonly number[], shape: readonly number[] = []): Node {
    return this.make('constant', [], { values: typeof values === 'number' ? [values] : values, shape });
  }
  iota(n: Dim): Node {
    return this.make('iota', [], { shape: [n] });
  }
  extent(dim: Dim): Node {
    return this.make('extent', [], { dim });
  }

  neg = (x: Operand): Node => this.on('neg', x);
  exp = (x: Operand): Node => this.on('exp', x);
  log = (x: Operand): Node => this.on('log', x);
  sqrt = (x: Operand): Node => this.on('sqrt', x);
  tanh = (x: Operand): Node => this.on('tanh', x);
  sigmoid = (x: Operand): Node => this.on('sigmoid', x);
  abs = (x: Operand): Node => this.on('abs', x);
  sign = (x: Operand): Node => this.on('sign', x);
  floor = (x: Operand): Node => this.on('floor', x);
  sin = (x: Operand): Node => this.on('sin', x);
  cos = (x: Operand): Node => this.on('cos', x);
  erf = (x: Operand): Node => this.on('erf', x);
  add = (x: Operand, y: Operand): Node => this.on('add', x, y);
  sub = (x: Operand, y: Operand): Node => this.on('sub', x, y);
  mul = (x: Operand, y: Operand): Node => this.on('mul', x, y);
  div = (x: Operand, y: Operand): Node => this.on('div', x, y);
  pow = (x: Operand, y: Operand): Node => this.on('pow', x, y);
  max = (x: Operand, y: Operand): Node => this.on('max', x, y);
  min = (x: Operand, y: Operand): Node => this.on('min', x, y);
  less = (x: Operand, y: Operand): Node => this.on('less', x, y);
  equal = (x: Operand, y: Operand): Node => this.on('equal', x, y);
  /** c != 0 ? x : y */
  select = (c: Operand, x: Operand, y: Operand): Node => this.on('select', c, x, y);

  reshape(x: Node, shape: Shape): Node {
    return this.make('reshape', [x], { shape });
  }
  /**
   * Rows under another count: packs of them, or (`all`) those of all processes. Sizes with symbols differ by that alone, and
   * where they are numbers it is a reshape: one process has all rows.
   */
  regroup(x: Node, shape: Shape, rows: 'own' | 'all' = 'own'): Node {
    if (isKnown(x.shape) && isKnown(shape)) return this.reshape(x, shape);
    return this.make('regroup', [x], { shape, rows });
  }
  transpose(x: Node, perm: readonly number[]): Node {
    return this.make('transpose', [x], { perm });
  }
  /** Axes of size 1 to other sizes; the rank stays. */
  expand(x: Node, shape: Shape): Node {
    return this.make('expand', [x], { shape });
  }
  slice(x: Node, axis: number, start: Dim, end: Dim, step = 1): Node {
    return this.make('slice', [x], { axis, start, end, step });
  }
  pad(
    x: Node,
    low: readonly Dim[],
    high: readonly Dim[],
    interior: readonly number[] = low.map(() => 0),
  ): Node {
    return this.make('pad', [x], { low, high, interior });
  }
  concat(xs: readonly Node[], axis: number): Node {
    return this.make('concat', xs, { axis });
  }
  flip(x: Node, axis: number): Node {
    return this.make('flip', [x], { axis });
  }

  sum(x: Node, axes: readonly number[]): Node {
    return this.make('sum', [x], { axes: ordered(axes) });
  }
  amax(x: Node, axes: readonly number[]): Node {
    return this.make('amax', [x], { axes: ordered(axes) });
  }
  argmax(x: Node, axis: number): Node {
    return this.make('argmax', [x], { axis });
  }
  matmul(x: Node, y: Node): Node {
    return this.on('matmul', x, y);
  }
  conv(x: Node, w: Node, window: Window): Node {
    return this.make('conv', [x, w], windowOf(window));
  }
  convInputGrad(g: Node, w: Node, { size, ...window }: SizedWindow): Node {
    return this.make('conv_input_grad', [g, w], { ...windowOf(window), size });
  }
  convWeightGrad(x: Node, g: Node, { size, ...window }: SizedWindow): Node {
    return this.make('conv_weight_grad', [x, g], { ...windowOf(window), size });
  }

  stop(x: Node): Node {
    return this.on('stop', x);
  }
  reverse(x: Node, k: Operand): Node {
    return this.on('reverse', x, k);
  }

  /** The states [T, N, S..] of a recurrence from init [N, S..] over sequences [T, N, X..]; `shown`: their first columns. */
  scan(
    init: Node,
    sequences: readonly Node[],
    constants: readonly Node[],
    step: ScanBody<this>,
    shown?: number,
  ): Node {
    const slices = sequences.map((x) => x.shape.slice(2));
    const shapes = constants.map((x) => x.shape);
    const body = this.body(init.shape.slice(1), slices, shapes, step);
    const told = { body, sequences: sequences.length, ...(shown === undefined ? {} : { shown }) };
    return this.make('scan', [init, ...sequences, ...constants], told);
  }

  /** A scan's body; state and slices are given without their row axis. Throws if the step uses outer nodes. */
  body(state: Shape, slices: readonly Shape[], constants: readonly Shape[], step: ScanBody<this>): Subgraph {
    const rows = symbol('R');
    const name = (text: string): string => `${text}@${this.depth}`;
    const h = this.input(name('state'), [rows, ...state]);
    const xs = slices.map((shape, i) => this.input(name(`slice${i}`), [rows, ...shape]));
    const cs = constants.map((shape, i) => this.input(name(`constant${i}`), shape));
    this.depth++;
    try {
      const body = { parameters: [h, ...xs, ...cs], result: step(this, h, xs, cs) };
      checkClosed(body);
      return body;
    } finally {
      this.depth--;
    }
  }
}

const ordered = (axes: readonly number[]): number[] => [...axes].sort((p, q) => p - q);

/** What is 1 is left out, so that equal windows are written in one way. */
const windowOf = ({ strides, pads, dilations, groups = 1 }: Window): Window => ({
  strides,
  pads,
  ...(dilations?.some((d) => d > 1) && { dilations }),
  ...(groups > 1 && { groups }),
});

/** A body may read its parameters and constants, nothing that the host feeds. */
export function checkClosed({ parameters, result }: Subgraph): void {
  const foreign = reachable([result])
    .filter(isFed)
    .find((node) => !parameters.includes(node));
  if (foreign === undefined) return;
  const name = foreign.op === 'draw' ? foreign.attrs.key : foreign.attrs.name;
  throw new Error(`a scan's body uses ${foreign.op} ${name} from outside: pass it as a constant`);
}
