/** Minibatches read one ahead in a thread: the same numbers, errors where they belong, and nothing that is left running. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Manifest } from '../../program/manifest.ts';
import { memoryVariable, packsFolder } from '../../runtime/data/pack.ts';
import { reopened } from '../../runtime/data/reopened.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { Need, Streams } from '../../runtime/data/streams.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { root } from '../parity/host.ts';
import { all, scratchFiles } from './scratch-files.ts';

const rowCount = 10;
const [batch, perPass] = [3, 3];
const args = { files: '<label>/*.png', size: [2, 3], labels: 2 };
const moved = { ...args, mirror: true, jitter: 2 };

/** As much of a manifest as streams read. */
const manifest = (names: readonly string[]): Manifest =>
  ({ float: 'float32', streams: names.map((name) => ({ name, batch })) }) as unknown as Manifest;

const needs = (ordinal: number, names = ['d']): Need[] =>
  names.flatMap((stream) => ['image', 'label'].map((field) => ({ stream, field, ordinal })));

/** What is at hand, copied. */
const values = (from: Streams, wanted: readonly Need[]): number[][] =>
  wanted.map(({ stream, field, ordinal }) => [...from.batch(stream, ordinal, field).data]);

describe('minibatches read ahead', () => {
  const { put, open, at } = scratchFiles();
  let [cache, before]: [string, Record<string, string | undefined>] = ['', {}];

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'ganc-ahead-'));
    before = { GANC_CACHE: process.env.GANC_CACHE, [memoryVariable]: process.env[memoryVariable] };
    process.env.GANC_CACHE = cache;
    for (let i = 0; i < rowCount; i++) {
      const picture = blankRaster(9, 7, [0, 0, 0]);
      picture.data.forEach((_, place, data) => (data[place] = (place * 7 + i * 31) % 256));
      put(`${i % 2}/${i}.png`, writePng(picture));
    }
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(cache, { recursive: true });
  });

  const packed = async (what: object = args): Promise<OpenSource> => {
    process.env[memoryVariable] = '0.000001';
    return open('images', what as typeof args);
  };
  /** A source that this thread may not read. */
  const elsewhere = (source: OpenSource): OpenSource => ({
    ...source,
    read: () => assert.fail('read in this thread'),
  });

  for (const [name, source] of [
    ['from a pack', () => packed()],
    ['from a pack, of pictures that move', () => packed(moved)],
    ['of pictures in memory that move', () => open('images', moved)],
    ['of large pictures in memory', () => open('images', { ...args, size: [128, 96] })],
  ] as const)
    it(`are those read when they are wanted, ${name}`, async () => {
      const opened = await source();
      const plain = streams(manifest(['d']), { d: opened }, 7);
      const ahead = streams(manifest(['d']), { d: elsewhere(opened) }, 7);
      // Through the ends of passes, and back to one that was left for later, as a body around a `repeat` reads them.
      for (const [i, ordinal] of [0, 1, 2, 3, 5, 4, perPass * 2, 7].entries()) {
        const later = [...needs(ordinal), ...needs([1, 2, 3, 5, 4, 6, 7, 8][i])];
        await ahead.prepare!(needs(ordinal), later);
        assert.deepEqual(
          values(ahead, needs(ordinal)),
          values(plain, needs(ordinal)),
          `minibatch ${ordinal}`,
        );
      }
      await ahead.close!();
    });

  it('of several streams do not mix', async () => {
    const both = { a: await packed(), b: await packed(moved) };
    const plain = streams(manifest(['a', 'b']), both, 3);
    const ahead = streams(manifest(['a', 'b']), { a: elsewhere(both.a), b: elsewhere(both.b) }, 3);
    for (const ordinal of [0, 1, 2, 3]) {
      const wanted = needs(ordinal, ['b', 'a']);
      await ahead.prepare!(wanted, needs(ordinal + 1, ['a', 'b']));
      assert.deepEqual(values(ahead, wanted), values(plain, wanted));
    }
    await ahead.close!();
  });

  it('are not of small rows that lie in memory as they are, and rows of the recipe are the source’s', async () => {
    const held = await open('images', args);
    assert.isUndefined(streams(manifest(['d']), { d: held }, 1).prepare);
    assert.deepEqual(all(reopened(held.recipe!), 'image'), all(held, 'image'));
    assert.deepEqual(all(reopened(held.recipe!), 'label'), all(held, 'label'));
  });

  it('that cannot be read are an error where they are wanted, not before', async () => {
    const opened = await packed();
    const ahead = streams(manifest(['d']), { d: opened }, 7);
    const [file] = readdirSync(packsFolder()).filter((name) => name.endsWith('.rows'));
    // The last row is cut off; it stands in one minibatch of the pass, or is left over.
    truncateSync(
      join(packsFolder(), file),
      (rowCount - 1) * opened.fields.image.shape.map(Number).reduce((a, b) => a * b),
    );
    const outcomes: string[] = [];
    for (let ordinal = 0; ordinal < 2 * perPass; ordinal++) {
      const wanted = [{ stream: 'd', field: 'image', ordinal }];
      await ahead.prepare!(wanted, [{ stream: 'd', field: 'image', ordinal: ordinal + 1 }]);
      try {
        values(ahead, wanted);
        outcomes.push('read');
      } catch (error) {
        outcomes.push(String(error));
      }
    }
    await ahead.close!();
    const failed = outcomes.filter((outcome) => outcome !== 'read');
    assert.isAtLeast(failed.length, 1);
    assert.isBelow(failed.length, outcomes.length);
    for (const message of failed) assert.match(message, /\.rows, row 9: the file ends there/);
  });

  it('keep no process alive that wants no more', async () => {
    await packed();
    const script = join(root, 'test/runtime/ahead-child.ts');
    const done = spawnSync(process.execPath, ['--import=tsx', script, at()], {
      encoding: 'utf8',
      cwd: root,
      timeout: 60_000,
    });
    assert.equal(done.status, 0, done.stderr);
    assert.equal(done.stdout, 'read ahead');
  });
});
