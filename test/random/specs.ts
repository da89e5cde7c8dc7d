/**
 * Valid specs at random: a generator and a discriminator, perhaps with a trunk, a classifier, an encoder and labels of their
 * own, any game between them, any schedule. Right by construction: a spec that the checker refuses is a finding like one
 * that two engines compute differently. In: nothing; out: an arbitrary of texts that shrinks to fewer players and layers.
 */
import fc from 'fast-check';
import { passages, residual } from './networks.ts';

type Text = fc.Arbitrary<string>;

const of = (...texts: readonly string[]): Text => fc.constantFrom(...texts);

const optimizer = of(
  'sgd(0.05)',
  'sgd(0.05, momentum: 0.9)',
  'sgd(0.05, momentum: 0.9, nesterov: true, weight_decay: 0.01)',
  'sgd(0.05 * (1 - progress), clip_norm: 0.5)',
  'adam(0.01)',
  'adam(0.01, beta1: 0.5, clip_gradients: 0.1)',
  'adam(ramp(0.001, 0.01, over: 4 steps), betas: [0, 0.9], weight_decay: 0.1)',
  'adamw(0.01, weight_decay: 0.1, clip_norm: 1)',
  'rmsprop(0.01)',
  'rmsprop(0.01, clip_norm: 0.2)',
);

const initializer = of('', '', 'normal(0, 0.3)', 'normal(0, 0.5)');

