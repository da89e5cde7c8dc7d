/** Of the fifteen wiring bugs, the ninth to the last (bugs.ts has the first ones). */
import type { Bug } from './bug.ts';

export const laterBugs: readonly Bug[] = [
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
    says: 'In a declared game (`adversarial`) the losses of both sides are derived, and a player on the wrong side is an error; so is a `reverse` without effect. In losses written by hand, a network that pulls the answers to its rows as their judge does gets a warning.',
    cases: {
      '11-both-minimise': [
        ['update G to minimize game.discriminator', 'update G to minimize game.generator'],
      ],
      '11-by-hand-same-sign': [['loss generator = C(fake)', 'loss generator = -C(fake)']],
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
      signs: ['`reverse` turns the gradient of the features times k, and leaves the classifier’s alone'],
      'by-hand': ['to maximise is to minimise with a minus', 'what is not certain is left alone'],
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
