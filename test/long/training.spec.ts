/**
 * Each shipped system, made small, learns in seconds what it is for: on real digits or a few clouds of points, to a bar that an untrained or
 * wrongly wired one misses. The bars are modest; docs/ has what whole runs reach.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { metrics, openStreams, pictures } from '../../runtime/catalogue.ts';
import { runIteration, trainer, type Applied } from '../../runtime/run/loop.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { schedule, start, type Position } from '../../runtime/run/schedule.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { Source } from '../../grammar/source.ts';
import { load, programFrom, root } from '../parity/host.ts';
import { engineOf } from '../parity/train.ts';

interface Small {
  readonly spec: string;
  readonly set: Readonly<Record<string, number>>;
  /** Iterations of each phase, of those that it would have. */
  readonly steps: readonly number[];
  /** Other data and networks around the spec's own losses and updates, where the shipped ones are too slow to show it. */
  readonly around?: readonly Change[];
  readonly bars: Readonly<Record<string, { readonly above?: number; readonly below?: number }>>;
  /** What breaks it, as a text of the spec that becomes another: a bar is missed. */
  readonly broken: Readonly<Record<string, Change>>;
}

/** A text of the spec (or what a pattern finds there) that becomes another. */
type Change = readonly [from: string | RegExp, to: string];

/**
 * Two rings of points, one larger: what a classifier of angles needs is the same in both, and any feature that keeps the
 * distance tells them apart. `Probe` learns from the features as they are, and is nobody's adversary.
 */
const rings: readonly Change[] = [
  [
    /data black[^]*?(?=\/\/\/ Features)/,
    `
data black = gaussians(modes: 10, radius: 1, std: 0.05) batch batch
data blend = gaussians(modes: 10, radius: 1.6, std: 0.05, seed: 1) hide label batch batch
data held = gaussians(modes: 10, radius: 1, std: 0.05, rows: 1000, seed: 2)
data test = gaussians(modes: 10, radius: 1.6, std: 0.05, rows: 1000, seed: 3)
`,
  ],
  [
    /network F[^]*?\n}\n/,
    `network F(x: vec[2]) -> vec[24 * width] {
  x |> dense(64) |> relu |> dense(64) |> relu |> dense(24 * width)
}
network Probe(f: vec[24 * width]) -> logit { f |> dense(64) |> relu |> dense(64) |> relu |> dense(1) }
`,
  ],
  [
    /train for steps steps \{/,
    `
loss probe_loss = 0.5 * bce(Probe(stop(here)), 1) + 0.5 * bce(Probe(stop(there)), 0)
train for steps steps {
  update Probe to minimize probe_loss with adam(3e-3)
`,
  ],
  [
    /  picture features/,
    '  metric source_taken = mean(sigmoid(Probe(F(held.image))))\n  metric target_taken = mean(sigmoid(Probe(F(test.image))))\n  picture features',
  ],
  // By itself it makes two rings one.
  [/batch_norm \|> /g, ''],
  [/\.image/g, '.point'],
];

/** Two rings are near enough to be made one, and far enough that who doesn't try tells them apart. */
const onRings: Pick<Small, 'around' | 'set' | 'steps' | 'bars'> = {
  around: rings,
  set: { width: 1, batch: 64, steps: 800 },
  steps: [800],
  bars: {
    held_source: { above: 0.9 },
    target: { above: 0.7 },
    source_taken: { below: 0.97 },
    target_taken: { above: 0.05 },
  },
};

/**
 * Five clouds of points in the place of ten digits: the category's code has to come to mean the cloud. Nothing is moved, which
 * only images are.
 */
