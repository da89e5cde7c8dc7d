/**
 * InfoGAN, compiled by ganc from specs/infogan.gan.
 * Params: info = 1, steps = 2500, batch = 128, width = 32, rate = 0.0005, steady = 1, turn = 11.5, turn_real = 25, shift = 2, grow = 0.1, fall = 1.
 *
 * G(noise: vec[62], digit: onehot[10], style: vec[2]) -> image[1, 28, 28] in [0, 1]
 * Trunk(x: image[1, 28, 28]) -> vec[16 * width]
 * D(x: image[1, 28, 28]) -> logit
 * Q(x: image[1, 28, 28]) -> { digit: categorical[10], style: normal[2] }
 *
 * Images lie channels-last; batches and draws come so too. Gradients are TensorFlow.js's own.
 * Trained by ganc run, or by itself: node train.mjs (see its end).
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

let tf;
/** Gives the module the TensorFlow.js that it computes with: tfjs-node, tfjs-node-gpu, or tfjs-core with a backend. */
export function use(tensorflow) {
  tf = tensorflow;
}

/** The value of f and its gradients by the variables of these names; zeros where none flows. */
function valueAndGradients(f, variables, names) {
  const { value, grads } = tf.variableGrads(f, names.map((name) => variables[name]));
  const gradientOf = (variable) => grads[variable.name] ?? tf.zerosLike(variable);
  return { value, gradients: Object.fromEntries(names.map((name) => [name, gradientOf(variables[name])])) };
}

/** Tensors that outlive the function whose gradient is taken, by name. */
const kept = (tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, tf.keep(tf.clone(x))]));

/**
 * Gradients of all these updates at the weights as they are; then, unless a loss is not finite, each applied if its
 * condition holds. Gives losses by update, and which updates were applied.
 */
async function perform(updates, model, batch, draws, at) {
  const taken = updates.map(([, gradients]) => gradients(model, batch, draws, at));
  const results = {};
  for (const [i, [name]] of updates.entries()) {
    const { losses = {}, objective, when = {} } = taken[i];
    const values = await numbers({ objective, ...when });
    results[name] = { losses: await numbers(losses), objective: values.objective, applied: values.condition !== 0 };
  }
  const all = Object.values(results).flatMap(({ losses, objective }) => [...Object.values(losses), objective]);
  const finite = all.every(Number.isFinite);
  updates.forEach(([name, , apply], i) => finite && results[name].applied && apply(model, taken[i], at));
  tf.dispose(taken);
  return results;
}

/** Scalars as numbers. */
async function numbers(scalars) {
  const values = await Promise.all(Object.values(scalars).map((x) => x.data()));
  return Object.fromEntries(Object.keys(scalars).map((name, i) => [name, values[i][0]]));
}

/** A running statistic after one more batch. */
const running = (before, batch) => tf.add(tf.mul(before, 0.9), tf.mul(batch, 0.1));

/** network D, specs/infogan.gan:45 */
function D(w, x) {
  return tf.reshape(tf.add(tf.matMul(x, w.dense_1.weight), tf.reshape(w.dense_1.bias, [])), [-1]);
}

/** layer batch_norm */
function batchNorm(x, gain, bias) {
  const mean = tf.mean(x, 0);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), 0);
  const total = tf.add(tf.mul(centred, tf.mul(gain, tf.rsqrt(tf.add(variance, 0.00001)))), bias);
  const variance_2 = tf.mul(variance, 1.0078740157480315);
  return [total, mean, variance_2];
}

/** layer batch_norm */
function batchNorm_2(x, gain, bias) {
  const mean = tf.mean(x, [0, 1, 2]);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [0, 1, 2]);
  const total = tf.add(tf.mul(centred, tf.mul(gain, tf.rsqrt(tf.add(variance, 0.00001)))), bias);
  const variance_2 = tf.mul(variance, 1.0001594642002871);
  return [total, mean, variance_2];
}

/** network Trunk, specs/infogan.gan:38 */
function Trunk(w, x) {
  const leaky_relu = tf.leakyRelu(tf.add(tf.conv2d(x, w.conv_1.weight, 2, 'same'), w.conv_1.bias), 0.1);
  const conv_2 = tf.conv2d(leaky_relu, w.conv_2.weight, 2, 'same');
  const [batch_norm_1, batch_norm_1_mean, batch_norm_1_variance] = batchNorm_2(
    conv_2,
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
  );
  const flatten = tf.reshape(tf.transpose(tf.leakyRelu(batch_norm_1, 0.1), [0, 3, 1, 2]), [-1, 3136]);
  const dense_1 = tf.matMul(flatten, w.dense_1.weight);
  const [batch_norm_2, batch_norm_2_mean, batch_norm_2_variance] = batchNorm(
    dense_1,
    w.batch_norm_2.gain,
    w.batch_norm_2.bias,
  );
  return [
    tf.leakyRelu(batch_norm_2, 0.1),
    batch_norm_1_mean,
    batch_norm_1_variance,
    batch_norm_2_mean,
    batch_norm_2_variance,
  ];
}

/** layer conv_transpose */
function convTranspose(x, weight, bias) {
  return tf.add(tf.conv2dTranspose(x, weight, [128, 28, 28, 1], 2, 'same'), tf.reshape(bias, []));
}

/** layer batch_norm */
function batchNorm_3(x, gain, bias) {
  const mean = tf.mean(x, [0, 1, 2]);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [0, 1, 2]);
  const total = tf.add(tf.mul(centred, tf.mul(gain, tf.rsqrt(tf.add(variance, 0.00001)))), bias);
  const variance_2 = tf.mul(variance, 1.0000398612827361);
  return [total, mean, variance_2];
}

