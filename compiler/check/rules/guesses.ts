/** Networks that are given the label they are to guess. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { textOf } from '../../../grammar/source.ts';
import { kinds } from '../../errors.ts';
import type { Names } from '../../bind/names.ts';
import { labelOf, networkCallOf, nodesIn, placedArguments } from '../walk.ts';
import type { Rule } from '../rule.ts';

const comparing: ReadonlySet<string> = new Set(['nll', 'cross_entropy']);

export const guesses: Rule = ({ own, names }) =>
  own.flatMap((declaration) =>
    nodesIn(declaration).flatMap((node) => (node.kind === 'Call' ? copied(node, names) : [])),
  );

function copied(call: ast.CallExpr, names: Names): Diagnostic[] {
  if (call.callee.kind !== 'Name' || !comparing.has(call.callee.name)) return [];
  const [guess, target] = placedArguments(call);
  const label = labelOf(target, names);
  const made = guess && networkCallOf(guess, names);
  if (label === undefined || made === undefined) return [];
  const given = made.args.find(({ value }) => textOf(value.span) === `${label.stream}.${label.field}`);
  if (given === undefined) return [];
  return [
    diagnostic(kinds.labelGiven, given.span, {
      what: `\`${textOf(made.callee.span)}\` reads the label that it is to guess`,
      why: `Its answer is compared with \`${textOf(target.span)}\`, which it is given.`,
      hint: 'Leave the argument out, or guess something else.',
      labels: [{ span: target.span, text: 'compared with this' }],
    }),
  ];
}
