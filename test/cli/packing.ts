/** What packs of every kind of source are held to: runs are those of data in memory, read in the thread, in flat memory. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { Manifest } from '../../program/manifest.ts';
import { memoryVariable } from '../../runtime/data/pack.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { streams } from '../../runtime/data/streams.ts';
import { root } from '../parity/host.ts';
import { within } from './other-cache.ts';
import type { Shell } from './shell.ts';

interface Packing {
  /** What may be held in memory. */
  readonly megabytes: number;
  /** What the first run says of its pack. */
  readonly said: RegExp;
  /** With that cache, after the runs. */
  also(): Promise<void>;
}

/** A run of the spec from a pack, stopped and resumed, ends with the weights of one from memory. */
export async function trainsAsHeld(
  sh: Shell,
  spec: string,
  { megabytes, said, also }: Packing,
): Promise<void> {
  const [memory, disk] = [`${spec}-held`, `${spec}-disk`];
  const held = await within(sh.path('none'), null, () =>
    sh.run(['run', sh.path(spec), '--out', sh.path(memory)]),
  );
  assert.equal(held.code, 0, held.err);
  assert.isFalse(existsSync(sh.path('none/packs')));
  await within(sh.path('run'), megabytes, async () => {
    const first = await sh.run(['run', sh.path(spec), '--out', sh.path(disk), '--steps', '5']);
    assert.equal(first.code, 0, first.err);
    assert.match(first.err, said);
    const second = await sh.run(['run', '--resume', sh.path(disk)]);
    assert.equal(second.code, 0, second.err);
    assert.notMatch(second.err, /packed/);
    await also();
  });
  assert.deepEqual(sh.weights(disk), sh.weights(memory));
}

/** Its minibatches are read in the thread, and are those that it reads itself. */
export async function isReadAhead(
  opened: OpenSource,
  batch: number,
  fields: readonly string[],
  ordinals: readonly number[],
): Promise<void> {
  const manifest = { float: 'float32', streams: [{ name: 'd', batch }] } as unknown as Manifest;
  const elsewhere = { ...opened, read: () => assert.fail('read in this thread') };
  const ahead = streams(manifest, { d: elsewhere }, 1);
  const plain = streams(manifest, { d: opened }, 1);
  for (const ordinal of ordinals)
    for (const field of fields) {
      await ahead.prepare!([{ stream: 'd', field, ordinal }], []);
      assert.deepEqual(
        [...ahead.batch('d', ordinal, field).data],
        [...plain.batch('d', ordinal, field).data],
      );
    }
  await ahead.close!();
}

interface Tried {
  readonly cache: string;
  /** What may be held in memory. */
  readonly megabytes: number;
  /** Megabytes of the heap, so that Node looks for what nobody needs; default: as many as it likes. */
  readonly heap?: number;
}

/** Megabytes that a process takes at most which reads a source from a pack by a script in test/cli. */
export function peakOf(script: string, given: readonly string[], tried: Tried): number {
  const peak = peakMemory(script, given, tried);
  assert.isTrue(existsSync(join(tried.cache, 'packs')));
  return peak;
}

/** Megabytes that a process of a script in test/cli takes at most, which prints them. */
export function peakMemory(
  script: string,
  given: readonly string[],
  { cache, megabytes, heap }: Tried,
): number {
  const env = { ...process.env, GANC_CACHE: cache, [memoryVariable]: String(megabytes) };
  const flags = heap === undefined ? [] : [`--max-old-space-size=${heap}`, '--max-semi-space-size=4'];
  const all = [...flags, '--import=tsx', join(root, 'test/cli', script), ...given];
  const done = spawnSync(process.execPath, all, { env, encoding: 'utf8', cwd: root });
  assert.equal(done.status, 0, done.stderr);
  return Number(done.stdout);
}
