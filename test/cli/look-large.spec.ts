/** `ganc data look` at files that are larger than memory: what is not shown is not read. */
import { truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import { writeIdx } from '../../runtime/formats/idx.ts';
import { writeNpy } from '../../runtime/formats/npy.ts';
import type { NpyArray } from '../../runtime/formats/npy.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { peakMemory } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const looked = async (name: string): Promise<string> => {
  const { code, out, err } = await sh.run(['data', 'look', sh.path(name)]);
  assert.equal(code, 0, err);
  return out;
};

/** 21 MB of numbers, 0.5 in all places but the last. */
const long = (last: number): NpyArray => ({
  shape: [6000, 1, 30, 30],
  data: new Float32Array(6000 * 900).fill(0.5).fill(last, 6000 * 900 - 1),
});
const labels: NpyArray = { shape: [6000], data: Int32Array.from({ length: 6000 }, (_, i) => i % 3) };

describe('ganc data look at what is larger than memory', () => {
  it('an array of 6 GB, whose file is read at its start', async () => {
    const bytes = writeNpy({ shape: [1, 4, 2], data: new Float32Array(8).fill(2) });
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace('(1, 4, 2), }        ', '(200000000, 4, 2), }');
    assert.include(text, '200000000');
    writeFileSync(sh.path('x.npy'), text, 'latin1');
    truncateSync(sh.path('x.npy'), bytes.length - 32 + 200_000_000 * 32);
    assert.match(await looked('x.npy'), /^an array: 200000000 × 4 × 2, numbers, the first \d+ from 0 to 2\n/);
  });

  it('an archive: of values the first ones, of labels all', async () => {
    writeFileSync(
      sh.path('x.npz'),
      writeNpz([
        ['x', long(NaN)],
        ['y', labels],
      ]),
    );
    const out = await looked('x.npz');
    assert.match(
      out,
      /x: 6000 × 1 × 30 × 30, numbers, the first \d+ from 0\.5 to 0\.5\ny: 6000, numbers from 0 to 2\n/,
    );
    assert.match(out, /values: "x", shape: \[1, 30, 30\], label: "y", labels: 3\)/);
    assert.include(
      out,
      `data found: npz, 6000 rows
  image: image[1, 30, 30], numbers from 0.5 to 0.5 in the first 1000 rows
  label: label[3], 0: 2000, 1: 2000, 2: 2000
    0 1 2 0 1
`,
    );
    // Whoever names the source has all of it read.
    const all = await sh.run([
      'data',
      'look',
      `npz("${sh.path('x.npz')}", values: "x", shape: [1, 30, 30])`,
      '--allow',
      sh.folder,
    ]);
    assert.match(all.err, /array x, row 5999: NaN, where numbers must be finite/);
  });

  it('tables: the range of all rows, as far as they have few numbers', async () => {
    const rows = 200_000;
    writeFileSync(sh.path('t.csv'), `x\n${Array.from({ length: rows }, (_, i) => i).join('\n')}\n`);
    assert.match(await looked('t.csv'), /values: vec\[1\], numbers from 0 to 199999\n/);
    const wide = { shape: [5000, 1000], data: new Uint8Array(5e6).map((_, i) => (i < 4.5e6 ? 1 : 9)) };
    writeFileSync(sh.path('w.npz'), writeNpz([['x', wide]]));
    assert.match(await looked('w.npz'), /numbers from 0\.00\d+ to 0\.00\d+ in the first 4194 rows\n/);
    const { out } = await sh.run(['data', 'look', sh.path('w.npz'), '--json']);
    const { found } = JSON.parse(out) as { found: { fields: { values: { rangeRows: number } } } };
    assert.equal(found.fields.values.rangeRows, 4194);
  });

  it('labels are all looked at, one-hot ones, too', async () => {
    const wrong = { ...labels, data: Int32Array.from(labels.data, (x, i) => (i === 5998 ? 7 : x)) };
    writeFileSync(
      sh.path('y.npz'),
      writeNpz([
        ['x', long(0.5)],
        ['y', wrong],
      ]),
    );
    assert.match(
      await looked('y.npz'),
      /label: "y", labels: 8\)[^]*label\[8\], 0: 2000, 1: 1999, 2: 2000,.* 7: 1\n/,
    );
  });

  it('IDX files, of which the end is damaged', async () => {
    const images = gzipSync(
      writeIdx(
        [6000, 30, 30],
        new Uint8Array(6000 * 900).map((_, i) => (i * 7919) % 251),
      ),
    );
    images[images.length - 5] ^= 1;
    writeFileSync(sh.path('a-images-idx3-ubyte.gz'), images);
    writeFileSync(
      sh.path('a-labels-idx1-ubyte.gz'),
      gzipSync(writeIdx([6000], Uint8Array.from(labels.data))),
    );
    assert.match(
      await looked('a-images-idx3-ubyte.gz'),
      /data found: idx, 6000 rows\n  image: [^]*0: 2000, 1: 2000, 2: 2000\n    0 1 2 0 1\n/,
    );
    const all = await sh.run([
      'data',
      'look',
      `idx("${sh.path('a-images-idx3-ubyte.gz')}", size: 30)`,
      '--allow',
      sh.folder,
    ]);
    assert.match(all.err, /cannot be decompressed: incorrect data check/);
  });

  it('memory stays flat: ten times the rows take what few of them take', function () {
    this.timeout(240_000);
    const peak = (rows: number): number => {
      const file = sh.path(`${rows}.npz`);
      const x = { shape: [rows, 16], data: new Uint8Array(16 * rows).fill(9) };
      writeFileSync(
        file,
        writeNpz([
          ['x', x],
          ['y', { shape: [rows], data: new Float32Array(rows).fill(1) }],
        ]),
      );
      return peakMemory('look-memory.ts', [file], { cache: sh.path('cache'), megabytes: 6000, heap: 48 });
    };
    // 20 bytes each: 54 MB of them more.
    assert.isBelow(peak(3_000_000) - peak(300_000), 25);
  });
});
