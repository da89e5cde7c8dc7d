/** `recalibrate` of a network that keeps no running statistics. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { networksOf, writtenName } from '../../bind/network-named.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const recalibrations: Rule = ({ names, weights, inError, reports }) =>
  reports.flatMap(({ lines }) =>
    lines.flatMap(({ declaration: line }) => {
      if (line.kind !== 'Recalibrate') return [];
      const name = writtenName(line.call.kind === 'Call' ? line.call.callee : line.call);
      const networks = networksOf(names, name);
      const keeps = (network: string): boolean =>
        inError.has(network) ||
        [...(weights.get(network)?.values() ?? [])].some(({ role }) => role === 'buffer');
      if (networks.length === 0 || networks.some(keeps)) return [];
      return [
        diagnostic(kinds.idleRecalibration, line.call.span, {
          what: `\`${name}\` keeps no running statistics`,
          why: 'Only layers that normalise over rows do: `batch_norm`.',
          hint: 'Leave the line out, or recalibrate the network in which they are.',
        }),
      ];
    }),
  );
