/** Losses of whole specs, as logged, against formulas written out here. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { run } from './recorded.ts';
import type { Recorded } from './train.ts';

const head = `gan Test
data ring = gaussians(modes: 4, rows: 64)
sample z ~ normal[2]
sample u ~ uniform[2](-1, 1)
sample kind ~ categorical[3]
network P(x: vec[2]) -> vec[2] { x |> dense(2) }
network L(x: vec[2]) -> logit { x |> dense(1) }
network K(x: vec[2]) -> categorical[3] { categorical(x |> dense(3)) }
network M(x: vec[2]) -> normal[2] { normal(x |> dense(2), std: 0.5) }
`;

type Rows = readonly (readonly number[])[];

function rowsOf({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): Rows {
  const width = shape[1] ?? 1;
  return Array.from({ length: shape[0] }, (_, r) =>
    Array.from({ length: width }, (_, c) => data[r * width + c]),
  );
}

/** The network's one dense layer. */
function dense(at: Recorded, network: string, x: Rows): Rows {
  const weight = rowsOf(at.state[`${network}.dense_1.weight`]);
  const bias = at.state[`${network}.dense_1.bias`].data;
  return x.map((row) =>
    Array.from(bias, (b, c) => row.reduce((sum, value, i) => sum + value * weight[i][c], b)),
  );
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0);
const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
const logSoftmax = (x: readonly number[]): number[] => {
  const all = Math.log(total(x.map(Math.exp)));
  return x.map((one) => one - all);
};

interface Given {
  readonly at: Recorded;
  readonly point: Rows;
  readonly z: Rows;
  readonly u: Rows;
  readonly kind: readonly number[];
}

/** Each loss's expression, and what it should be, row by row. */
const losses: Readonly<
  Record<string, readonly [expression: string, wanted: (given: Given) => readonly number[]]>
> = {
  mse: [
    'mse(P(ring.point), z)',
    ({ at, point, z }) => dense(at, 'P', point).map((row, r) => mean(row.map((x, i) => (x - z[r][i]) ** 2))),
  ],
  l1: [
    'l1(P(ring.point), z)',
    ({ at, point, z }) =>
      dense(at, 'P', point).map((row, r) => mean(row.map((x, i) => Math.abs(x - z[r][i])))),
  ],
  sum: ['sum(square(P(z)))', ({ at, z }) => dense(at, 'P', z).map((row) => total(row.map((x) => x * x)))],
  norm: ['norm(P(z))', ({ at, z }) => dense(at, 'P', z).map((row) => Math.hypot(...row))],
  distance: [
    'distance(P(z), u)',
    ({ at, z, u }) => dense(at, 'P', z).map((row, r) => Math.hypot(...row.map((x, i) => x - u[r][i]))),
  ],
  larger: [
    'mean(max(P(z), u) - min(P(z), u))',
    ({ at, z, u }) => dense(at, 'P', z).map((row, r) => mean(row.map((x, i) => Math.abs(x - u[r][i])))),
  ],
  bce: [
    'bce(L(z), 1) + bce(L(u), 0)',
    ({ at, z, u }) => dense(at, 'L', z).map(([x], r) => softplus(-x) + softplus(dense(at, 'L', u)[r][0])),
  ],
  class: [
    'nll(K(z), kind)',
    ({ at, z, kind }) => dense(at, 'K', z).map((row, r) => -logSoftmax(row)[kind[r]]),
  ],
  label: [
    'cross_entropy(K(ring.point).logits, 2)',
    ({ at, point }) => dense(at, 'K', point).map((row) => -logSoftmax(row)[2]),
  ],
  entropy: [
    'entropy(K(z))',
    ({ at, z }) => dense(at, 'K', z).map((row) => -total(logSoftmax(row).map((l) => l * Math.exp(l)))),
  ],
  likely: [
    'nll(M(z), u)',
    ({ at, z, u }) =>
      dense(at, 'M', z).map((row, r) =>
        total(
          row.map((m, i) => 0.5 * ((u[r][i] - m) / 0.5) ** 2 + Math.log(0.5) + 0.5 * Math.log(2 * Math.PI)),
        ),
      ),
  ],
  divergence: [
    'kl(M(z))',
    ({ at, z }) =>
      dense(at, 'M', z).map((row) => total(row.map((m) => 0.5 * (m * m + 0.25 - 1) - Math.log(0.5)))),
  ],
  means: [
    'mse(M(z).mean, P(z))',
    ({ at, z }) =>
      dense(at, 'M', z).map((row, r) => mean(row.map((m, i) => (m - dense(at, 'P', z)[r][i]) ** 2))),
  ],
  slope: [
    'norm(gradient(sum(square(P(z))), z))',
    ({ at, z }) =>
      dense(at, 'P', z).map((row) =>
        Math.hypot(
          ...[0, 1].map((i) =>
            total(row.map((x, o) => 2 * x * at.state['P.dense_1.weight'].data[i * 2 + o])),
          ),
        ),
      ),
  ],
};

