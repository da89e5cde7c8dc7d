/**
 * Values of a graph as one function: what reports are made of, and a module by itself for anybody who wants a graph's
 * values and derivatives from TensorFlow.js.
 */
import { jsString } from '../text/escape.ts';
import { isFed, reachable, type Fed, type Node } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import type { GraphInput } from '../../../program/manifest.ts';
import type { Frame } from './frame.ts';
import { indented } from './layout.ts';
import { Module } from './module.ts';
import type { Derivatives } from '../text/outline.ts';
import { outlineOf } from './ops.ts';
import { wholeState } from './roots.ts';
import { Scope } from './scope.ts';
import { supportText } from './support.ts';
import type { HelperName } from './support.ts';

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

function originOf(node: Fed): GraphInput['from'] {
  if (node.op === 'input') return { kind: 'given', name: node.attrs.name };
  return { kind: 'draw', key: node.attrs.key, distribution: node.attrs.distribution };
}

/**
 * A module whose `values(draws, given)` computes nodes of one graph: `given` holds its inputs and `draws` its draws, by
 * `inputs`, images channels-last. Also the helpers that it brings along.
 */
export function functionModule(
  outputs: Readonly<Record<string, Node>>,
  derivatives: Derivatives = new Map(),
): { text: string; helpers: ReadonlySet<HelperName> } {
  const of = [...derivatives.values()].flatMap((derivative) => [derivative.of, derivative.by]);
  const fed = reachable([...Object.values(outputs), ...of]).filter(isFed);
  const origins = fed.map((node) => [leafName(node), originOf(node)] as const);
  const module = new Module(new Set(), new Map(origins));
  const body = valuesText(module, outputs, new Map(), derivatives);
  const inputs = [...module.feeds.inputs].map(
    ([name, place]) => `${jsString(name)}: [${place.map(jsString).join(', ')}],`,
  );
  const text = [
    `let tf;\n/** Gives the module the TensorFlow.js that it computes with. */\nexport function use(tensorflow) {\n  tf = tensorflow;\n}`,
    ...supportText(module.helpers),
    ...module.functions,
    `export function values(draws, given) {\n${body}\n}`,
    `/** Where \`values\` finds what it is given. */\nexport const inputs = {\n${indented(inputs)}\n};`,
  ];
  return { text: `${text.join('\n\n')}\n`, helpers: module.helpers };
}
