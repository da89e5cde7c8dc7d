/** What a row of the target's table works with: the graph under construction and the values made so far. */
import type { Node } from '../../ir/node.ts';
import type { GraphWriter } from './writer.ts';
import type { Symbols } from './sizes.ts';
import { dense } from './value.ts';
import type { Place, Value } from './value.ts';

/** channels-last: convolutions as gathered columns and matrix products; channels-first: ONNX's own (float32 only). */
export type Layout = 'channels-last' | 'channels-first';

export interface Emission extends Place {
  readonly layout: Layout;
  /** Scans with at most so many steps are written out. */
  readonly unroll: number;
  /** Whether the device has no kernel for this ONNX operator. */
  lacks(op: string): boolean;
  /** The value of a node that comes earlier. */
  value(node: Node): Value;
  /** How many nodes read this one, outputs included, sums not: they read what is behind a factor. */
  users(node: Node): number;
  /** Whether a single node reads it. */
  alone(node: Node): boolean;
  /** Whether max(x, 0) is in the graph. */
  rectified(x: Node): boolean;
  /** Emits `result` with the parameters' values given; inside a sub-graph with a writer of its own. */
  body(result: Node, given: ReadonlyMap<Node, Value>, symbols: Symbols, w: GraphWriter): Value;
}

/** The name of a node's value as the graph says it: axes in order, broadcasts made. */
export const denseInput = (e: Emission, node: Node): string => dense(e, e.value(node), node.shape);
