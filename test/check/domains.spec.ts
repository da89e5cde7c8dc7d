/**
 * What a value can be, and what is said of it: intervals of nodes by small graphs whose values are known, and the rule on
 * logarithms, roots, divisors and standard deviations (check/rules/domains.ts) by one expression each.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { leakyRelu, mean, relu, softmax, softplus, square } from '../../compiler/ir/compose.ts';
import { intervalsOf, within } from '../../compiler/ir/intervals.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { host } from '../parity/host.ts';

describe('intervals of nodes', () => {
  const made: Record<string, (b: Builder, x: Node, y: Node) => Node> = {
    '(-∞, ∞)': (_, x) => x,
    '[-1, 3]': (_, __, y) => y,
    '[0, ∞)': (b, x) => square(b, x),
    '[0, 9]': (b, _, y) => square(b, y),
    '[0, 3]': (b, _, y) => relu(b, y),
    '[-0.5, 3]': (b, _, y) => leakyRelu(b, y, 0.5),
    '(0, ∞)': (b, x) => softplus(b, x),
    '(0, 1)': (b, x) => b.sigmoid(x),
    '(-1, 0)': (b, x) => b.sub(b.sigmoid(x), 1),
    '(0, 1) of softmax': (b, x) => softmax(b, x, 0),
    '[-1, 3] of a mean': (b, _, y) => mean(b, y, [0]),
    '[-4, 12]': (b, _, y) => b.sum(y, [0]),
    '[0, 0]': (b, _, y) => b.mul(y, 0),
    '[-2, 6]': (b, _, y) => b.div(y, 0.5),
    '(-∞, ∞) of a quotient': (b, x, y) => b.div(x, y),
    '[0.5, 3]': (b, _, y) => b.max(y, 0.5),
    '[1, ∞)': (b, x) => b.add(b.abs(x), 1),
    '(0, 1]': (b, x) => b.div(1, b.add(1, square(b, x))),
    '(-1.5, ∞)': (b, x) =>
      b.select(b.less(0, x), x, b.mul(b.sub(b.exp(b.select(b.less(0, x), 0, x)), 1), 1.5)),
    '[-36, 108]': (b, x, y) => b.matmul(b.reshape(b.max(b.min(x, 9), 0), [1, 4]), b.reshape(y, [4, 1])),
    '(-4, 12)': (b, x, y) => b.matmul(b.reshape(b.sigmoid(x), [1, 4]), b.reshape(y, [4, 1])),
    '[-2, 6] of a convolution': (b, _, y) =>
      b.conv(b.reshape(y, [1, 1, 4]), b.constant([1, 1], [1, 1, 2]), { strides: [1], pads: [[0, 0]] }),
    '[1, 6] of a convolution': (b, _, y) =>
      b.conv(b.reshape(b.max(y, 0.5), [1, 1, 4]), b.constant([1, 1], [1, 1, 2]), {
        strides: [1],
        pads: [[0, 0]],
      }),
    '[0, 6] of a convolution': (b, _, y) =>
      b.conv(b.reshape(b.max(y, 0.5), [1, 1, 4]), b.constant([1, 1], [1, 1, 2]), {
        strides: [1],
        pads: [[1, 0]],
      }),
    '[0, 12] of a transposed convolution': (b, _, y) =>
      b.convInputGrad(b.reshape(b.max(y, 0.5), [1, 2, 2]), b.constant([1, 1, 1, 1], [2, 1, 2]), {
        strides: [1],
        pads: [[0, 0]],
        size: [3],
      }),
    '[0, 3] of a place': (b, x) => b.argmax(x, 0),
    '(-1, 1) of a recurrence': (b, x) =>
      b.scan(b.reshape(x, [2, 2]), [b.reshape(x, [1, 2, 2])], [], (g, h, [slice]) => g.tanh(g.add(h, slice))),
    '[1, 1.732]': (b, _, y) => b.sqrt(b.max(y, 1)),
  };
  for (const [wanted, make] of Object.entries(made)) {
    it(wanted, () => {
      const b = new Builder();
      const [x, y] = [b.input('x', [4]), b.input('y', [4])];
      const node = make(b, x, y);
      const { low, high } = intervalsOf([node], (leaf) => (leaf === y ? within(-1, 3) : undefined)).get(
        node,
      )!;
      const number = (n: number): string =>
        Number.isFinite(n) ? String(Number(n.toPrecision(4))) : n < 0 ? '-∞' : '∞';
      const text = `${low.closed ? '[' : '('}${number(low.at)}, ${number(high.at)}${high.closed ? ']' : ')'}`;
      assert.equal(text, wanted.split(' of ')[0]);
    });
  }
});

const spec = (loss: string): string => `
data d = mnist(split: train) in [-1, 1] hide label
network A(x: image[1, 28, 28]) -> vec[4] { x |> flatten |> dense(4) }
network P(x: image[1, 28, 28]) -> prob { x |> flatten |> dense(1) |> sigmoid }
let a = A(d.image)
loss l = ${loss}
train for 10 steps, batch 8 { update A, P to minimize l + P(d.image) + sum(a) with adam(1e-3) }
`;

const said = (loss: string): string[] =>
  checkSpec({ path: 'domains.gan', text: spec(loss) }, host)
    .diagnostics.filter(({ code }) => code !== 'GAN4024')
    .map(({ code }) => code);

describe('values that may be undefined', () => {
  const cases: Record<string, readonly string[]> = {
    'sum(log(a))': ['GAN3016'],
    'sum(log(square(a)))': ['GAN3016'],
    'sum(log(square(a) + 1e-6))': [],
    'sum(log(max(a, 1e-6)))': [],
    'sum(log(exp(a)))': [],
    'log(P(d.image))': [],
    'log(1 - P(d.image))': [],
    'log(P(d.image) - 1)': ['GAN3015'],
    'sum(sqrt(abs(a)))': [],
    'sum(sqrt(a))': ['GAN3016'],
    'sum(sqrt(-1 - square(a)))': ['GAN3015'],
    'sum(a / norm(a))': [],
    'sum(a) / (norm(a) * norm(d.image))': [],
    'sum(a) / max(d.image)': ['GAN3016'],
    'sum(a) / mean(relu(a))': ['GAN3016'],
    'sum(a) / (1 + mean(relu(a)))': [],
    'sum(a / (0 * mean(d.image)))': ['GAN3015'],
    'sum(log(outer(softmax(a), softmax(a)) + 1e-8))': [],
    'sum(log(mean(0.5 * (outer(softmax(a), softmax(a)) + transpose(outer(softmax(a), softmax(a)))), over: rows) + 1e-8))':
      [],
    'cosine_distance(a, square(a))': [],
    'nll(normal(a, std: softplus(a)), a)': [],
    'nll(normal(a, std: exp(a)), a)': [],
    'nll(normal(a, std: a), a)': ['GAN3016'],
    'nll(normal(a, std: tanh(a)), a)': ['GAN3016'],
    'nll(normal(a, std: 0.1), a)': [],
    'nll(normal(a, std: -square(a)), a)': ['GAN3015'],
    'nll(categorical(a), 1)': [],
    'nll(categorical(tanh(a)), 1)': ['GAN3018'],
    'nll(categorical(30 * tanh(a / 30)), 1)': [],
    'nll(categorical(relu(a)), 1)': ['GAN3018'],
    'nll(bernoulli(relu(a)), 1)': ['GAN3018'],
    'nll(bernoulli(a), 1)': [],
  };
  for (const [loss, codes] of Object.entries(cases)) it(loss, () => assert.deepEqual(said(loss), codes));
});

describe('numbers outside their interval', () => {
  const cases: Record<string, readonly string[]> = {
    'sum(random_affine(d.image, degrees: 44, scale: 0.9))': [],
    'sum(random_affine(d.image, degrees: 45))': ['GAN2019'],
    'sum(random_affine(d.image, translate: -1))': ['GAN2019'],
    'sum(random_affine(d.image, scale: 1))': ['GAN2019'],
    'sum(random_affine(d.image, shear: 45))': ['GAN2019'],
    'sum(elu(a, alpha: -1))': ['GAN2019'],
    'sum(random_affine(d.image, degrees: 44 * (1 - progress), scale: ramp(0, 0.5, over: 9 steps)))': [],
    'sum(augment(d.image, cutout: mean(a, over: rows)[0]))': [],
    'sum(random_affine(d.image, degrees: mean(a)))': ['GAN2006'],
  };
  for (const [loss, codes] of Object.entries(cases)) it(loss, () => assert.deepEqual(said(loss), codes));
});
