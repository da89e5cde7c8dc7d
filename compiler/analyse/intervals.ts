/** What the values of a spec can be: the intervals of its graph's nodes, from what is known of data, draws and host numbers. */
import { boundsOf } from '../../program/bounds.ts';
import { originOf } from '../evaluate/feeds.ts';
import { intervalsOf, strictlyWithin, within, type Interval } from '../ir/intervals.ts';
import type { Node } from '../ir/node.ts';
import type { Analysis } from './analysis.ts';

/** Of every node that the roots depend on. */
export const valueIntervals = (analysis: Analysis, roots: readonly Node[]): ReadonlyMap<Node, Interval> =>
  intervalsOf(roots, (node) => leaf(analysis, node));

function leaf({ names, evaluated }: Analysis, node: Node): Interval | undefined {
  if (node.op === 'draw') {
    const { distribution, k } = node.attrs;
    if (distribution === 'integer') return within(0, (k ?? Infinity) - 1);
    return distribution === 'uniform' ? strictlyWithin(0, 1) : undefined;
  }
  const origin = originOf(evaluated, node);
  if (origin?.kind === 'scalar') return within(...boundsOf(origin.value));
  if (origin?.kind !== 'field') return undefined;
  const field = names.data.get(origin.stream)?.fields[origin.field];
  if (field?.kind === 'label') return within(0, (field.classes ?? Infinity) - 1);
  return field?.range && within(...field.range);
}
