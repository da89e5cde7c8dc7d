/** The parts of an emitted module that are the same for every spec, but for names: its head, its state, its foot. */
import { jsDoc } from '../text/escape.ts';
import type { Manifest } from '../../../program/manifest.ts';

export function header({ name, spec, networks, profile, params }: Manifest): string {
  const values = Object.entries(params).map(([param, value]) => `${param} = ${String(value)}`);
  const lines = [
    `${name}, compiled by ganc from ${spec.path}${profile === null ? '' : ` (profile ${profile})`}.`,
    ...(values.length === 0 ? [] : [`Params: ${values.join(', ')}.`]),
    '',
    ...networks.map(({ signature }) => signature.replace(/\s+/g, ' ')),
    '',
    "Images lie channels-last; batches and draws come so too. Gradients are TensorFlow.js's own.",
    'Trained by ganc run, or by itself: node train.mjs (see its end).',
  ];
  return `${jsDoc(lines.join('\n'))}
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

let tf;
/** Gives the module the TensorFlow.js that it computes with: tfjs-node, tfjs-node-gpu, or tfjs-core with a backend. */
export function use(tensorflow) {
  tf = tensorflow;
}`;
}

/** State as variables: by name, and as a tree that networks take theirs from. */
export const model = `/** The tree of names: networks.G.dense_1.weight. */
function treeOf(tensors) {
  const tree = Object.create(null);
  for (const [name, tensor] of Object.entries(tensors)) {
    const path = name.split('.');
    const last = path.pop();
    path.reduce((at, part) => (at[part] ??= Object.create(null)), tree)[last] = tensor;
  }
  return tree;
}

/** The model from tensors by name, each lying as the table above says. */
export function createModel(tensors) {
  const variables = {};
  for (const name of Object.keys(state)) variables[name] = tf.variable(tensors[name]);
  return { variables, networks: treeOf(variables) };
}

/** The same model with other tensors for some names: statistics that a report takes anew. */
export const withReplaced = ({ variables }, tensors) => ({ variables, networks: treeOf({ ...variables, ...tensors }) });`;

export const footer = `// By itself: makes a run directory beside the program and trains, as \`ganc run\` does.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { trainProgram } = await import('ganc');
  process.exitCode = await trainProgram(dirname(fileURLToPath(import.meta.url)), process.argv.slice(2));
}`;
