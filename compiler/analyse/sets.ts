/**
 * `set k to ...`: the value of the state's next moment, evaluated for its mistakes. In: a statement; out: what it reads, and
 * the model's entry if nothing is wrong.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import type { Reporter } from '../bind/reporter.ts';
import type { DeclaredState } from '../bind/names.ts';
import { kinds } from '../errors.ts';
import { evaluate } from '../evaluate/expression.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { streamsIn } from '../evaluate/feeds.ts';
import { stateNext } from '../evaluate/states.ts';
import { timesIn } from '../../program/host.ts';
import type { AnalysedSet } from './analysis.ts';
import { conditionOf, fedNumbers } from './updates.ts';

export function analyseSet(context: Context, report: Reporter, declaration: ast.SetState): AnalysedSet {
  const state = report.attempt(declaration.state.span, () => stateNamed(context, declaration.state)) ?? null;
  const given = evaluate(declaration.value, context, topScope);
  const value =
    state === null
      ? undefined
      : report.attempt(declaration.value.span, () => stateNext(context, state, given));
  const when = declaration.when === undefined ? null : evaluate(declaration.when, context, topScope);
  const condition = when && conditionOf(report, declaration.when!, when);
  const nodes = [value, condition?.node].flatMap((node) => node ?? []);
  const numbers = fedNumbers(context, nodes);
  if (when?.sort === 'number') numbers.push(when.value);
  const times = [...new Set(numbers.flatMap(timesIn))];
  return { declaration, state, value: value ?? null, when, reads: streamsIn(context, nodes), times };
}

function stateNamed({ names }: Context, { name, span }: ast.Ident): DeclaredState | null {
  const state = names.states.get(name);
  if (state !== undefined) return state;
  if (names.broken.has(name)) return null;
  const declared = names.declared.has(name);
  const near = suggestion(name, names.states.keys());
  throw new Mistake(
    kinds.unknownName,
    {
      what: declared ? `\`${name}\` is no state` : `there is no state \`${name}\``,
      hint: near ?? `Declare it: \`state ${declared ? 'k' : name}: real = 0\`.`,
    },
    span,
  );
}
