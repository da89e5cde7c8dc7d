/** Specs whose updates minimise functions of means over rows, for what takes minibatches apart: parts one after another, ranks. */
import type { Source } from '../../grammar/source.ts';

/**
 * Rows against means, a mean inside a mean, features matched on batch means, a quotient and a product of means, an objective that
 * is maximised, a norm of a gradient; a condition and a `set` whose rows need a mean themselves.
 */
export const wholes: Source = {
  path: 'wholes.gan',
  text: `gan Wholes
data ring = gaussians(modes: 8, rows: 96)
sample z ~ normal[4]
state spread: real = 0
optimizer slow = sgd(1e-1)
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }
network F(x: vec[2]) -> vec[6] { x |> dense(6) |> dropout(0.2) |> tanh }
network D(x: vec[2]) -> logit { F(x) |> dense(1) }
network R(x: vec[2]) -> logit { x |> dense(4) |> tanh |> dense(1) }
network Q(x: vec[2]) -> logit { x |> dense(4, spectral: true) |> tanh |> dense(1) }
let fake = G(z)
let real_mean = mean(D(ring.point), over: rows)
let fake_mean = mean(D(fake), over: rows)
loss critic = bce(D(ring.point) - fake_mean, 1) + bce(D(fake) - real_mean, 0)
loss fool = bce(D(fake) - real_mean, 1) + bce(D(ring.point) - fake_mean, 0)
loss matched = norm(mean(F(ring.point), over: rows) - mean(F(fake), over: rows))
loss centred = mean(square(fake - mean(fake, over: rows)))
let told = Q(ring.point - mean(fake, over: rows))
let about = mean(told, over: rows)
let ratio = sqrt(mean(square(told - about), over: rows)) / (2 + square(about))
let guessed = bce(R(ring.point), 1)
let slope = norm(gradient(guessed, R.dense_1.weight))
let wide = mean(square(ring.point - mean(fake, over: rows)))
train for 8 steps, batch 24 {
  together {
    update D, F to minimize critic with sgd(3e-1, clip_norm: 0.3) when wide > 2
    update G to minimize fool + 0.3 * matched with slow
    set spread to 0.5 * spread + 0.5 * mean(centred, over: rows)
  }
  update Q to maximize ratio + 0.1 * mean(told) with sgd(1e-1)
  update R to minimize guessed + 0.5 * square(slope) with sgd(1e-1)
  update G to minimize about * fake_mean with slow
  average G decay 0.5
}
report every 4 steps { metric score = mean(D(G.average(z))) }
`,
};

/** Means of images and of packs of rows; a derivative by a mean, and one of what stands against a mean. */
export const wholeShapes: Source = {
  path: 'whole-shapes.gan',
  text: `gan WholeShapes
data digits = mnist(split: train, examples: 60) as image[1, 8, 8] in [0, 1]
sample z ~ normal[4]
network G(z: vec[4]) -> image[1, 8, 8] in [0, 1] {
  z |> dense(32) |> reshape(2, 4, 4) |> relu |> upsample(2) |> conv(1, kernel: 3) |> sigmoid
}
network F(x: image[1, 8, 8] in [0, 1]) -> image[4, 4, 4] { x |> conv(4, kernel: 3, stride: 2) |> softplus }
network D(x: image[2, 8, 8] in [0, 1]) -> logit { x |> conv(3, kernel: 3, stride: 2) |> tanh |> flatten |> layer_norm |> dense(1) }
network C(x: image[4, 4, 4]) -> logit { x |> flatten |> dense(1) }
let fake = G(z)
let packed = D(pack(fake, 2))
loss critic = bce(D(pack(digits.image, 2)) - mean(packed, over: rows), 1)
loss matched = norm(mean(F(digits.image), over: rows) - mean(F(fake), over: rows))
let answer = C(F(digits.image))
let middle = mean(answer, over: rows)
let slope = gradient(square(answer - middle) * square(middle), middle)
let beside = mean(C(F(fake)), over: rows)
let steep = gradient(square(answer - beside), digits.image)
train for 5 steps, batch 12 {
  update D to minimize critic + square(mean(packed, over: rows)) with sgd(1e-2)
  update G to minimize matched with sgd(1e-2)
  update C, F to minimize square(slope - 1) + 0.1 * mean(square(steep)) with sgd(1e-2)
}
report every 5 steps { metric score = mean(fake) }
`,
};

/** Sums and norms over rows, alone and of what stands against a mean, in an objective, a condition and a `set`. */
export const wholeSums: Source = {
  path: 'whole-sums.gan',
  text: `gan WholeSums
data ring = gaussians(modes: 8, rows: 96)
sample z ~ normal[4]
state total: real = 0
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(4) |> tanh |> dense(1) }
let fake = G(z)
let off = mean(square(ring.point - mean(fake, over: rows)))
loss critic = bce(D(ring.point) - 0.1 * sum(D(fake), over: rows), 1) + bce(D(fake), 0)
loss far = mean(norm(fake - mean(fake, over: rows), over: rows))
train for 8 steps, batch 24 {
  update D to minimize critic with sgd(1e-1) when sum(off, over: rows) > 48
  update G to minimize 0.1 * square(far - 3) + 0.01 * sum(mean(square(fake)), over: rows) with sgd(1e-2)
  set total to 0.5 * total + 0.01 * mean(norm(ring.point, over: rows))
}
report every 4 steps { metric score = mean(fake) }
`,
};
