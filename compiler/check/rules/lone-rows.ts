/** Batch norms over one row and one place: what they give is 0, whatever comes in. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { builtinOf } from '../../analyse/signs.ts';
import { originOf } from '../../evaluate/feeds.ts';
import { product, sameDim, symbol } from '../../ir/dim.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { meanOf } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const loneRows: Rule = (analysis) => {
  const roots = (analysis.schedule?.updates ?? []).flatMap(({ objective }) => objective?.node ?? []);
  const found = reachable(roots).filter((node) => builtinOf(node) === 'batch_norm' && isLone(analysis, node));
  return found.flatMap(({ origin }) =>
    origin === undefined
      ? []
      : [
          diagnostic(kinds.loneNumber, origin, {
            what: 'this `batch_norm` normalises each channel over one number: a batch of one row, and one place',
            why: 'One number less its mean is 0, whatever it is.',
            hint: 'Take a larger batch, or `layer_norm`, which looks at each row by itself.',
          }),
        ],
  );
};

/** Whether a node is a mean over one row (N, as rows are counted here) of one place, in a batch of one. */
function isLone(analysis: Analysis, node: Node): boolean {
  const total = meanOf(node);
  if (total === undefined) return false;
  const [x] = total.inputs;
  const numbers = product(total.attrs.axes.map((axis) => x.shape[axis]));
  const batches = batchesBehind(analysis, x);
  return sameDim(numbers, symbol('N')) && batches.length > 0 && batches.every((size) => size === 1);
}

/** The batches of the streams and samples that a value is made of; those that are not known are left out. */
function batchesBehind({ evaluated, batches }: Analysis, x: Node): number[] {
  return reachable([x]).flatMap((node) => {
    const origin = originOf(evaluated, node);
    const name = node.op === 'draw' ? node.attrs.key : origin?.kind === 'field' ? origin.stream : undefined;
    return (name !== undefined && batches.get(name)) || [];
  });
}
