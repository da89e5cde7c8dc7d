/**
 * States as values: what `k` is where it stands, and what a `set` makes of it. A state has no rows and is a constant to every
 * gradient. In: its declaration; out: values and nodes.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { Silence } from '../bind/dims.ts';
import type { DeclaredState, StateInfo, WeightInfo } from '../bind/names.ts';
import { fill } from '../ir/compose.ts';
import type { Node } from '../ir/node.ts';
import type { TensorValue, Value } from '../values.ts';
import type { Context } from './context.ts';
import { fit } from './fit.ts';

/** A state as an entry beside weights and buffers: its name is its own. */
export const entryOf = ({ name, shape, initial }: StateInfo): WeightInfo => ({
  name,
  network: name,
  role: 'buffer',
  part: name,
  shape,
  initial: { kind: 'constant', value: initial },
  decay: false,
  layer: name,
});

export const stateValue = (context: Context, info: StateInfo): TensorValue => ({
  sort: 'tensor',
  node: context.state(entryOf(info), false),
  type: info.type,
  ident: `state:${info.name}`,
});

/** The next value, of the state's type, without rows; throws Silence for one in error. */
export function stateNext(context: Context, info: DeclaredState, given: Value): Node {
  if (given.sort === 'unknown') throw new Silence();
  const what = `what \`${info.name}\` is set to`;
  const value = fit(context, info.declaration.type, given, new Map(), what);
  if (value.sort !== 'tensor') throw new Silence();
  const { type, node } = value;
  if (type.rows !== null)
    throw new Mistake(kinds.rows, {
      what: `${what} has rows, and a state has none`,
      why: 'One number is kept, whatever the batch.',
      hint: 'Take the mean of the batch: `mean(..., over: rows)`.',
    });
  if (type.hidden !== null)
    throw new Mistake(kinds.hidden, {
      what: `${what} depends on \`${type.hidden}\`, which is hidden`,
      why: 'Hidden fields may be measured, never learned from.',
      hint: "Take the field from another stream, or move the value to a report's metric.",
    });
  return node.shape.length === info.shape.length ? node : fill(context.b, node, info.shape);
}
