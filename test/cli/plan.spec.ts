/** `ganc plan`: what a run will take, counted by hand for small games. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { assert } from 'chai';
import type { PlanFacts } from '../../cli/plan-facts.ts';
import { schedule } from '../../runtime/run/schedule.ts';
import { countsOf } from '../../runtime/run/counts.ts';
import type { Manifest } from '../../program/manifest.ts';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

async function planned(text: string, ...more: readonly string[]): Promise<PlanFacts> {
  const { code, out, err } = await run([
    'plan',
    write('plan.gan', text),
    '--json',
    '--threads',
    '1',
    ...more,
  ]);
  assert.equal(code, 0, err);
  return JSON.parse(out) as PlanFacts;
}

/** Products of a network of dense layers, forward: of so many rows. */
const forward = (rows: number, ...sizes: readonly number[]): number =>
  sizes.slice(1).reduce((sum, to, i) => sum + 2 * rows * sizes[i] * to, 0);

describe('ganc plan', () => {
  it('counts parameters, bytes and operations of each update', async () => {
    const { networks, updates, flops, memory, iterations, time } = await planned(ring, '--no-time');
    assert.deepEqual(
      networks.map(({ name, parameters, bytes, optimizer }) => ({ name, parameters, bytes, optimizer })),
      [
        { name: 'G', parameters: 58, bytes: 232, optimizer: 464 },
        { name: 'D', parameters: 33, bytes: 132, optimizer: 264 },
      ],
    );
    const [g, d] = [forward(16, 4, 8, 2), forward(16, 2, 8, 1)];
    const inner = forward(16, 8, 1);
    // Of each call: a product for each weight, and one through the last layer.
    const [first, second] = updates;
    assert.equal(first.flops, g + 2 * d + 2 * (d + inner));
    assert.deepEqual([first.shares, first.recomputes], [[], []]);
    // D again, at its new weights, back through both of its layers; G's products for its weights, and through its last layer.
    assert.equal(second.flops, d + d + g + forward(16, 8, 2));
    assert.deepEqual([second.shares, second.sharedFlops], [['G'], g]);
    assert.deepEqual([second.recomputes, second.recomputedFlops], [['D'], d]);
    assert.deepEqual([second.trains, second.uses, second.reads], [['G'], ['D'], ['z']]);
    assert.deepEqual(
      [flops.iteration, flops.run, iterations],
      [first.flops + second.flops, 30 * flops.iteration, 30],
    );
    const { peak, counted, tried, ...parts } = memory;
    assert.equal(peak, counted);
    assert.equal(
      counted,
      Object.values(parts).reduce((a, b) => a + b, 0),
    );
    assert.equal(memory.nextState, memory.weights + memory.optimizer + memory.averages);
    assert.isNull(tried);
    assert.isNull(time);
  });

  it('shares nothing between passes that have minibatches of their own', async () => {
    const fresh = ring
      .replace('  update D', '  repeat 3 {\n    update D')
      .replace('discriminator_loss with adam(rate)\n', 'discriminator_loss with adam(rate)\n  }\n');
    const { updates, flops } = await planned(fresh, '--no-time');
    assert.deepEqual([updates[1].shares, updates[1].recomputes], [[], []]);
    assert.equal(flops.iteration, 3 * updates[0].flops + updates[1].flops);
  });

  it('counts what the lines of a report keep, those of one graph twice, and leaves out what the run does not do', async () => {
    const text = ring
      .replace('metric spread = std(fake, rows: 50)', 'metric near = kid(ring.point, fake, rows: 50)')
      .replace('  picture points = scatter(fake)\n', '');
    const kept = await planned(text, '--no-time');
    // Points of the 100 rows and of 50 samples, and the larger ones again while their chunks are put together.
    const [points, samples] = [100 * 2 * 4, 50 * 2 * 4];
    assert.equal(kept.memory.values, points + samples + points);
    assert.isAbove(kept.memory.reports, 0);
    const reduced = await planned(ring, '--no-time');
    // `std` lets its rows go as they come; what is left are the 1,000 points of the picture.
    assert.equal(reduced.memory.values, 2 * 1000 * 2 * 4);
    const first = text
      .replace(
        'train for 30 steps, batch 16 {',
        'train for 30 steps, batch 16 {\n  phase first for 10 steps {',
      )
      .replace('  update G', '  }\n  phase second for 20 steps {\n  update G')
      .replace('with adam(rate)\n}', 'with adam(rate)\n  }\n}');
    const [whole, start] = [
      await planned(first, '--no-time'),
      await planned(first, '--no-time', '--steps', '5'),
    ];
    assert.isBelow(start.memory.steps, whole.memory.steps);
  });

  it('tries iterations and each report, and leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ganc-plan-'));
    const { time, memory } = await planned(ring, '--steps', '50');
    assert.isAbove(time!.iterationMs, 0);
    assert.closeTo(time!.trainingSeconds, (50 * time!.iterationMs) / 1000, 1e-9);
    const { startSeconds, trainingSeconds, reportSeconds, endSeconds } = time!;
    const parts = [startSeconds, trainingSeconds, reportSeconds, endSeconds];
    assert.closeTo(
      time!.seconds,
      parts.reduce((a, b) => a + b),
      1e-9,
    );
    assert.isAbove(memory.tried!, memory.data);
    assert.equal(memory.peak, memory.tried);
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('ganc-plan-'));
    assert.deepEqual(
      left.filter((name) => !before.includes(name)),
      [],
    );
  });

  it('is a table for people', async () => {
    const { out } = await run([
      'plan',
      write('plan.gan', ring),
      '--no-time',
      '--device',
      'cpu',
      '--threads',
      '1',
    ]);
    for (const text of [
      'Ring (',
      'parameters',
      'update_2',
      'recomputes',
      'of memory at the peak (as counted)',
    ])
      assert.include(out, text);
    assert.notInclude(out, 'undefined');
    assert.notInclude(out, 'NaN');
  });

  it('says what is wrong with a spec, and ends with its code', async () => {
    const { code, err } = await run(['plan', write('wrong.gan', ring.replace('dense(2)', 'dense(3)'))]);
    assert.equal(code, 1);
    assert.include(err, 'wrong.gan');
    assert.equal((await run(['plan', path('none.gan')])).code, 2);
  });
});

