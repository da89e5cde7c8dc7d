/** What a function under construction is made in: the program around it, the outline of its graph, its place there. */
import type { Node, Region } from '../../ir/node.ts';
import type { OneOfSeveral } from './at-once.ts';
import type { LayerCall } from './layers.ts';
import type { Outline } from './rows.ts';
import type { Value } from './value.ts';

/** Which of the program's files a function stands in. */
export type File = 'networks' | 'updates';

/** A function for a call: its name, the state that it sees, what it is given, what it gives. */
export interface Made {
  /** `bce`; of a network '' for `forward`, else `.forward_2`. */
  readonly name: string;
  readonly file: File;
  /** `passed`: as an argument, rather than what the method is called on. */
  readonly roots: readonly { readonly path: string; readonly passed: boolean }[];
  readonly reads: readonly Node[];
  readonly gives: readonly Node[];
}

export const isSameFunction = (a: Made, b: Made | undefined): boolean =>
  a.name === b?.name && a.roots.map(({ path }) => path).join() === b.roots.map(({ path }) => path).join();

/** The program as functions see it that are made in it: its other functions, its layers, and what the host feeds. */
export interface Functions {
  isState(name: string): boolean;
  /** Whether a weight lies the other way round than the graph has it. */
  isTurned(name: string): boolean;
  /** A value that the host feeds, as updates and reports see it. */
  fed(name: string, node: Node): Value;
  /** The call as one of the layer's module, where that means the same. */
  layer(call: Region, outline: Outline): LayerCall | undefined;
  /** The function of a call; undefined if it is too small for one and has been dissolved. */
  functionOf(call: Region, frame: Frame): Made | undefined;
  /** The text of a function in a function. */
  nested(name: string, parameters: readonly string[], lines: readonly string[], result: string): string;
}

export interface Frame {
  readonly program: Functions;
  readonly outline: Outline;
  /** What each node is called in the spec. */
  readonly spoken: ReadonlyMap<Node, string>;
  /** Nodes that some derivative passes through. */
  readonly taped: ReadonlySet<Node>;
  /** Reductions over rows that all ranks must agree on. */
  readonly agreed: ReadonlySet<Node>;
  /** Calls of networks that are made as one, each with its group. */
  readonly atOnce: ReadonlyMap<Region, readonly OneOfSeveral[]>;
  readonly region: Region | undefined;
}