/** What each player pays by hand; `both`: both answers flipped, what BiGAN's generator and encoder minimise. */
type Paid = Readonly<Record<'discriminator' | 'generator' | 'encoder' | 'both', number>>;

const games: Readonly<Record<string, (real: number, fake: number) => Paid>> = {
  non_saturating: (r, f) => ({
    discriminator: softplus(-r) + softplus(f),
    generator: softplus(-f),
    encoder: softplus(r),
    both: softplus(r) + softplus(-f),
  }),
  least_squares: (r, f) => ({
    discriminator: ((r - 1) ** 2 + f ** 2) / 2,
    generator: (f - 1) ** 2 / 2,
    encoder: r ** 2 / 2,
    both: (r ** 2 + (f - 1) ** 2) / 2,
  }),
  hinge: (r, f) => ({
    discriminator: Math.max(0, 1 - r) + Math.max(0, 1 + f),
    generator: -f,
    encoder: r,
    both: r - f,
  }),
  wasserstein: (r, f) => ({ discriminator: f - r, generator: -f, encoder: r, both: r - f }),
  minimax: (r, f) => ({
    discriminator: softplus(-r) + softplus(f),
    generator: -softplus(f),
    encoder: -softplus(-r),
    both: -(softplus(-r) + softplus(f)),
  }),
};

describe('values of losses', () => {
  it('each function gives one number a row, and the loss is their mean', async () => {
    const names = Object.keys(losses);
    const declared = names.map((name) => `loss ${name}_ = ${losses[name][0]}`).join('\n');
    const objective = names.map((name) => `${name}_`).join(' + ');
    const text = `${head}${declared}\ntrain for 2 steps, batch 8 { update P, L, K, M to minimize ${objective} with adam(0.1) }`;
    const { runs, logged } = await run({ path: 'test.gan', text }, 2);
    runs.forEach((at, i) => {
      const feed = (name: string): Rows => rowsOf(at.feeds[name]);
      const given: Given = {
        at,
        point: feed('field:ring.point'),
        z: feed('draw:z'),
        u: feed('draw:u').map((row) => row.map((x) => 2 * x - 1)),
        kind: Array.from(at.feeds['draw:kind'].data),
      };
      for (const name of names)
        assert.closeTo(logged[i].losses[`${name}_`], mean(losses[name][1](given)), 1e-12, name);
    });
  });

  for (const [kind, wanted] of Object.entries(games)) {
    it(`adversarial, ${kind}`, async () => {
      const text = `${head
        .split('\n')
        .filter((line) => !/^(sample (u|kind)|network [KM])/.test(line))
        .join('\n')}
let game = adversarial(real: L(ring.point), fake: L(P(z)), kind: ${kind})
loss discriminator = game.discriminator
loss generator = game.generator
loss encoder = game.encoder
loss both = game.generator + game.encoder
train for 1 steps, batch 8 { update L, P to minimize discriminator + generator + encoder + both with sgd(0.1) }`;
      const { runs, logged } = await run({ path: 'test.gan', text }, 1);
      const [at] = runs;
      const real = dense(at, 'L', rowsOf(at.feeds['field:ring.point']));
      const fake = dense(at, 'L', dense(at, 'P', rowsOf(at.feeds['draw:z'])));
      const rows = real.map(([r], i) => wanted(r, fake[i][0]));
      for (const name of ['discriminator', 'generator', 'encoder', 'both'] as const)
        assert.closeTo(logged[0].losses[name], mean(rows.map((row) => row[name])), 1e-12, name);
    });
  }
});