const clouds: readonly Change[] = [
  [
    /data mnist[^]*?(?=sample noise)/,
    `
data mnist = gaussians(modes: 5, radius: 2, std: 0.15) hide label
data held = gaussians(modes: 5, radius: 2, std: 0.15, rows: 1000, seed: 1)
data test = gaussians(modes: 5, radius: 2, std: 0.15, rows: 1000, seed: 2)
`,
  ],
  [
    /network G[^]*?(?=network D)/,
    `network G(noise: vec[62], digit: onehot[5], style: vec[2]) -> vec[2] {
  concat(noise, digit, style) |> dense(4 * width) |> batch_norm |> relu |> dense(4 * width) |> batch_norm |> relu |> dense(2)
}
shared network Trunk(x: vec[2]) -> vec[4 * width] {
  x |> dense(4 * width) |> leaky_relu(0.1) |> dense(4 * width) |> batch_norm |> leaky_relu(0.1)
}
`,
  ],
  [/random_affine\((\w+),[^)]*\)/, '$1'],
  [/image\[1, 28, 28\]/g, 'vec[2]'],
  [/categorical\[10\]/g, 'categorical[5]'],
  [/dense\(10\)/, 'dense(5)'],
  [/\.image/g, '.point'],
  [/initialize .*/, ''],
  [/ {2}picture .*\n/g, ''],
];

const systems: readonly Small[] = [
  {
    spec: 'infogan',
    around: clouds,
    // Without what a motion must not change, which tells clouds apart alone.
    set: { width: 16, batch: 64, steps: 1000, rate: 2e-4, steady: 0, fall: 0 },
    steps: [1000],
    bars: { held_error: { below: 0.1 } },
    broken: {
      'no mutual information': [/ \+ info \* mutual_information/g, ' + 0 * info * mutual_information'],
      'a generator that has none': ['game.generator + info * mutual', 'game.generator + 0 * info * mutual'],
      'a category that nobody reads back': ['nll(guess.digit, digit) + ', ''],
      'a generator that does not play': ['= game.generator + info', '= 0 * game.generator + info'],
      'a generator that stands still': ['minimize generator_loss', 'minimize 0 * generator_loss'],
    },
  },
  {
    spec: 'domain_adversarial',
    set: { width: 8, batch: 32, steps: 250 },
    steps: [250],
    bars: { held_source: { above: 0.85 }, target: { above: 0.2 } },
    broken: { 'no labels': ['minimize label + domain', 'minimize 0 * label + domain'] },
  },
  {
    spec: 'domain_adversarial',
    ...onRings,
    broken: {
      'no reversal': [/reverse\((\w+), lambda\)/g, '$1'],
      'nothing reversed': [/reverse\((\w+), lambda\)/g, 'stop($1)'],
      'no labels': ['minimize label + domain', 'minimize 0 * label + domain'],
    },
  },
  {
    spec: 'domain_alternating',
    set: { width: 8, batch: 32, steps: 250 },
    steps: [250],
    bars: { held_source: { above: 0.85 }, target: { above: 0.2 } },
    broken: { 'no labels': ['minimize label - lambda', 'minimize 0 * label - lambda'] },
  },
  {
    spec: 'domain_alternating',
    ...onRings,
    broken: {
      'no game': ['label - lambda * domain', 'label - 0 * lambda * domain'],
      'the wrong sign': ['label - lambda * domain', 'label + lambda * domain'],
    },
  },
  {
    spec: 'triple_gan',
    set: { width: 8, units: 32, batch: 20, first: 1e-2, warm: 150, play: 20, teach: 1 },
    steps: [150, 20],
    bars: { held_error: { below: 0.5 } },
    broken: {
      'no labels': ['minimize supervised + unlabelled + sure', 'minimize 0 * supervised + unlabelled + sure'],
    },
  },
  {
    spec: 'vae_gan',
    set: { width: 6, batch: 32, code: 16, rate: 2e-3, gamma: 0.3, eye_steps: 100, steps: 400 },
    steps: [100, 200],
    bars: { class_real: { above: 0.85 }, class_back: { above: 0.4 } },
    broken: {
      'no likeness': ['gamma * reconstruction + generator_loss', '0 * reconstruction + generator_loss'],
    },
  },
  {
    spec: 'vae_gan_three_classes',
    set: { width: 6, batch: 32, code: 16, rate: 2e-3, gamma: 0.3, eye_steps: 100, steps: 400 },
    steps: [100, 200],
    bars: { class_real: { above: 0.85 }, class_back: { above: 0.3 } },
    broken: {
      'no likeness': ['gamma * reconstruction + generator_loss', '0 * reconstruction + generator_loss'],
    },
  },
  {
    spec: 'bigan',
    set: { width: 64, rate: 2e-3 },
    steps: [1200],
    bars: { reconstruction_error: { below: 8.8 } },
    broken: {
      'an encoder that does not play': ['game.generator + game.encoder', 'game.generator + 0 * game.encoder'],
      'a generator that does not': ['game.generator + game.encoder', '0 * game.generator + game.encoder'],
    },
  },
  {
    spec: 'voice_disentangle',
    set: { width: 16, words: 16, voice: 8, frames: 32, batch: 16, rate: 3e-3, steps: 150, polish: 100 },
    steps: [150, 100],
    bars: { speaker: { above: 0.6 }, rebuilt: { below: 0.08 } },
    broken: {
      'nothing rebuilt': ['minimize reconstruction\n', 'minimize 0 * reconstruction\n'],
    },
  },
];

