/**
 * Names that a spec may use and a module must survive: words of JavaScript, its globals, what modules call their own,
 * names of prototypes, very long ones; blocks used several times, networks in networks, records of distributions.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { agreesInFloat32, oracleOf } from '../parity/agreement.ts';
import { programFrom } from '../parity/host.ts';
import { trained } from '../parity/train.ts';
import { onWasm } from './run.ts';

/** Trains two iterations and compares them with the reference's; gives the module's text. */
async function survives(text: string): Promise<string> {
  const source = { path: 'test.gan', text };
  const program = programFrom(source, { target: 'tfjs' });
  const found = await trained(program, 2, 7, onWasm.choice);
  agreesInFloat32(await oracleOf(source, {}, 2), program, found);
  return new TextDecoder().decode(program.files['train.mjs']);
}

interface Names {
  readonly network: string;
  readonly value: string;
  readonly loss: string;
  readonly stream: string;
  readonly sample: string;
  readonly param: string;
  readonly block: string;
  readonly fn: string;
}

/** A spec in which everything that a person names has the names given. */
const spec = ({ network, value, loss, stream, sample, param, block, fn }: Names): string => `gan Test
param ${param}: real = 0.5
data ${stream} = gaussians(modes: 3, rows: 12)
sample ${sample} ~ normal[2]
block ${block}(x: vec[N], width: int) { x |> dense(width) |> batch_norm |> tanh }
network ${network}(x: vec[2]) -> vec[2] { x |> ${block}(3) |> ${block}(4) |> dropout(0.2) |> dense(2) }
fn ${fn}(a, b) = mean(square(a - b)) * ${param}
let ${value} = ${network}(${sample})
loss ${loss} = ${fn}(${value}, ${stream}.point) + mean(norm(${value}))
train for 3 steps, batch 4 {
  update ${network} to minimize ${loss} with adam(0.01) when ${loss} > 0
  average ${network} decay 0.5
}
report every 1 steps { metric far = norm(${network}.average(${sample})) }`;

const plain: Names = {
  network: 'G',
  value: 'fake',
  loss: 'l',
  stream: 'ring',
  sample: 'z',
  param: 'p',
  block: 'b',
  fn: 'f',
};
const kinds = Object.keys(plain) as (keyof Names)[];

const words = [
  ...'tf w x model states batch draws at given networks variables value gradients losses use inputs steps reports'.split(
    ' ',
  ),
  ...'await class function const new delete enum arguments eval undefined NaN Infinity Object Set Math Promise'.split(
    ' ',
  ),
  ...'update_1 gradients_1 apply_1 weights_1 average_G averaged_G together_1_2 report_1_metrics_samples kept perform'.split(
    ' ',
  ),
  ...'stop less maximum adam running numbers batchNorm dense_1 next name factor tidy'.split(' '),
  ...'constructor __proto__ toString hasOwnProperty prototype process console treeOf createModel dirname'.split(
    ' ',
  ),
  `a_very_${'long_'.repeat(60)}name`,
];

describe('TensorFlow.js: names', () => {
  it('everything that has a name has a hostile one', async () => {
    const wrong: string[] = [];
    for (let i = 0; i < words.length; i += kinds.length) {
      // Each word once, as the name of one thing or the other.
      const names = Object.fromEntries(
        kinds.map((kind, k) => [kind, words[(i + k) % words.length]]),
      ) as unknown as Names;
      const text = spec(names);
      try {
        await survives(text);
      } catch (error) {
        wrong.push(`${String(error)}\n${text}`);
      }
    }
    assert.isEmpty(wrong, wrong.join('\n'));
  });

  it('networks in networks, blocks in blocks, records of distributions', async () => {
    const module = await survives(`gan Nested
data ring = gaussians(modes: 3, rows: 12)
sample z ~ normal[2]
sample kind ~ categorical[3]
block inner(x: vec[4]) { x |> dense(4) |> layer_norm |> tanh }
block outer(x: vec[4]) { let y = x |> inner |> inner
  y + inner(x) }
shared network Trunk(x: vec[2]) -> vec[4] { x |> dense(4) |> outer |> outer }
network Both(x: vec[2]) -> { kind: categorical[3], place: normal[2], sure: logit } {
  let h = Trunk(x)
  { kind: categorical(h |> dense(3)), place: normal(h |> dense(2), log_variance: h |> dense(2)), sure: h |> dense(1) }
}
network Twice(z: vec[2], k: onehot[3]) -> vec[2] { let a = concat(z, k) |> dense(2)
  let q = Both(a)
  q.place.draw + a + q.place.mean }
let fake = Twice(z, kind)
let guess = Both(fake)
loss a = nll(guess.kind, kind) + kl(guess.place) + entropy(guess.kind) + bce(guess.sure, 0)
loss b = bce(guess.sure, 1) + mean(square(fake)) + mean(square(ring.point))
train for 3 steps, batch 4 {
  together {
    update Both, Trunk to minimize a with sgd(0.01)
    update Twice to minimize b with sgd(0.01)
  }
}`);
    // A block is one function, however often it is used.
    assert.lengthOf(module.match(/^function inner(_\d+)?\(/gm)!, 1);
  });
});
