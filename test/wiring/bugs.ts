/**
 * The wiring bugs of real projects, with the threads that tell of them: what ganc says of each, by the cases in
 * test/cases/wiring, and what shows that the rest of it cannot be written, by the tests in this folder. From this table
 * docs/wiring-bugs.md is printed; test/wiring/cases.spec.ts holds both to it.
 */

export interface Bug {
  /** Its place among the fifteen; null for those that came up beside them. */
  readonly number: number | null;
  readonly title: string;
  /** `owner/name#n`: https://github.com/owner/name/issues/n, which leads to a pull request of that number too. */
  readonly threads: readonly string[];
  /** What the bug becomes in a spec, in a sentence or two; the page puts diagnostics and tests behind it. */
  readonly says: string;
  /** By name in test/cases/wiring: what takes the bug out again, as replacements in the text. */
  readonly cases: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** By file in test/wiring: the titles of the tests that show it. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

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
    says: 'An optimizer is no value: it stands behind `with`, and its moments belong to the update and the weight.',
    cases: {
      '05-one-optimizer': [
        ['let optimizer = adam(2e-4, beta1: 0.5)\n', ''],
        ['game.discriminator with optimizer', 'game.discriminator with adam(2e-4, beta1: 0.5)'],
        ['game.generator with optimizer', 'game.generator with adam(2e-4, beta1: 0.5)'],
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
  {
    number: 9,
    title: 'Training mode while sampling or evaluating',
    threads: [
      'junyanz/pytorch-CycleGAN-and-pix2pix#1329',
      'soumith/dcgan.torch#19',
      'NVIDIA/pix2pixHD#175',
      'eriklindernoren/PyTorch-GAN#84',
    ],
    says: 'The mode follows from who asks, an update or a report, and cannot be set.',
    cases: {},
    shown: {
      state: [
        'a report uses running statistics and no dropout: a row’s value does not depend on its batch',
        'there is no mode to set',
      ],
    },
  },
  {
    number: 10,
    title: '`retain_graph`: going back twice through one graph',
    threads: [
      'eriklindernoren/PyTorch-GAN#6',
      'facebookresearch/pytorch_GAN_zoo#83',
      'naver-ai/StyleMapGAN#16',
      'junyanz/pytorch-CycleGAN-and-pix2pix#356',
    ],
    says: 'Updates share forward passes where they see the same weights, and each gradient is what it is alone.',
    cases: {},
    shown: {
      gradients: [
        'three updates share a forward pass, and each gets its gradient as if it were alone',
        'the same one after the other, each at the weights that it finds',
      ],
    },
  },
  {
    number: 11,
    title: 'Signs: both players on one side, a gradient reversal that is doubled, wrong or never applied',
    threads: [
      'keras-team/keras-contrib#280',
      'keras-team/keras-contrib#537',
      'martinarjovsky/WassersteinGAN#9',
      'martinarjovsky/WassersteinGAN#61',
      'Zeleni9/pytorch-wgan#53',
      'CuthbertCai/pytorch_DANN#10',
      'CuthbertCai/pytorch_DANN#13',
      'pumpikano/tf-dann#19',
      'VisionLearningGroup/DAL#1',
    ],
    says: 'In a declared game (`adversarial`) the losses of both sides are derived, and a player on the wrong side is an error; so is a `reverse` without effect. A hand-written pair of losses with a wrong sign is well-typed and passes.',
    cases: {
      '11-both-minimise': [
        ['update G to minimize game.discriminator', 'update G to minimize game.generator'],
      ],
      '11-reversed-twice': [['{ f |> reverse |> dense(100)', '{ f |> dense(100)']],
      '11-reversal-never-applied': [
        ['update F, L to minimize label', 'update F, L, D to minimize label + domain'],
        ['  update D to minimize domain with sgd(0.01, momentum: 0.9)\n', ''],
      ],
      '11-negative-reversal': [
        ['-lambda', 'lambda'],
        ['-lambda', 'lambda'],
      ],
    },
    shown: {
      signs: [
        '`reverse` turns the gradient of the features times k, and leaves the classifier’s alone',
        'a hand-written pair with the same sign is not seen: nothing declares it a game',
      ],
    },
  },
  {
    number: 12,
    title: 'Gradients pile up across roles, or are not zeroed',
    threads: ['Lightning-AI/pytorch-lightning#557', 'wiseodd/controlled-text-generation#27'],
    says: 'There is nothing that gradients could pile up in: an update’s gradient is a value of its own.',
    cases: {},
    shown: {
      gradients: [
        'an update adds nothing to the gradient of a network that it passes through',
        'a shared network gets the gradient of each of its updates once',
      ],
    },
  },
  {
    number: 13,
    title: 'Resuming forgets optimizers, steps, a fade-in, an average',
    threads: [
      'NVlabs/stylegan2-ada-pytorch#108',
      'dansuh17/segan-pytorch#14',
      'keras-team/keras#10806',
      'huangzh13/StyleGAN.pytorch#10',
      'TensorSpeech/TensorFlowTTS#409',
    ],
    says: 'What a checkpoint holds is derived from the spec; a resumed run is the one that never stopped.',
    cases: {},
    shown: {
      state: [
        'the checkpoint is derived from the spec, and the run goes on to the bit',
        'it holds weights, statistics, power iteration vectors, averages, moments and counts',
      ],
    },
  },
  {
    number: 14,
    title: 'Counting turns: a wrong modulo, an inverted condition, the same fakes five times',
    threads: [
      'nocotan/pytorch-lightning-gans#7',
      'daa233/generative-inpainting-pytorch#11',
      'tamarott/SinGAN#58',
      'Lightning-AI/pytorch-lightning#2737',
      'keras-team/keras-io#330',
    ],
    says: '`repeat 5` and `every 5` count iterations, each pass with a batch and draws of its own; a turn that never comes within its phase is an error.',
    cases: { '14-never-due': [['every 200 update', 'every 20 update']] },
    shown: {
      turns: [
        '`repeat 5` is five turns of the critic before each one of the generator',
        'each of them on a batch and fakes of its own',
        '`every 5` is the fifth, the tenth, ... iteration',
        'a turn counts iterations, not updates, and not those of another phase',
      ],
    },
  },
  {
    number: 15,
    title: 'A gradient penalty that is never called, not differentiable, of the wrong axes, or NaN at 0',
    threads: [
      'mlpack/mlpack#3063',
      'junyanz/pytorch-CycleGAN-and-pix2pix#1201',
      'junyanz/pytorch-CycleGAN-and-pix2pix#1163',
      'caogang/wgan-gp#47',
      'caogang/wgan-gp#56',
      'eriklindernoren/PyTorch-GAN#20',
      'keras-team/keras-io#910',
    ],
    says: 'A penalty is an expression: by the input alone, one number a row, differentiated again. One that nothing uses is an error.',
    cases: {
      '15-penalty-never-called': [['game.discriminator with', 'game.discriminator + 10 * penalty with']],
      '15-penalty-by-weights': [['gradient(C(fake), C)', 'gradient(C(fake), fake)']],
      '15-penalty-of-pixels': [['abs(slopes)', 'norm(slopes)']],
    },
    shown: {
      gradients: [
        'the norm is each row’s own, over all its axes',
        'it is differentiated again: the critic’s weights follow its slope',
        'it is finite where the slope is 0',
      ],
    },
  },
];
