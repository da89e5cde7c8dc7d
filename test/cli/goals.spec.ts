/** Goals of metrics: in the manifest, in the run's last words, as a line on its page. */
import { assert } from 'chai';
import { ring, shell } from './shell.ts';

const { run, write, path, read } = shell();

/** One goal that any run reaches, one that none does, one beside a metric without a direction. */
const aimed = ring.replace(
  '  metric spread = std(fake, rows: 50)\n',
  `  metric near = frechet(fake, ring.point, rows: 50) goal 1000 * rate * 1000 from "</script><b>Nobody</b> 2020"
  metric far = frechet(fake, ring.point, rows: 50) goal -1
  metric spread = std(fake, rows: 50) goal 0.5
`,
);

describe('goals of metrics', () => {
  before(async () => {
    write('ring.gan', aimed);
    const { code, err } = await run(['run', path('ring.gan'), '--out', path('run'), '--threads', '1']);
    assert.equal(code, 0, err);
    assert.match(err, /near [\d.]+: goal 1,000, <\/script><b>Nobody<\/b> 2020, reached\n/);
    assert.match(err, /far [\d.]+: goal -1, not reached\n/);
    assert.match(err, /spread [\d.]+: goal 0.5\n/);
  });

  it('stand in the manifest', () => {
    const { reports } = JSON.parse(read('run/program/manifest.json')) as {
      reports: { items: { name: string; goal?: object }[] }[];
    };
    assert.deepEqual(
      reports[0].items.map(({ goal }) => goal),
      [
        { value: 1000, from: '</script><b>Nobody</b> 2020' },
        { value: -1, from: null },
        { value: 0.5, from: null },
        undefined,
      ],
    );
  });

  it('are lines in the curves of the page, and its tiles say them; a stranger writes no markup', () => {
    const page = read('run/report.html');
    assert.notInclude(page, '<b>Nobody');
    assert.include(page, '<small>goal 1,000, &lt;/script&gt;&lt;b&gt;Nobody&lt;/b&gt; 2020</small>');
    const charts = JSON.parse(
      /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)![1],
    ) as { title: string; goal: object | null }[];
    assert.deepEqual(charts.at(-2)?.goal, { value: -1, text: 'goal -1' });
    assert.isNull(charts[0].goal);
    assert.include(page, 'A line marks the goal 0.5.');
  });

  it('are said as JSON before the outcome', async () => {
    const { out } = await run(['run', '--resume', path('run'), '--steps', '40', '--json', '--no-report']);
    const said = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; metric?: string; reached?: boolean | null });
    assert.deepEqual(
      said.filter(({ kind }) => kind === 'goal').map(({ metric, reached }) => [metric, reached]),
      [
        ['near', true],
        ['far', false],
        ['spread', null],
      ],
    );
    assert.equal(said.at(-1)?.kind, 'done');
  });
});
