/** Batch statistics that the calls of a network leave behind, made one for its running statistic. */
import type { Builder } from '../ir/builder.ts';
import { addDims, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';

/** Of one call, and of how many rows. */
export interface Observed {
  readonly batch: Node;
  readonly rows: Dim;
}

/** Averaged over a network's calls, by their rows. */
export function overCalls(b: Builder, observed: readonly Observed[]): Node {
  if (observed.length === 1) return observed[0].batch;
  const total = observed.reduce<Dim>((sum, { rows }) => addDims(sum, rows), 0);
  return observed
    .map(({ batch, rows }) => b.mul(batch, b.div(b.extent(rows), b.extent(total))))
    .reduce((sum, part) => b.add(sum, part));
}
