/** Values of any graph as a module of TensorFlow.js by itself, in the text that programs get for their reports. */
import { reachable, isFed, type Fed, type Node } from '../../compiler/ir/node.ts';
import { leafName } from '../../compiler/leaves.ts';
import { jsString } from '../../compiler/targets/text/escape.ts';
import type { Derivatives } from '../../compiler/targets/text/outline.ts';
import { valuesText } from '../../compiler/targets/tfjs/function.ts';
import { indented } from '../../compiler/targets/tfjs/layout.ts';
import { Module } from '../../compiler/targets/tfjs/module.ts';
import { supportText, type HelperName } from '../../compiler/targets/tfjs/support.ts';
import type { GraphInput } from '../../program/manifest.ts';

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
