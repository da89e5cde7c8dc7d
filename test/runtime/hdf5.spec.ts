/** HDF5 files that h5py wrote (hdf5/make.py): the numbers that are in them, and what is refused. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { hdf5 } from '../../runtime/data/hdf5.ts';
import { FileError } from '../../runtime/formats/file-error.ts';
import { dataset, datasetRows, datasets } from '../../runtime/formats/hdf5.ts';
import { root } from '../parity/host.ts';
import { all } from './scratch-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganc-hdf5-'));
after(() => rmSync(folder, { recursive: true, force: true }));
before(() => cpSync(join(root, 'test/runtime/hdf5'), folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const eighths = Array.from({ length: 240 }, (_, i) => (((i * 37) % 101) - 50) / 8);
const bytes = Array.from({ length: 240 }, (_, i) => (i * 37) % 256);
const labels = Array.from({ length: 40 }, (_, i) => i % 3);
const args = (file: string, values: string, rest: SourceArguments = {}): SourceArguments => ({
  file,
  values,
  shape: [1, 2, 3],
  ...rest,
});
const refused = (given: SourceArguments, message: RegExp): void => {
  assert.throws(() => hdf5.describe(given, folder), FileError, message);
  assert.throws(() => void hdf5.open(given, folder), FileError, message);
};

describe('HDF5 files', () => {
  for (const file of ['plain.h5', 'packed.h5'])
    for (const [values, wanted, rest] of [
      ['f4', eighths, { label: 'train/y' }],
      ['f8', eighths, { label: 'train/hot', range: [-7, 7] }],
      ['f2', eighths, { label: '/train/y' }],
      ['i2', eighths.map((x) => 8 * x), { label: 'train/hot' }],
      ['i8', eighths.map((x) => 8 * x), { label: 'train/y' }],
      ['u1', bytes.map((x) => Math.fround(-1 + (x / 255) * 2)), { label: 'train/y', range: [-1, 1] }],
    ] as const)
      it(`hold what NumPy had: ${values} of ${file}`, async () => {
        const given = args(file, `train/${values}`, { ...rest, labels: 3 });
        const source = await hdf5.open(given, folder);
        assert.deepEqual(all(source, 'image'), wanted);
        assert.deepEqual(all(source, 'label'), labels);
        const part = await hdf5.open({ ...given, skip: 9, take: 20 }, folder);
        assert.deepEqual(all(part, 'image'), wanted.slice(54, 174));
        assert.deepEqual(all(part, 'label'), labels.slice(9, 29));
      });

  it('hold booleans as 0 and 1, which a range does not scale', async () => {
    const given = { file: 'plain.h5', values: 'train/hot', shape: [3] };
    const wanted = labels.flatMap((label) => [0, 1, 2].map((i) => Number(i === label)));
    for (const range of [null, [0, 1], [-1, 1]])
      assert.deepEqual(all(await hdf5.open({ ...given, range }, folder), 'values'), wanted);
    refused({ ...given, range: [1, 2] }, /dataset train\/hot, row 0: 0 is outside the range \[1, 2\]/);
  });

  it('are read in parts that end where chunks do, from any row to any other', () => {
    const set = { ...dataset(at('packed.h5'), 'train/f4'), together: 7 };
    for (const [from, to] of [
      [0, 40],
      [3, 5],
      [6, 22],
      [39, 40],
      [0, 0],
    ]) {
      const parts = Array.from(datasetRows(set, { from, to }), ({ data }) => [...data]);
      assert.deepEqual(parts.flat(), eighths.slice(6 * from, 6 * to));
      const ends = parts.reduce<number[]>(
        (list, { length }) => [...list, (list.at(-1) ?? from) + length / 6],
        [],
      );
      assert.isTrue(ends.every((end) => end % 7 === 0 || end === to));
    }
  });

  it('list what is in them, with the reason for what is not read', () => {
    const { read, refused: others } = datasets(at('odd.h5'));
    assert.deepEqual([...read.keys()], ['endless', 'link', 'none', 'outside', 'x']);
    assert.deepEqual(numbersOf('link'), eighths);
    const reasons = others.map(({ message }) => message.replace(/^.*, dataset (\w+: .{12}).*/, '$1'));
    assert.deepEqual(reasons, [
      'chunk: a chunk take',
      "complex: it doesn't h",
      'empty: it has no ro',
      'lzf: it is packed',
      'number: it has no ro',
      "pairs: it doesn't h",
      "texts: it doesn't h",
      'virtual: its numbers ',
      'wide: a row takes ',
    ]);
  });

  it('are refused where they have other rows, numbers that cannot stand, or no such dataset', () => {
    refused(args('plain.h5', 'train/z'), /plain\.h5: no dataset train\/z; there are train\/f2, train\/f4, /);
    refused(args('plain.h5', 'train'), /no dataset train; there are/);
    refused(
      args('plain.h5', 'train/f4', { shape: [6] }),
      /dataset train\/f4: rows of 1 × 2 × 3, where shape: says 6/,
    );
    refused(
      args('packed.h5', 'train/wild'),
      /dataset train\/wild, row 33: Infinity, where numbers must be finite/,
    );
    const narrow = args('packed.h5', 'train/f8', { range: [-7, 6] });
    refused(narrow, /dataset train\/f8, row \d+: 6\.\d+ is outside the range \[-7, 6\]/);
    refused(args('plain.h5', 'train/f4', { label: 'train/i2' }), /dataset train\/i2: 240 labels for 40 rows/);
    refused(
      args('plain.h5', 'train/f4', { label: 'train/y', labels: 2 }),
      /train\/y, row 2: label 2, where classes are/,
    );
    refused(args('odd.h5', 'lzf'), /dataset lzf: it is packed by lzf, which is not read; gzip is/);
    assert.isNull(hdf5.describe(args('no.h5', 'x'), folder));
  });

  it('name other files, which are not opened, wherever they lie', () => {
    refused(args('odd.h5', 'elsewhere'), /no dataset elsewhere/);
    refused(
      args('odd.h5', 'outside', { shape: [2] }),
      /dataset outside: it can't be read: unable to open external raw data/,
    );
    refused(args('odd.h5', 'virtual'), /dataset virtual: its numbers lie in other datasets/);
  });

  it('say sizes that nothing stands behind', () => {
    const message =
      /odd\.h5, dataset endless: it says that it holds .* GB, more than the .* GB that data may take/;
    refused(args('odd.h5', 'endless', { shape: [2, 3] }), message);
    refused(args('odd.h5', 'x', { label: 'endless' }), /endless: 6000000000000 labels for 40 rows/);
    refused(args('odd.h5', 'chunk', { shape: [2] }), /a chunk takes 800000000 bytes/);
    refused(args('odd.h5', 'wide', { shape: [1e9] }), /a row takes 4000000000 bytes/);
  });

  it('that are cut, or are none, are so called', () => {
    const whole = readFileSync(at('packed.h5'));
    for (let length = 0; length < whole.length; length += 331) {
      writeFileSync(at('cut.h5'), whole.subarray(0, length));
      refused(
        args('cut.h5', 'train/f4'),
        /cut\.h5(, byte \d+)?: (not an HDF5 file|it can't be read|the file ends there)/,
      );
    }
    writeFileSync(at('text.h5'), 'x,y\n1,2\n'.repeat(100));
    refused(args('text.h5', 'x'), /text\.h5, byte 0: not an HDF5 file/);
  });

  it('that are damaged are refused, or have numbers of the same sizes; chunks have checksums', async () => {
    const whole = readFileSync(at('packed.h5'));
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
    let count = 0;
    for (let i = 0; i < 150; i++) {
      const damaged = Uint8Array.from(whole);
      damaged[random(whole.length)] ^= 1 + random(255);
      writeFileSync(at('damaged.h5'), damaged);
      try {
        assert.deepEqual(all(await hdf5.open(args('damaged.h5', 'train/f4'), folder), 'image'), eighths);
      } catch (error) {
        assert.instanceOf(error, FileError);
        count++;
      }
    }
    assert.isAbove(count, 5);
  });
});

const numbersOf = (name: string): number[] =>
  [...datasetRows(dataset(at('odd.h5'), name), { from: 0, to: 40 })].flatMap(({ data }) => [...data]);