/** network G, specs/infogan.gan:29 */
function G(w, noise, digit, style) {
  const dense_1 = tf.matMul(tf.concat([noise, digit, style], 1), w.dense_1.weight);
  const [batch_norm_1, batch_norm_1_mean, batch_norm_1_variance] = batchNorm(
    dense_1,
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
  );
  const dense_2 = tf.matMul(tf.relu(batch_norm_1), w.dense_2.weight);
  const [batch_norm_2, batch_norm_2_mean, batch_norm_2_variance] = batchNorm(
    dense_2,
    w.batch_norm_2.gain,
    w.batch_norm_2.bias,
  );
  const conv_transpose_1 = tf.conv2dTranspose(
    tf.transpose(tf.reshape(tf.relu(batch_norm_2), [-1, 64, 7, 7]), [0, 2, 3, 1]),
    w.conv_transpose_1.weight,
    [128, 14, 14, 32],
    2,
    'same',
  );
  const [batch_norm_3, batch_norm_3_mean, batch_norm_3_variance] = batchNorm_3(
    conv_transpose_1,
    w.batch_norm_3.gain,
    w.batch_norm_3.bias,
  );
  const conv_transpose_2 = convTranspose(
    tf.relu(batch_norm_3),
    w.conv_transpose_2.weight,
    w.conv_transpose_2.bias,
  );
  return [
    tf.sigmoid(conv_transpose_2),
    batch_norm_1_mean,
    batch_norm_1_variance,
    batch_norm_2_mean,
    batch_norm_2_variance,
    batch_norm_3_mean,
    batch_norm_3_variance,
  ];
}

/** network Q, specs/infogan.gan:49 */
function Q(w, x) {
  const dense_1 = tf.matMul(x, w.dense_1.weight);
  const [batch_norm_1, batch_norm_1_mean, batch_norm_1_variance] = batchNorm(
    dense_1,
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
  );
  const h = tf.leakyRelu(batch_norm_1, 0.1);
  return [
    tf.add(tf.matMul(h, w.dense_2.weight), w.dense_2.bias),
    tf.add(tf.matMul(h, w.dense_3.weight), w.dense_3.bias),
    batch_norm_1_mean,
    batch_norm_1_variance,
  ];
}

/** network Q, specs/infogan.gan:49 */
function Q_2(w, x) {
  const dense_1 = tf.matMul(x, w.dense_1.weight);
  const [batch_norm_1, batch_norm_1_mean, batch_norm_1_variance] = batchNorm(
    dense_1,
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
  );
  const h = tf.leakyRelu(batch_norm_1, 0.1);
  return [tf.add(tf.matMul(h, w.dense_2.weight), w.dense_2.bias), batch_norm_1_mean, batch_norm_1_variance];
}

