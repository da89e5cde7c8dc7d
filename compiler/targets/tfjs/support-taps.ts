/**
 * Of the functions that emitted programs bring along (support.ts), those that compute convolutions by the taps of their kernel:
 * with dilation TensorFlow.js differentiates none of its own, and for groups it has none. Channels last, padding made before.
 * All is made of operations whose gradients are right, so a gradient of a gradient is too.
 */

export const tapHelpers = {
  tapsOf: {
    text: `/** Of x [N,H,W,C] what each tap of the kernel meets, as matrices by group: [G, N·P, K·C/G]. */
function tapsOf(x, [kh, kw], [oh, ow], strides, dilations, groups) {
  const [rows, , , channels] = x.shape;
  const taken = [];
  for (let i = 0; i < kh; i++) {
    const lines = everyNth(x, 1, i * dilations[0], oh, strides[0]);
    for (let j = 0; j < kw; j++) taken.push(everyNth(lines, 2, j * dilations[1], ow, strides[1]));
  }
  const all = taken.length === 1 ? taken[0] : tf.concat(taken, 3);
  const apart = tf.reshape(all, [rows * oh * ow, kh * kw, groups, channels / groups]);
  return tf.reshape(tf.transpose(apart, [2, 0, 1, 3]), [groups, rows * oh * ow, (kh * kw * channels) / groups]);
}`,
    uses: ['everyNth'],
  },
  byGroup: {
    text: `/** The last axis, of channels in groups, as the first: [G, all else, C/G]. */
const byGroup = (x, groups) => tf.transpose(tf.reshape(x, [-1, groups, x.shape.at(-1) / groups]), [1, 0, 2]);`,
  },
  tapWeights: {
    text: `/** Weights [kh,kw,C/G,O] as matrices by group: [G, K·C/G, O/G]. */
const tapWeights = (w, groups) => byGroup(tf.reshape(w, [-1, w.shape[3]]), groups);`,
    uses: ['byGroup'],
  },
  tapConv: {
    text: `/** A convolution of x [N,H,W,C] with w [kh,kw,C/G,O]. */
function tapConv(x, w, strides, dilations, groups) {
  const [kh, kw, , channels] = w.shape;
  const room = (axis, kernel) => Math.floor((x.shape[axis + 1] - (kernel - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  const out = [room(0, kh), room(1, kw)];
  const made = tf.matMul(tapsOf(x, [kh, kw], out, strides, dilations, groups), tapWeights(w, groups));
  return tf.reshape(tf.transpose(made, [1, 0, 2]), [x.shape[0], ...out, channels]);
}`,
    uses: ['tapsOf', 'tapWeights'],
  },
  tapConvTranspose: {
    text: `/** Its adjoint for x, of this shape: each tap's part, with the stride's zeros between, where the tap looked. */
function tapConvTranspose(g, w, shape, strides, dilations, groups) {
  const [kh, kw, inside] = w.shape;
  const [rows, oh, ow] = g.shape;
  const each = tf.matMul(byGroup(g, groups), tapWeights(w, groups), false, true);
  const apart = tf.transpose(tf.reshape(each, [groups, -1, kh * kw, inside]), [2, 1, 0, 3]);
  const taps = tf.reshape(apart, [kh * kw, -1, groups * inside]);
  const parts = [];
  for (let tap = 0; tap < kh * kw; tap++) {
    const own = tf.reshape(tf.slice(taps, [tap, 0, 0], [1, -1, -1]), [rows, oh, ow, groups * inside]);
    const wide = [0, 1].reduce((x, axis) => (strides[axis] === 1 ? x : spread(x, axis + 1, strides[axis] - 1)), own);
    const low = [Math.floor(tap / kw) * dilations[0], (tap % kw) * dilations[1]];
    const around = low.map((from, axis) => [from, shape[axis + 1] - from - wide.shape[axis + 1]]);
    parts.push(tf.pad(wide, [[0, 0], ...around, [0, 0]]));
  }
  return parts.length === 1 ? parts[0] : tf.addN(parts);
}`,
    uses: ['byGroup', 'tapWeights', 'spread'],
  },
  tapConvWeights: {
    text: `/** Its adjoint for w, of this shape. */
function tapConvWeights(x, g, shape, strides, dilations, groups) {
  const taken = tapsOf(x, shape, g.shape.slice(1, 3), strides, dilations, groups);
  const made = tf.matMul(taken, byGroup(g, groups), true, false);
  return tf.reshape(tf.transpose(made, [1, 0, 2]), shape);
}`,
    uses: ['tapsOf', 'byGroup'],
  },
} as const;
