/**
 * `again(e)`: e with draws of its own. In: a call's argument; out: its value, and in the effects what was drawn anew, by which
 * the rule (check/rules/idle-again.ts) finds an `again` that draws nothing.
 */
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import type { Given } from '../bind/match.ts';
import { kinds } from '../errors.ts';
import type { Node } from '../ir/node.ts';
import type { Value } from '../values.ts';
import type { Context, Scope } from './context.ts';
import { namedNodes } from './named.ts';

export function again(given: readonly Given[], span: Span, context: Context, scope: Scope): Value {
  const [one] = given;
  if (given.length !== 1 || one.expr === null || one.expr.kind === 'Duration') {
    throw new Mistake(
      kinds.badArgument,
      {
        what: '`again` takes one expression',
        hint: 'Write `again(e)`, not a pipe: what is piped in has been drawn already.',
      },
      span,
    );
  }
  const value = context.evaluate(one.expr, { ...context, salt: `${context.salt}/again` }, scope);
  context.effects.repeated.push({ span, nodes: settled(value) });
  return value;
}

/** Nodes of numbers that are there; null of a distribution, whose draws come later, and of all else. */
function settled(value: Value): readonly Node[] | null {
  if (value.sort === 'record') {
    const fields = Object.values(value.fields).map(settled);
    return fields.includes(null) ? null : fields.flatMap((nodes) => nodes ?? []);
  }
  return value.sort === 'tensor' || value.sort === 'number' ? nodesOf(value) : null;
}

/** Marks what is drawn inside `again`; also what a strength of 0 keeps from being drawn, since a param may say 0. */
export function drawsAnew({ salt, mode, effects }: Context, value: Value): void {
  if (salt !== '' && mode === 'train') nodesOf(value).forEach((node) => effects.redrawn.add(node));
}

const nodesOf = (value: Value): Node[] => namedNodes('', value).map(([node]) => node);