/** layer random_affine */
function randomAffine(x, turn, scale, right, down) {
  const difference = tf.sub(tf.range(0, 28), 13.5);
  const grown = tf.add(1, tf.mul(tf.sub(scale, 0.5), 0.2));
  const tangent = tf.mul(tf.sub(turn, 0.5), 0.40690459884739866);
  const cosine = tf.rsqrt(tf.add(1, tf.square(tangent)));
  const product = tf.mul(tf.reshape(tf.div(grown, cosine), [-1, 1, 1]), tf.reshape(difference, [1, 28, 1]));
  const along = tf.mul(tf.sub(right, 0.5), 4);
  const across = tf.mul(tf.sub(down, 0.5), 4);
  const places = tf.add(
    tf.add(product, tf.mul(tf.reshape(tf.neg(tangent), [-1, 1, 1]), difference)),
    tf.reshape(tf.add(along, tf.mul(tangent, across)), [-1, 1, 1]),
  );
  const difference_2 = tf.sub(
    difference,
    tf.reshape(tf.reshape(tf.transpose(places, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats = tf.maximum(0, tf.sub(1, tf.abs(difference_2)));
  const reshape = tf.reshape(tf.matMul(tf.reshape(x, [-1, 1, 28]), hats, false, true), [-1, 28, 1, 28]);
  const product_2 = tf.mul(grown, cosine);
  const total = tf.add(
    tf.mul(tf.reshape(product_2, [-1, 1, 1]), tf.reshape(difference, [1, 28, 1])),
    tf.mul(tf.reshape(tf.mul(product_2, tangent), [-1, 1, 1]), difference),
  );
  const places_2 = tf.add(total, tf.reshape(across, [-1, 1, 1]));
  const difference_3 = tf.sub(
    difference,
    tf.reshape(tf.reshape(tf.transpose(places_2, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats_2 = tf.maximum(0, tf.sub(1, tf.abs(difference_3)));
  const product_3 = tf.matMul(
    tf.reshape(tf.transpose(reshape, [0, 3, 1, 2]), [-1, 1, 28]),
    hats_2,
    false,
    true,
  );
  return [
    tf.broadcastTo(tf.reshape(difference, [1, 28, 1]), [128, 28, 28]),
    tf.broadcastTo(tf.reshape(difference, [1, 1, 28]), [128, 28, 28]),
    tf.broadcastTo(tf.reshape(difference, [1, 1, 28]), [3584, 28, 28]),
    tf.transpose(tf.reshape(product_3, [-1, 28, 1, 28]), [0, 3, 1, 2]),
  ];
}

/** function moved, specs/infogan.gan:58 */
function moved_2(x, turn, scale, right, down) {
  return randomAffine(x, turn, scale, right, down);
}

/** layer outer */
function outer(x, y) {
  return tf.transpose(tf.matMul(tf.reshape(x, [-1, 10, 1]), tf.reshape(y, [-1, 1, 10])), [0, 2, 1]);
}

/** layer random_affine */
function randomAffine_2(x, y, z, value_2, value_3, turn, scale, right, down) {
  const product = tf.mul(value_3, 0.017453292519943295);
  const product_2 = tf.mul(tf.div(tf.sin(product), tf.cos(product)), 2);
  const reshape = tf.reshape(x, [-1, 1, 28]);
  const grown = tf.add(1, tf.mul(tf.sub(scale, 0.5), 0.2));
  const tangent = tf.mul(tf.sub(turn, 0.5), product_2);
  const cosine = tf.rsqrt(tf.add(1, tf.square(tangent)));
  const total = tf.add(
    tf.mul(tf.reshape(tf.div(grown, cosine), [-1, 1, 1]), y),
    tf.mul(tf.reshape(tf.neg(tangent), [-1, 1, 1]), z),
  );
  const along = tf.mul(tf.sub(right, 0.5), 4);
  const across = tf.mul(tf.sub(down, 0.5), 4);
  const places = tf.add(total, tf.reshape(tf.add(along, tf.mul(tangent, across)), [-1, 1, 1]));
  const difference = tf.sub(
    value_2,
    tf.reshape(tf.reshape(tf.transpose(places, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats = tf.maximum(0, tf.sub(1, tf.abs(difference)));
  const reshape_2 = tf.reshape(
    tf.transpose(tf.reshape(tf.matMul(reshape, hats, false, true), [-1, 28, 1, 28]), [0, 3, 1, 2]),
    [-1, 1, 28],
  );
  const product_3 = tf.mul(grown, cosine);
  const total_2 = tf.add(
    tf.mul(tf.reshape(product_3, [-1, 1, 1]), y),
    tf.mul(tf.reshape(tf.mul(product_3, tangent), [-1, 1, 1]), z),
  );
  const places_2 = tf.add(total_2, tf.reshape(across, [-1, 1, 1]));
  const difference_2 = tf.sub(
    value_2,
    tf.reshape(tf.reshape(tf.transpose(places_2, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats_2 = tf.maximum(0, tf.sub(1, tf.abs(difference_2)));
  return [
    product_2,
    tf.transpose(reshape, [0, 2, 1]),
    tf.transpose(tf.reshape(tf.matMul(reshape_2, hats_2, false, true), [-1, 28, 1, 28]), [0, 3, 1, 2]),
  ];
}

/** function moved, specs/infogan.gan:58 */
function moved_7(x, turn, x_2, y, z, turn_2, scale, right, down) {
  return randomAffine_2(x, x_2, y, z, turn, turn_2, scale, right, down);
}

/** layer random_affine */
function randomAffine_3(x, y, z, value_2, value_3, turn, scale, right, down) {
  const grown = tf.add(1, tf.mul(tf.sub(scale, 0.5), 0.2));
  const tangent = tf.mul(tf.sub(turn, 0.5), value_2);
  const cosine = tf.rsqrt(tf.add(1, tf.square(tangent)));
  const total = tf.add(
    tf.mul(tf.reshape(tf.div(grown, cosine), [-1, 1, 1]), x),
    tf.mul(tf.reshape(tf.neg(tangent), [-1, 1, 1]), y),
  );
  const along = tf.mul(tf.sub(right, 0.5), 4);
  const across = tf.mul(tf.sub(down, 0.5), 4);
  const places = tf.add(total, tf.reshape(tf.add(along, tf.mul(tangent, across)), [-1, 1, 1]));
  const difference = tf.sub(
    z,
    tf.reshape(tf.reshape(tf.transpose(places, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats = tf.maximum(0, tf.sub(1, tf.abs(difference)));
  const reshape = tf.reshape(
    tf.transpose(tf.reshape(tf.matMul(value_3, hats, true, true), [-1, 28, 1, 28]), [0, 3, 1, 2]),
    [-1, 1, 28],
  );
  const product = tf.mul(grown, cosine);
  const total_2 = tf.add(
    tf.mul(tf.reshape(product, [-1, 1, 1]), x),
    tf.mul(tf.reshape(tf.mul(product, tangent), [-1, 1, 1]), y),
  );
  const places_2 = tf.add(total_2, tf.reshape(across, [-1, 1, 1]));
  const difference_2 = tf.sub(
    z,
    tf.reshape(tf.reshape(tf.transpose(places_2, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats_2 = tf.maximum(0, tf.sub(1, tf.abs(difference_2)));
  return tf.transpose(tf.reshape(tf.matMul(reshape, hats_2, false, true), [-1, 28, 1, 28]), [0, 3, 1, 2]);
}

/** function moved, specs/infogan.gan:58 */
function moved_10(x, y, z, value_2, value_3, turn, scale, right, down) {
  return randomAffine_3(x, y, z, value_2, value_3, turn, scale, right, down);
}

/** adam */
function adam(weight, gradient, mean, square, rate, root) {
  const total = tf.add(tf.mul(mean, 0.5), tf.mul(gradient, 0.5));
  const total_2 = tf.add(tf.mul(square, 0.999), tf.mul(tf.square(gradient), 0.0010000000000000009));
  const difference = tf.sub(
    weight,
    tf.mul(rate, tf.div(total, tf.add(tf.div(tf.sqrt(total_2), root), 1e-8))),
  );
  return { weight: difference, mean: total, square: total_2 };
}

/** layer random_affine */
function randomAffine_4(x, turn, scale, right, down) {
  const difference = tf.sub(tf.range(0, 28), 13.5);
  const grown = tf.add(1, tf.mul(tf.sub(scale, 0.5), 0.2));
  const tangent = tf.mul(tf.sub(turn, 0.5), 0.40690459884739866);
  const cosine = tf.rsqrt(tf.add(1, tf.square(tangent)));
  const product = tf.mul(tf.reshape(tf.div(grown, cosine), [-1, 1, 1]), tf.reshape(difference, [1, 28, 1]));
  const along = tf.mul(tf.sub(right, 0.5), 4);
  const across = tf.mul(tf.sub(down, 0.5), 4);
  const places = tf.add(
    tf.add(product, tf.mul(tf.reshape(tf.neg(tangent), [-1, 1, 1]), difference)),
    tf.reshape(tf.add(along, tf.mul(tangent, across)), [-1, 1, 1]),
  );
  const difference_2 = tf.sub(
    difference,
    tf.reshape(tf.reshape(tf.transpose(places, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats = tf.maximum(0, tf.sub(1, tf.abs(difference_2)));
  const reshape = tf.reshape(tf.matMul(tf.reshape(x, [-1, 1, 28]), hats, false, true), [-1, 28, 1, 28]);
  const product_2 = tf.mul(grown, cosine);
  const total = tf.add(
    tf.mul(tf.reshape(product_2, [-1, 1, 1]), tf.reshape(difference, [1, 28, 1])),
    tf.mul(tf.reshape(tf.mul(product_2, tangent), [-1, 1, 1]), difference),
  );
  const places_2 = tf.add(total, tf.reshape(across, [-1, 1, 1]));
  const difference_3 = tf.sub(
    difference,
    tf.reshape(tf.reshape(tf.transpose(places_2, [0, 2, 1]), [-1, 28]), [-1, 28, 1]),
  );
  const hats_2 = tf.maximum(0, tf.sub(1, tf.abs(difference_3)));
  const product_3 = tf.matMul(
    tf.reshape(tf.transpose(reshape, [0, 3, 1, 2]), [-1, 1, 28]),
    hats_2,
    false,
    true,
  );
  return tf.transpose(tf.reshape(product_3, [-1, 28, 1, 28]), [0, 3, 1, 2]);
}

/** layer conv_transpose */
function convTranspose_2(x, weight, bias) {
  return tf.add(tf.conv2dTranspose(x, weight, [x.shape[0], 28, 28, 1], 2, 'same'), tf.reshape(bias, []));
}

/** layer batch_norm */
function batchNorm_4(x, gain, bias, mean, variance) {
  const scale = tf.mul(gain, tf.rsqrt(tf.add(variance, 0.00001)));
  const shift = tf.sub(bias, tf.mul(mean, scale));
  return tf.add(tf.mul(x, scale), shift);
}

/** network G, specs/infogan.gan:29 */
function G_2(w, noise, digit, style) {
  const batch_norm_1 = batchNorm_4(
    tf.matMul(tf.concat([noise, digit, style], 1), w.dense_1.weight),
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
    w.batch_norm_1.mean,
    w.batch_norm_1.variance,
  );
  const batch_norm_2 = batchNorm_4(
    tf.matMul(tf.relu(batch_norm_1), w.dense_2.weight),
    w.batch_norm_2.gain,
    w.batch_norm_2.bias,
    w.batch_norm_2.mean,
    w.batch_norm_2.variance,
  );
  const conv_transpose_1 = tf.conv2dTranspose(
    tf.transpose(tf.reshape(tf.relu(batch_norm_2), [-1, 64, 7, 7]), [0, 2, 3, 1]),
    w.conv_transpose_1.weight,
    [noise.shape[0], 14, 14, 32],
    2,
    'same',
  );
  const batch_norm_3 = batchNorm_4(
    conv_transpose_1,
    w.batch_norm_3.gain,
    w.batch_norm_3.bias,
    w.batch_norm_3.mean,
    w.batch_norm_3.variance,
  );
  const conv_transpose_2 = convTranspose_2(
    tf.relu(batch_norm_3),
    w.conv_transpose_2.weight,
    w.conv_transpose_2.bias,
  );
  return tf.sigmoid(conv_transpose_2);
}

/** network Q, specs/infogan.gan:49 */
function Q_3(w, x) {
  const batch_norm_1 = batchNorm_4(
    tf.matMul(x, w.dense_1.weight),
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
    w.batch_norm_1.mean,
    w.batch_norm_1.variance,
  );
  const h = tf.leakyRelu(batch_norm_1, 0.1);
  return tf.add(tf.matMul(h, w.dense_2.weight), w.dense_2.bias);
}

/** network Trunk, specs/infogan.gan:38 */
function Trunk_2(w, x) {
  const leaky_relu = tf.leakyRelu(tf.add(tf.conv2d(x, w.conv_1.weight, 2, 'same'), w.conv_1.bias), 0.1);
  const batch_norm_1 = batchNorm_4(
    tf.conv2d(leaky_relu, w.conv_2.weight, 2, 'same'),
    w.batch_norm_1.gain,
    w.batch_norm_1.bias,
    w.batch_norm_1.mean,
    w.batch_norm_1.variance,
  );
  const flatten = tf.reshape(tf.transpose(tf.leakyRelu(batch_norm_1, 0.1), [0, 3, 1, 2]), [-1, 3136]);
  const batch_norm_2 = batchNorm_4(
    tf.matMul(flatten, w.dense_1.weight),
    w.batch_norm_2.gain,
    w.batch_norm_2.bias,
    w.batch_norm_2.mean,
    w.batch_norm_2.variance,
  );
  return tf.leakyRelu(batch_norm_2, 0.1);
}

// ------------------------------------------------------------ update_1

/** The weights that update_1 trains. */
const weights_1 = [
  'D.dense_1.weight',
  'D.dense_1.bias',
  'Trunk.conv_1.weight',
  'Trunk.conv_1.bias',
  'Trunk.conv_2.weight',
  'Trunk.batch_norm_1.gain',
  'Trunk.batch_norm_1.bias',
  'Trunk.dense_1.weight',
  'Trunk.batch_norm_2.gain',
  'Trunk.batch_norm_2.bias',
  'Q.dense_1.weight',
  'Q.batch_norm_1.gain',
  'Q.batch_norm_1.bias',
  'Q.dense_2.weight',
  'Q.dense_2.bias',
  'Q.dense_3.weight',
  'Q.dense_3.bias',
];

/**
 * update D, Trunk, Q to minimize discriminator_loss with adam(rate * falling, beta1: 0.5)
 * specs/infogan.gan:84
 */
function gradients_1({ networks, variables }, batch, draws, at) {
  return tf.tidy(() => {
    const noise = tf.add(tf.mul(draws.noise, 2), -1);
    const digit = tf.cast(tf.oneHot(tf.cast(draws.digit, 'int32'), 10), 'float32');
    const style = tf.add(tf.mul(draws.style, 2), -1);
    const [fake] = G(networks.G, noise, digit, style);
    const [moved_3, moved_4, moved_5, moved_6] = moved_2(
      fake,
      draws.turn,
      draws.scale,
      draws.right,
      draws.down,
    );
    const wide = tf.minimum(tf.maximum(at.value_2, 0), 1);
    const [moved_8, moved_9, seen] = moved_7(
      batch.mnist.image,
      tf.add(11.5, tf.mul(13.5, wide)),
      moved_3,
      moved_4,
      moved_5,
      draws.turn_2,
      draws.scale_2,
      draws.right_2,
      draws.down_2,
    );
    const seen_2 = moved_10(
      moved_3,
      moved_4,
      moved_5,
      moved_8,
      moved_9,
      draws.turn_3,
      draws.scale_3,
      draws.right_3,
      draws.down_3,
    );
    let losses, statistics;
    const { value, gradients } = valueAndGradients(() => {
      const [trunk, Trunk_mean, Trunk_variance, Trunk_mean_2, Trunk_variance_2] = Trunk(
        networks.Trunk,
        batch.mnist.image,
      );
      const [trunk_2, Trunk_mean_3, Trunk_variance_3, Trunk_mean_4, Trunk_variance_4] = Trunk(
        networks.Trunk,
        fake,
      );
      const game_discriminator = tf.add(
        tf.softplus(tf.neg(D(networks.D, trunk))),
        tf.softplus(D(networks.D, trunk_2)),
      );
      const [guess_digit_logits, guess_style_mean, Q_mean, Q_variance] = Q(networks.Q, trunk_2);
      const nll = tf.sum(tf.add(tf.square(tf.sub(style, guess_style_mean)), 1.8378770664093453), 1);
      const mutual_information = tf.add(
        tf.neg(tf.sum(tf.mul(tf.logSoftmax(guess_digit_logits), digit), 1)),
        tf.mul(nll, 0.5),
      );
      const [trunk_3, Trunk_mean_5, Trunk_variance_5, Trunk_mean_6, Trunk_variance_6] = Trunk(
        networks.Trunk,
        moved_6,
      );
      const [q, Q_mean_2, Q_variance_2] = Q_2(networks.Q, trunk_3);
      const told_again = tf.neg(tf.sum(tf.mul(tf.logSoftmax(q), digit), 1));
      const [trunk_4, Trunk_mean_7, Trunk_variance_7, Trunk_mean_8, Trunk_variance_8] = Trunk(
        networks.Trunk,
        seen,
      );
      const [q_2, Q_mean_3, Q_variance_3] = Q_2(networks.Q, trunk_4);
      const here = tf.exp(tf.logSoftmax(q_2));
      const [trunk_5, Trunk_mean_9, Trunk_variance_9, Trunk_mean_10, Trunk_variance_10] = Trunk(
        networks.Trunk,
        seen_2,
      );
      const [q_3, Q_mean_4, Q_variance_4] = Q_2(networks.Q, trunk_5);
      const there = tf.exp(tf.logSoftmax(q_3));
      const joint = tf.mean(outer(here, there), 0);
      const apart = tf.matMul(tf.reshape(tf.mean(here, 0), [-1, 1]), tf.reshape(tf.mean(there, 0), [1, 10]));
      const product = tf.mul(
        joint,
        tf.transpose(tf.log(tf.div(tf.add(apart, 1e-8), tf.transpose(tf.add(joint, 1e-8), [1, 0]))), [1, 0]),
      );
      const invariance = tf.sum(product);
      const discriminator_loss = tf.add(
        tf.add(game_discriminator, mutual_information),
        tf.add(told_again, invariance),
      );
      const mean = tf.mean(discriminator_loss);
      const total = tf.add(tf.add(tf.mul(Trunk_mean, 0.2), tf.mul(Trunk_mean_3, 0.2)), tf.mul(Trunk_mean_5, 0.2));
      const total_2 = tf.add(
        tf.add(tf.mul(Trunk_variance, 0.2), tf.mul(Trunk_variance_3, 0.2)),
        tf.mul(Trunk_variance_5, 0.2),
      );
      const total_3 = tf.add(tf.add(total_2, tf.mul(Trunk_variance_7, 0.2)), tf.mul(Trunk_variance_9, 0.2));
      const total_4 = tf.add(
        tf.add(tf.mul(Trunk_mean_2, 0.2), tf.mul(Trunk_mean_4, 0.2)),
        tf.mul(Trunk_mean_6, 0.2),
      );
      const total_5 = tf.add(
        tf.add(tf.mul(Trunk_variance_2, 0.2), tf.mul(Trunk_variance_4, 0.2)),
        tf.mul(Trunk_variance_6, 0.2),
      );
      const total_6 = tf.add(tf.add(total_5, tf.mul(Trunk_variance_8, 0.2)), tf.mul(Trunk_variance_10, 0.2));
      const total_7 = tf.add(tf.add(tf.mul(Q_mean, 0.25), tf.mul(Q_mean_2, 0.25)), tf.mul(Q_mean_3, 0.25));
      const total_8 = tf.add(
        tf.add(tf.mul(Q_variance, 0.25), tf.mul(Q_variance_2, 0.25)),
        tf.mul(Q_variance_3, 0.25),
      );
      losses = kept({
        mutual_information: tf.mean(mutual_information),
        discriminator_loss: mean,
        'game.discriminator': tf.mean(game_discriminator),
      });
      statistics = kept({
        'Trunk.batch_norm_1.mean': tf.add(tf.add(total, tf.mul(Trunk_mean_7, 0.2)), tf.mul(Trunk_mean_9, 0.2)),
        'Trunk.batch_norm_1.variance': total_3,
        'Trunk.batch_norm_2.mean': tf.add(tf.add(total_4, tf.mul(Trunk_mean_8, 0.2)), tf.mul(Trunk_mean_10, 0.2)),
        'Trunk.batch_norm_2.variance': total_6,
        'Q.batch_norm_1.mean': tf.add(total_7, tf.mul(Q_mean_4, 0.25)),
        'Q.batch_norm_1.variance': tf.add(total_8, tf.mul(Q_variance_4, 0.25)),
      });
      return mean;
    }, variables, weights_1);
    return { gradients, objective: value, losses, statistics };
  });
}

function apply_1({ variables }, { gradients, statistics }, at) {
  tf.tidy(() => {
    for (const name of weights_1) {
      const mean = variables[`update_1.${name}.mean`];
      const square = variables[`update_1.${name}.square`];
      const next = adam(variables[name], gradients[name], mean, square, at.update_1_rate, at.update_1_root);
      variables[name].assign(next.weight);
      mean.assign(next.mean);
      square.assign(next.square);
    }
    for (const [name, batch] of Object.entries(statistics)) {
      variables[name].assign(running(variables[name], batch));
    }
  });
}

/** Takes a step unless a loss is not finite or its condition does not hold. */
export const update_1 = (model, batch, draws, at) =>
  perform([['update_1', gradients_1, apply_1]], model, batch, draws, at);

// ------------------------------------------------------------ update_2

/** The weights that update_2 trains. */
const weights_2 = [
  'G.dense_1.weight',
  'G.batch_norm_1.gain',
  'G.batch_norm_1.bias',
  'G.dense_2.weight',
  'G.batch_norm_2.gain',
  'G.batch_norm_2.bias',
  'G.conv_transpose_1.weight',
  'G.batch_norm_3.gain',
  'G.batch_norm_3.bias',
  'G.conv_transpose_2.weight',
  'G.conv_transpose_2.bias',
];

/**
 * update G to minimize generator_loss with adam(1e-3 * falling, beta1: 0.5)
 * specs/infogan.gan:85
 */
function gradients_2({ networks, variables }, batch, draws, at) {
  return tf.tidy(() => {
    const noise = tf.add(tf.mul(draws.noise, 2), -1);
    const digit = tf.cast(tf.oneHot(tf.cast(draws.digit, 'int32'), 10), 'float32');
    const style = tf.add(tf.mul(draws.style, 2), -1);
    let losses, statistics;
    const { value, gradients } = valueAndGradients(() => {
      const [fake, G_mean, G_variance, G_mean_2, G_variance_2, G_mean_3, G_variance_3] = G(
        networks.G,
        noise,
        digit,
        style,
      );
      const [trunk] = Trunk(networks.Trunk, fake);
      const game_generator = tf.softplus(tf.neg(D(networks.D, trunk)));
      const [guess_digit_logits, guess_style_mean] = Q(networks.Q, trunk);
      const nll = tf.sum(tf.add(tf.square(tf.sub(style, guess_style_mean)), 1.8378770664093453), 1);
      const mutual_information = tf.add(
        tf.neg(tf.sum(tf.mul(tf.logSoftmax(guess_digit_logits), digit), 1)),
        tf.mul(nll, 0.5),
      );
      const random_affine = randomAffine_4(fake, draws.turn, draws.scale, draws.right, draws.down);
      const [trunk_2] = Trunk(networks.Trunk, random_affine);
      const [q] = Q_2(networks.Q, trunk_2);
      const told_again = tf.neg(tf.sum(tf.mul(tf.logSoftmax(q), digit), 1));
      const generator_loss = tf.add(tf.add(game_generator, mutual_information), told_again);
      const mean = tf.mean(generator_loss);
      losses = kept({ mutual_information: tf.mean(mutual_information), generator_loss: mean });
      statistics = kept({
        'G.batch_norm_1.mean': G_mean,
        'G.batch_norm_1.variance': G_variance,
        'G.batch_norm_2.mean': G_mean_2,
        'G.batch_norm_2.variance': G_variance_2,
        'G.batch_norm_3.mean': G_mean_3,
        'G.batch_norm_3.variance': G_variance_3,
      });
      return mean;
    }, variables, weights_2);
    return { gradients, objective: value, losses, statistics };
  });
}

function apply_2({ variables }, { gradients, statistics }, at) {
  tf.tidy(() => {
    for (const name of weights_2) {
      const mean = variables[`update_2.${name}.mean`];
      const square = variables[`update_2.${name}.square`];
      const next = adam(variables[name], gradients[name], mean, square, at.update_2_rate, at.update_2_root);
      variables[name].assign(next.weight);
      mean.assign(next.mean);
      square.assign(next.square);
    }
    for (const [name, batch] of Object.entries(statistics)) {
      variables[name].assign(running(variables[name], batch));
    }
  });
}

/** Takes a step unless a loss is not finite or its condition does not hold. */
export const update_2 = (model, batch, draws, at) =>
  perform([['update_2', gradients_2, apply_2]], model, batch, draws, at);

/** For reports, with running statistics: values by name, channels first. */
export function report_1_samples_samples({ networks }, batch, draws, at, given) {
  return tf.tidy(() => {
    const noise = tf.add(tf.mul(draws.noise, 2), -1);
    const digit = tf.cast(tf.oneHot(tf.cast(draws.digit, 'int32'), 10), 'float32');
    const style = tf.add(tf.mul(draws.style, 2), -1);
    const fake = G_2(networks.G, noise, digit, style);
    return {
      'samples.images': tf.transpose(fake, [0, 3, 1, 2]),
    };
  });
}

/** For reports, with running statistics: values by name, channels first. */
export function report_1_codes_samples({ networks }, batch, draws, at, given) {
  return tf.tidy(() => {
    const noise = tf.add(tf.mul(draws.noise, 2), -1);
    const style = tf.add(tf.mul(draws.style, 2), -1);
    const concat = tf.concat([tf.reshape(given.columns, [-1, 1]), tf.slice(style, [0, 1], [-1, 1])], 1);
    const fake = G_2(
      networks.G,
      noise,
      tf.cast(tf.oneHot(tf.cast(given.rows, 'int32'), 10), 'float32'),
      concat,
    );
    return {
      'codes.images': tf.transpose(fake, [0, 3, 1, 2]),
    };
  });
}

/** For reports, with running statistics: values by name, channels first. */
export function report_1_metrics_held({ networks }, batch, draws, at, given) {
  return tf.tidy(() => {
    const exp_2 = tf.exp(tf.logSoftmax(Q_3(networks.Q, Trunk_2(networks.Trunk, batch.held.image))));
    return {
      'held_error.0.guess': exp_2,
      'held_error.0.label': batch.held.label,
    };
  });
}

/** For reports, with running statistics: values by name, channels first. */
export function report_1_metrics_test({ networks }, batch, draws, at, given) {
  return tf.tidy(() => {
    const exp_2 = tf.exp(tf.logSoftmax(Q_3(networks.Q, Trunk_2(networks.Trunk, batch.test.image))));
    return {
      'error.0.guess': exp_2,
      'error.0.label': batch.test.label,
    };
  });
}

/** What a step of the schedule runs, in order. */
export const steps = {
  step_1: [update_1, update_2],
};

/** Functions of reports. */
export const reports = {
  report_1_samples_samples,
  report_1_codes_samples,
  report_1_metrics_held,
  report_1_metrics_test,
};

/**
 * Where the functions find what the host feeds. Numbers of the schedule:
 *   at.value_2 = div(sub(0.7, progress), 0.3)
 *   at.update_1_rate = div(mul(0.0005, sub(1, div(mul(1, max(0, sub(progress, 0.6))), 0.4))), sub(1, pow(0.5, applied(update_1))))
 *   at.update_1_root = sqrt(sub(1, pow(0.999, applied(update_1))))
 *   at.update_2_rate = div(mul(0.001, sub(1, div(mul(1, max(0, sub(progress, 0.6))), 0.4))), sub(1, pow(0.5, applied(update_2))))
 *   at.update_2_root = sqrt(sub(1, pow(0.999, applied(update_2))))
 */
export const inputs = {
  'field:mnist.image': ['batch', 'mnist', 'image'],
  'draw:noise': ['draws', 'noise'],
  'draw:digit': ['draws', 'digit'],
  'draw:style': ['draws', 'style'],
  'draw:65e5010e4085e34b/turn': ['draws', 'turn'],
  'draw:65e5010e4085e34b/scale': ['draws', 'scale'],
  'draw:65e5010e4085e34b/right': ['draws', 'right'],
  'draw:65e5010e4085e34b/down': ['draws', 'down'],
  'scalar:div(sub(0.7, progress), 0.3)': ['at', 'value_2'],
  'draw:e47ba4635ecfcdbf/turn': ['draws', 'turn_2'],
  'draw:e47ba4635ecfcdbf/scale': ['draws', 'scale_2'],
  'draw:e47ba4635ecfcdbf/right': ['draws', 'right_2'],
  'draw:e47ba4635ecfcdbf/down': ['draws', 'down_2'],
  'draw:fe340e5116a435c3/turn': ['draws', 'turn_3'],
  'draw:fe340e5116a435c3/scale': ['draws', 'scale_3'],
  'draw:fe340e5116a435c3/right': ['draws', 'right_3'],
  'draw:fe340e5116a435c3/down': ['draws', 'down_3'],
  'scalar:div(mul(0.0005, sub(1, div(mul(1, max(0, sub(progress, 0.6))), 0.4))), sub(1, pow(0.5, applied(update_1))))': [
    'at',
    'update_1_rate',
  ],
  'scalar:sqrt(sub(1, pow(0.999, applied(update_1))))': ['at', 'update_1_root'],
  'scalar:div(mul(0.001, sub(1, div(mul(1, max(0, sub(progress, 0.6))), 0.4))), sub(1, pow(0.5, applied(update_2))))': [
    'at',
    'update_2_rate',
  ],
  'scalar:sqrt(sub(1, pow(0.999, applied(update_2))))': ['at', 'update_2_root'],
  'given:rows': ['given', 'rows'],
  'given:columns': ['given', 'columns'],
  'field:held.image': ['batch', 'held', 'image'],
  'field:held.label': ['batch', 'held', 'label'],
  'field:test.image': ['batch', 'test', 'image'],
  'field:test.label': ['batch', 'test', 'label'],
};

/** All that lives from step to step: shapes as in checkpoints; axes: in which order they lie here. */
export const state = {
  'G.dense_1.weight': { shape: [74, 512] },
  'update_2.G.dense_1.weight.mean': { shape: [74, 512] },
  'update_2.G.dense_1.weight.square': { shape: [74, 512] },
  'G.batch_norm_1.gain': { shape: [512] },
  'update_2.G.batch_norm_1.gain.mean': { shape: [512] },
  'update_2.G.batch_norm_1.gain.square': { shape: [512] },
  'G.batch_norm_1.bias': { shape: [512] },
  'update_2.G.batch_norm_1.bias.mean': { shape: [512] },
  'update_2.G.batch_norm_1.bias.square': { shape: [512] },
  'G.batch_norm_1.mean': { shape: [512] },
  'G.batch_norm_1.variance': { shape: [512] },
  'G.dense_2.weight': { shape: [512, 3136] },
  'update_2.G.dense_2.weight.mean': { shape: [512, 3136] },
  'update_2.G.dense_2.weight.square': { shape: [512, 3136] },
  'G.batch_norm_2.gain': { shape: [3136] },
  'update_2.G.batch_norm_2.gain.mean': { shape: [3136] },
  'update_2.G.batch_norm_2.gain.square': { shape: [3136] },
  'G.batch_norm_2.bias': { shape: [3136] },
  'update_2.G.batch_norm_2.bias.mean': { shape: [3136] },
  'update_2.G.batch_norm_2.bias.square': { shape: [3136] },
  'G.batch_norm_2.mean': { shape: [3136] },
  'G.batch_norm_2.variance': { shape: [3136] },
  'G.conv_transpose_1.weight': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'update_2.G.conv_transpose_1.weight.mean': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'update_2.G.conv_transpose_1.weight.square': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'G.batch_norm_3.gain': { shape: [32] },
  'update_2.G.batch_norm_3.gain.mean': { shape: [32] },
  'update_2.G.batch_norm_3.gain.square': { shape: [32] },
  'G.batch_norm_3.bias': { shape: [32] },
  'update_2.G.batch_norm_3.bias.mean': { shape: [32] },
  'update_2.G.batch_norm_3.bias.square': { shape: [32] },
  'G.batch_norm_3.mean': { shape: [32] },
  'G.batch_norm_3.variance': { shape: [32] },
  'G.conv_transpose_2.weight': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'update_2.G.conv_transpose_2.weight.mean': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'update_2.G.conv_transpose_2.weight.square': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'G.conv_transpose_2.bias': { shape: [1] },
  'update_2.G.conv_transpose_2.bias.mean': { shape: [1] },
  'update_2.G.conv_transpose_2.bias.square': { shape: [1] },
  'Trunk.conv_1.weight': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'update_1.Trunk.conv_1.weight.mean': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'update_1.Trunk.conv_1.weight.square': { shape: [32, 1, 4, 4], axes: [2, 3, 1, 0] },
  'Trunk.conv_1.bias': { shape: [32] },
  'update_1.Trunk.conv_1.bias.mean': { shape: [32] },
  'update_1.Trunk.conv_1.bias.square': { shape: [32] },
  'Trunk.conv_2.weight': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'update_1.Trunk.conv_2.weight.mean': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'update_1.Trunk.conv_2.weight.square': { shape: [64, 32, 4, 4], axes: [2, 3, 1, 0] },
  'Trunk.batch_norm_1.gain': { shape: [64] },
  'update_1.Trunk.batch_norm_1.gain.mean': { shape: [64] },
  'update_1.Trunk.batch_norm_1.gain.square': { shape: [64] },
  'Trunk.batch_norm_1.bias': { shape: [64] },
  'update_1.Trunk.batch_norm_1.bias.mean': { shape: [64] },
  'update_1.Trunk.batch_norm_1.bias.square': { shape: [64] },
  'Trunk.batch_norm_1.mean': { shape: [64] },
  'Trunk.batch_norm_1.variance': { shape: [64] },
  'Trunk.dense_1.weight': { shape: [3136, 512] },
  'update_1.Trunk.dense_1.weight.mean': { shape: [3136, 512] },
  'update_1.Trunk.dense_1.weight.square': { shape: [3136, 512] },
  'Trunk.batch_norm_2.gain': { shape: [512] },
  'update_1.Trunk.batch_norm_2.gain.mean': { shape: [512] },
  'update_1.Trunk.batch_norm_2.gain.square': { shape: [512] },
  'Trunk.batch_norm_2.bias': { shape: [512] },
  'update_1.Trunk.batch_norm_2.bias.mean': { shape: [512] },
  'update_1.Trunk.batch_norm_2.bias.square': { shape: [512] },
  'Trunk.batch_norm_2.mean': { shape: [512] },
  'Trunk.batch_norm_2.variance': { shape: [512] },
  'D.dense_1.weight': { shape: [512, 1] },
  'update_1.D.dense_1.weight.mean': { shape: [512, 1] },
  'update_1.D.dense_1.weight.square': { shape: [512, 1] },
  'D.dense_1.bias': { shape: [1] },
  'update_1.D.dense_1.bias.mean': { shape: [1] },
  'update_1.D.dense_1.bias.square': { shape: [1] },
  'Q.dense_1.weight': { shape: [512, 64] },
  'update_1.Q.dense_1.weight.mean': { shape: [512, 64] },
  'update_1.Q.dense_1.weight.square': { shape: [512, 64] },
  'Q.batch_norm_1.gain': { shape: [64] },
  'update_1.Q.batch_norm_1.gain.mean': { shape: [64] },
  'update_1.Q.batch_norm_1.gain.square': { shape: [64] },
  'Q.batch_norm_1.bias': { shape: [64] },
  'update_1.Q.batch_norm_1.bias.mean': { shape: [64] },
  'update_1.Q.batch_norm_1.bias.square': { shape: [64] },
  'Q.batch_norm_1.mean': { shape: [64] },
  'Q.batch_norm_1.variance': { shape: [64] },
  'Q.dense_2.weight': { shape: [64, 10] },
  'update_1.Q.dense_2.weight.mean': { shape: [64, 10] },
  'update_1.Q.dense_2.weight.square': { shape: [64, 10] },
  'Q.dense_2.bias': { shape: [10] },
  'update_1.Q.dense_2.bias.mean': { shape: [10] },
  'update_1.Q.dense_2.bias.square': { shape: [10] },
  'Q.dense_3.weight': { shape: [64, 2] },
  'update_1.Q.dense_3.weight.mean': { shape: [64, 2] },
  'update_1.Q.dense_3.weight.square': { shape: [64, 2] },
  'Q.dense_3.bias': { shape: [2] },
  'update_1.Q.dense_3.bias.mean': { shape: [2] },
  'update_1.Q.dense_3.bias.square': { shape: [2] },
};

/** The tree of names: networks.G.dense_1.weight. */
function treeOf(tensors) {
  const tree = Object.create(null);
  for (const [name, tensor] of Object.entries(tensors)) {
    const path = name.split('.');
    const last = path.pop();
    path.reduce((at, part) => (at[part] ??= Object.create(null)), tree)[last] = tensor;
  }
  return tree;
}

/** The model from tensors by name, each lying as the table above says. */
export function createModel(tensors) {
  const variables = {};
  for (const name of Object.keys(state)) variables[name] = tf.variable(tensors[name]);
  return { variables, networks: treeOf(variables) };
}

/** The same model with other tensors for some names: statistics that a report takes anew. */
export const withReplaced = ({ variables }, tensors) => ({ variables, networks: treeOf({ ...variables, ...tensors }) });

// By itself: makes a run directory beside the program and trains, as `ganc run` does.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { trainProgram } = await import('ganc');
  process.exitCode = await trainProgram(dirname(fileURLToPath(import.meta.url)), process.argv.slice(2));
}