/** What the spec is made of; every choice is made before a word is written. */
const plan = fc.record({
  seen: fc.record({ labels: fc.boolean(), classes: fc.boolean(), encoder: fc.boolean() }),
  game: of('non_saturating', 'minimax', 'least_squares', 'hinge', 'wasserstein'),
  penalty: fc.boolean(),
  trunk: fc.boolean(),
  initializer,
  generator: passages({ batchNorm: true, draws: true }),
  smooth: passages({ batchNorm: false, draws: true }),
  bodies: fc.array(passages({ batchNorm: true, draws: true }), { minLength: 4, maxLength: 4 }),
  extra: of(
    '',
    ' + 0.5 * mse(fake, ring.point)',
    ' + 0.1 * l1(fake, again(fake))',
    ' - 0.1 * norm(stop(fake) - 2 * fake)',
    ' + (1 - progress) * mean(square(reverse(fake, 0.5)))',
    ' + square(norm(mean(fake, over: rows) - mean(ring.point, over: rows)))',
  ),
  optimizers: fc.array(optimizer, { minLength: 5, maxLength: 5 }),
  frames: fc.array(fc.nat({ max: 7 }), { minLength: 5, maxLength: 5 }),
  form: of('sequence', 'sequence', 'together', 'phases', 'repeat'),
  average: fc.boolean(),
  batch: fc.integer({ min: 3, max: 7 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

interface Update {
  readonly name: string;
  readonly text: string;
  /** What its condition may compare. */
  readonly loss: string;
}

function networks({ seen, game, penalty, trunk, generator, smooth, bodies }: Plan): string[] {
  const answer = game === 'non_saturating' || game === 'minimax' ? 'logit' : 'real';
  const judge = penalty ? smooth : bodies[0];
  const made = seen.labels ? 'let x = concat(z, kind)\n' : 'let x = z\n';
  const head = trunk ? 'Trunk(x)' : judge;
  return [
    residual,
    `network G(z: vec[3]${seen.labels ? ', kind: onehot[4]' : ''}) -> vec[2] { ${made} ${generator} |> dense(2) }`,
    ...(trunk ? [`shared network Trunk(x: vec[2]) -> vec[4] { ${judge} |> dense(4) }`] : []),
    `network D(x: vec[2]) -> ${answer} { ${head} |> ${answer === 'real' ? 'dense(1) |> sum' : 'dense(1)'} }`,
    ...(seen.labels
      ? [
          `network Q(x: vec[2]) -> categorical[4] { categorical(${trunk ? 'Trunk(x)' : bodies[1]} |> dense(4)) }`,
        ]
      : []),
    ...(seen.classes ? [`network C(x: vec[2]) -> logits[4] { ${bodies[2]} |> dense(4) }`] : []),
    ...(seen.encoder
      ? [
          `network E(x: vec[2]) -> normal[3] {\nlet h = ${bodies[3]}\nnormal(h |> dense(3), std: h |> dense(3) |> softplus) }`,
        ]
      : []),
  ];
}

function updates({ seen, penalty, trunk, extra }: Plan): Update[] {
  const fooled = `game.generator${extra}${seen.labels ? ' + 0.5 * nll(Q(fake), kind)' : ''}`;
  const rebuilt = `G(E(ring.point).draw${seen.labels ? ', kind' : ''})`;
  return [
    {
      name: trunk ? 'D, Trunk' : 'D',
      text: `game.discriminator${penalty ? ' + 2 * gradient_penalty(D, ring.point, fake)' : ''}`,
      loss: 'game.discriminator',
    },
    { name: 'G', text: fooled, loss: 'game.generator' },
    ...(seen.labels
      ? [{ name: trunk ? 'Q, Trunk' : 'Q', text: 'nll(Q(fake), kind)', loss: 'nll(Q(fake), kind)' }]
      : []),
    ...(seen.classes
      ? [
          {
            name: 'C',
            text: 'cross_entropy(C(ring.point), ring.label)',
            loss: 'cross_entropy(C(ring.point), ring.label)',
          },
        ]
      : []),
    ...(seen.encoder
      ? [
          {
            name: 'E',
            text: `mse(${rebuilt}, ring.point) + 0.1 * kl(E(ring.point))`,
            loss: 'kl(E(ring.point))',
          },
        ]
      : []),
  ];
}

/** Frames of one statement: bare, now and then, on a condition that holds or may not, repeated. */
function framed({ name, text, loss }: Update, by: string, frame: number): string {
  const update = `update ${name} to minimize ${text} with ${by}`;
  const frames = [
    update,
    update,
    `every 2 ${update}`,
    `${update} when ${loss} > -100`,
    `${update} when ${loss} > 0.7 or progress > 0.1`,
    `repeat 2 { ${update} }`,
    `repeat 2 fresh: false { ${update} }`,
    `${update.replace('minimize', 'maximize').replace(text, `-(${text})`)}`,
  ];
  return frames[frame];
}

/** A network stands once in a `together`: what else would train the trunk there is D's objective too. */
const withTrunkOnce = (all: readonly Update[]): readonly Update[] => {
  const more = all.find(({ name }) => name === 'Q, Trunk');
  if (more === undefined) return all;
  const [first, ...others] = all.filter((update) => update !== more);
  return [{ ...first, name: 'D, Trunk, Q', text: `${first.text} + ${more.text}` }, ...others];
};

function schedule(made: Plan): string {
  const { form, optimizers, frames, average, batch } = made;
  const all = updates(made);
  const statements = all.map((update, i) => framed(update, optimizers[i], frames[i]));
  const plainly = (update: Update): string => framed(update, optimizers[0], 0);
  const kept = average ? ['average G decay 0.8'] : [];
  const bodies: Readonly<Record<string, () => readonly string[]>> = {
    sequence: () => [...statements, ...kept],
    together: () => [
      `together {\n${withTrunkOnce(all)
        .map((update, i) => framed(update, optimizers[i], [0, 3, 4][frames[i] % 3]))
        .join('\n')}\n}`,
      ...kept,
    ],
    repeat: () => [
      `repeat 2 {\n${[plainly(all[0]), ...statements.slice(1).filter((text) => text.startsWith('update'))].join('\n')}\n}`,
      ...statements.slice(1).filter((text) => !text.startsWith('update')),
      ...kept,
    ],
    phases: () => [
      `phase first for 2 steps {\n${statements.slice(0, 2).join('\n')}\n}`,
      `phase second {\n${[...statements, ...kept].join('\n')}\n}`,
    ],
  };
  return `train for 8 steps, batch ${batch} {\n${bodies[form]().join('\n')}\n}`;
}

function written(made: Plan): string {
  const { seen, game, initializer: how } = made;
  return [
    'gan Random',
    'data ring = gaussians(modes: 4, rows: 32)',
    'sample z ~ normal[3]',
    ...(seen.labels ? ['sample kind ~ categorical[4]'] : []),
    ...networks(made),
    ...(how === '' ? [] : [`initialize G, D with ${how}`]),
    `let fake = G(z${seen.labels ? ', kind' : ''})`,
    `let game = adversarial(real: D(ring.point), fake: D(fake), kind: ${game})`,
    schedule(made),
    '',
  ].join('\n');
}

export const randomSpecs: Text = plan.map(written);
