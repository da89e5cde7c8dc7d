/** `table(...)`: a field for each column, and rows that are drawn by their classes (CTGAN, sections 4.2 and 4.3). */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Manifest } from '../../program/manifest.ts';
import { sources } from '../../runtime/catalogue.ts';
import { convertSource } from '../../runtime/data/convert.ts';
import { mappedData } from '../../runtime/data/mapped.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { streams, type Streams } from '../../runtime/data/streams.ts';
import { wholeFiles } from '../torch/built.ts';
import { all, scratchFiles } from './scratch-files.ts';

/** 80 rows: work is a for 64, b for 15, c for one; every fourth lives in x. */
const workOf = (row: number): string => (row < 64 ? 'a' : row < 79 ? 'b' : 'c');
const livesIn = (row: number): string => (row % 4 === 0 ? 'x' : 'y');
const count = 80;
const text = [
  'id;hours-a-week;work;lives here',
  ...Array.from({ length: count }, (_, i) =>
    [i, `${i % 2 === 0 ? 20 : 40},${i % 10}`, workOf(i), livesIn(i)].join(';'),
  ),
].join('\n');
const args = {
  file: 't.csv',
  modes: 'hours_a_week(4)',
  classes: 'work(3),lives_here(2)',
};
const balanced = { ...args, balanced: true };

const manifest = (batch: number): Manifest =>
  ({ float: 'float64', streams: [{ name: 'd', batch }], graphs: {} }) as unknown as Manifest;
const minibatches = (source: OpenSource, seed: number): Streams =>
  streams(manifest(count), { d: source }, seed);
const field = (from: Streams, ordinal: number, name: string): number[] => [
  ...from.batch('d', ordinal, name).data,
];

