/** `ganc run --seeds`: a run each, one table, and the same command goes on. */
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { assert } from 'chai';
import { latexTable, metricRows, textTable } from '../../cli/seed-table.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, metric } = shell();

/** The spread that the run in that folder ended with. */
const spread = (folder: string): number => metric(folder, 'spread').at(-1)!.value;

describe('the table of several seeds', () => {
  const rows = metricRows([
    new Map([
      ['a_b', 1],
      ['c', 5],
    ]),
    new Map([['a_b', 4]]),
    new Map([['a_b', 1]]),
    new Map([['a_b', 2]]),
  ]);

  it('has mean, deviation of the sample, median and range', () => {
    const [{ mean, deviation, median, lowest, highest, count }, c] = rows;
    assert.deepEqual(
      { mean, median, lowest, highest, count },
      { mean: 2, median: 1.5, lowest: 1, highest: 4, count: 4 },
    );
    assert.closeTo(deviation!, Math.sqrt(2), 1e-12);
    assert.deepEqual([c.count, c.deviation, c.median], [1, null, 5]);
  });

  it('is text with columns, or LaTeX', () => {
    assert.equal(
      textTable(rows),
      'metric  seeds  mean  deviation  median  lowest  highest\n' +
        'a_b         4     2      1.414     1.5       1        4\n' +
        'c           1     5          –       5       5        5\n',
    );
    assert.include(latexTable(rows), '\na\\_b & 4 & 2 & 1.414 & 1.5 & 1 & 4 \\\\\n');
    assert.include(latexTable(rows), '\nc & 1 & 5 & -- & 5 & 5 & 5 \\\\\n');
  });
});

