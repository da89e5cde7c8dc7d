/** A small GAN for the wiring tests, and gradient descent by hand: each update's gradients taken by themselves. */
import type { Source } from '../../grammar/source.ts';
import { updateGradients, valuesAt } from '../parity/gradients.ts';
import type { Recorded } from '../parity/train.ts';

export const source = (text: string): Source => ({ path: 'wiring.gan', text });

export const networks = `
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(5) |> tanh |> dense(1) }
let fake = G(z)
loss discriminator_loss = bce(D(ring.point), 1) + bce(D(fake), 0)
loss generator_loss = bce(D(fake), 1)`;

/** The GAN with the schedule that a test is about. */
export const gan = (train: string, more = ''): Source =>
  source(`gan Wiring${networks}\n${more}\ntrain for 20 steps, batch 16 { ${train} }`);

export type Weights = Readonly<Record<string, Float64Array>>;

/** The gradient of each of the update's weights at a recorded run's entry, with some weights replaced. */
export function gradientsAt(of: Source, update: string, at: Recorded, weights: Weights = {}): Weights {
  const { gradients } = updateGradients(of)[update];
  const instead = Object.entries(weights).map(([name, data]) => [
    name,
    { shape: at.state[name].shape, data },
  ]);
  const values = valuesAt(Object.values(gradients), at, Object.fromEntries(instead));
  return Object.fromEntries(Object.keys(gradients).map((name, i) => [name, values[i]]));
}

/**
 * Every weight that changes in one iteration of plain gradient descent, at its end. In order, each update at the weights
 * that the ones before it left; or, `together`, all at those on entry.
 */
export function descended(
  of: Source,
  at: Recorded,
  rates: Readonly<Record<string, number>>,
  together = false,
): Weights {
  let now: Weights = {};
  for (const [update, rate] of Object.entries(rates)) {
    const moved = Object.entries(gradientsAt(of, update, at, together ? {} : now)).map(([name, g]) => {
      const before = Float64Array.from(now[name] ?? at.state[name].data);
      return [name, before.map((w, i) => w - rate * g[i])] as const;
    });
    now = { ...now, ...Object.fromEntries(moved) };
  }
  return now;
}

/** Names of tensors that differ between two states, in any bit. */
export const changed = (before: Recorded['state'], after: Recorded['state']): string[] =>
  Object.keys(before).filter((name) => before[name].data.some((value, i) => value !== after[name].data[i]));
