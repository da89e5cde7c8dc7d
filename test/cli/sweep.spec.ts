/** `ganc run --sweep`: a run for each combination and seed, one table, and the same command goes on. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { assert } from 'chai';
import { latexTable, metricRows, textTable } from '../../cli/seed-table.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, metric } = shell();

/** The spread that the run in that folder ended with. */
const spread = (folder: string): number => metric(folder, 'spread').at(-1)!.value;

describe('ganc run --sweep', () => {
  before(() => void write('ring.gan', ring));
  const sweep = (...more: readonly string[]) =>
    run([
      'run',
      path('ring.gan'),
      '--out',
      path('all'),
      '--threads',
      '1',
      '--no-report',
      '--steps',
      '10',
      ...more,
    ]);

  it('trains each combination with each seed, and prints a row for each, metric by metric', async () => {
    const both = ['--sweep', 'rate=0.001,0.05', '--sweep', 'pause=5,10', '--seeds', '1..2'];
    const { code, out, err } = await sweep(...both);
    assert.equal(code, 0, err);
    const folders = ['rate=0.001,pause=5', 'rate=0.001,pause=10', 'rate=0.05,pause=5', 'rate=0.05,pause=10'];
    assert.sameMembers(readdirSync(path('all')), folders);
    const rows = folders.flatMap((folder) => {
      const values = [1, 2].map((seed) => new Map([['spread', spread(`all/${folder}/seed-${seed}`)]]));
      const labels = folder.split(',').map((text) => text.split('=')[1]);
      return metricRows(values).map((row) => ({ ...row, labels }));
    });
    assert.isAbove(Math.abs(rows[0].mean - rows[2].mean), 1e-6);
    assert.equal(out, textTable(rows, ['rate', 'pause']));
    assert.match(out, /^metric +rate +pause +seeds +mean/);
    assert.match(err, /^1 of 4: rate=0\.001, pause=5$/m);
    assert.include(err, `\`ganc view ${path('all')}\` shows the curves of all of them\n`);
  });

  it('goes on with what is not done, as the same command or with more values and seeds', async () => {
    const file = path('all/rate=0.001,pause=5/seed-1/metrics.jsonl');
    const before = statSync(file).mtimeMs;
    const { code, out, err } = await sweep(
      '--sweep',
      'rate=0.001,0.002',
      '--sweep',
      'pause=5',
      '--seeds',
      '1..3',
      '--json',
    );
    assert.equal(code, 0, err);
    assert.equal(statSync(file).mtimeMs, before);
    const told = JSON.parse(out.trim().split('\n').at(-1)!) as {
      kind: string;
      seeds: number[];
      combinations: {
        set: Record<string, string>;
        path: string;
        failed: number[];
        metrics: { count: number }[];
      }[];
    };
    assert.deepEqual([told.kind, told.seeds], ['sweep', [1, 2, 3]]);
    assert.deepEqual(
      told.combinations.map(({ set, failed, metrics }) => [set, failed, metrics[0].count]),
      [
        [{ rate: '0.001', pause: '5' }, [], 3],
        [{ rate: '0.002', pause: '5' }, [], 3],
      ],
    );
    assert.isTrue(existsSync(`${told.combinations[1].path}/seed-3/run.json`));
  });

  it('takes one seed where none is named, and prints LaTeX', async () => {
    const { code, out } = await sweep(
      '--sweep',
      'rate=0.001,0.05',
      '--set',
      'pause=5',
      '--seed',
      '7',
      '--latex',
    );
    assert.equal(code, 0);
    assert.match(
      out,
      /^\\begin\{tabular\}\{lrrrrrrr\}\n\\hline\nmetric & rate & seeds .*\nspread & 0\.001 & 1 & /s,
    );
    assert.isTrue(existsSync(path('all/rate=0.05/seed-7/run.json')));
    const labels = ['a_b'];
    const [row] = metricRows([new Map([['m', 1]])]);
    assert.include(latexTable([{ ...row, labels }], ['x_y']), 'metric & x\\_y & seeds');
  });

  it('leaves out of the table what diverges, says so, and goes on', async () => {
    const { code, out, err } = await sweep(
      '--sweep',
      'rate=1e6,0.001',
      '--steps',
      '30',
      '--out',
      path('wild'),
    );
    assert.equal(code, 4, err);
    assert.match(err, /training failed with rate=1e6, seed 1: not in the table\n/);
    assert.equal(out.trim().split('\n').length, 2);
    assert.match(out, /^spread +0\.001 /m);
  });

  it('says what is wrong before anything is trained', async () => {
    const wrong: [string[], number, RegExp][] = [
      [['--sweep', 'rate=0.1,x'], 1, /so it is with rate=x: nothing was trained/],
      [['--sweep', 'rat=0.1,0.2'], 1, /did you mean .?rate/i],
      [['--sweep', 'rate=0.1', '--set', 'rate=1'], 2, /--set and --sweep both say what rate is/],
      [['--sweep', 'rate'], 2, /It takes name=value,value/],
      [['--sweep', 'rate=1,,2'], 2, /It takes name=value,value/],
      [['--sweep', 'rate=1', '--sweep', 'rate=2'], 2, /It says rate twice/],
      [['--sweep', 'rate=1,2', '--seeds', '1..600'], 2, /1200 runs, and more than 1000 are too many/],
      [['--sweep', 'rate=1', '--resume', path('all')], 2, /cannot be used with/],
    ];
    for (const [args, code, message] of wrong) {
      const said = await sweep(...args, '--out', path('none'));
      assert.equal(said.code, code, said.err);
      assert.match(said.err, message);
    }
    assert.isFalse(existsSync(path('none')));
  });

  it('names a folder for any value, and another for another', async () => {
    const text = ring.replace('param pause', 'param label: string = "a"\nparam pause');
    write('named.gan', text);
    const { code, err } = await run([
      ...['run', path('named.gan'), '--out', path('named'), '--threads', '1', '--no-report', '--steps', '2'],
      ...['--sweep', 'label=../up,a/b', '--quiet'],
    ]);
    assert.equal(code, 0, err);
    assert.sameMembers(readdirSync(path('named')), ['label=..%2Fup', 'label=a%2Fb']);
  });
});
