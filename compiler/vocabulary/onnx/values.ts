/**
 * What the names of an ONNX graph stand for while it is followed, and what an operator sees of its node. A tensor knows which
 * of its axes the rows are, since every operator must compute each row by itself; numbers that are known on the spot (sizes,
 * axes, bounds) are computed and never become nodes. In numbers the count of rows is a symbol, whatever it is here.
 */
import { kinds } from '../../errors.ts';
import { broadcastTo } from '../../ir/compose.ts';
import { sameDim, sameShape, substituteDim, symbol, type Dim, type Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { OnnxNode } from '../../../program/onnx-graph.ts';
import type { Bounds } from '../../types.ts';
import type { Call } from '../builtin.ts';

export interface Tensor {
  readonly sort: 'tensor';
  readonly node: Node;
  /** Which axis the rows are; null: it has none (a weight). */
  readonly rows: number | null;
  /** What its numbers lie in, where an operator says so. */
  readonly range: Bounds | null;
}

export interface Numbers {
  readonly sort: 'numbers';
  readonly values: readonly Dim[];
  readonly shape: readonly number[];
  /** Whether its type is one of whole numbers: division drops what is left. */
  readonly whole: boolean;
  /** The same as a weight, of those that the file has as one. */
  readonly weight?: () => Node;
}

export type OnnxValue = Tensor | Numbers;

/** The number of rows, in numbers. */
export const rowCount: Dim = symbol('#rows');

export const tensor = (node: Node, rows: number | null, range: Bounds | null = null): Tensor => ({
  sort: 'tensor',
  ...{ node, rows, range },
});
export const numbers = (values: readonly Dim[], shape: readonly number[], whole = true): Numbers => ({
  sort: 'numbers',
  ...{ values, shape, whole },
});

/** The sizes of a tensor, the rows as their symbol. */
export const sizesOf = ({ node, rows }: Tensor): Dim[] =>
  node.shape.map((size, axis) => (axis === rows ? rowCount : size));

const isOne = (shape: Shape): boolean => shape.every((size) => size === 1);

/** What all nodes of a graph have in common. */
export interface Following {
  readonly call: Call;
  /** As the spec has the file. */
  readonly path: string;
  readonly opset: number;
  /** How many rows there are here. */
  readonly count: Dim;
  /** How many the file was written for; null: any number. */
  readonly written: number | null;
}

/** A node, and what its operator is given. */
export class Step {
  readonly of: Following;
  readonly node: OnnxNode;
  private readonly inputs: readonly (OnnxValue | null)[];
  private readonly place: number;

  constructor(of: Following, node: OnnxNode, inputs: readonly (OnnxValue | null)[], place: number) {
    this.of = of;
    this.node = node;
    this.inputs = inputs;
    this.place = place;
  }

  get b(): Call['b'] {
    return this.of.call.b;
  }

  /** Throws a Mistake that names the node. `why`: `its kernel has 3 axes`. */
  fail(why: string, hint = `\`output\` takes what an earlier node gives.`): never {
    const { operator, name, outputs } = this.node;
    return this.of.call.fail(kinds.networkFile, {
      what: `${this.of.path}, node ${this.place}, \`${operator}\`, which gives \`${outputs[0]}\`: ${why}`,
      ...(name !== '' && name !== outputs[0] ? { why: `The file calls the node \`${name}\`.` } : {}),
      hint,
    });
  }

  has(i: number): boolean {
    return (this.inputs[i] ?? null) !== null;
  }
  value(i: number): OnnxValue {
    return this.inputs[i] ?? this.fail(`it lacks its input ${i + 1}`);
  }
  get values(): readonly OnnxValue[] {
    return this.inputs.map((_, i) => this.value(i));
  }
  tensor(i: number): Tensor {
    return this.made(this.value(i));
  }
  /** Numbers as a weight, or a constant of the graph. */
  made(value: OnnxValue): Tensor {
    if (value.sort === 'tensor') return value;
    if (value.weight !== undefined) return tensor(value.weight(), null);
    const plain = value.values.map((one) =>
      typeof one === 'number' ? one : this.fail('it computes with how many rows there are'),
    );
    return tensor(this.b.constant(plain, value.shape), null);
  }
  /** A tensor without rows. */
  weight(i: number): Node {
    const { node, rows } = this.tensor(i);
    return rows === null
      ? node
      : this.fail(`its input ${i + 1} is computed from what comes in, and only a weight is taken`);
  }
  numbers(i: number): Numbers {
    const value = this.value(i);
    return value.sort === 'numbers'
      ? value
      : this.fail(`its input ${i + 1} is known only when numbers are, and must be a constant of the file`);
  }
  /** Constant numbers without the count of rows among them. */
  plain(i: number): number[] {
    return this.numbers(i).values.map((one) =>
      typeof one === 'number' ? one : this.fail('it needs to know how many rows there are'),
    );
  }

  real(name: string, fallback: number): number {
    const value = this.attribute(name);
    return value === undefined ? fallback : typeof value === 'number' ? value : this.wrong(name);
  }
  list(name: string): readonly number[] | undefined {
    const value = this.attribute(name);
    if (value === undefined) return undefined;
    const all: readonly unknown[] | null = Array.isArray(value) ? value : null;
    return all?.every((one): one is number => typeof one === 'number') ? all : this.wrong(name);
  }
  word(name: string, fallback: string): string {
    const value = this.attribute(name);
    return value === undefined ? fallback : typeof value === 'string' ? value : this.wrong(name);
  }
  words(name: string): readonly string[] | undefined {
    const value = this.attribute(name);
    if (value === undefined) return undefined;
    const all: readonly unknown[] | null = Array.isArray(value) ? value : null;
    return all?.every((one): one is string => typeof one === 'string') ? all : this.wrong(name);
  }
  private attribute(name: string): OnnxNode['attributes'][string] | undefined {
    const { attributes } = this.node;
    return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  }
  private wrong(name: string): never {
    return this.fail(`its attribute \`${name}\` is not of the type that it must be`);
  }

  /** An axis as it may be written, counted from either end. */
  axis(axis: number, rank: number): number {
    const own = axis < 0 ? axis + rank : axis;
    return Number.isInteger(own) && own >= 0 && own < rank
      ? own
      : this.fail(`there is no axis ${axis} of ${rank}`);
  }
  /** Axes of the second input (since `since`) or of the attribute; undefined: none are named. */
  axes(rank: number, since: number): number[] | undefined {
    const { opset } = this.of;
    const given = opset >= since && this.has(1) ? this.plain(1) : this.list('axes');
    return given?.map((axis) => this.axis(axis, rank));
  }
  /** Mistake where an axis is that of the rows. */
  spareRows({ rows }: Tensor, axes: readonly number[]): void {
    if (rows !== null && axes.includes(rows))
      this.fail('it works across rows, and each must be computed by itself');
  }
  /** Mistake unless the rows come first, or there are none. */
  rowsFirst({ rows }: Tensor): void {
    if (rows !== null && rows !== 0) this.fail('rows are not the first axis of what it takes');
  }

  /** A size with the rows that there are for their symbol. */
  here(size: Dim): Dim {
    return substituteDim(size, { '#rows': this.of.count });
  }

  /** Tensors under one shape as the format broadcasts them, from the last axis on; one number stays as it is. */
  together(given: readonly Tensor[]): { nodes: Node[]; rows: number | null } {
    const rank = Math.max(...given.map(({ node }) => node.shape.length));
    const placed = given.map((one) => ({ one, shift: rank - one.node.shape.length }));
    const axes = new Set(placed.flatMap(({ one, shift }) => (one.rows === null ? [] : [one.rows + shift])));
    if (axes.size > 1) this.fail('rows of one input are not the rows of another');
    const [rows = null] = axes;
    const shape: Shape = Array.from({ length: rank }, (_, axis) =>
      placed.map(({ one, shift }) => one.node.shape[axis - shift] ?? 1).reduce((a, b) => this.common(a, b)),
    );
    const wide = ({ one, shift }: (typeof placed)[number]): Node => {
      const { node } = one;
      const alone = one.rows === null && isOne(node.shape) && !isOne(shape);
      if (sameShape(node.shape, shape)) return node;
      if (alone) return this.b.reshape(node, []);
      return broadcastTo(
        this.b,
        node,
        shape,
        [...node.shape.keys()].map((axis) => axis + shift),
      );
    };
    return { nodes: placed.map(wide), rows };
  }

  private common(a: Dim, b: Dim): Dim {
    if (a === 1 || sameDim(a, b)) return b;
    return b === 1 ? a : this.fail('the shapes of its inputs do not go together');
  }
}

/** What an operator gives: one value, or as many as its node names. */
export type Operator = (step: Step) => OnnxValue | readonly OnnxValue[];
