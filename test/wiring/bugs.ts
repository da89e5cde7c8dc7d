/**
 * The wiring bugs of real projects, with the threads that tell of them: what ganc says of each, by the cases in
 * test/cases/wiring, and what shows that the rest of it cannot be written, by the tests in this folder. From this table
 * docs/wiring-bugs.md is printed; test/wiring/cases.spec.ts holds both to it.
 */

import type { Bug } from './bug.ts';
import { laterBugs } from './later-bugs.ts';

/** The fifteen, in order. */
export const bugs: readonly Bug[] = [
  {
    number: 1,
    title: 'The fake is not detached in the discriminator’s step, or is where the generator needs it',
    threads: [
      'heykeetae/Self-Attention-GAN#48',
      'wangle53/CSA-CDGAN#5',
      'yunjey/pytorch-tutorial#56',
      'nikhilsinghmus/image2reverb#37',
    ],
    says: 'An update goes back into the networks it names and no further: forgetting to detach cannot be written. A `stop` too many is an error, placed at the `stop`.',
    cases: {
      '01-prediction-detached': [
        ['loss generator_loss = bce(D(detached), 1)', 'loss generator_loss = bce(D(fake), 1)'],
      ],
    },
    shown: {
      gradients: [
        'training D leaves every tensor of G as it is, to the bit',
        'D’s step is the same graph with and without a `stop`: nothing in it goes back into G',
        'with a `stop` written out, training gives the same numbers',
      ],
    },
  },
  {
    number: 2,
    title: '“Modified by an inplace operation”: D is stepped, then a stale graph is gone back through',
    threads: [
      'ayu-22/BPPNet#6',
      'tamarott/SinGAN#148',
      'pytorch/pytorch#39141',
      'leftthomas/SRGAN#89',
      'mperezcarrasco/PyTorch-BiGAN#1',
      'tamarott/SinGAN#140',
    ],
    says: 'The schedule says which weights an update sees; what depends on changed weights is computed anew.',
    cases: {},
    shown: { gradients: ['G’s step asks D as D’s step has left it'] },
  },
  {
    number: 3,
    title: 'Wrong or missing parameters in an optimizer: a network is never trained',
    threads: [
      'line/open-universe#5',
      'Lornatang/ESRGAN-PyTorch#39',
      'zhaoyuzhi/deepfillv2#3',
      'eriklindernoren/Keras-GAN#58',
      'eriklindernoren/Keras-GAN#243',
      'wiseodd/controlled-text-generation#15',
    ],
    says: 'Every network with weights stands in an update, once, and its objective reaches it.',
    cases: {
      '03-twice-and-never': [['update Mrd, Mrd', 'update Mrd, Mpd']],
      '03-encoder-never-trained': [['update G to minimize', 'update G, E to minimize']],
      '03-wrong-parameters': [
        ['update E to minimize reconstruction', 'update E to minimize reconstruction + generator_loss'],
        ['update G to minimize generator_loss', 'update G to minimize reconstruction'],
      ],
    },
    shown: {},
  },
  {
    number: 4,
    title: 'InfoGAN’s trunk, which D and Q share: not trained for Q, or owned by two optimizers',
    threads: [
      'Natsu6767/InfoGAN-PyTorch#2',
      'pianomania/infoGAN-pytorch#1',
      'openai/InfoGAN#29',
      'JonathanRaiman/tensorflow-infogan#13',
      'eriklindernoren/PyTorch-GAN#131',
    ],
    says: 'An update that trains Q and leaves out what Q stands on is an error if others train that for other ends; two owners of a network must be declared.',
    cases: {
      '04-trunk-left-out': [
        ['network Trunk', 'shared network Trunk'],
        ['update G, Q to', 'update G, Q, Trunk to'],
      ],
      '04-trunk-in-two-optimizers': [['network Trunk', 'shared network Trunk']],
    },
    shown: {},
  },
  {
    number: 5,
    title: 'One optimizer object, with one Adam state, for D and G',
    threads: ['eriklindernoren/Keras-GAN#128'],
    says: 'An optimizer is no value: it stands behind `with`, and its moments belong to the weight and to the update, or to the updates that name one `optimizer`.',
    cases: {
      '05-one-optimizer': [
        ['let o = adam(2e-4, beta1: 0.5)\n', ''],
        ['game.discriminator with o', 'game.discriminator with adam(2e-4, beta1: 0.5)'],
        ['game.generator with o', 'game.generator with adam(2e-4, beta1: 0.5)'],
      ],
    },
    shown: {
      state: [
        'moments are kept for each update and weight, and for nothing else',
        'they follow the gradients of their own update, and its own count of steps',
      ],
    },
  },
  {
    number: 6,
    title:
      'Logits for probabilities: softmax twice, a cross entropy without sigmoid, a sigmoid in a Wasserstein critic',
    threads: [
      'eriklindernoren/PyTorch-GAN#84',
      'eriklindernoren/PyTorch-GAN#79',
      'nocotan/pytorch-lightning-gans#9',
      'wiseodd/generative-models#20',
      'soumith/ganhacks#36',
      'hwalsuklee/tensorflow-generative-model-collections#14',
      'torchgan/torchgan#116',
      'Lornatang/ESRGAN-PyTorch#8',
      'bobchennan/Wasserstein-GAN-Keras#1',
    ],
    says: 'Logits, probabilities and reals are kinds of their own, and each loss takes one of them.',
    cases: {
      '06-softmax-twice': [['dense(10) |> softmax', 'dense(10)']],
      '06-sigmoid-into-logits': [['dense(1) |> sigmoid', 'dense(1)']],
      '06-no-sigmoid': [['-> real {', '-> logit {']],
      '06-sigmoid-critic': [
        ['-> prob {', '-> logit {'],
        ['dense(1) |> sigmoid', 'dense(1)'],
      ],
    },
    shown: {},
  },
  {
    number: 7,
    title: 'tanh’s [-1, 1] against data in [0, 1]',
    threads: [
      'fchollet/deep-learning-with-python-notebooks#7',
      'fchollet/deep-learning-with-python-notebooks#112',
      'khalooei/ALOCC-CVPR2018#3',
      'cake-lab/datafree-model-extraction#3',
    ],
    says: 'Ranges are part of types, and a network gets each of its parameters in one range.',
    cases: { '07-tanh-against-unit-data': [['mnist(split: train)', 'mnist(split: train) in [-1, 1]']] },
    shown: {},
  },
  {
    number: 8,
    title: 'Batch norm: real and fake rows mixed, or statistics changed by a step that does not own them',
    threads: [
      'carpedm20/DCGAN-tensorflow#266',
      'carpedm20/DCGAN-tensorflow#289',
      'soumith/ganhacks#52',
      'eriklindernoren/Keras-GAN#9',
      'eriklindernoren/Keras-GAN#146',
      'junyanz/pytorch-CycleGAN-and-pix2pix#513',
    ],
    says: 'Each call normalises its own rows; rows are mixed by a `stack` that is written out; the running statistics belong to the updates that name the network. A gradient of one row through a batch norm is an error. Whether mixing does harm, only a run can tell.',
    cases: { '08-penalty-through-batch-norm': [['batch_norm |> leaky_relu', 'layer_norm |> leaky_relu']] },
    shown: {
      state: [
        'they move with the update that names the network, and with no other',
        'real and generated rows are normalised apart, unless they are stacked',
      ],
    },
  },
  ...laterBugs,
];