describe('ganc run --seeds', () => {
  const seeds = (...more: readonly string[]) =>
    run(['run', path('ring.gan'), '--out', path('all'), '--threads', '1', '--no-report', ...more]);
  before(() => void write('ring.gan', ring));

  it('ends where it is interrupted', async () => {
    let stop = (): void => undefined;
    const long = ['run', path('ring.gan'), '--out', path('halted'), '--threads', '1', '--no-report'];
    const { code, err } = await run([...long, '--steps', '10000000', '--seeds', '1..2', '--json'], {
      onInterrupt(listen) {
        stop = listen;
        return () => undefined;
      },
      out: (text) => text.includes('"kind":"start"') && stop(),
    });
    assert.equal(code, 130, err);
    assert.isTrue(existsSync(path('halted/seed-1/run.json')));
    assert.isFalse(existsSync(path('halted/seed-2')));
  });

  it('goes on with one whose disk was full, and not with one that diverged', async () => {
    const ended = async (name: string, why: string) => {
      const command = ['run', path('ring.gan'), '--out', path(name), '--threads', '1', '--no-report'];
      await run([...command, '--seeds', '1', '--steps', '10', '--quiet']);
      appendFileSync(path(`${name}/seed-1/log.txt`), `training failed: ${why}; the checkpoint is kept\n`);
      return run([...command, '--seeds', '1']);
    };
    const full = await ended('full', 'metrics.jsonl: the disk is full');
    assert.equal(full.code, 0, full.err);
    assert.match(full.err, /resumed after iteration 10\n/);
    const diverged = await ended(
      'diverged',
      'in iteration 11, the loss d of update_1 became NaN; all weights',
    );
    assert.equal(diverged.code, 4);
    assert.notInclude(diverged.err, 'resumed');
  });

  it('is refused where its folder is a run, and --latex without a table', async () => {
    await run(['run', path('ring.gan'), '--out', path('alone'), '--threads', '1', '--steps', '1', '--quiet']);
    for (const several of [
      ['--seeds', '1'],
      ['--sweep', 'rate=0.1,0.2'],
    ]) {
      const { code, err } = await run(['run', path('ring.gan'), '--out', path('alone'), ...several]);
      assert.equal(code, 2);
      assert.include(err, 'alone is a run itself');
    }
    const latex = await run(['run', path('ring.gan'), '--latex']);
    assert.deepEqual([latex.code, latex.out], [2, '']);
    assert.include(latex.err, '--latex prints the table of --seeds or --sweep');
  });

  it('goes on with what is not done, and leaves what is', async () => {
    assert.equal((await seeds('--seeds', '1')).code, 0);
    assert.equal((await seeds('--seeds', '2', '--steps', '10')).code, 0);
    const before = statSync(path('all/seed-1/metrics.jsonl')).mtimeMs;
    const { code, out, err } = await seeds('--seeds', '1..3');
    assert.equal(code, 0, err);
    assert.include(err, `${path('all/seed-1')}: done before\n`);
    assert.match(err, /resumed after iteration 10\n/);
    assert.equal(statSync(path('all/seed-1/metrics.jsonl')).mtimeMs, before);
    const [row] = metricRows([1, 2, 3].map((seed) => new Map([['spread', spread(`all/seed-${seed}`)]])));
    assert.isAbove(row.deviation!, 0);
    assert.equal(out, textTable([row]));
    assert.notInclude(err, 'of one length');
  });

  it('says so where the table has runs of different lengths', async () => {
    const { code, err } = await run([
      'run',
      path('ring.gan'),
      '--out',
      path('short'),
      '--seeds',
      '1',
      '--steps',
      '20',
    ]);
    assert.equal(code, 0, err);
    const again = await run([
      'run',
      path('ring.gan'),
      '--out',
      path('short'),
      '--seeds',
      '1..2',
      '--steps',
      '10',
    ]);
    assert.include(
      again.err,
      `${path('short')}: not all seeds are of one length: they ended after 10, 20 iterations\n`,
    );
  });

  it('leaves those alone that ended by --patience', async () => {
    const patient = ['run', path('ring.gan'), '--out', path('patient'), '--threads', '1', '--no-report'];
    const again = [
      ...patient,
      '--seeds',
      '1',
      '--best',
      'lowest:spread',
      '--patience',
      '1',
      '--steps',
      '1000',
    ];
    const first = await run([...again, '--set', 'pause=2']);
    assert.equal(first.code, 0, first.err);
    const lines = () => readFileSync(path('patient/seed-1/log.txt'), 'utf8');
    const ended = lines();
    assert.match(ended, /done after iteration \d+: spread was best after iteration \d+\n$/);
    const second = await run([...again, '--set', 'pause=2']);
    assert.include(second.err, `${path('patient/seed-1')}: done before\n`);
    assert.equal(lines(), ended);
  });

  it('trains as --seed does', async () => {
    await run([
      'run',
      path('ring.gan'),
      '--out',
      path('two'),
      '--threads',
      '1',
      '--no-report',
      '--seed',
      '2',
    ]);
    assert.equal(spread('two'), spread('all/seed-2'));
  });

  it('prints LaTeX', async () => {
    const { code, out } = await seeds('--seeds', '1,3', '--latex');
    assert.equal(code, 0);
    assert.match(out, /^\\begin\{tabular\}\{lrrrrrr\}\n\\hline\nmetric & seeds .*\nspread & 2 & /s);
  });

  it('goes on after a seed that diverges, leaves it out of the table and says so', async () => {
    const wild = [
      'run',
      path('ring.gan'),
      '--out',
      path('wild'),
      '--threads',
      '1',
      '--no-report',
      '--set',
      'rate=1e6',
      '--seeds',
      '1..2',
    ];
    for (const round of ['first', 'again']) {
      const { code, out, err } = await run(wild);
      assert.equal(code, 4, `${round}: ${err}`);
      assert.match(err, /training failed with seed 1, 2: not in the table\n/);
      assert.equal(out, textTable([]));
    }
  });

  it('refuses other settings in the same folder, and what is no list of seeds', async () => {
    const other = await seeds('--seeds', '1', '--set', 'rate=0.5');
    assert.equal(other.code, 2);
    assert.match(other.err, /all\/seed-1 was started with other settings \(rate\): choose another --out/);
    const parts = await seeds('--seeds', '1..2', '--accumulate', '2');
    assert.equal(parts.code, 2);
    assert.match(parts.err, /seed-1 was started with other settings \(--accumulate\)/);
    const large = '9'.repeat(20);
    for (const wrong of ['', 'x', `${large}..${large}`, `1..${large}`, large, '3..1', '1..5000', '1,,2']) {
      const { code, err } = await seeds('--seeds', wrong);
      assert.equal(code, 2, wrong);
      assert.match(err, /It takes /);
    }
    assert.equal((await seeds('--seeds', '1', '--seed', '2')).code, 2);
    assert.isFalse(existsSync(path('all/seed-5000')));
  });
});
