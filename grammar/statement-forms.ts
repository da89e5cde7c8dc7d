/** One statement of each sort as it is written, by the name of the parser's rule: for hints, when one doesn't read on. */

/** How a statement of each sort reads; shown when one doesn't. */
export const forms: Readonly<Record<string, string>> = {
  header: 'gan Name',
  param: 'param n: int = 64',
  profile: 'profile tiny { n = 8 }',
  setting: 'profile tiny { n = 8 }',
  data: 'data d = mnist(split: train) as image[1, 28, 28] in [0, 1] hide label batch 64',
  sample: 'sample z ~ normal[64]',
  network: 'network G(z: vec[64]) -> image[1, 28, 28] { z |> dense(784) |> reshape(1, 28, 28) }',
  block: 'block twice(x) { x |> dense(64) |> dense(64) }',
  fn: 'fn double(x) = 2 * x',
  initialize: 'initialize G, D with normal(0, 0.02)',
  let: 'let fake = G(z)',
  loss: 'loss discriminator_loss = bce(D(fake), 0)',
  import: 'import "blocks.gan"',
  train: 'train for 5000 steps, batch 64 { ... }',
  phase: 'phase warmup for 2 epochs { ... }',
  repeat: 'repeat 5 { ... }',
  together: 'together { update ... }',
  update: 'update G to minimize generator_loss with adam(2e-4)',
  average: 'average G decay 0.999',
  report: 'report every 500 steps { picture samples = grid(fake) }',
  show: 'metric error = 1 - accuracy(Q(test.image), test.label) goal 0.05',
  goal: 'goal 0.05 from "Chen et al. 2016"',
  recalibrate: 'recalibrate E(mnist.image) for 1000 steps',
  every: 'every 500 steps',
};
