/** Values of a graph as one function: what reports are made of. */
import { jsString } from '../text/escape.ts';
import type { Node } from '../../ir/node.ts';
import type { Frame } from './frame.ts';
import { indented } from './layout.ts';
import type { Module } from './module.ts';
import type { Derivatives } from '../text/outline.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';

/** The body of a function that gives these values by name, channels first; `asked`: derivatives that the spec asks for. */
export function valuesText(
  module: Module,
  outputs: Readonly<Record<string, Node>>,
  spoken: ReadonlyMap<Node, string>,
  asked: Derivatives,
): string {
  const derivatives = module.taken(asked);
  const outline = outlineOf(Object.values(outputs), [], derivatives);
  const taken = [...derivatives].filter(([node]) => outline.uses(node, undefined) > 0);
  const taped = outline.dependentsOf(taken.map(([, { by }]) => by));
  const frame: Frame = { module, outline, spoken, taped, region: undefined, twice: false };
  const scope = new Scope(frame, wholeState, module.names.inner());
  const results = Object.entries(outputs).map(([name, node]) => `${jsString(name)}: ${scope.whole(node)},`);
  const body = [...scope.lines, `return {\n${indented(results)}\n};`];
  return `  return tf.tidy(() => {\n${indented(body, 2)}\n  });`;
}
