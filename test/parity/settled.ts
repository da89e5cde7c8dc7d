/** A spec whose minibatches settle things as a whole, for what takes them apart: parts one after another, ranks. */
import type { Source } from '../../grammar/source.ts';

/** What is settled by means over all rows: conditions, also of a `set` and of a gradient, and a square of a mean. */
export const settled: Source = {
  path: 'settled.gan',
  text: `gan Settled
data ring = gaussians(modes: 8, rows: 96)
sample z ~ normal[4]
state level: vec[2] = 0.5
state spread: real = 0
state turns: real = 0
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> tanh |> dense(1) }
network Q(x: vec[2]) -> logit { x |> dense(4) |> tanh |> dense(1) }
let fake = G(z)
loss critic = bce(D(ring.point), 1) + bce(D(fake), 0)
loss fool = bce(D(fake), 1)
loss told = bce(Q(ring.point), 1)
let slope = norm(gradient(told, Q.dense_1.weight))
train for 12 steps, batch 24 {
  together {
    update D to minimize critic with adam(3e-2, clip_norm: 0.3) when critic > 1.35 and progress < 0.8
    update G to minimize fool with rmsprop(1e-2) when not (critic > 1.35) or mean(level) > turns
    set spread to 0.5 * spread + square(mean(fool, over: rows)) when fool > 0.7
  }
  set level to 0.9 * level + 0.1 * mean(ring.point, over: rows) when mean(square(ring.point)) > 2
  set turns to turns + 1
  update Q to minimize told with sgd(3e-1) when slope > 0.1
  average G decay 0.5
}
report every 3 steps { metric score = mean(D(G.average(z))) }
`,
};

/** Its conditions, by what they hold back. */
export const conditional = ['update_1', 'update_2', 'update_3', 'set_1', 'set_2'];
