/** A `set` as functions of the module: one that computes the state's next value, and one that keeps it. */
import type { LoweredSet, Settled } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import type { SetInfo } from '../../model.ts';
import { jsDoc, jsString } from '../text/escape.ts';
import type { Frame } from './frame.ts';
import { storedIn, valueIn } from './gradients.ts';
import { indented } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Module } from './module.ts';
import { property } from './names.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';
import { settledFunction } from './settled.ts';
import { givenWholes } from './wholes.ts';

/** `value_of_set_1` and `keep_set_1`, in the module; `parts`: how many a minibatch is taken in; `settled`: by means that are there when all parts of a minibatch are done. */
export function setFunctions(module: Module, forward: LoweredSet, parts: number, settled?: Settled): void {
  const { set } = forward;
  const { name, state } = set;
  if (settled === undefined) {
    const { value, after, condition } = forward;
    const told = [...(set.kept === null ? [after] : []), ...(condition === null ? [] : [condition])];
    const scope = scopeOf(module, forward, [value, ...told]);
    const wholes = givenWholes(module, scope, forward, forward.rounds, parts);
    valueFunction(module, forward, scope, wholes, valueParts(set, { value, after, condition }, scope));
  } else {
    const scope = scopeOf(module, forward, settled.means);
    const wholes = givenWholes(module, scope, forward, forward.rounds, parts);
    const means = settled.means.map((mean, i) => `${i + 1}: tf.clone(${storedIn(scope, mean)})`);
    valueFunction(module, forward, scope, wholes, [`means: { ${means.join(', ')} },`]);
    const { condition, next } = settled;
    settledFunction(module, name, settled, (own) => valueParts(set, { ...next!, condition }, own));
  }
  module.exported.push(
    `const keep_${name} = ({ variables }, { moved }) => variables${property(state.name)}.assign(moved${property(state.name)});`,
  );
}

/** What is given of a value. What is handed out is disposed of, and a state must not be. */
function valueParts(
  { state, kept }: SetInfo,
  { value, after, condition }: Pick<LoweredSet, 'value' | 'after' | 'condition'>,
  scope: Scope,
): string[] {
  const given = (node: Node): string => `tf.clone(${valueIn(scope, node)})`;
  const of = (code: string): string => `{ ${jsString(state.name)}: ${code} }`;
  return [
    `moved: ${of(`tf.clone(${scope.stored(value)})`)},`,
    ...(kept === null
      ? [`losses: ${of(given(after))},`, `objective: ${given(after)},`]
      : ['losses: {},', 'objective: tf.scalar(0),']),
    ...(condition === null ? [] : [`when: { condition: ${given(condition)} },`]),
  ];
}

function valueFunction(
  module: Module,
  { set }: LoweredSet,
  scope: Scope,
  first: readonly string[],
  parts: readonly string[],
): void {
  const lines = [...first, ...scope.lines, `return {\n${indented(parts)}\n};`];
  const text = `${set.text}\n${placeOf(set.declaration.span)}`;
  module.exported.push(
    `${jsDoc(text)}\nfunction value_of_${set.name}({ networks, variables }, batch, draws, at) {\n  return tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
  );
}

export function scopeOf(
  module: Module,
  { builder }: Pick<LoweredSet, 'builder'>,
  roots: readonly Node[],
): Scope {
  const derivatives = module.taken(builder.gradients);
  const outline = outlineOf([...new Set(roots)], [], derivatives);
  const taken = [...derivatives].filter(([node]) => outline.uses(node, undefined) > 0);
  const taped = outline.dependentsOf(taken.map(([, { by }]) => by));
  const frame: Frame = { module, outline, spoken: builder.names, taped, region: undefined, twice: false };
  return new Scope(frame, wholeState, module.names.inner());
}
