/**
 * docs/tfjs.md and docs/infogan.train.mjs: InfoGAN's module on TensorFlow.js, whole and walked through beside its spec.
 * Cut from what the compiler emits; UPDATE_GOLDEN=1 writes both, otherwise they must be what it emits.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programOf } from '../parity/host.ts';
import { page, root } from './page.ts';

const spec = 'specs/infogan.gan';
const printed = 'docs/infogan.train.mjs';

const block = (text: string, language: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** From the first line that matches to the next line that is `end`; both kept, comments above too. */
function cut(text: string, from: RegExp, end: RegExp = /^[}\]];?$/): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => from.test(line));
  assert(at >= 0, `nothing matches ${from}`);
  let start = at;
  while (/^( \*|\/\*\*)/.test(lines[start - 1] ?? '')) start--;
  const stop = lines.findIndex((line, i) => i > at && end.test(line));
  return lines.slice(start, stop + 1).join('\n');
}

function walk(source: string, module: string): string {
  const gan = (from: RegExp, end?: RegExp): string => block(cut(source, from, end), 'text');
  const js = (from: RegExp, end?: RegExp): string => block(cut(module, from, end), 'js');
  const lines = module.split('\n').length;
  return `# InfoGAN as a TensorFlow.js program

\`ganc build ${spec} --target tfjs\` writes \`build/infogan/train.mjs\`: an ES module of ${lines} lines that computes with
TensorFlow.js alone. This page reads it beside the spec; the whole of it is [infogan.train.mjs](infogan.train.mjs). Both
are printed by a test from what the compiler emits.

\`\`\`sh
npx ganc run ${spec} --target tfjs      # compile and train
npx ganc build ${spec} --target tfjs    # or: write the program,
node build/infogan/train.mjs                       # and let it train by itself
\`\`\`

TensorFlow itself is set up by \`npm run setup:tensorflow\` ([engines.md](engines.md)); without it the module runs on
WebAssembly, or on a graphics card through WebGPU.

## A network is a function

${gan(/^network G/)}

becomes a function of its weights and of what it is given. Weights have the names that checkpoints have:
\`G.dense_1.weight\` is \`w.dense_1.weight\` here.

${js(/^function G\(/)}

Images lie channels-last, as TensorFlow's convolutions want them, from the first convolution on: the transposition stands
where the spec says \`reshape\`, and nowhere else. Layers that are one call of the library are that call; those that
aren't have functions of their own, shared wherever the text is the same. Batch norm gives back its batch's mean and
(unbiased) variance, for the running statistics:

${js(/^function batchNorm\(/)}

The bias that a batch norm would cancel is not there: the compiler knows that it would do nothing.

## A shared network is called once

${gan(/^shared network Trunk/)}

D and Q stand on Trunk. An author would compute its features once and hand them to both; so does the module. \`D\` and
\`Q\` are given what Trunk made, because it is called with what they were called with:

${js(/^function D\(/)}

## An update is a function of batch, draws and schedule

${gan(/^train for/)}

The first update's losses and gradients. What an author would have detached is computed before the function whose
gradient is taken: the generator is constant to this update, and nothing goes back into it. Gradients are the library's
own (\`tf.variableGrads\`).

${js(/^function gradients_1\(/)}

In the second update the generator is what learns, so its call stands inside, and D and Trunk are constants that gradients
pass through:

${js(/^function gradients_2\(/)}

The optimizer is a function too. The module uses none of the library's: their steps and epsilons differ from target to
target, and Adam's corrections are computed by the host in double precision and come in as \`rate\` and \`root\`.

${js(/^function adam\(/)}

${js(/^function apply_1\(/)}

An update is applied only when its losses are finite, and where the spec says \`when\`, only then; several in a
\`together\` take all their gradients first:

${js(/^async function perform\(/)}

${js(/^export const update_1 =/, /;$/)}

## What the host does

The module draws no random number, reads no data, and counts nothing: it is given minibatches, draws and numbers of the
schedule, and says where it wants them. So all targets see the same ones, and the same spec gives the same numbers on
each ([training.md](training.md)).

${js(/^export const inputs =/)}

Reports are functions that use running statistics and no dropout:

${js(/^export function report_1_metrics_test/)}

## Derivatives

TensorFlow.js differentiates what the module computes, with these exceptions, each a small function that a module brings
along where it needs it ([support.ts](../compiler/targets/tfjs/support.ts)):

- It has no \`stop\` (and no gradient reversal): both are custom gradients.
- Comparisons have no gradient, not even zero; and maxima share theirs among equal elements, which the library doesn't.
- The gradient of a root at 0 is 0, so that the norm in a gradient penalty is finite.
- A second derivative through \`exp\`, \`tanh\`, \`sigmoid\`, \`leakyRelu\`, \`pow\`, \`logSoftmax\` and convolutions'
  weights: the library loses terms or has none. A network inside \`gradient(...)\` is emitted a second time, in a form that
  can be differentiated twice.
`;
}

describe('docs/tfjs.md', () => {
  const emitted = (): string => {
    const { files } = programOf(spec, { target: 'tfjs' });
    return new TextDecoder().decode(files['train.mjs']);
  };

  it('shows the module that InfoGAN becomes', () => page(printed, emitted()));

  it('walks through it', () => {
    page('docs/tfjs.md', walk(readFileSync(join(root, spec), 'utf8'), emitted()));
  });
});
