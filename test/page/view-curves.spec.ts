/** Curves of several runs over each other: means and ranges of runs that were made by hand, and which runs belong together. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { comparedCharts } from '../../page/view-curves.ts';
import { bySettings, single } from '../../page/view-groups.ts';
import { runsIn } from '../../page/view-runs.ts';
import { ring, shell } from '../cli/shell.ts';

const { run, write, path } = shell();

/** The thread that trained may still be taking its lock away. */
const isKept = (file: string): boolean => !/training\.(lock|pid)$/.test(file);

describe('curves of several runs', () => {
  before(async () => {
    const args = ['run', write('ring.gan', ring), '--out', path('whole'), '--threads', '1', '--no-report'];
    assert.equal((await run([...args, '--quiet'])).code, 0);
    mkdirSync(path('made'));
    for (const name of ['a', 'b', 'c'])
      cpSync(path('whole'), path(`made/${name}`), { recursive: true, filter: isKept });
    const lines = (iterations: readonly number[], value: (i: number) => number): string =>
      iterations
        .flatMap((iteration) => [
          { iteration, losses: { l: value(iteration) }, objectives: {} },
          { iteration, metric: 'm', value: 2 * value(iteration) },
        ])
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('');
    writeFileSync(
      path('made/a/metrics.jsonl'),
      lines([1, 2, 3, 4], (i) => i),
    );
    writeFileSync(
      path('made/b/metrics.jsonl'),
      lines([2, 4], (i) => 10 * i),
    );
    writeFileSync(
      path('made/c/metrics.jsonl'),
      lines([1, 2, 3], () => 7),
    );
  });
  const runs = () =>
    ['a', 'b', 'c'].map((name) =>
      runsIn([path('made')])
        .all()
        .runs.find((one) => one.path === path(`made/${name}`))!,
    );

  it('are the mean and the range of those that have a value there', () => {
    const [a, b, c] = runs();
    const groups = [{ name: 'ab', runs: [a, b] }, ...single([c])];
    const [loss, metric] = comparedCharts(groups);
    assert.deepEqual(loss.iterations, [1, 2, 3, 4]);
    assert.deepEqual(loss.series, [
      // b's value at 3 lies between its own at 2 and 4; at 1 it has none.
      { name: 'ab', values: [1, 11, 16.5, 22], low: [1, 2, 3, 4], high: [1, 20, 30, 40] },
      { name: 'c', values: [7, 7, 7, null] },
    ]);
    assert.deepEqual(metric.series[0], {
      ...{ name: 'ab', values: [2, 22, 6, 44] },
      ...{ low: [2, 4, 6, 8], high: [2, 40, 6, 80] },
    });
  });

  it('belong together where spec and settings are the same', () => {
    const [a, b, c] = runs();
    for (const changed of [{ set: { rate: '0.1' } }, { accumulate: 2 }, { seed: 2, patience: 7 }]) {
      const other = { ...c, facts: { ...c.facts, settings: { ...c.facts.settings, ...changed } } };
      assert.deepEqual(
        bySettings([a, other, b]).map(({ name, runs: own }) => [name, own.length]),
        [
          ['Ring, 2 seeds', 2],
          ['c', 1],
        ],
      );
    }
  });
});
