/** Arrays that are larger than memory: packed, read from the disk, the same numbers to the bit, memory flat. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { writeIdx } from '../../runtime/formats/idx.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { root } from '../parity/host.ts';
import { all } from '../runtime/scratch-files.ts';
import { within } from './other-cache.ts';
import { asColumns } from './columns.ts';
import { isReadAhead, peakOf, trainsAsHeld } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const tiny = 0.000001;
const pixels = Uint8Array.from({ length: 40 * 6 }, (_, i) => (i * 37) % 256);
const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 3);
const idxArgs = (ending: string): SourceArguments => ({
  images: `i-images${ending}`,
  labels: `i-labels${ending}`,
  size: 2,
  width: 3,
  classes: 3,
});
const spec = (source: string): string => `data d = ${source}
network D(x: image[1, 2, 3]) -> logits[3] { x |> flatten |> dense(3) }
train for 12 steps, batch 4 { update D to minimize cross_entropy(D(d.image), d.label) with adam(1e-2) }`;

const numbers = async (name: string, args: SourceArguments): Promise<number[][]> => {
  const source = await sources[name].open(args, sh.folder);
  return Object.keys(source.fields).map((field) => all(source, field));
};

/** Opening is refused, and leaves no pack behind. */
async function leavesNone(name: string, args: SourceArguments, message: RegExp): Promise<void> {
  const error: unknown = await Promise.resolve()
    .then(() => sources[name].open(args, sh.folder))
    .catch((thrown: unknown) => thrown);
  assert.match(String(error), message);
  assert.isEmpty(readdirSync(packsFolder()));
}

describe('packs of IDX files', () => {
  before(() => {
    const [images, classes] = [writeIdx([40, 2, 3], pixels), writeIdx([40], labels)];
    for (const [ending, packed] of [
      ['', (bytes: Uint8Array) => bytes],
      ['.gz', (bytes: Uint8Array) => gzipSync(bytes)],
    ] as const) {
      writeFileSync(sh.path(`i-images${ending}`), packed(images));
      writeFileSync(sh.path(`i-labels${ending}`), packed(classes));
    }
  });

  for (const ending of ['', '.gz'])
    it(`hold what images in memory give, one for all parts of the set: ${ending || 'plain'}`, async () => {
      const args = idxArgs(ending);
      const held = await within(sh.path('none'), null, () => numbers('idx', args));
      assert.deepEqual(held, [[...pixels].map((x) => x / 255), [...labels]]);
      await within(sh.path(`packed${ending}`), tiny, async () => {
        assert.deepEqual(await numbers('idx', args), held);
        const part = { ...args, skip: 4, take: 30, examples: 6 };
        const some = await numbers('idx', part);
        assert.lengthOf(readdirSync(packsFolder()), 2);
        const described = sources.idx.describe(part, sh.folder);
        assert.deepInclude(described, { count: 6, onDisk: true });
        assert.deepEqual(some, await within(sh.path('none'), null, () => numbers('idx', part)));
      });
    });

  it('train as in memory, stopped and resumed, each minibatch read in the thread', async () => {
    sh.write(
      'i.gan',
      spec('idx("i-images.gz", labels: "i-labels.gz", size: 2, width: 3, classes: 3, skip: 2)'),
    );
    await trainsAsHeld(sh, 'i.gan', {
      megabytes: tiny,
      said: /data d: packed, 240 bytes|data d: packed, 0\.2 kB/,
      also: async () =>
        isReadAhead(await sources.idx.open(idxArgs('.gz'), sh.folder), 4, ['image', 'label'], [0, 12]),
    });
  });

  it('are made by `ganc data pack`, and not of files that are cut, damaged, or hold more than they say', async () => {
    sh.write('p.gan', spec('idx("i-images", labels: "i-labels", size: 2, width: 3, classes: 3)'));
    await within(sh.path('asked'), null, async () => {
      const said = await sh.run(['data', 'pack', sh.path('p.gan')]);
      assert.match(said.err, /data d: packed/);
      assert.lengthOf(readdirSync(packsFolder()), 2);
      // That it is read is seen by changing it.
      const [name] = readdirSync(packsFolder()).filter((file) => file.endsWith('.rows'));
      writeFileSync(`${packsFolder()}/${name}`, new Uint8Array(240));
      assert.deepEqual((await numbers('idx', idxArgs('')))[0], new Array(240).fill(0));
    });
    const good = writeIdx([40, 2, 3], pixels);
    const put = (bytes: Uint8Array): void => writeFileSync(sh.path('bad'), bytes);
    const args = { ...idxArgs(''), images: 'bad' };
    await within(sh.path('bad-cache'), tiny, async () => {
      put(good.subarray(0, 200));
      assert.throws(
        () => sources.idx.describe(args, sh.folder),
        /bad, byte 200: sizes 40 × 2 × 3 take 256 bytes, the file has 200/,
      );
      const packed = gzipSync(good);
      put(packed.subarray(0, packed.length - 12));
      await leavesNone('idx', args, /bad: cannot be decompressed: unexpected end of file/);
      const flipped = Uint8Array.from(packed);
      flipped[packed.length - 6] ^= 1;
      put(flipped);
      await leavesNone('idx', args, /bad: cannot be decompressed: incorrect data check/);
      put(gzipSync(Buffer.concat([good, Buffer.alloc(1)])));
      await leavesNone('idx', args, /bad: it holds more than the sizes at its start say/);
      put(gzipSync(good.subarray(0, 250)));
      await leavesNone('idx', args, /bad, byte 250: sizes 40 × 2 × 3 take 256 bytes, the file has 250/);
    });
  });

  it('memory stays flat: ten times the images take what few of them take', function () {
    this.timeout(240_000);
    const peak = (count: number): number => {
      const file = `${count}.gz`;
      writeFileSync(
        sh.path(file),
        gzipSync(writeIdx([count, 256, 256], new Uint8Array(count * 65536).fill(7))),
      );
      const args = JSON.stringify({ images: file, size: 256 } satisfies SourceArguments);
      const where = { cache: sh.path(`memory-${count}`), megabytes: 1, heap: 48 };
      return peakOf('array-memory.ts', ['idx', args, sh.folder], where);
    };
    // 65.5 kB each: 59 MB of them more.
    assert.isBelow(peak(1000) - peak(100), 25);
  });
});

