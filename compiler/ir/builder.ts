/**
 * Makes graphs. One method a primitive; a number stands for a constant wherever a node is an operand. Equal nodes
 * (operator, inputs, attributes) are one node. Shapes are checked as nodes are made (ShapeError); what is trivially
 * simpler is made simpler (ir/rules.ts).
 */
import type { Span } from '../../grammar/source.ts';
import { isElementwise, ops, type OpName } from './primitives/catalog.ts';
import type { Distribution } from './primitives/leaves.ts';
import { ShapeError, type Tensor } from './primitives/op.ts';
import { differentiate } from './differentiate.ts';
import { attrsKey } from './attributes.ts';
import { symbol, type Dim, type Shape } from './dim.ts';
import { reachable, type Attrs, type Node, type Region, type Subgraph } from './node.ts';
import { identities, lookThrough, narrowConstants } from './rules.ts';
import { instantiate, type Symbols } from './substitute.ts';

export type Operand = Node | number;

/** Strides and zeros before and after, for each spatial axis. */
export interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
}
export interface SizedWindow extends Window {
  /** Spatial sizes of the result: the image's, or the kernel's. */
  readonly size: readonly Dim[];
}

/** A scan's step: the next state from the state [R, S..], the sequences' slices [R, X..] and the constants. */
export type ScanBody = (b: Builder, state: Node, slices: readonly Node[], constants: readonly Node[]) => Node;

export class Builder {
  private readonly nodes: Node[] = [];
  private readonly known = new Map<string, Node>();
  private readonly after: boolean;
  private origin: Span | undefined;
  private region: Region | undefined;
  private depth = 0;
  /** What the spec calls a value: the first name of each node. */
  readonly names = new Map<Node, string>();
  /** Which nodes are derivatives that a spec asks for, and of what by what. */
  readonly gradients = new Map<Node, { readonly of: Node; readonly by: Node }>();

  /** `after` the last differentiation more may be simplified; use ir/simplify.ts for that. */
  constructor(options: { after?: boolean } = {}) {
    this.after = options.after ?? false;
  }

  /** Whether this builder made the node. */
  has(node: Node): boolean {
    return this.nodes[node.id] === node;
  }

  /** Nodes made inside come from `origin` (unless they were there before). */
  withOrigin<T>(origin: Span | undefined, make: () => T): T {
    const before = this.origin;
    this.origin = origin ?? before;
    try {
      return make();
    } finally {
      this.origin = before;
    }
  }

  /** The node, known by this name unless it has one: for programs that people read. */
  called(name: string, node: Node): Node {
    if (!this.names.has(node)) this.names.set(node, name);
    return node;
  }

  /** Nodes made inside belong to a call (unless they were there before). */
  within<T>(call: Omit<Region, 'parent'>, make: () => T): T {
    return this.inRegion({ ...call, parent: this.region }, make);
  }

  /** Nodes made inside belong to the call that was going on when this was asked for: for what is made late. */
  later<T>(make: () => T): () => T {
    const { region } = this;
    return () => this.inRegion(region, make);
  }

  private inRegion<T>(region: Region | undefined, make: () => T): T {
    const before = this.region;
    this.region = region;
    try {
      return make();
    } finally {
      this.region = before;
    }
  }

  /** Any primitive by name; throws ShapeError. */
  make(op: OpName, inputs: readonly Node[], attrs: Attrs = {}): Node {
    const key = `${op}(${inputs.map((x) => x.id).join()})${attrsKey(attrs)}`;
    const found = this.known.get(key);
    if (found) return found;
    checkArity(op, inputs);
    const shape = ops[op].shape(
      inputs.map((x) => x.shape),
      attrs,
    );
    const node = this.simpler(op, inputs, attrs, shape) ?? this.fresh(op, inputs, attrs, shape);
    this.known.set(key, node);
    return node;
  }

  private fresh(op: OpName, inputs: readonly Node[], attrs: Attrs, shape: Shape): Node {
    const origin = this.origin && { origin: this.origin };
    const region = this.region && { region: this.region };
    const node: Node = { id: this.nodes.length, op, inputs, attrs, shape, ...origin, ...region };
    this.nodes.push(node);
    return node;
  }

