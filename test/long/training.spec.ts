/**
 * Each shipped system, made small, learns in seconds what it is for: on real digits, to a bar that an untrained or
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
  readonly bars: Readonly<Record<string, { readonly above?: number; readonly below?: number }>>;
  /** What breaks it, as a text of the spec that becomes another: a bar is missed. */
  readonly broken?: Readonly<Record<string, readonly [from: string, to: string]>>;
}

const systems: readonly Small[] = [
  {
    spec: 'domain_adversarial',
    set: { width: 8, batch: 32, steps: 250 },
    steps: [250],
    bars: { held_source: { above: 0.85 }, target: { above: 0.2 } },
    broken: { 'no labels': ['minimize label + domain', 'minimize 0 * label + domain'] },
  },
  {
    spec: 'domain_alternating',
    set: { width: 8, batch: 32, steps: 250 },
    steps: [250],
    bars: { held_source: { above: 0.85 }, target: { above: 0.2 } },
  },
  {
    spec: 'triple_gan',
    set: { width: 8, units: 32, batch: 20, first: 1e-2, warm: 150, play: 20, teach: 1 },
    steps: [150, 20],
    bars: { held_error: { below: 0.5 } },
    broken: {
      'no labels': [
        'minimize supervised + 0.3 * confidence + 0.3',
        'minimize 0 * supervised + 0.3 * confidence + 0.3',
      ],
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
  },
  {
    spec: 'bigan',
    set: { width: 64, rate: 2e-3 },
    steps: [400],
    bars: { reconstruction_error: { below: 10.5 } },
  },
  {
    spec: 'voice_disentangle',
    set: { width: 16, words: 16, voice: 8, frames: 32, batch: 16, rate: 3e-3, steps: 150, polish: 100 },
    steps: [150, 100],
    bars: { speaker: { above: 0.6 }, rebuilt: { below: 0.08 } },
  },
];

/** The named metrics of the spec's report after so many iterations of each phase. */
async function measured(
  { spec, set, steps, bars }: Small,
  change?: readonly [from: string, to: string],
): Promise<Record<string, number>> {
  const source = load(`specs/${spec}.gan`);
  const program = programFrom(change === undefined ? source : changed(source, change), {
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

function changed(source: Source, [from, to]: readonly [string, string]): Source {
  assert.include(source.text, from);
  return { ...source, text: source.text.replace(from, to) };
}

/** The bars that are missed, in words. */
function missed({ bars }: Small, found: Readonly<Record<string, number>>): string[] {
  return Object.entries(bars).flatMap(([name, { above = -Infinity, below = Infinity }]) =>
    found[name] > above && found[name] < below ? [] : [`${name} is ${found[name]}`],
  );
}

describe('shipped systems, made small', () => {
  for (const system of systems) {
    it(system.spec, async () => {
      const found = await measured(system);
      console.log(
        `  ${system.spec}: ${Object.entries(found)
          .map(([name, value]) => `${name} ${value.toFixed(3)}`)
          .join(', ')}`,
      );
      assert.hasAllKeys(found, Object.keys(system.bars));
      assert.deepEqual(missed(system, found), []);
    });

    for (const [what, change] of Object.entries(system.broken ?? {}))
      it(`${system.spec} with ${what} misses a bar`, async () => {
        assert.isNotEmpty(missed(system, await measured(system, change)));
      });
  }
});
