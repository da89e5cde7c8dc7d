/**
 * docs/one-spec.md: one small spec at every stage of the pipeline, cut from what the compiler printed and what the
 * reference engine computed. UPDATE_GOLDEN=1 writes the page; otherwise it must be what the code does.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { Program } from '../../compiler/compiled.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import { page } from '../docs/page.ts';
import { host, load } from '../parity/host.ts';
import { trained } from '../parity/train.ts';

const path = 'docs/ring.gan';

/** From the first line that matches to the next that matches `to`, both kept. */
function cut(text: string, from: RegExp, to: RegExp): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => from.test(line));
  const end = lines.findIndex((line, i) => i >= start && to.test(line));
  assert(start >= 0 && end >= 0, `nothing from ${from} to ${to} in\n${text}`);
  return lines.slice(start, end + 1).join('\n');
}

/** Parts of one text, with a mark where something is left out. */
const parts = (...cuts: readonly string[]): string => cuts.join('\n…\n');
const block = (text: string, language = 'text'): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** The node behind a root: `next:D.dense_1.weight = %121` → `%121`. */
function nodeOf(graph: string, root: string): string {
  const found = graph.split('\n').find((line) => line.startsWith(`${root} = `));
  assert(found !== undefined, root);
  return found.slice(root.length + 3);
}

const line = (node: string): RegExp => new RegExp(`^${node} = `);

async function running(program: Program): Promise<string> {
  const { logged, before, after } = await trained(program, 200);
  const rows = [0, 1, 2, 199].map((i) => {
    const { update_1: d, update_2: g } = logged[i].objectives;
    return `iteration ${String(i + 1).padStart(3)}   discriminator_loss ${d.toFixed(3)}   generator_loss ${g.toFixed(3)}`;
  });
  const moved = ['G', 'D'].map((network) => {
    const names = program.manifest.state
      .filter((s) => s.network === network && s.role === 'weight')
      .map(({ name }) => name);
    const gaps = names.flatMap((name) =>
      Array.from(after[name].data, (value, i) => value - before[name].data[i]),
    );
    return `${network}'s ${gaps.length} weights have moved by ${Math.hypot(...gaps).toFixed(2)}`;
  });
  return `${rows.join('\n')}\n${moved.join('\n')}`;
}

