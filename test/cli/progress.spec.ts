import { assert } from 'chai';
import { clock, textWatcher } from '../../cli/progress.ts';
import { trend } from '../../cli/trend.ts';
import type { TrainingEvent } from '../../runtime/run/training.ts';

const iteration = (number: number, skipped: string[] = []): TrainingEvent => ({
  kind: 'iteration',
  iteration: number,
  phase: null,
  logged: {
    losses: { discriminator_loss: 1.23456, generator_loss: 0.5 },
    objectives: { update_1: 1.23456 },
    skipped,
  },
});

const updates = [
  { name: 'update_1', networks: ['D', 'Trunk'] },
  { name: 'update_2', networks: ['G'] },
  { name: 'update_3', networks: ['G'] },
];

function watch(live: boolean, events: readonly [number, TrainingEvent][]): string {
  let said = '';
  let now = 0;
  const terminal = {
    out: () => undefined,
    err: (text: string) => void (said += text),
    live,
    color: false,
    outColor: false,
    width: 100,
    input: async () => '',
    onInterrupt: () => () => undefined,
    die: () => undefined,
  };
  const watcher = textWatcher(terminal, updates, () => now);
  for (const [at, event] of events) {
    now = at;
    watcher.see(event);
  }
  watcher.end();
  return said;
}

describe('the progress of a run', () => {
  const start: TrainingEvent = { kind: 'start', iteration: 0, stop: 200 };

  it('is one line drawn again on a terminal: bar, speed, time left, losses', () => {
    const said = watch(true, [
      [0, start],
      [0, iteration(1)],
      [10_000, iteration(51, ['update_2'])],
    ]);
    const [first, second] = said.split('\r\x1b[2K');
    assert.equal(first, '░'.repeat(20) + ' 1/200  discriminator_loss 1.23  generator_loss 0.5');
    assert.equal(
      second,
      '█████' +
        '░'.repeat(15) +
        ' 51/200  5 it/s  0:30 left  discriminator_loss 1.23  generator_loss 0.5  (skip…',
    );
    assert.isTrue(said.endsWith('\r\x1b[2K'));
  });

  it('shows how each loss went where there is room, without the bar if need be', () => {
    const skipped = ['update_of_a_name_that_is_long'];
    const falling = Array.from({ length: 100 }, (_, i): [number, TrainingEvent] => [
      i,
      {
        kind: 'iteration',
        iteration: i + 1,
        phase: null,
        logged: { losses: { rebuilt: 2 - i / 100, flat: 1 }, objectives: {}, skipped },
      },
    ]);
    const lines = watch(true, [[0, start], ...falling]).split('\r\x1b[2K');
    assert.equal(
      lines[9].slice(20),
      ' 10/200  rebuilt 1.91  flat 1  (skipped update_of_a_name_that_is_long)',
    );
    assert.isTrue(lines[99].startsWith('100/200  rebuilt 1.01 █▇▆▅▄▃▂▁  flat 1 ▁▁▁▁▁▁▁▁  (skipped'));
    assert(lines.every((line) => line.length <= 100));
  });

  it('calls updates by what they train', () => {
    const logged = { losses: {}, objectives: { update_1: 1.5, update_2: 2 }, skipped: ['update_3'] };
    const said = watch(false, [[20_000, { kind: 'iteration', iteration: 1, phase: null, logged }]]);
    assert.include(said, 'loss of D+Trunk 1.5  loss of G (update_2) 2  (skipped G (update_3))');
  });

  it('has a trend of as much as there was, in eight characters', () => {
    const drawn = (values: readonly number[]): string => {
      const one = trend();
      values.forEach((value) => one.add(value));
      return one.drawn();
    };
    assert.equal(drawn([1, 2, 3]), '');
    assert.equal(drawn(Array.from({ length: 100_000 }, (_, i) => i)), '▁▂▃▄▅▆▇█');
    assert.equal(drawn(Array.from({ length: 4096 }, (_, i) => (i < 2048 ? 5 : NaN))), '▁▁▁▁▁▁▁▁');
    assert.equal(drawn(Array.from({ length: 1024 }, (_, i) => Number(i >= 512))), '▁▁▁▁████');
  });

  it('is cut to the width, and gives way to what is said', () => {
    const losses = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`loss_${i}`, i]));
    const wide: TrainingEvent = {
      kind: 'iteration',
      iteration: 1,
      phase: 'warm',
      logged: { losses, objectives: {}, skipped: [] },
    };
    const said = watch(true, [
      [0, start],
      [0, wide],
      [1, { kind: 'log', text: 'stopped' }],
    ]);
    const [line, rest] = said.split('\r\x1b[2K');
    assert.isAtMost(line.length, 100);
    assert.isTrue(line.endsWith('…'));
    assert.equal(rest, 'stopped\n');
  });

  it('is a plain line now and then elsewhere', () => {
    const said = watch(false, [
      [0, start],
      ...[0, 5000, 9000, 10_000, 12_000].map((at, i): [number, TrainingEvent] => [at, iteration(i + 1)]),
    ]);
    assert.deepEqual(
      said.split('\n').map((line) => line.slice(0, 17)),
      ['iteration 1/200  ', 'iteration 4/200  ', ''],
    );
    assert.notInclude(said, '\x1b');
  });

  it('tells times', () => {
    assert.deepEqual([0, 59.6, 61, 3600 + 62].map(clock), ['0:00', '1:00', '1:01', '1:01:02']);
  });
});
