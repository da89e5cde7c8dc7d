/** Parquet files that pyarrow wrote (parquet/make.py): tables, and pictures as Hugging Face's sets hold them; damaged ones. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { parquet } from '../../runtime/data/parquet.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { within } from '../cli/other-cache.ts';
import { all } from './scratch-files.ts';

const here = join(dirname(fileURLToPath(import.meta.url)), 'parquet');
const rows = Array.from({ length: 50 }, (_, i) => i);
const f = rows.map((i) => (i % 11 === 5 ? null : i / 8));

const read = async (args: SourceArguments, field: string, folder = here): Promise<number[]> =>
  all(await parquet.open(args, folder), field);

async function refused(args: SourceArguments, message: RegExp, folder = here): Promise<void> {
  const error: unknown = await (async () => parquet.open(args, folder))().catch((thrown: unknown) => thrown);
  assert.instanceOf(error, FileError, String(error));
  assert.match(String(error), message);
}

describe('parquet', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganc-parquet-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const codec of ['snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'none'])
    it(`a table's numbers are those that were written, packed by ${codec}`, async () => {
      const args = { files: `${codec}.parquet`, columns: 'x, i, b', label: 'u', labels: 3 };
      const x = await read(args, 'values');
      rows.forEach((i) => {
        // Python's sine and this one may differ by a last bit.
        assert.closeTo(x[3 * i], Math.sin(i), 1e-15);
        assert.deepEqual(x.slice(3 * i + 1, 3 * i + 3), [i - 20, Number(i % 2 === 0)]);
      });
      assert.deepEqual(
        await read(args, 'label'),
        rows.map((i) => i % 3),
      );
    });

  it('several files are read one after the other, and skip and take count over all', async () => {
    const args = { files: '*n*.parquet', columns: 'i', skip: 45, take: 20 };
    cpSync(join(here, 'none.parquet'), join(folder, 'an.parquet'));
    cpSync(join(here, 'plain.parquet'), join(folder, 'bn.parquet'));
    cpSync(join(here, 'snappy.parquet'), join(folder, 'cn.parquet'));
    const wanted = [...rows.slice(45), ...rows.slice(0, 10), ...rows.slice(0, 5)].map((i) => i - 20);
    assert.deepEqual(await read(args, 'values', folder), wanted);
    assert.equal(parquet.describe(args, folder)?.count, 20);
    assert.isNull(parquet.describe({ ...args, files: 'none-*' }, folder));
  });

  it('what is missing follows the rule that is declared', async () => {
    const args = { files: 'gzip.parquet', columns: 'f' };
    await refused(
      args,
      /gzip\.parquet, row 5: column f has no value there; missing: skip leaves such rows out, missing: zero or mean/,
    );
    assert.deepEqual(
      await read({ ...args, missing: 'zero' }, 'values'),
      f.map((x) => x ?? 0),
    );
    const known = f.filter((x) => x !== null);
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    assert.deepEqual(
      await read({ ...args, missing: 'mean' }, 'values'),
      f.map((x) => x ?? mean),
    );
    await refused(
      { files: 'none-left.parquet', columns: 'x', missing: 'mean' },
      /none-left\.parquet: column x has no value in any row, and so no mean/,
    );
    await refused({ ...args, columns: 'n' }, /row 30: column n has no value there/);
    await refused(
      { ...args, columns: 'wild' },
      /row 31: column wild: Infinity, where numbers must be finite/,
    );
    await refused({ ...args, columns: 'i', range: [-10, 100] }, /row 0: column i: -20 is outside the range/);
  });

  it('columns that are not there, or hold something else, are named at a look', () => {
    const looked = (args: SourceArguments) => () =>
      parquet.describe({ files: 'snappy.parquet', ...args }, here);
    assert.throws(looked({ columns: 'y' }), FileError, /no column y; there are x, f, i, b/);
    assert.throws(looked({ columns: 't' }), FileError, /column t holds texts, where numbers are wanted/);
    assert.throws(
      looked({ columns: 'd' }),
      FileError,
      /column d holds other values, where numbers are wanted/,
    );
    assert.throws(
      looked({ image: 'x', size: 4 }),
      FileError,
      /column x holds numbers, where bytes of pictures/,
    );
    assert.throws(() => parquet.signature.fields({ files: 'a' }), /one of the two is wanted/);
    assert.throws(() => parquet.signature.fields({ files: 'a', image: 'i' }), /size: must say/);
  });

  it('texts are classes as classes: has them; numbers that are none are named', async () => {
    const args = { files: 'brotli.parquet', columns: 'x', label: 't', classes: 'eel, dog, cat' };
    assert.deepEqual(
      await read(args, 'label'),
      rows.map((i) => 2 - (i % 3)),
    );
    assert.deepEqual(parquet.describe(args, here)?.classes, { label: ['eel', 'dog', 'cat'] });
    await refused(
      { ...args, classes: 'dog, cat' },
      /row 2: column t: class eel, which classes: doesn't name/,
    );
    await refused(
      { ...args, label: 'u', classes: 'a, b' },
      /row 2: column u: label 2, where classes are 0 to 1/,
    );
  });

  it('texts are classes in natural order where nothing else is said, found out at a look', async () => {
    const args = { files: 'snappy.parquet', columns: 'i', label: 't', labels: 3 };
    assert.deepEqual(parquet.describe(args, here)?.classes, { label: ['cat', 'dog', 'eel'] });
    assert.deepEqual(
      await read(args, 'label'),
      rows.map((i) => i % 3),
    );
    const looked = (change: SourceArguments) => () => parquet.describe({ ...args, ...change }, here);
    const gaps = { files: 'gaps.parquet', columns: 'x', missing: 'skip' };
    assert.throws(looked({ labels: 4 }), FileError, /3 classes \(cat, dog, eel\), where labels: says 4/);
    assert.throws(
      looked({ ...gaps, missing: 'zero' }),
      FileError,
      /gaps\.parquet, row 11: column t has no class there; missing: skip/,
    );
    assert.deepEqual(looked(gaps)()?.classes, { label: ['a', 'b2', 'b10'] });
    // Texts are names also where they are numbers, and a text without letters is none.
    assert.deepEqual(looked({ ...gaps, label: 's', labels: 2 })()?.classes, { label: ['1', '2'] });
    cpSync(join(here, 'gaps.parquet'), join(folder, 'a.parquet'));
    cpSync(join(here, 'numbers.parquet'), join(folder, 'b.parquet'));
    const both = { files: '*.parquet', columns: 'x', label: 't', missing: 'skip' };
    assert.throws(
      () => parquet.describe({ ...both, labels: 3 }, folder),
      /b\.parquet: column t holds class numbers, and texts in .*a\.parquet: classes: says/,
    );
    const named = await read({ ...both, classes: 'a, b2, b10' }, 'label', folder);
    assert.deepEqual(named.slice(-3), [2, 0, 1]);
  });

  it('rows that lack a value are left out, of all columns that are read, and skip and take count those that are left', async () => {
    const args: SourceArguments = {
      files: 'gaps.parquet',
      columns: 'x, k',
      label: 't',
      labels: 3,
      missing: 'skip',
    };
    const left = rows.slice(0, 24).filter((i) => ![3, 4, 7, 11, 20].includes(i));
    const values = left.flatMap((i) => [i, i]);
    const labels = left.map((i) => [2, 1, 0][i % 3]);
    assert.equal(parquet.describe(args, here)?.count, 19);
    assert.deepEqual(await read(args, 'values'), values);
    assert.deepEqual(await read(args, 'label'), labels);
    // Row 2 lacks a value that nobody reads here.
    assert.deepEqual(
      await read({ ...args, columns: 'k', label: 's', labels: 2 }, 'values'),
      rows.slice(0, 24).filter((i) => i !== 2 && i !== 7),
    );
    const part = { ...args, skip: 4, take: 11 };
    assert.equal(parquet.describe(part, here)?.count, 11);
    await within(join(folder, 'cache'), 0.000001, async () => {
      assert.isTrue(parquet.describe(part, here)?.onDisk);
      assert.deepEqual(await read(part, 'values'), values.slice(8, 30));
      assert.deepEqual(await read(part, 'label'), labels.slice(4, 15));
      assert.lengthOf(readdirSync(packsFolder()), 2);
    });
    await refused({ ...args, range: [0, 22] }, /row 23: column x: 23 is outside the range/);
    assert.throws(() => parquet.describe({ ...args, range: [0, 22] }, here), FileError, /row 23/);
    assert.throws(() => parquet.describe({ ...args, skip: 19 }, here), /leaves nothing of 19 rows/);
    const none = { files: 'none-left.parquet', columns: 'x', missing: 'skip' };
    assert.throws(
      () => parquet.describe(none, here),
      FileError,
      /no row with a value in every cell that is read/,
    );
  });

  it('pictures that are not there are left out', async () => {
    const args = {
      files: 'no-bytes.parquet',
      image: 'image',
      label: 'label',
      labels: 2,
      size: 4,
      missing: 'skip',
    };
    assert.equal(parquet.describe(args, here)?.count, 11);
    const labels = rows
      .slice(0, 12)
      .filter((i) => i !== 9)
      .map((i) => i % 2);
    assert.deepEqual(await read(args, 'label'), labels);
    const image = await read({ ...args, channels: 1 }, 'image');
    assert.deepEqual(
      [8, 9, 10].map((at) => Math.round(255 * image[16 * at])),
      [8, 10, 11],
    );
  });

  for (const image of ['image', 'raw'])
    it(`pictures in a column of ${image === 'raw' ? 'bytes' : 'structs'}, with the names that their classes have`, async () => {
      const args = { files: 'pictures-*.parquet', image, label: 'label', labels: 2, size: 4, channels: 1 };
      const described = parquet.describe(args, here);
      assert.equal(described?.count, 26);
      assert.deepEqual(described?.classes, { label: ['cat', 'dog'] });
      const wanted = [...rows.slice(0, 20), 100, 101, 102, 103, 104, 105].flatMap((i) =>
        Array.from({ length: 16 }, (_, at) => ((5 * (at % 4) + 40 * Math.floor(at / 4) + i) % 256) / 255),
      );
      assert.deepEqual(await read(args, 'image'), wanted);
      const labels = [...rows.slice(0, 20), ...rows.slice(0, 6)].map((i) => i % 2);
      assert.deepEqual(await read(args, 'label'), labels);
      await within(join(folder, 'cache'), 0.000001, async () => {
        assert.deepEqual(await read(args, 'image'), wanted);
        assert.deepEqual(await read(args, 'label'), labels);
        assert.lengthOf(readdirSync(packsFolder()), 2);
      });
      assert.throws(
        () => parquet.describe({ ...args, labels: 3 }, here),
        /2 classes \(cat, dog\), where labels: says 3/,
      );
    });

  it('a row without bytes is named', () =>
    refused(
      { files: 'no-bytes.parquet', image: 'image', size: 4 },
      /no-bytes\.parquet, row 9: no bytes of a picture/,
    ));

  it('what is cut, or says of itself what cannot be, is a FileError, whichever byte is wrong', async function () {
    this.timeout(120_000);
    const put = (bytes: Uint8Array): void => writeFileSync(join(folder, 't.parquet'), bytes);
    const args = { files: 't.parquet', columns: 'x, i', label: 'u', labels: 256, missing: 'zero' };
    const good = readFileSync(join(here, 'snappy.parquet'));
    for (const length of [0, 4, 11, 100, good.length - 1]) {
      put(good.subarray(0, length));
      await refused(args, /no PAR1 at the end: not a Parquet file, or cut/, folder);
    }
    put(Buffer.concat([good.subarray(0, 500), good.subarray(good.length - 8)]));
    await refused(args, /a footer of \d+ bytes in a file of 508/, folder);
    let seed = 7;
    const drawn = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    let failed = 0;
    for (let i = 0; i < 400; i++) {
      const bytes = Buffer.from(good);
      // Half of them in the footer, where sizes are.
      const footer = bytes.readUInt32LE(bytes.length - 8) + 8;
      const at = i % 2 === 0 ? drawn(bytes.length) : bytes.length - 1 - drawn(footer);
      bytes[at] = drawn(256);
      put(bytes);
      await (async () => parquet.open(args, folder))().catch((error: unknown) => {
        failed++;
        assert.instanceOf(error, FileError, `byte ${at} = ${bytes[at]}: ${String(error)}`);
      });
    }
    assert.isAbove(failed, 50);
  });
});
