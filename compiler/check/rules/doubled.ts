/** Summands that stand twice in one sum: of two losses that were to be added, one was written twice. Told by the text, names followed. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import type { Names } from '../../bind/names.ts';
import { flat } from '../../analyse/updates.ts';
import { kinds } from '../../errors.ts';
import { calledBy, meantBy, nodesIn } from '../walk.ts';
import type { Rule } from '../rule.ts';

export const doubled: Rule = ({ own, names }) => {
  const found = new Map<number, Diagnostic>();
  for (const sum of own.flatMap(sumsOf))
    for (const one of doublesIn(summandsOf(sum, names), names)) found.set(one.span.start, one);
  return [...found.values()];
};

/** Of values, losses and what updates minimise. In networks the same text is two layers. */
function sumsOf(declaration: ast.Declaration): ast.Expr[] {
  if (declaration.kind === 'Let' || declaration.kind === 'Loss') return [declaration.value];
  if (declaration.kind !== 'Train') return [];
  return nodesIn(declaration).flatMap((node) => (node.kind === 'Update' ? [node.objective] : []));
}

interface Summand {
  readonly expr: ast.Expr;
  /** Where the sum has it: the name that stands for it there. */
  readonly place: Span;
}

function summandsOf(expr: ast.Expr, names: Names, place?: Span): Summand[] {
  if (expr.kind === 'Binary' && expr.operator === '+')
    return [expr.left, expr.right].flatMap((side) => summandsOf(side, names, place));
  const value = calledBy(expr, names);
  return value?.kind === 'Binary'
    ? summandsOf(value, names, place ?? expr.span)
    : [{ expr, place: place ?? expr.span }];
}

function doublesIn(summands: readonly Summand[], names: Names): Diagnostic[] {
  const first = new Map<string, Span>();
  return summands.flatMap(({ expr, place }) => {
    const text = meantBy(expr, names);
    const before = first.get(text);
    first.set(text, before ?? place);
    if (before === undefined || !text.includes('(')) return [];
    return [
      diagnostic(kinds.doubledTerm, place, {
        what: `\`${flat(place)}\` stands twice in one sum`,
        why: 'An expression is one value, however often it is written: it counts double.',
        hint: `Write what was meant in its place; or \`2 * ${flat(place)}\`, which says so.`,
        labels: [{ span: before, text: 'first here' }],
      }),
    ];
  });
}
