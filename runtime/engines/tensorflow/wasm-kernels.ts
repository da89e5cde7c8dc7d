/**
 * Kernels that TensorFlow.js's WebAssembly backend lacks and training needs, composed of those that it has. Of the
 * others that it lacks (complex numbers, depthwise convolutions, ragged tensors, einsum) programs use none.
 */
import type * as Tf from '@tensorflow/tfjs-core';

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: [number, number, number, number];
}

/** Registers them; a second call does nothing. */
export function registerWasmKernels(tf: typeof Tf): void {
  const kernelName = 'Conv2DBackpropFilter';
  if (tf.getKernel(kernelName, 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      weightGradient(tf, inputs.x as Tf.Tensor4D, inputs.dy as Tf.Tensor4D, attrs as unknown as Attributes),
  });
}

/**
 * The gradient of a convolution's weights [h, w, in, out] for images [n, H, W, in] and the gradient [n, h', w', out] of
 * its result: a product of the patches that each weight saw with the gradient, one matrix for all rows and places.
 */
function weightGradient(
  tf: typeof Tf,
  x: Tf.Tensor4D,
  dy: Tf.Tensor4D,
  { strides, pad, filterShape }: Attributes,
): Tf.Tensor {
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const { padInfo, strideHeight, strideWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
    const padded = tf.pad4d(x, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ]);
    const [rows, , , channels] = padded.shape;
    const patches: Tf.Tensor[] = [];
    for (let i = 0; i < filterHeight; i++)
      for (let j = 0; j < filterWidth; j++)
        patches.push(
          tf.stridedSlice(
            padded,
            [0, i, j, 0],
            [rows, i + (outHeight - 1) * strideHeight + 1, j + (outWidth - 1) * strideWidth + 1, channels],
            [1, strideHeight, strideWidth, 1],
          ),
        );
    const columns = tf.reshape(tf.concat(patches, 3), [-1, filterHeight * filterWidth * channels]);
    const gradient = tf.reshape(dy, [-1, dy.shape[3]]);
    return tf.reshape(tf.matMul(columns, gradient, true), filterShape);
  });
}
