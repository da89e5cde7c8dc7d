/** Tables that are larger than memory: packed, read from the disk, the same numbers to the bit, memory flat. */
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { root } from '../parity/host.ts';
import { within } from './other-cache.ts';
import { isReadAhead, peakOf, trainsAsHeld } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const args: SourceArguments = {
  file: 't.csv',
  columns: 'x, y',
  label: 'c',
  labels: 3,
  missing: 'mean',
  skip: 2,
  take: 30,
};
const spec = `data d = csv("t.csv", columns: "x, y", label: "c", labels: 3, missing: mean, skip: 2, take: 30)
network D(x: vec[2]) -> logits[3] { x |> dense(3) }
train for 12 steps, batch 4 { update D to minimize cross_entropy(D(d.values), d.label) with adam(1e-2) }`;

async function numbers(): Promise<number[][]> {
  const source = await sources.csv.open(args, sh.folder);
  return Object.entries({ values: 2, label: 1 }).map(([field, width]) => {
    const out = new Float64Array(source.count * width);
    source.read(field, { from: 0, to: source.count }, out);
    return [...out];
  });
}

describe('packs of tables', () => {
  before(() => {
    const rows = Array.from({ length: 40 }, (_, i) => {
      const x = i % 7 === 0 ? '' : String(Math.sin(i) / 3);
      return `${x};${(i / 8).toString().replace('.', ',')};${['b10', 'b2', 'b1'][i % 3]};"unread\n${i}"`;
    });
    sh.write('t.csv', ['x;y;c;z', ...rows].join('\n').replace(/\./g, ','));
    sh.write('t.gan', spec);
  });

  it('hold the numbers that the cells have, to the bit, and those in memory are the same', async () => {
    const cells = Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? NaN : Math.sin(i) / 3));
    const known = cells.filter((x) => !Number.isNaN(x));
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const wanted = [
      cells.flatMap((x, i) => [Number.isNaN(x) ? mean : x, i / 8]).slice(4, 64),
      cells.map((_, i) => [2, 1, 0][i % 3]).slice(2, 32),
    ];
    assert.deepEqual(await within(sh.path('none'), null, numbers), wanted);
    await within(sh.path('packed'), 0.000001, async () => {
      assert.deepEqual(await numbers(), wanted);
      assert.lengthOf(readdirSync(packsFolder()), 2);
      assert.isTrue(sources.csv.describe(args, sh.folder)?.onDisk);
    });
  });

  it('train as in memory, stopped and resumed, each minibatch read in the thread', async () => {
    await trainsAsHeld(sh, 't.gan', {
      megabytes: 0.000001,
      said: /data d: packed, 720 bytes|data d: packed, 0\.7 kB/,
      also: async () => isReadAhead(await sources.csv.open(args, sh.folder), 4, ['values'], [0]),
    });
  });

  it('of Parquet files, of which rows are left out and whose texts are classes, train as in memory', async () => {
    cpSync(join(root, 'test/runtime/parquet/gaps.parquet'), sh.path('gaps.parquet'));
    const wanted: SourceArguments = { files: 'gaps.parquet', columns: 'x, k', label: 't', labels: 3 };
    sh.write(
      'p.gan',
      spec.replace(
        /csv\(.*\)/,
        'parquet("gaps.parquet", columns: "x, k", label: "t", labels: 3, missing: skip)',
      ),
    );
    await trainsAsHeld(sh, 'p.gan', {
      megabytes: 0.000001,
      said: /data d: packed, 456 bytes|data d: packed, 0\.5 kB/,
      also: async () =>
        isReadAhead(
          await sources.parquet.open({ ...wanted, missing: 'skip' }, sh.folder),
          4,
          ['values', 'label'],
          [0, 5],
        ),
    });
  });

  it('are other ones for other rows, and a table that is wrong leaves none behind', async () => {
    await within(sh.path('others'), 0.000001, async () => {
      const said = await sh.run(['data', 'pack', sh.path('t.gan')]);
      assert.match(said.err, /data d: packed/);
      await sources.csv.open({ ...args, skip: 0 }, sh.folder);
      assert.lengthOf(readdirSync(packsFolder()), 4);
      sh.write('wrong.csv', 'x;y;c\n1;2;b1\n1;q;b2\n');
      const error: unknown = await Promise.resolve()
        .then(() => sources.csv.open({ ...args, file: 'wrong.csv' }, sh.folder))
        .catch((thrown: unknown) => thrown);
      assert.match(String(error), /wrong\.csv, line 3: column y: "q" is not a number/);
      assert.lengthOf(readdirSync(packsFolder()), 4);
    });
  });

  it('memory stays flat: a table of ten times what may be held takes what a small one takes', function () {
    this.timeout(240_000);
    const peak = (rows: number): number => {
      const file = sh.path(`${rows}.csv`);
      const lines = Array.from({ length: 10_000 }, (_, i) =>
        Array.from({ length: 20 }, (_, j) => (i * 31 + j * 17) % 1000).join(),
      ).join('\n');
      const names = Array.from({ length: 20 }, (_, j) => `c${j}`).join();
      writeFileSync(file, `${names}\n`);
      for (let i = 0; i < rows; i += 10_000) writeFileSync(file, `${lines}\n`, { flag: 'a' });
      return peakOf('table-memory.ts', [file], { cache: sh.path(`memory-${rows}`), megabytes: 3, heap: 48 });
    };
    // Records of 160 bytes: 29 MB of them more, of 14 MB of text more; a heap of 48 MB could hold neither as arrays and strings.
    assert.isBelow(peak(200_000) - peak(20_000), 20);
  });
});