describe('how often a run does what', () => {
  it('is what its schedule says, phase by phase, with reports at its end', () => {
    const step = (graph: string, every: number | null) => ({
      do: 'step' as const,
      graph,
      updates: [],
      every: every === null ? null : { count: every, unit: 'steps' as const, of: null },
    });
    const phase = (name: string, count: number, ...actions: ReturnType<typeof step>[]) => ({
      name,
      length: { count, unit: 'steps' as const, of: null },
      clock: null,
      body: { reads: [], actions },
    });
    const steps = (count: number) => ({ count, unit: 'steps' as const, of: null });
    const parts = {
      length: steps(25),
      streams: [],
      schedule: [phase('first', 10, step('a', null)), phase('second', 15, step('a', null), step('b', 4))],
    };
    const line = (name: string, every: number | null) =>
      ({
        kind: 'metric',
        name,
        every: every === null ? null : steps(every),
        sets: [],
        value: 0,
        rows: 1,
      }) as const;
    const reports = [{ every: steps(10), items: [line('often', null), line('seldom', 20)] }];
    const counts = countsOf(schedule({ ...parts } as unknown as Manifest, {}), reports, 25);
    assert.deepEqual(
      counts.phases.map(({ name, iterations, graphs }) => [name, iterations, Object.fromEntries(graphs)]),
      [
        ['first', 10, { a: 10 }],
        ['second', 15, { a: 15, b: 3 }],
      ],
    );
    assert.deepEqual(counts.phases[1].from.iteration, 10);
    const made = counts.reports.map(({ items, times }) => [
      items.map((item) => item.kind === 'metric' && item.name),
      times,
    ]);
    // After 10 the one line, after 20 and at the end both, which share what they compute.
    assert.deepEqual(made, [
      [['often'], 1],
      [['often', 'seldom'], 2],
    ]);
  });
});
