/**
 * What means over all rows settle, where a minibatch is computed in parts (lower/settled.ts), as a function of the module: it is
 * given the means over parts. In: what is settled; out: the function's text, in the module.
 */
import { isStateLeaf } from '../../leaves.ts';
import { settledRoots, type Settled } from '../../lower/lowered.ts';
import type { Node } from '../../ir/node.ts';
import { jsDoc } from '../text/escape.ts';
import type { Frame } from './frame.ts';
import { valueIn } from './gradients.ts';
import { indented } from './layout.ts';
import type { Module } from './module.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';
import { weightAxes } from './value.ts';

/** `settled_by_update_1` */
export const settledName = (name: string): string => `settled_by_${name}`;

/** `parts`: what the function gives, by the values that it has. */
export function settledFunction(
  module: Module,
  name: string,
  settled: Settled,
  parts: (scope: Scope) => readonly string[],
): void {
  const outline = outlineOf([...new Set(settledRoots(settled))]);
  const frame: Frame = {
    ...{ module, outline, spoken: new Map(), taped: new Set<Node>(), region: undefined, twice: false },
  };
  const scope = new Scope(frame, wholeState, module.names.inner());
  settled.given.forEach((node, i) =>
    scope.give(node, { code: `means[${i + 1}]`, axes: weightAxes(node.shape.length) }),
  );
  const made = parts(scope);
  const lines = [...scope.lines, `return {\n${indented(made)}\n};`];
  const reads = outline.inputs().some(isStateLeaf) ? '{ networks, variables }' : 'model';
  module.exported.push(
    `${jsDoc('What means over all rows of a minibatch settle.')}\nfunction ${settledName(name)}(${reads}, draws, at, means) {\n  return tf.tidy(() => {\n${indented(lines, 2)}\n  });\n}`,
  );
}

/** The condition as what is settled, for an update. */
export const conditionPart =
  ({ condition }: Settled) =>
  (scope: Scope): string[] =>
    condition === null ? [] : [`when: { condition: tf.clone(${valueIn(scope, condition)}) },`];
