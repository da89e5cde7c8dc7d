/** A small GAN under any schedule, and what tests ask of its recorded runs. */
import type { Source } from '../../grammar/source.ts';
import type { Program } from '../../compiler/compiled.ts';
import { updateGradients, valuesAt } from './gradients.ts';
import type { Recorded } from './train.ts';

/** A small GAN with the schedule that a test is about. */
export const gan = (train: string, more = '', batch = 16): Source => ({
  path: 'test.gan',
  text: `gan Test
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(5) |> tanh |> dense(1) }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))
loss discriminator_loss = game.discriminator
loss generator_loss = game.generator
${more}
train for 20 steps, batch ${batch} { ${train} }`,
});

export const dataOf = (recorded: Recorded, name: string): number[] => Array.from(recorded.feeds[name].data);
export const graphOf = (program: Program, update: string): string =>
  Object.entries(program.manifest.graphs).find(([, { outputs }]) =>
    outputs.some(({ to }) => to.kind === 'objective' && to.update === update),
  )![0];

export const changed = (before: Recorded['state'], after: Recorded['state']): string[] =>
  Object.keys(before).filter((name) => before[name].data.some((value, i) => value !== after[name].data[i]));

/** Gradient of each of the update's weights at a recorded run's entry. */
export function gradientsAt(
  source: Source,
  update: string,
  at: Recorded,
  instead = {},
): Record<string, Float64Array> {
  const { gradients } = updateGradients(source)[update];
  const values = valuesAt(Object.values(gradients), at, instead);
  return Object.fromEntries(Object.keys(gradients).map((name, i) => [name, values[i]]));
}

export const isBias = (name: string): boolean => /\.(bias|gain)$/.test(name);
