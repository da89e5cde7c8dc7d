/** Time in a schedule: `ramp(a, b, over: 5000 steps)`, `stepped(0, then: 0.1, at: 300 epochs)`. Numbers of the host. */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { host, type HostExpr } from '../../program/host.ts';
import { describe, number, type NumberValue } from '../values.ts';
import { bind, expressionOf, type Given } from '../bind/match.ts';
import { evaluateCount } from '../bind/constant.ts';
import type { Context, Evaluate } from './context.ts';
import { finite } from './finite.ts';
import { Silence } from '../bind/dims.ts';

export const timeNames: ReadonlySet<string> = new Set(['step', 'epoch', 'progress']);

type TimeFunction = (
  context: Context,
  given: readonly Given[],
  evaluate: Evaluate,
  span: Span,
) => NumberValue;

export const timeFunctions: Readonly<Record<string, TimeFunction>> = {
  ramp(context, given, evaluate, span) {
    const args = bindAll(['from', 'to', 'over'], given, '`ramp`', span);
    const [from, to] = [hostNumber('ramp', args.from, evaluate), hostNumber('ramp', args.to, evaluate)];
    const { passed, length } = passing(context, 'ramp', args.over);
    return number(
      host('add', from, host('mul', host('sub', to, from), host('min', 1, host('div', passed, length)))),
    );
  },
  stepped(context, given, evaluate, span) {
    const args = bindAll(['first', 'then', 'at'], given, '`stepped`', span);
    const [first, then] = [
      hostNumber('stepped', args.first, evaluate),
      hostNumber('stepped', args.then, evaluate),
    ];
    const { passed, length } = passing(context, 'stepped', args.at);
    return number(host('select', host('less', passed, length), first, then));
  },
};

function bindAll<N extends string>(
  names: readonly N[],
  given: readonly Given[],
  what: string,
  span: Span,
): Record<N, Given> {
  const slots = names.map((name) => ({ name, optional: false, variadic: false }));
  const bound = bind(slots, given, what, span);
  return Object.fromEntries(names.map((name) => [name, bound.get(name)![0]])) as Record<N, Given>;
}

function hostNumber(of: string, given: Given, evaluate: Evaluate): HostExpr {
  const value = given.value ?? evaluate(expressionOf(given, `\`${of}\``));
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort === 'number')
    return typeof value.value === 'number' ? finite(value.value, given.span) : value.value;
  const what = `\`${of}\` goes from number to number, and ${describe(value)} is given`;
  throw new Mistake(
    kinds.notConstant,
    { what, hint: 'Write numbers, params and arithmetic on them.' },
    given.span,
  );
}

/** What has passed of the phase, in the duration's unit, and the duration. */
function passing({ names }: Context, of: string, given: Given): { passed: HostExpr; length: number } {
  const duration = durationOf(of, given);
  const passed: HostExpr = { time: duration.unit === 'steps' ? 'step' : 'epochs' };
  return { passed, length: evaluateCount(duration.count, names, 'a duration') };
}

function durationOf(of: string, given: Given): ast.Duration {
  if (given.expr?.kind === 'Duration') return given.expr;
  if (given.expr?.kind === 'Missing') throw new Silence();
  const what = `\`${of}\` takes a duration, and \`${textOf(given.span)}\` is none`;
  throw new Mistake(kinds.badArgument, { what, hint: 'Write `5000 steps` or `3 epochs`.' }, given.span);
}