  private simpler(op: OpName, inputs: readonly Node[], attrs: Attrs, shape: Shape): Node | undefined {
    return (
      this.folded(op, inputs, attrs) ??
      identities[op]?.(this, inputs, attrs, shape) ??
      narrowConstants(this, op, inputs, shape) ??
      (this.after ? lookThrough(this, op, inputs, attrs, shape) : undefined)
    );
  }

  /** Arithmetic on constants of rank 0. */
  private folded(op: OpName, inputs: readonly Node[], attrs: Attrs): Node | undefined {
    if (!isElementwise(op) || inputs.some((x) => x.op !== 'constant' || x.shape.length > 0)) return undefined;
    const values = inputs.map((x): Tensor => ({
      shape: [],
      data: Float64Array.from(x.attrs.values as number[]),
    }));
    return this.constant(ops[op].evaluate(values, attrs, [], noBody).data[0]);
  }

  private node(x: Operand): Node {
    return typeof x === 'number' ? this.constant(x) : x;
  }

  private on(op: OpName, ...operands: Operand[]): Node {
    return this.make(
      op,
      operands.map((x) => this.node(x)),
    );
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
    return this.make('matmul', [x, y]);
  }
  conv(x: Node, w: Node, { strides, pads }: Window): Node {
    return this.make('conv', [x, w], { strides, pads });
  }
  convInputGrad(g: Node, w: Node, { strides, pads, size }: SizedWindow): Node {
    return this.make('conv_input_grad', [g, w], { strides, pads, size });
  }
  convWeightGrad(x: Node, g: Node, { strides, pads, size }: SizedWindow): Node {
    return this.make('conv_weight_grad', [x, g], { strides, pads, size });
  }

  stop(x: Node): Node {
    return this.make('stop', [x]);
  }
  reverse(x: Node, k: Operand): Node {
    return this.make('reverse', [x, this.node(k)]);
  }

  /** The states [T, N, S..] of a recurrence from init [N, S..] over sequences [T, N, X..]. */
  scan(init: Node, sequences: readonly Node[], constants: readonly Node[], step: ScanBody): Node {
    const slices = sequences.map((x) => x.shape.slice(2));
    const shapes = constants.map((x) => x.shape);
    const body = this.body(init.shape.slice(1), slices, shapes, step);
    return this.make('scan', [init, ...sequences, ...constants], { body, sequences: sequences.length });
  }

  /** A scan's body; state and slices are given without their row axis. Throws if the step uses outer nodes. */
  body(state: Shape, slices: readonly Shape[], constants: readonly Shape[], step: ScanBody): Subgraph {
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

  /** The cotangents of `wrt` from that of y (differentiate.ts). */
  vjp(y: Node, wrt: readonly Node[], cotangent: Node): Node[] {
    return differentiate(this, y, wrt, { cotangent });
  }
  /** Nodes again, with others for some and sizes for symbols (ir/substitute.ts). */
  instantiate(roots: readonly Node[], replace: ReadonlyMap<Node, Node>, symbols: Symbols = {}): Node[] {
    return instantiate(this, roots, replace, symbols);
  }
}

const ordered = (axes: readonly number[]): number[] => [...axes].sort((p, q) => p - q);

function noBody(): Tensor {
  throw new Error('only a scan has a body');
}

export function checkArity(op: OpName, inputs: readonly Node[]): void {
  const names = ops[op].inputs;
  const open = names.at(-1) === '...';
  const least = open ? names.length - 1 : names.length;
  if (inputs.length >= least && (open || inputs.length === least)) return;
  throw new ShapeError(`${op} takes ${names.join(', ') || 'no inputs'}, and got ${inputs.length}`);
}

/** A body may read its parameters and constants, nothing that the host feeds. */
export function checkClosed({ parameters, result }: Subgraph): void {
  const foreign = reachable([result]).find(
    (n) => (n.op === 'input' || n.op === 'draw') && !parameters.includes(n),
  );
  if (foreign)
    throw new Error(`a scan's body uses ${printName(foreign)} from outside: pass it as a constant`);
}

const printName = (node: Node): string => `${node.op} ${String(node.attrs.name ?? node.attrs.key)}`;
