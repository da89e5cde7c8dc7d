/** HDF5 files that are larger than memory: packed, read from the disk, the same numbers to the bit, memory flat; and looked at. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { File, ready } from 'h5wasm/node';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { root } from '../parity/host.ts';
import { all } from '../runtime/scratch-files.ts';
import { within } from './other-cache.ts';
import { isReadAhead, peakMemory, peakOf, trainsAsHeld } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const tiny = 0.000001;
const args = (file: string, values: string, rest: SourceArguments = {}): SourceArguments => ({
  file,
  values,
  shape: [1, 2, 3],
  label: 'train/y',
  labels: 3,
  ...rest,
});
const numbers = async (given: SourceArguments): Promise<number[][]> => {
  const source = await sources.hdf5.open(given, sh.folder);
  return Object.keys(source.fields).map((field) => all(source, field));
};

/** A file of so many rows of 65.5 kB, in gzipped chunks. */
function large(name: string, rows: number): string {
  const file = new File(sh.path(name), 'w');
  const x = new Float32Array(rows * 16384).fill(0.5);
  file.create_dataset({
    name: 'x',
    data: x,
    shape: [rows, 1, 128, 128],
    chunks: [16, 1, 128, 128],
    compression: 'gzip',
    compression_opts: 1,
  });
  file.create_dataset({ name: 'y', data: new Int32Array(rows).fill(1), shape: [rows] });
  file.close();
  return sh.path(name);
}

describe('packs of HDF5 files', () => {
  before(async () => {
    await ready;
    for (const name of ['plain.h5', 'packed.h5', 'odd.h5'])
      cpSync(join(root, 'test/runtime/hdf5', name), sh.path(name));
  });

  for (const [file, values, rest] of [
    ['plain.h5', 'f4', {}],
    ['packed.h5', 'f8', { range: [-7, 7] }],
    ['packed.h5', 'f2', { label: 'train/hot' }],
    ['plain.h5', 'i2', {}],
    ['packed.h5', 'u1', { range: [0, 4] }],
  ] as const)
    it(`hold what datasets in memory give: ${values} of ${file} ${JSON.stringify(rest)}`, async () => {
      const given = args(file, `train/${values}`, rest);
      const held = await within(sh.path('none'), null, () => numbers(given));
      await within(sh.path(`${file}-${values}`), tiny, async () => {
        assert.isTrue(sources.hdf5.describe(given, sh.folder)?.onDisk);
        assert.deepEqual(await numbers(given), held);
        const [part] = await numbers({ ...given, skip: 7, take: 20 });
        assert.deepEqual(part, held[0].slice(42, 162));
        assert.lengthOf(readdirSync(packsFolder()), 2);
      });
    });

  it('train as in memory, stopped and resumed, each minibatch read in the thread', async () => {
    sh.write(
      'h.gan',
      `data d = hdf5("packed.h5", values: "/train/f4", shape: [1, 2, 3], label: "/train/y", labels: 3)
network D(x: image[1, 2, 3]) -> logits[3] { x |> flatten |> dense(3) }
train for 12 steps, batch 4 { update D to minimize cross_entropy(D(d.image), d.label) with adam(1e-2) }`,
    );
    await trainsAsHeld(sh, 'h.gan', {
      megabytes: tiny,
      said: /data d: packed, 960 bytes|data d: packed, 1\.?0? kB/,
      also: async () => {
        const opened = await sources.hdf5.open(args('packed.h5', 'train/f4'), sh.folder);
        await isReadAhead(opened, 4, ['image', 'label'], [0, 12]);
      },
    });
  });

  it('are not made of chunks that are damaged, or of numbers that cannot stand', async () => {
    const refused = async (given: SourceArguments, message: RegExp): Promise<void> => {
      const error: unknown = await numbers(given).catch((thrown: unknown) => thrown);
      assert.match(String(error), message);
      assert.isEmpty(readdirSync(packsFolder()));
    };
    const bytes = readFileSync(sh.path('packed.h5'));
    // The first chunk of train/f4 is packed by zlib at its fastest or better.
    const at = bytes.indexOf(Uint8Array.of(0x78, 0x5e));
    bytes[at + 30] ^= 1;
    writeFileSync(sh.path('damaged.h5'), bytes);
    await within(sh.path('bad'), tiny, async () => {
      await refused(args('packed.h5', 'train/wild'), /dataset train\/wild, row 33: Infinity/);
      await refused(args('damaged.h5', 'train/f4'), /damaged\.h5, dataset train\/f4: it can't be read: /);
    });
  });

  it('memory stays flat: four times the rows take what few of them take, of a look, too', function () {
    this.timeout(240_000);
    const peaks = (count: number): number[] => {
      const file = large(`${count}.h5`, count);
      const given = JSON.stringify({ file, values: 'x', shape: [1, 128, 128], range: [0, 1] });
      const where = { cache: sh.path(`memory-${count}`), megabytes: 1, heap: 48 };
      return [
        peakOf('array-memory.ts', ['hdf5', given, sh.folder], where),
        peakMemory('look-memory.ts', [file], where),
      ];
    };
    // Of the first 256 rows a look tells the range.
    const [few, many] = [peaks(300), peaks(1200)];
    // 65.5 kB each: 59 MB of them more.
    for (const [i, peak] of many.entries()) assert.isBelow(peak - few[i], 25);
  });

  it('are not made for a look, which says what is not read, and why', async () => {
    const { code, out, err } = await sh.run(['data', 'look', sh.path('odd.h5')]);
    assert.equal(code, 0, err);
    assert.match(out, /\nx: 40 × 1 × 2 × 3, numbers from -6\.25 to 6\.25\n/);
    assert.match(
      out,
      /dataset lzf: it is packed by lzf[^]*dataset virtual: its numbers lie in other datasets/,
    );
    assert.match(out, /hdf5\(".*odd\.h5", values: "endless", shape: \[2, 3\]\)[^]*hdf5, 1000000000000 rows/);
    const packed = await sh.run(['data', 'look', large('look.h5', 40)]);
    assert.match(
      packed.out,
      /values: "x", shape: \[1, 128, 128\], label: "y", labels: 2\)[^]*label: label\[2\], 0: 0, 1: 40\n/,
    );
  });
});
