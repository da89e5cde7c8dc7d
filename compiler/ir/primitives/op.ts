/**
 * What a primitive is. One object holds all that is known of it: shape rule, gradient, float64 evaluation, samples
 * that the tests take; `differentiate`, `verify`, the reference engine and the tests loop over the catalogue and
 * know no primitive by name. Targets have one row for each (a missing row does not compile).
 */
import type { Dim, Shape } from '../dim.ts';
import type { Attributes, Node, OpName, Subgraph } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';

/** A concrete value in the reference engine: row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Raised by a shape rule; the layer or function that asked gives it a place and a way out. */
export class ShapeError extends Error {}

/** Inputs for tests: shapes, attributes, and the interval to draw values from (away from kinks and poles). */
export interface OpSample<A = Attributes[OpName]> {
  readonly inputs: readonly (readonly number[])[];
  /** A function where an attribute has to be built (the body of a scan). */
  readonly attrs: A | ((b: OpBuilder) => A);
  /** Fixed values for some inputs (conditions, ties); the others are drawn. */
  readonly values?: readonly (readonly number[] | undefined)[];
  /** Values are drawn from ±[from, to] or [from, to] if `positive`; default ±[0.3, 1.3]. */
  readonly from?: number;
  readonly to?: number;
  readonly positive?: boolean;
}

/** Evaluates a scan's body for one step: parameters in order, `rows` for its symbol R. */
export type RunBody = (body: Subgraph, parameters: readonly Tensor[], rows: number) => Tensor;

/** What sizes and bodies in attributes become. */
export interface Resizing {
  size(dim: Dim): Dim;
  shape(shape: Shape): Shape;
  body(graph: Subgraph): Subgraph;
}

/** Of attributes that hold neither sizes nor bodies. */
export const fixed = <A>(attrs: A): A => attrs;

/** The cotangent of each input, undefined where none flows. */
export type Gradient<N> = (b: OpBuilder, node: N, g: Node) => readonly (Node | undefined)[];

/** A primitive with attributes A, whose nodes are N. */
export interface OpOf<A, N> {
  readonly doc: string;
  /** Names of the inputs, for printing; '...' at the end for a variable number. */
  readonly inputs: readonly string[];
  /** The output's shape; throws ShapeError. */
  shape(inputs: readonly Shape[], attrs: A): Shape;
  /** The attributes with all sizes and bodies in them changed, in the same order. */
  resized(attrs: A, to: Resizing): A;
  /**
   * The cotangent of each input (undefined: none flows there) given that of the output, as graph; 'none' where the
   * primitive has no derivative (comparisons, argmax, leaves). Written in primitives, so it can be differentiated again.
   */
  readonly gradient: 'none' | Gradient<N>;
  /** Inputs that get no cotangent though the others do: exactly where `gradient` gives undefined. */
  readonly cuts?: readonly number[];
  /**
   * The value in float64; `shape` is the output's, and sizes in `attrs` are numbers too. What the host feeds
   * (`input`, `draw`) never comes here: the engine looks it up.
   */
  evaluate(inputs: readonly Tensor[], attrs: A, shape: readonly number[], run: RunBody): Tensor;
  readonly samples: readonly OpSample<A>[];
}

export type Op<K extends OpName = OpName> = OpOf<Attributes[K], Node<K>>;
