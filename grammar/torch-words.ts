/**
 * Words that people bring along from PyTorch, and what they are called here: for hints only, nothing is read by them.
 */

/** Arguments. */
export const torchArguments: Readonly<Record<string, string>> = {
  lr: 'rate',
  learning_rate: 'rate',
  eps: 'epsilon',
  alpha: 'decay',
  kernel_size: 'kernel',
  padding: 'pad',
  padding_mode: 'fill',
  out_channels: 'channels',
  out_features: 'units',
  negative_slope: 'slope',
  p: 'rate',
};

/** Layers, functions and optimizers. */
export const torchNames: Readonly<Record<string, string>> = {
  Linear: 'dense',
  Conv1d: 'conv',
  Conv2d: 'conv',
  ConvTranspose1d: 'conv_transpose',
  ConvTranspose2d: 'conv_transpose',
  BatchNorm1d: 'batch_norm',
  BatchNorm2d: 'batch_norm',
  InstanceNorm2d: 'instance_norm',
  LayerNorm: 'layer_norm',
  LeakyReLU: 'leaky_relu',
  ReLU: 'relu',
  ELU: 'elu',
  Tanh: 'tanh',
  Sigmoid: 'sigmoid',
  Softmax: 'softmax',
  Dropout: 'dropout',
  Flatten: 'flatten',
  Embedding: 'embedding',
  GRU: 'gru',
  LSTM: 'lstm',
  MaxPool2d: 'max_pool',
  AvgPool2d: 'avg_pool',
  Upsample: 'upsample',
  interpolate: 'resize',
  ZeroPad2d: 'pad',
  ReflectionPad1d: 'pad',
  ReflectionPad2d: 'pad',
  ReplicationPad2d: 'pad',
  narrow: 'crop',
  PixelShuffle: 'pixel_shuffle',
  view: 'reshape',
  detach: 'stop',
  cat: 'concat',
  BCEWithLogitsLoss: 'bce',
  MSELoss: 'mse',
  L1Loss: 'l1',
  CrossEntropyLoss: 'cross_entropy',
  Adam: 'adam',
  AdamW: 'adamw',
  SGD: 'sgd',
  RMSprop: 'rmsprop',
};

/** The hint for one of them, where its word here is known at this place. */
export function torchHint(
  table: Readonly<Record<string, string>>,
  name: string,
  known: readonly string[],
): string | undefined {
  const here = Object.hasOwn(table, name) ? table[name] : undefined;
  return here !== undefined && known.includes(here) ? `It is called \`${here}\` here.` : undefined;
}
