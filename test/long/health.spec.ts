/** Rules of health: each fires on runs in which its failure was made, on three seeds of two games; none on sound ones. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { memorised } from '../../runtime/health/rules/memorised.ts';
import { healthWatch } from '../../runtime/health/watch.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { keepUpTo } from '../../runtime/run/health.ts';
import { builtInfo, newRun } from '../../runtime/run/new-run.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { openSession, chooseEngine } from '../../runtime/run/session.ts';
import { train } from '../../runtime/run/training.ts';
import { host } from '../parity/host.ts';
import { shell } from '../cli/shell.ts';
import { blobs, digits, points, type Wrong } from '../health/specs.ts';

const { run, write, path } = shell();

interface Line {
  readonly iteration: number;
  readonly rule: string;
  readonly about: string;
  readonly text: string;
}

let runs = 0;
/** Trains in this process: a thread would load everything anew for each run. */
async function linesOf(text: string, seed: number, health = true): Promise<Line[]> {
  const out = path(`run-${++runs}`);
  const { program, diagnostics } = compile({ path: path('spec.gan'), text }, host);
  assert.isDefined(program, JSON.stringify(diagnostics));
  const engine = await chooseEngine(program!.manifest, 'cpu', 1);
  const directory = newRun(program!, engine, { ...builtInfo(program!.manifest), seed, device: 'cpu', out });
  const { trainer, reports } = await openSession(directory, engine);
  const { manifest, streams, schedule } = trainer;
  const plan = { stop: schedule.steps, checkpointEvery: null, keep: 1 };
  const watch = health ? { health: healthWatch(manifest, streams) } : {};
  const around = { emit: () => undefined, stopRequested: () => false, now: () => performance.now() };
  await train(out, trainer, reporter(reports), { ...plan, ...watch }, around);
  const file = inside(out).health;
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
    : [];
  rmSync(out, { recursive: true });
  return lines;
}

const failures: Readonly<Record<string, { readonly points: Wrong; readonly blobs: Wrong }>> = {
  'large-steps': { points: { rate: '0.5' }, blobs: { rate: '0.3' } },
  'no-movement': { points: { rate: '1e-12' }, blobs: { rate: '1e-13' } },
  diverging: {
    points: { game: 'wasserstein', rate: '0.02', generator: '0 * game.generator' },
    blobs: { game: 'wasserstein', rate: '0.05', generator: '0 * game.generator' },
  },
  'vanished-gradient': {
    points: { generator: '1e-10 * game.generator' },
    blobs: { generator: '1e-10 * game.generator' },
  },
  'gradient-ratio': {
    points: { discriminator: '1e7 * game.discriminator' },
    blobs: { discriminator: '1e8 * game.discriminator' },
  },
  // Generated points stay far from the real ones.
  'discriminator-won': {
    points: { input: 'z + 30', generator: '0 * game.generator', rate: '0.01', steps: 1000 },
    blobs: { input: '0 * z', generator: '0 * game.generator', game: 'minimax', rate: '0.01', steps: 1000 },
  },
  'discriminator-at-chance': {
    points: { seen: '0 * x', steps: 1200 },
    blobs: { seen: '0 * x', steps: 1200 },
  },
  'dead-units': { points: { hidden: 'relu(h - 20)' }, blobs: { hidden: 'relu(h - 30)' } },
  'lost-diversity': { points: { input: '0 * z' }, blobs: { input: '0 * z', hidden: 'tanh(h)' } },
};

/** The same of discriminators that minimise more, and whose loss has no name: the game is a term of it. */
const terms: typeof failures = Object.fromEntries(
  Object.entries(failures)
    .filter(([rule]) => rule.startsWith('discriminator-'))
    .map(([rule, wrong]) => [
      rule,
      {
        points: {
          ...wrong.points,
          discriminator: 'game.discriminator + 0.001 * mean(square(D(ring.point)))',
        },
        blobs: { ...wrong.blobs, discriminator: '0.5 * game.discriminator + mean(square(fake[0]))' },
      },
    ]),
);