async function onePage(): Promise<string> {
  const printed: Record<string, string> = {};
  const source = load(path);
  const { program } = compile(source, host, { dump: (pass, print) => void (printed[pass] = print()) });
  assert(program !== undefined);
  const { parse: ast, analyse: model, schedule: plan, simplify: graph } = printed;
  const [name] = Object.keys(program.graphs);
  const onnx = emitOnnx({ name, outputs: program.graphs[name] }, { float: 'float32' }).text();
  const objective = nodeOf(graph, 'objective:update_1');
  const weight = nodeOf(graph, 'next:D.dense_1.weight');
  const reference = compile(source, host, { target: 'reference', float: 'float64' }).program!;
  return `# One spec, all the way

Ten lines describe a game: G makes points in the plane out of noise, D tells them from points on a ring, and each learns
from the other. This page follows those ten lines through the compiler, stage by stage, until numbers come out. A test
prints it from what the code really does, so it is never out of date.

\`\`\`
text ─ parse ─ bind ─ analyse ─ check ─ lower ─ differentiate ─ simplify ─ schedule ─ emit ─ training
\`\`\`

## 1. Text

What a person writes: where data comes from, what the networks are, who minimises what, and how. Nothing is said about
gradients, about which weights stand still while the others learn, about modes or devices: all of that follows.

${block(source.text, 'gan')}

## 2. Tree

\`grammar/\` reads the text into a tree, and remembers the place of every piece, so that an error can point at it. It knows
syntax only: to the parser \`dense\` and \`adam\` are names like any others, which is why adding a layer changes no grammar.

${block(cut(ast, /Network .*5:1|declarations\[\] Network/, /value: Number value=16/))}

## 3. Analysis

\`compiler/bind/\` finds out what each name is declared as, and \`compiler/analyse/\` evaluates everything once, on sizes with
symbols: shapes and kinds are worked out, every weight gets a name, a size and a way to start. Then the rules of
\`compiler/check/\` look at the whole, and everything that is wrong is said in one go. Note the sample: \`z\` meets the ring in the loss, so it has
as many rows as a batch of it, and nobody had to write 64 twice.

${block(parts(cut(model, /^data/, /^sample/), cut(model, /^network D/, /dense_1\.bias/), cut(model, /^train/, /update_2/)))}

## 4. Graph

\`compiler/lower/\` evaluates each update again, for a batch of 64, as a graph of about forty primitive operations; layers,
losses and optimizers are only compositions of them. Here is D looking at a real batch (\`less\`, \`mul\` and \`select\` are \`leaky_relu\`):

${block(cut(graph, /^%1 = /, /^%12 = /))}

G makes its points out of draws, and D looks at those as well. Then come D's loss and its mean over the batch.

${block(parts(cut(graph, /= draw /, /= max\(/), cut(graph, / = sum\(/, line(objective))))}

\`compiler/differentiate/\` makes one graph of both updates. It walks back from that number, and each primitive says how its
own gradient is made, in primitives again. Where D's update meets G it goes no further: G is constant to it, and that is all that a \`detach\` ever was.

${block(
  graph
    .split('\n')
    .filter(
      (one, i, all) =>
        i > all.findIndex((l) => line(objective).test(l)) &&
        i < all.findIndex((l) => /scalar:/.test(l)) &&
        / = (matmul|transpose)\(/.test(one),
    )
    .join('\n'),
)}

Adam is graph, too. The host feeds its learning rate with the bias corrections, since only the host counts steps; what
comes out at the end of this excerpt is the next value of D's first weight.

${block(cut(graph, /scalar:/, line(weight)))}

Now G's turn, with D's *new* weights: updates are sequential. G's points are the node that the first update made already,
computed once, because equal expressions are one node. \`compiler/simplify.ts\` has looked through the whole once more.

${block(parts(cut(graph, new RegExp(`matmul\\(%\\d+, ${weight}\\)`), new RegExp(`matmul\\(%\\d+, ${weight}\\)`)), cut(graph, /^objective:update_1/, /^next:G.dense_1.weight/)))}

## 5. Schedule

\`compiler/schedule/\` says what the host does: which graph runs when, what it is fed, what it gives back. Both updates follow
each other without a decision of the host's between them, so they are one step; \`repeat\`, \`every\` or phases would make more.

${block(parts(cut(plan, /^Ring/, /draw:z/), cut(plan, /scalar:/, /dense_1\.weight\.square/), cut(plan, /^bytes/, /^bytes/)))}

## 6. ONNX

\`compiler/targets/onnx/\` writes the step down for an engine. Patterns become the engine's fast operators (\`leaky_relu\` is
one again), and the weights are inputs and outputs: the file holds what to compute, never what was learned.

${block(parts(cut(onnx, /= \w+\(field:ring/, /LeakyRelu/), cut(onnx, /next:D\.dense_1\.weight = /, /next:D\.dense_1\.weight = /), cut(onnx, / out objective:update_1/, / out next:D\.dense_1\.weight/)))}

## 7. Training

\`runtime/\` feeds the step minibatches and draws, again and again, and knows nothing of the language. The numbers below are
the reference engine's, which interprets the graph of stage 4 in float64; ONNX must agree with it to 1e-8.

${block(await running(reference))}

## See it yourself

Every stage can be printed for any spec, and the last one is a run:

\`\`\`sh
npx ganc build ${path} --dump analyse   # or parse, bind, check, lower, differentiate, simplify, schedule, emit
npx ganc run ${path} --steps 200
\`\`\`
`;
}

describe('docs/one-spec.md', () => {
  it('is what the pipeline does', async () => {
    page('docs/one-spec.md', await onePage());
  });
});
