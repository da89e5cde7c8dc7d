/** Networks that start with the weights of another one, or of a run: whether these fit, and whether they begin anywhere. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { fitting, networksIn, startsIn, unlike } from '../../analyse/fitting.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import type { OriginUse } from '../../bind/names.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

/** How many leaves a message names. */
const most = 6;

export const starts: Rule = (analysis) => {
  return [
    ...[...analysis.names.starts.keys()].flatMap((network) => circles(analysis, network)),
    ...startsIn(analysis).flatMap(({ network, origin }) => misfits(analysis, network, origin)),
  ];
};

/** `initialize A from B` and `initialize B from A`: neither begins with anything. Said once, at the first of them. */
function circles({ names }: Analysis, network: string): Diagnostic[] {
  const way = [network];
  for (;;) {
    const origin = names.starts.get(way[way.length - 1]);
    if (origin === undefined || origin.stored !== null || origin.network === null) return [];
    if (origin.network === way[way.length - 1]) return [];
    way.push(origin.network);
    if (origin.network === network) break;
    if (way.length > names.networks.size) return [];
  }
  const order = [...names.starts.keys()];
  if (order.indexOf(network) > Math.min(...way.map((name) => order.indexOf(name)))) return [];
  const { declaration } = names.starts.get(network)!;
  const what = `${way.map((name) => `\`${name}\``).join(' starts as ')}: a circle`;
  const hint = 'One of them starts with an initializer, or with the weights of a run.';
  return [
    diagnostic(kinds.cycle, declaration.span, { what, why: 'None of them has weights to begin with.', hint }),
  ];
}

function misfits({ weights, inError }: Analysis, network: string, origin: OriginUse): Diagnostic[] {
  const { declaration, stored, partly } = origin;
  const other = origin.network ?? network;
  if (inError.has(network) || (stored === null && inError.has(other))) return [];
  const said = (what: string, details: { why?: string; hint: string }): Diagnostic[] => [
    diagnostic(kinds.weightsDiffer, declaration.span, { what, ...details }),
  ];
  if (stored === null && other === network && !origin.average)
    return said(`\`${network}\` is to start as itself`, { hint: 'Name another network, or a run.' });
  const found = fitting(weights, network, origin);
  const { pairs, left, foreign } = found;
  const whose = stored === null ? `\`${other}\`` : `\`${other}\` of \`${stored.path}\``;
  if (stored?.found && left.length + pairs.length > 0 && pairs.length === 0 && foreign.length === 0) {
    const there = networksIn(stored.found.tensors).map((name) => `\`${name}\``);
    return said(`there is no ${origin.average ? 'average of ' : ''}${whose}`, {
      why: there.length === 0 ? 'It holds no weights.' : `It holds ${there.join(', ')}.`,
      hint: `Say which: \`from NAME of "${stored.path}"\`.`,
    });
  }
  if (partly ? pairs.length > 0 : left.length + foreign.length === 0) return [];
  const all = unlike(found);
  const rest = all.length > most ? [`and ${all.length - most} more`] : [];
  return said(partly ? `nothing of ${whose} fits \`${network}\`` : `\`${network}\` is not as ${whose} is`, {
    why: `Of \`${network}\`: ${[...all.slice(0, most), ...rest].join('; ')}.`,
    hint: partly
      ? 'Take another network or checkpoint.'
      : 'Give both the same layers, or take what fits: write `partly` behind it.',
  });
}