describe('rules of health', () => {
  const has = (lines: readonly Line[], rule: string): void =>
    assert.include(
      lines.map((line) => line.rule),
      rule,
      JSON.stringify(lines),
    );

  const cases = [
    ...Object.entries(failures).map((one) => [...one, ''] as const),
    ...Object.entries(terms).map((one) => [...one, ' of a term'] as const),
  ];
  for (const [rule, wrong, of] of cases) {
    it(`${rule} speaks where it should${of}`, async () => {
      for (const seed of [1, 2, 3])
        for (const spec of [points(wrong.points), blobs(wrong.blobs)]) has(await linesOf(spec, seed), rule);
    });
  }

  it('know a discriminator by its loss: what an update minimises, a loss with a name, or a term of a sum', () => {
    const compiled = (text: string) => compile({ path: path('spec.gan'), text }, host);
    const known = (text: string) => compiled(text).program!.manifest.updates.map(({ games = [] }) => games);
    assert.deepEqual(known(points()), [[{ loss: null, mistake: 1, chance: 2 }], []]);
    assert.deepEqual(known(blobs()), [[{ loss: null, mistake: 1 / 8, chance: 1 / 4 }], []]);
    assert.deepEqual(known(points({ game: 'wasserstein' })), [[], []]);
    const term = [[{ loss: 'game.discriminator', mistake: 1, chance: 2 }], []];
    const penalty = 'mean(square(D(ring.point)))';
    for (const discriminator of [
      '2 * game.discriminator',
      `${penalty} + game.discriminator`,
      `0.1 * ${penalty} + (3 * game.discriminator - mean(fake[0])) / 2`,
      'mean(game.discriminator) + game.discriminator',
    ])
      assert.deepEqual(known(points({ discriminator })), term, discriminator);
    for (const discriminator of [`${penalty} - game.discriminator`, 'square(game.discriminator)'])
      assert.deepEqual(known(points({ discriminator })), [[], []], discriminator);
    const { diagnostics } = compiled(points({ discriminator: '-2 * game.discriminator' }));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['GAN4013'],
    );
    const beside = points({ game: 'non_saturating', discriminator: 'd + 0.1 * mean(square(D(ring.point)))' });
    const named = beside.replace('\ntrain for', '\nloss d = game.discriminator\n\ntrain for');
    assert.deepEqual(known(named), [[{ loss: 'd', mistake: Math.LN2, chance: 2 * Math.LN2 }], []]);
  });

  it('look at each game of an update', async () => {
    const twice = (discriminator: string): string =>
      points({ discriminator, seen: '0 * x', steps: 1200 }).replace(
        '\ntrain for',
        `
network E(x: vec[2]) -> logit { 0 * x |> dense(24) |> leaky_relu |> dense(1) }
let other = adversarial(real: E(ring.point), fake: E(fake), kind: non_saturating)
loss second = other.discriminator

train for`,
      );
    const text = twice('game.discriminator + 0.5 * second').replace('update D to', 'update D, E to');
    const { manifest } = compile({ path: path('spec.gan'), text }, host).program!;
    assert.deepEqual(manifest.updates[0].games, [
      { loss: 'second', mistake: Math.LN2, chance: 2 * Math.LN2 },
      { loss: 'game.discriminator', mistake: 1, chance: 2 },
    ]);
    const lines = await linesOf(text, 1);
    const blind = lines.filter(({ rule }) => rule === 'discriminator-at-chance').map(({ about }) => about);
    assert.sameMembers(blind, ['update_1, second', 'update_1, game.discriminator']);
  });

  it('saturated speaks where it should', async () => {
    for (const seed of [1, 2, 3]) has(await linesOf(digits('20000 * k'), seed), 'saturated');
  });

  it('say nothing about sound games, and at most one line each hundred iterations', async () => {
    for (const seed of [1, 2, 3])
      for (const spec of [points(), blobs(), digits()]) assert.deepEqual(await linesOf(spec, seed), []);
    for (const spec of [points({ steps: 1200 }), blobs({ steps: 1200 })])
      assert.deepEqual(await linesOf(spec, 1), []);
    const lines = await linesOf(points(failures['no-movement'].points), 1);
    const gaps = lines.slice(1).map(({ iteration }, i) => iteration - lines[i].iteration);
    assert.isAtLeast(lines.length, 2);
    assert.isTrue(
      gaps.every((gap) => gap >= 100),
      JSON.stringify(lines),
    );
  });

  it('are silent with --no-health, and said on the terminal and the page without', async () => {
    const spec = write('spec.gan', points(failures['no-movement'].points));
    const args = ['run', spec, '--threads', '1', '--seed', '1'];
    const told = await run([...args, '--out', path('told')]);
    assert.match(told.err, /health at iteration \d+: update_\d no longer moves/);
    assert.include(readFileSync(path('told/report.html'), 'utf8'), '<ol class="health">');
    const silent = await run([...args, '--out', path('silent'), '--no-health', '--no-report']);
    assert.notInclude(silent.err, 'health');
    assert.isFalse(existsSync(inside(path('silent')).health));
  });

  it('leave lines after the checkpoint that a run goes on from', () => {
    const file = inside(path('cut')).health;
    mkdirSync(path('cut'));
    writeFileSync(file, '{"iteration":100,"rule":"a"}\n{"iteration":300,"rule":"b"}\n{"iter');
    keepUpTo(path('cut'), 200);
    assert.equal(readFileSync(file, 'utf8'), '{"iteration":100,"rule":"a"}\n');
  });
});

describe('rules that look at samples', () => {
  const rows = (count: number, of: (i: number) => number[]) => {
    const data = Array.from({ length: count }, (_, i) => of(i));
    return { shape: [count, data[0].length], data: Float32Array.from(data.flat()) };
  };
  const real = rows(64, (i) => [Math.sin(i), Math.cos(3 * i), (i % 7) / 7]);

  it('memorised: the data itself', () => {
    const copies = rows(20, (i) => [Math.sin(i), Math.cos(3 * i), (i % 7) / 7]);
    assert.lengthOf(memorised.samples!({ name: 'p', drawn: copies, real }), 1);
    const others = rows(20, (i) => [Math.sin(i + 0.3), Math.cos(2 * i), ((i + 0.5) % 7) / 7]);
    assert.lengthOf(memorised.samples!({ name: 'p', drawn: others, real }), 0);
  });
});