/** The named metrics of the spec's report after so many iterations of each phase. */
async function measured(
  { spec, around = [], set, steps, bars }: Small,
  ...broken: readonly Change[]
): Promise<Record<string, number>> {
  const source = [...around, ...broken].reduce(changed, load(`specs/${spec}.gan`));
  const program = programFrom(source, {
    set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)])),
  });
  const { manifest } = program;
  const opened = await openStreams(manifest, root);
  const data = streams(manifest, opened, 1);
  const engine = await engineOf(program);
  const plan = schedule(manifest, data.counts);
  const run = trainer({ manifest, engine, streams: data, schedule: plan, seed: 1 });
  const state = await engine.start(initialState(manifest, 1));
  let [position, applied]: [Position, Applied] = [start, {}];
  for (const [phase, count] of steps.entries()) {
    position = { ...position, phase, step: 0 };
    for (let i = 0; i < count; i++) {
      const done = await runIteration(run, state, position, applied);
      [position, applied] = [done.iteration.next, done.applied];
    }
  }
  const context = { manifest, streams: data, schedule: plan, seed: 1, metrics, pictures };
  const items = manifest.reports[0].items.filter((item) => item.kind === 'recalibrate' || item.name in bars);
  const time = { step: 0, epoch: 0, epochs: 0, progress: 1 };
  const shown = await reporter(context)(items, { state, time, applied });
  return Object.fromEntries(
    shown.map((one) => [one.name, one.kind === 'metric' ? one.value : assert.fail(JSON.stringify(one))]),
  );
}

function changed(source: Source, [from, to]: Change): Source {
  const text = source.text.replace(from, to);
  assert.notEqual(text, source.text, String(from));
  return { ...source, text };
}

/** The bars that are missed, in words. */
function missed({ bars }: Small, found: Readonly<Record<string, number>>): string[] {
  return Object.entries(bars).flatMap(([name, { above = -Infinity, below = Infinity }]) =>
    found[name] > above && found[name] < below ? [] : [`${name} is ${found[name]}`],
  );
}

const said = (found: Readonly<Record<string, number>>): string =>
  Object.entries(found)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join(', ');

describe('shipped systems, made small', () => {
  for (const system of systems) {
    const name = `${system.spec}${system.around === undefined ? '' : ` on ${system.around === rings ? 'rings' : 'clouds'}`}`;
    it(name, async () => {
      const found = await measured(system);
      console.log(`  ${name}: ${said(found)}`);
      assert.hasAllKeys(found, Object.keys(system.bars));
      assert.deepEqual(missed(system, found), []);
    });

    for (const [what, change] of Object.entries(system.broken))
      it(`${name} with ${what} misses a bar`, async () => {
        const found = await measured(system, change);
        console.log(`  ${name} with ${what}: ${said(found)}`);
        assert.isNotEmpty(missed(system, found));
      });
  }
});
