/** Small games in which one thing goes wrong: by a rate, a weight, a network. Thresholds were set on other ones. */

export interface Wrong {
  readonly rate?: string;
  readonly discriminator?: string;
  readonly generator?: string;
  readonly game?: string;
  /** Behind G's first layer, `h`. */
  readonly hidden?: string;
  readonly input?: string;
  /** What D takes for its rows, `x`. */
  readonly seen?: string;
  readonly steps?: number;
}

/** Points of a ring; hinge game, leaky networks. */
export const points = (wrong: Wrong = {}): string => `gan Points

data ring = gaussians(rows: 1000)
sample z ~ normal[8]

network G(z: vec[8]) -> vec[2] {
  let h = z |> dense(24)
  ${wrong.hidden ?? 'relu(h)'} |> dense(24) |> leaky_relu |> dense(2)
}
network D(x: vec[2]) -> logit { ${wrong.seen ?? 'x'} |> dense(24) |> leaky_relu |> dense(24) |> leaky_relu |> dense(1) }

let fake = G(${wrong.input ?? 'z'})
let game = adversarial(real: D(ring.point), fake: D(fake), kind: ${wrong.game ?? 'hinge'})

train for ${wrong.steps ?? 300} steps, batch 24 {
  update D to minimize ${wrong.discriminator ?? 'game.discriminator'} with adam(${wrong.rate ?? '0.002'}, beta1: 0.5)
  update G to minimize ${wrong.generator ?? 'game.generator'} with adam(${wrong.rate ?? '0.002'}, beta1: 0.5)
}

report every 100 steps { picture samples = scatter(fake) }
`;

/** Another ring; batch norm in the generator, least squares, other rates and sizes. */
export const blobs = (wrong: Wrong = {}): string => `gan Blobs

data blobs = gaussians(rows: 600, modes: 5)
sample z ~ uniform[6](-1, 1)

network G(z: vec[6]) -> vec[2] {
  let h = z |> dense(32)
  ${wrong.hidden ?? 'relu(h)'} |> dense(16) |> batch_norm |> relu |> dense(2)
}
network D(x: vec[2]) -> logit { ${wrong.seen ?? 'x'} |> dense(32) |> leaky_relu |> dense(1) }

let fake = G(${wrong.input ?? 'z'})
let game = adversarial(real: D(blobs.point), fake: D(fake), kind: ${wrong.game ?? 'least_squares'})

train for ${wrong.steps ?? 300} steps, batch 20 {
  update D to minimize ${wrong.discriminator ?? 'game.discriminator'} with adam(${wrong.rate ?? '5e-4'}, beta1: 0.5)
  update G to minimize ${wrong.generator ?? 'game.generator'} with adam(${wrong.rate ?? '5e-4'}, beta1: 0.5)
}

report every 100 steps { picture samples = scatter(fake) }
`;

/** Digits: values with ends, 0 and 1, where four fifths of them are. */
export const digits = (output = 'k'): string => `gan Digits

data mnist = mnist(split: train, examples: 200)
sample z ~ uniform[16](-1, 1)

network G(z: vec[16]) -> image[1, 28, 28] in [0, 1] {
  let h = z |> dense(48)
  let k = relu(h) |> dense(48) |> batch_norm |> relu |> dense(784)
  sigmoid(${output}) |> reshape(1, 28, 28)
}
network D(x: image[1, 28, 28]) -> logit { x |> flatten |> dense(32) |> leaky_relu |> dense(1) }

let fake = G(z)
let game = adversarial(real: D(mnist.image), fake: D(fake), kind: non_saturating)

train for 300 steps, batch 16 {
  update D to minimize game.discriminator with adam(2e-4, beta1: 0.5)
  update G to minimize game.generator with adam(2e-4, beta1: 0.5)
}

report every 100 steps { picture samples = grid(fake) }
`;