describe('data: table', () => {
  const { put, open, refused, at } = scratchFiles();
  beforeEach(() => put('t.csv', text));

  it('has a field for each column, under names of the language', async () => {
    const source = await open('table', balanced);
    assert.deepEqual(source.fields, {
      hours_a_week: { kind: 'scalar', shape: [], range: [-1, 1] },
      hours_a_week_mode: { kind: 'label', shape: [], classes: 4 },
      hours_a_week_means: { kind: 'vec', shape: [4] },
      hours_a_week_stds: { kind: 'vec', shape: [4] },
      work: { kind: 'label', shape: [], classes: 3 },
      lives_here: { kind: 'label', shape: [], classes: 2 },
      condition: { kind: 'vec', shape: [5], range: [0, 1] },
    });
    const described = sources.table.describe(balanced, at())!;
    assert.deepInclude(described, { count, classes: { work: ['a', 'b', 'c'], lives_here: ['x', 'y'] } });
    assert.notEqual(described.hash, sources.table.describe(args, at())!.hash);
    assert.deepEqual(all(source, 'work').slice(63, 65), [0, 1]);
    const [scaled, mode] = [all(source, 'hours_a_week'), all(source, 'hours_a_week_mode')];
    const [means, stds] = [all(source, 'hours_a_week_means'), all(source, 'hours_a_week_stds')];
    scaled.forEach((x, row) => {
      const place = 4 * row + mode[row];
      assert.approximately(
        means[place] + 4 * stds[place] * x,
        (row % 2 === 0 ? 20 : 40) + (row % 10) / 10,
        1e-9,
      );
    });
  });

  it('skip and take leave rows, and change neither modes nor classes', async () => {
    const [whole, part] = [await open('table', args), await open('table', { ...args, skip: 60, take: 10 })];
    assert.equal(part.count, 10);
    for (const name of ['hours_a_week', 'hours_a_week_mode', 'work', 'lives_here'])
      assert.deepEqual(all(part, name), all(whole, name).slice(60, 70), name);
    assert.deepEqual(
      all(part, 'hours_a_week_means').slice(0, 4),
      all(whole, 'hours_a_week_means').slice(0, 4),
    );
  });

  it('balanced rows have the class that they were drawn by, columns and classes by their chances', async () => {
    const drawn = minibatches(await open('table', balanced), 1);
    const seen = new Array<number>(5).fill(0);
    const passes = 200;
    for (let pass = 0; pass < passes; pass++) {
      const condition = field(drawn, pass, 'condition');
      const [work, lives] = [field(drawn, pass, 'work'), field(drawn, pass, 'lives_here')];
      for (let row = 0; row < count; row++) {
        const own = condition.slice(5 * row, 5 * row + 5);
        const told = own.indexOf(1);
        assert.deepEqual(
          own,
          Array.from({ length: 5 }, (_, i) => Number(i === told)),
        );
        assert.equal(told, told < 3 ? work[row] : 3 + lives[row]);
        seen[told]++;
      }
    }
    const masses = [64, 15, 1].map((n) => Math.log(1 + n));
    const places = [20, 60].map((n) => Math.log(1 + n));
    const share = (list: readonly number[]): number[] =>
      list.map((m) => m / list.reduce((a, b) => a + b) / 2);
    [...share(masses), ...share(places)].forEach((chance, i) =>
      assert.approximately(seen[i] / (count * passes), chance, 0.012, `class ${i}`),
    );
  });

  it('of the rows of a class each is as likely', async () => {
    const drawn = minibatches(await open('table', balanced), 3);
    const seen = new Map<number, number>();
    for (let pass = 0; pass < 300; pass++) {
      const [condition, hours, work] = ['condition', 'hours_a_week', 'work'].map((name) =>
        field(drawn, pass, name),
      );
      for (let row = 0; row < count; row++)
        if (work[row] === 1 && condition[5 * row + 1] === 1) {
          const which = Math.round(1e6 * hours[row]);
          seen.set(which, (seen.get(which) ?? 0) + 1);
        }
    }
    const total = [...seen.values()].reduce((a, b) => a + b);
    assert.isAtLeast(seen.size, 9, 'fifteen rows, some of them with the same hours');
    for (const times of seen.values()) assert.isAtLeast(times / total, 0.04);
  });

  it('a minibatch follows from seed, stream and pass alone', async () => {
    const source = await open('table', balanced);
    const [one, other] = [minibatches(source, 1), minibatches(source, 1)];
    field(other, 0, 'condition');
    assert.deepEqual(field(one, 7, 'condition'), field(other, 7, 'condition'));
    assert.notDeepEqual(field(one, 7, 'condition'), field(one, 8, 'condition'));
    assert.notDeepEqual(field(one, 7, 'condition'), field(minibatches(source, 2), 7, 'condition'));
  });

  it('reports see every row once, the columns in turns', async () => {
    const source = await open('table', balanced);
    const condition = all(source, 'condition');
    for (let row = 0; row < count; row++) {
      const told = condition.slice(5 * row, 5 * row + 5).indexOf(1);
      assert.equal(told, row % 2 === 0 ? 'abc'.indexOf(workOf(row)) : 3 + 'xy'.indexOf(livesIn(row)));
    }
  });

  it('conversions keep the draws, and files for Python have all conditions', async () => {
    const source = await open('table', balanced);
    const read = { kind: 'field', stream: 'd', field: 'condition' };
    const graphs = { step: { inputs: [{ name: 'c', shape: ['N', 5], from: read }], outputs: [] } };
    const program = { ...manifest(count), graphs } as unknown as Manifest;
    const files = wholeFiles(mappedData(program, { d: convertSource(source, source.fields) }));
    const index = JSON.parse(new TextDecoder().decode(files['data/index.json'])) as {
      d: { count: number; drawn: { numbers: number; cumulative: number[]; sizes: number[] } };
    };
    assert.equal(index.d.count, count);
    assert.deepInclude(index.d.drawn, { numbers: 2 * count, sizes: [64, 15, 1, 20, 60] });
    assert.equal(index.d.drawn.cumulative[4], 1);
    assert.lengthOf(files['data/d.condition.bin'], 2 * count * 5);
    assert.lengthOf(files['data/d.drawn.bin'], 4 * 2 * count);
  });

  it('says what is wrong with arguments and with the file', async () => {
    await refused('table', { file: 't.csv' }, /modes: names the continuous columns/);
    await refused(
      'table',
      { ...args, classes: 'work' },
      /each with a whole number from 2 to 100,000: \[age\(4\)\], not work$/,
    );
    await refused('table', { ...args, modes: 'hours_a_week(1)' }, /from 2 to 1,000/);
    await refused('table', { file: 't.csv', modes: 'id(2)', balanced: true }, /no column of classes/);
    await refused(
      'table',
      { ...args, classes: 'hours_a_week_mode(3)' },
      /two fields would be called hours_a_week_mode/,
    );
    await refused(
      'table',
      { ...args, classes: 'work(4)' },
      /column work: 3 different texts \(a, b, c\), where classes: says work\(4\)/,
    );
    await refused('table', { ...args, modes: 'age' }, /no column age; there are id, hours-a-week/);
    put('t.csv', text.replace(';a;', ';;'));
    await refused('table', args, /column work has no value there; missing: skip/);
    assert.equal((await open('table', { ...args, missing: 'skip' })).count, count - 1);
  });
});
