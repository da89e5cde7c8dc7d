/** Time in a schedule: `ramp(a, b, over: 5000 steps)`, `stepped(0, then: 0.1, at: 300 epochs)`. Numbers of the host. */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import { host, type HostExpr } from '../program/host.ts';
import type { NumberValue, Value } from '../values.ts';
import { bind, type Evaluate, type Given } from './arguments.ts';
import { evaluateConstant } from './constant.ts';
import type { Context } from './context.ts';
import { Silence } from './dims.ts';

export const timeNames: ReadonlySet<string> = new Set(['step', 'epoch', 'progress']);

export const timeFunctions: Readonly<
  Record<string, (context: Context, given: readonly Given[], evaluate: Evaluate, span: Span) => NumberValue>
> = {
  ramp(context, given, evaluate, span) {
    const bound = bindNamed(['from', 'to', 'over'], given, '`ramp`', span);
    const [from, to] = [hostNumber(bound.get('from')!, evaluate), hostNumber(bound.get('to')!, evaluate)];
    const share = host(
      'min',
      1,
      host('div', passed(context, bound.get('over')!), lengthOf(context, bound.get('over')!)),
    );
    return { sort: 'number', value: host('add', from, host('mul', host('sub', to, from), share)) };
  },
  stepped(context, given, evaluate, span) {
    const bound = bindNamed(['first', 'then', 'at'], given, '`stepped`', span);
    const before = host('less', passed(context, bound.get('at')!), lengthOf(context, bound.get('at')!));
    const [first, then] = [
      hostNumber(bound.get('first')!, evaluate),
      hostNumber(bound.get('then')!, evaluate),
    ];
    return { sort: 'number', value: host('select', before, first, then) };
  },
};

function bindNamed(
  names: readonly string[],
  given: readonly Given[],
  what: string,
  span: Span,
): Map<string, Given> {
  const slots = names.map((name) => ({ name, optional: false, variadic: false }));
  return new Map([...bind(slots, given, what, span)].map(([name, list]) => [name, list[0]]));
}

function hostNumber(given: Given, evaluate: Evaluate): HostExpr {
  const value: Value = given.value ?? evaluate(given.expr as ast.Expr);
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort === 'number') return value.value;
  throw new Mistake('badArgument', { what: `\`${textOf(given.span)}\` must be a number` }, given.span);
}

function duration(given: Given): ast.Duration {
  if (given.expr?.kind === 'Duration') return given.expr;
  throw new Mistake(
    'badArgument',
    { what: `\`${textOf(given.span)}\` must be a duration`, hint: 'Write `5000 steps` or `3 epochs`.' },
    given.span,
  );
}

/** What has passed of the phase, in the duration's unit. */
const passed = (_: Context, given: Given): HostExpr => ({
  time: duration(given).unit === 'steps' ? 'step' : 'epochs',
});

const lengthOf = (context: Context, given: Given): number =>
  evaluateConstant(duration(given).count, context.names);
