/** Metrics that compare a network's answers with labels on the very rows that it is trained on. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { kinds } from '../../errors.ts';
import { labelOf, networkCallOf, nodesIn, placedArguments } from '../walk.ts';
import type { Rule } from '../rule.ts';

const supervised: ReadonlySet<string> = new Set(['accuracy', 'nll', 'cross_entropy']);

export const measures: Rule = (analysis) =>
  analysis.reports
    .flatMap(({ declaration }) => declaration.body)
    .flatMap((line) => (line.kind === 'Show' && line.medium === 'metric' ? nodesIn(line.value) : []))
    .flatMap((node) => (node.kind === 'Call' ? remembered(node, analysis) : []));

function remembered(call: ast.CallExpr, { names, schedule }: Analysis): Diagnostic[] {
  if (call.callee.kind !== 'Name' || !supervised.has(call.callee.name)) return [];
  const [guess, target] = placedArguments(call);
  const label = labelOf(target, names);
  const made = guess && networkCallOf(guess, names);
  if (label === undefined || made?.callee.kind !== 'Name') return [];
  const network = made.callee.name;
  const learns = schedule?.updates.find(
    ({ networks, reads }) => networks.includes(network) && reads.includes(label.stream),
  );
  if (learns === undefined) return [];
  const ident = learns.declaration.networks.find(({ name }) => name === network)!;
  return [
    diagnostic(kinds.trainingRows, call.span, {
      what: `\`${network}\` is measured on rows that it trains on`,
      why: `An update trains \`${network}\` on \`${label.stream}\`, so this tells how well its rows are remembered.`,
      hint: 'Measure on a stream of other rows, such as `split: test`.',
      labels: [{ span: ident.span, text: 'trained here' }],
    }),
  ];
}
