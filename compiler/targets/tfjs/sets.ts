/** A `set` as functions of the module: one that computes the state's next value, and one that keeps it. */
import type { LoweredSet } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import { jsDoc, jsString } from '../text/escape.ts';
import type { Frame } from './frame.ts';
import { valueIn } from './gradients.ts';
import { indented } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Module } from './module.ts';
import { property } from './names.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';

/** `value_of_set_1` and `keep_set_1`, in the module. */
export function setFunctions(module: Module, forward: LoweredSet): void {
  const { set } = forward;
  const { name, state } = set;
  const scope = scopeOf(module, forward);
  const { value, after, condition } = forward;
  // What is handed out is disposed of, and a state must not be.
  const given = (node: Node): string => `tf.clone(${valueIn(scope, node)})`;
  const of = (code: string): string => `{ ${jsString(state.name)}: ${code} }`;
  const parts = [
    `moved: ${of(`tf.clone(${scope.stored(value)})`)},`,
    `losses: ${set.kept === null ? of(given(after)) : '{}'},`,
    `objective: ${given(after)},`,
    ...(condition === null ? [] : [`when: { condition: ${given(condition)} },`]),
  ];
  const lines = [...scope.lines, `return {\n${indented(parts)}\n};`];
  const text = `${set.text}\n${placeOf(set.declaration.span)}`;
  module.exported.push(
    `${jsDoc(text)}\nfunction value_of_${name}({ networks, variables }, batch, draws, at) {\n  return tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
    `const keep_${name} = ({ variables }, { moved }) => variables${property(state.name)}.assign(moved${property(state.name)});`,
  );
}

function scopeOf(module: Module, { value, after, condition, builder }: LoweredSet): Scope {
  const derivatives = module.taken(builder.gradients);
  const roots = [value, after, ...(condition === null ? [] : [condition])];
  const outline = outlineOf([...new Set(roots)], [], derivatives);
  const taken = [...derivatives].filter(([node]) => outline.uses(node, undefined) > 0);
  const taped = outline.dependentsOf(taken.map(([, { by }]) => by));
  const frame: Frame = { module, outline, spoken: builder.names, taped, region: undefined, twice: false };
  return new Scope(frame, wholeState, module.names.inner());
}
