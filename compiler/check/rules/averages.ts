/** Averages of weights that nothing reads: no report and no loss has `N.average`. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { writtenName } from '../../bind/network-named.ts';
import { kinds } from '../../errors.ts';
import { averagesIn } from '../../model.ts';
import { nodesIn } from '../walk.ts';
import type { Rule } from '../rule.ts';

export const averages: Rule = ({ schedule, own, reports }) => {
  const read = new Set([...own, ...reports.map(({ declaration }) => declaration)].flatMap(averagesRead));
  return (schedule?.phases ?? []).flatMap(({ body }) =>
    averagesIn(body).flatMap(({ declaration: { network } }) =>
      read.has(network.name)
        ? []
        : [
            diagnostic(kinds.unreadAverage, network.span, {
              what: `nothing reads the average of \`${network.name}\``,
              why: 'Reports and losses mean the network itself, unless they ask for its average.',
              hint: `Show it, \`picture p = grid(${network.name}.average(...))\`, or leave the \`average\` out.`,
            }),
          ],
    ),
  );
};

const averagesRead = (declaration: ast.Declaration): string[] =>
  nodesIn(declaration).flatMap((node) =>
    node.kind === 'Field' && node.field.name === 'average' ? [writtenName(node.object)] : [],
  );
