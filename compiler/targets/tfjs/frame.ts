/** What a function under construction is made in: the module around it, the outline of its graph, its place there. */
import type { Node, Region } from '../../ir/node.ts';
import type { Outline } from './ops.ts';
import type { HelperName } from './support.ts';
import type { Value } from './value.ts';

/** A function for a call: what it is given, by which names state is reached, what it gives. */
export interface Made {
  readonly name: string;
  readonly roots: readonly string[];
  readonly reads: readonly Node[];
  readonly gives: readonly Node[];
}

/** The module as functions see it that are made in it: its other functions, and what the host feeds. */
export interface Functions {
  isState(name: string): boolean;
  /** The name of a function of support.ts, which the module then has. */
  use(helper: HelperName): string;
  /** A value that the host feeds, as the exported functions see it. */
  fed(name: string, node: Node): Value;
  /** The function of a call; undefined if it is too small for one and has been dissolved. */
  functionOf(call: Region, frame: Frame): Made | undefined;
  /** Code of a closure. */
  arrow(parameters: readonly string[], lines: readonly string[], result: string): string;
}

export interface Frame {
  readonly module: Functions;
  readonly outline: Outline;
  /** What each node is called in the spec. */
  readonly spoken: ReadonlyMap<Node, string>;
  /** Nodes that TensorFlow records for some derivative. */
  readonly taped: ReadonlySet<Node>;
  readonly region: Region | undefined;
  readonly twice: boolean;
}