const shape = [1, 2, 3];
const npzArgs = (file: string, values: string, rest: SourceArguments = {}): SourceArguments => ({
  file: `${file}.npz`,
  values,
  shape,
  label: 'y',
  labels: 3,
  ...rest,
});

describe('packs of NumPy archives', () => {
  const eighths = Array.from({ length: 240 }, (_, i) => (((i * 37) % 101) - 50) / 8);
  const bytes = Array.from({ length: 240 }, (_, i) => (i * 37) % 256);

  before(() => cpSync(join(root, 'test/runtime/npz'), sh.folder, { recursive: true }));

  for (const [file, values, wanted, rest] of [
    ...['stored', 'deflated', 'zip64'].map((name) => [name, 'f4', eighths, {}] as const),
    ['deflated', 'f8', eighths, { range: [-7, 7] }],
    ['stored', 'f2', eighths, {}],
    ['deflated', 'i2', eighths.map((x) => 8 * x), { label: 'hot' }],
    ['stored', 'u1', bytes, {}],
    ['deflated', 'u1', bytes.map((x) => x / (255 / 4)), { range: [0, 4] }],
    ['deflated', 'u1', bytes.map((x) => Math.fround(-1 + (x / 255) * 2)), { range: [-1, 1] }],
  ] as const)
    it(`hold what arrays in memory give: ${values} of ${file}.npz ${JSON.stringify(rest)}`, async () => {
      const args = npzArgs(file, values, rest);
      const held = await within(sh.path('none'), null, () => numbers('npz', args));
      assert.deepEqual(held, [wanted, [...labels]]);
      await within(sh.path(`${file}-${values}-${JSON.stringify(rest)}`), tiny, async () => {
        assert.deepEqual(await numbers('npz', args), held);
        const part = await numbers('npz', { ...args, skip: 7, take: 20 });
        assert.deepEqual(part, [wanted.slice(42, 162), [...labels.slice(7, 27)]]);
        assert.lengthOf(readdirSync(packsFolder()), 2);
        assert.isTrue(sources.npz.describe(args, sh.folder)?.onDisk);
      });
    });

  for (const file of ['columns', 'columns-deflated'])
    for (const [values, wanted, rest] of [
      ['f4', eighths, {}],
      ['f8', eighths, { range: [-7, 7], label: 'hot' }],
      ['f2', eighths, { label: 'hot' }],
      ['i2', eighths.map((x) => 8 * x), {}],
      ['u1', bytes.map((x) => Math.fround(-1 + (x / 255) * 2)), { range: [-1, 1] }],
      ['flat', eighths, { shape: [6] }],
    ] as const)
      it(`transpose what lies in Fortran order, by blocks of any size: ${values} of ${file}.npz`, async () => {
        const args = npzArgs(file, values, rest);
        assert.deepEqual(await within(sh.path('none'), null, () => numbers('npz', args)), [
          wanted,
          [...labels],
        ]);
        // Blocks of one row, and of several that do not divide forty.
        for (const megabytes of [tiny, 0.000_7, 0.000_9])
          await within(sh.path(`${file}-${values}-${megabytes}`), megabytes, async () => {
            assert.isTrue((await sources.npz.pack!(args, sh.folder, { always: true }))!.bytes > 0);
            assert.deepEqual(await numbers('npz', args), [wanted, [...labels]]);
            assert.lengthOf(readdirSync(packsFolder()), 2);
            const glance = await sources.npz.glance!({ ...args, skip: 7 }, sh.folder, 5);
            assert.deepEqual(all(glance!.first, Object.keys(glance!.first.fields)[0]), wanted.slice(42, 72));
            assert.deepEqual([glance!.count, glance!.classes], [33, { label: [11, 11, 11] }]);
          });
      });

  it('hold booleans as 0 and 1, in a byte each, which a range does not scale', async () => {
    const held = Array.from({ length: 240 }, (_, i) => (i * 37) % 2);
    const mask = { shape: [40, 6], data: Int8Array.from(held) };
    writeFileSync(sh.path('mask.npz'), writeNpz([['m', mask]]));
    for (const range of [null, [0, 1], [-1, 1]]) {
      const args = { file: 'mask.npz', values: 'm', shape: [6], range };
      const open = async (): Promise<number[]> => all(await sources.npz.open(args, sh.folder), 'values');
      assert.deepEqual(await within(sh.path('none'), null, open), held);
      await within(sh.path(`mask-${JSON.stringify(range)}`), tiny, async () => {
        assert.deepEqual(await open(), held);
        assert.equal((await sources.npz.pack!(args, sh.folder, { always: true }))!.bytes, 240);
      });
    }
  });

  it('are not made of columns that are damaged or hold no numbers, and leave nothing unpacked behind', async () => {
    await within(sh.path('bad-columns'), tiny, async () => {
      for (const file of ['columns', 'columns-deflated']) {
        const wild = npzArgs(file, 'wild');
        await leavesNone('npz', wild, /array wild, row 33: Infinity, where numbers must be finite/);
        const damaged = readFileSync(sh.path(`${file}.npz`));
        damaged[300] ^= 1;
        writeFileSync(sh.path('damaged.npz'), damaged);
        await leavesNone('npz', npzArgs('damaged', 'f4'), /member f4\.npy (is damaged|can't be unpacked)/);
      }
    });
  });

  it('train as in memory, stopped and resumed, each minibatch read in the thread', async () => {
    sh.write('n.gan', spec('npz("deflated.npz", values: "f4", shape: [1, 2, 3], label: "y", labels: 3)'));
    await trainsAsHeld(sh, 'n.gan', {
      megabytes: tiny,
      said: /data d: packed, 960 bytes|data d: packed, 1 kB|data d: packed, 1\.0 kB/,
      also: async () =>
        isReadAhead(
          await sources.npz.open(npzArgs('deflated', 'f4'), sh.folder),
          4,
          ['image', 'label'],
          [0, 12],
        ),
    });
  });

  it('are not made of numbers that cannot stand, or of members that are damaged', async () => {
    await within(sh.path('bad-npz'), tiny, async () => {
      const wild = npzArgs('deflated', 'wild');
      await leavesNone(
        'npz',
        wild,
        /deflated\.npz, array wild, row 33: Infinity, where numbers must be finite/,
      );
      const narrow = npzArgs('stored', 'f4', { range: [-7, 6] });
      await leavesNone('npz', narrow, /array f4, row \d+: 6\.\d+ is outside the range \[-7, 6\]/);
      const bytes = readFileSync(sh.path('deflated.npz'));
      bytes[200] ^= 1;
      writeFileSync(sh.path('flipped.npz'), bytes);
      await leavesNone('npz', npzArgs('flipped', 'f4'), /member f4\.npy (is damaged|can't be unpacked)/);
      assert.throws(
        () => sources.npz.describe(npzArgs('stored', 'f4', { shape: [2, 3] }), sh.folder),
        /array f4: rows of 1 × 2 × 3, where shape: says 2 × 3/,
      );
    });
  });

  it('of archives over 4 GB: their directory stands elsewhere', async () => {
    const bytes = readFileSync(sh.path('zip64.npz'));
    const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    bytes.fill(0xff, end + 8, end + 12).fill(0xff, end + 16, end + 20);
    writeFileSync(sh.path('long.npz'), bytes);
    const args = npzArgs('long', 'f4', { label: 'hot' });
    assert.deepEqual(await numbers('npz', args), [eighths, [...labels]]);
    bytes[end - 20] ^= 1;
    writeFileSync(sh.path('lost.npz'), bytes);
    assert.throws(() => sources.npz.describe(npzArgs('lost', 'f4'), sh.folder), /\(zip64\) is damaged/);
  });

  for (const order of ['C', 'Fortran'] as const)
    it(`memory stays flat: ten times the rows take what few of them take, in ${order} order`, function () {
      this.timeout(240_000);
      const peak = (count: number): number => {
        const x = { shape: [count, 1, 128, 128], data: new Float32Array(count * 16384).fill(0.5) };
        const file = `${count}-${order}.npz`;
        const bytes = writeNpz([['x', x]]);
        writeFileSync(sh.path(file), order === 'C' ? bytes : asColumns(bytes));
        const args = JSON.stringify({ file, values: 'x', shape: [1, 128, 128], range: [0, 1] });
        const where = { cache: sh.path(`memory-npz-${count}-${order}`), megabytes: 1, heap: 48 };
        return peakOf('array-memory.ts', ['npz', args, sh.folder], where);
      };
      // 65.5 kB each: 59 MB of them more.
      assert.isBelow(peak(1000) - peak(100), 25);
    });
});
