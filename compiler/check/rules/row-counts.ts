/** What functions want of batches: `unpaired` two of one size, `pack` a multiple. Known once all rows have met. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { isStack, printRows, type RowOrigin } from '../../types.ts';
import type { RowDemand } from '../../vocabulary/builtin.ts';
import type { Rule } from '../rule.ts';

export const rowCounts: Rule = ({ evaluated, batches }) => {
  const sizeOf = (rows: RowOrigin): number | undefined => {
    if (typeof rows === 'string') return batches.get(rows);
    if (isStack(rows)) return summed(rows.map(sizeOf));
    const packed = 'packed' in rows ? sizeOf(rows.packed) : undefined;
    return 'packed' in rows && packed !== undefined ? packed / rows.by : undefined;
  };
  return evaluated.demands.flatMap((demand) => unmet(demand, sizeOf));
};

const summed = (sizes: readonly (number | undefined)[]): number | undefined =>
  sizes.reduce((all, one) => (all === undefined || one === undefined ? undefined : all + one), 0);

function unmet(demand: RowDemand, sizeOf: (rows: RowOrigin) => number | undefined): Diagnostic[] {
  const size = sizeOf(demand.of);
  if (size === undefined) return [];
  if (demand.kind === 'multiple') {
    if (size % demand.by === 0) return [];
    return [
      diagnostic(kinds.batchSizes, demand.span, {
        what: `packs of ${demand.by} are made of ${size} rows of \`${printRows(demand.of)}\``,
        why: 'No row is left over, and none stands in two packs.',
        hint: `Take a batch that ${demand.by} divides.`,
      }),
    ];
  }
  const other = sizeOf(demand.like);
  if (other === undefined || other === size) return [];
  return [
    diagnostic(kinds.batchSizes, demand.span, {
      what: `${size} rows of \`${printRows(demand.of)}\` are put under ${other} of \`${printRows(demand.like)}\``,
      why: 'Each row stands beside one row of the other.',
      hint: 'Give both the same `batch`.',
    }),
  ];
}
