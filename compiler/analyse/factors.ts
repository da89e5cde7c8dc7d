/** What a factor in a graph can be: a constant, a count, or a number of the host with its bounds. */
import { originOf } from '../evaluate/feeds.ts';
import type { Node } from '../ir/node.ts';
import { uniformValue } from '../ir/patterns.ts';
import { boundsOf, type Interval } from '../../program/bounds.ts';
import type { Evaluated } from './analysis.ts';

/** Bounds that hold for sure; everything, for what a network or a batch decides. */
export function factorBounds(evaluated: Evaluated, node: Node): Interval {
  const value = uniformValue(node);
  if (value !== undefined) return [value, value];
  if (node.op === 'extent') return [1, Infinity];
  const origin = originOf(evaluated, node);
  if (origin?.kind === 'scalar') return boundsOf(origin.value);
  return node.op === 'expand' || node.op === 'reshape'
    ? factorBounds(evaluated, node.inputs[0])
    : [-Infinity, Infinity];
}
