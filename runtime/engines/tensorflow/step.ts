/** One real training step: the least that shows that an engine computes, differentiates and applies. */
import type * as Tf from '@tensorflow/tfjs-core';

export interface Trained {
  /** The loss before each step of gradient descent. */
  readonly losses: readonly number[];
  /** Tensors that were there afterwards and hadn't been before. */
  readonly leaked: number;
}

/**
 * Two steps of gradient descent on a convolution's weights that should map ramps to their halves; throws if the loss
 * isn't a number or doesn't fall.
 */
export async function trainStep(tf: typeof Tf): Promise<Trained> {
  const before = tf.memory().numTensors;
  const ramp = Array.from({ length: 2 * 8 * 8 }, (_, i) => (i % 8) / 8);
  const x = tf.tensor(ramp, [2, 8, 8, 1]);
  const ones = tf.ones<Tf.Rank.R4>([3, 3, 1, 1]);
  const weights = tf.variable(ones);
  const optimizer = tf.train.sgd(0.01);
  const losses: number[] = [];
  for (let i = 0; i < 2; i++) {
    const loss = optimizer.minimize(() => {
      const y = tf.conv2d(x as Tf.Tensor4D, weights as Tf.Tensor4D, 1, 'same');
      return tf.mean(tf.square(tf.sub(y, tf.mul(x, 0.5)))) as Tf.Scalar;
    }, true)!;
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  optimizer.dispose();
  tf.dispose([ones, weights, x]);
  if (!(losses[1] < losses[0]))
    throw new Error(`a training step didn't lower the loss: ${losses.join(', ')}`);
  return { losses, leaked: tf.memory().numTensors - before };
}
