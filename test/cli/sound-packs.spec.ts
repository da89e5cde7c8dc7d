/** Sounds that are larger than memory: their frames packed, segments read from the disk, the same numbers to the bit. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { sources } from '../../runtime/catalogue.ts';
import { memoryVariable, packsFolder } from '../../runtime/data/pack.ts';
import { shapeAt } from '../../runtime/data/source.ts';
import { streams } from '../../runtime/data/streams.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { root } from '../parity/host.ts';
import { within } from './other-cache.ts';
import { shell } from './shell.ts';

const sh = shell();
const base: SourceArguments = { files: 'set/<speaker>/*.wav', speakers: 2, frames: 16, rate: 8000 };
const spec = `data d = speech("set/<speaker>/*.wav", speakers: 2, frames: 16, rate: 8000, features: log_mel(8), wave: true)
network D(x: seq[8, 16], w: seq[1, 1600]) -> logits[2] {
  concat(x |> flatten |> dense(4), w |> conv(2, kernel: 25, stride: 25) |> flatten |> dense(4)) |> dense(2)
}
train for 12 steps, batch 3 { update D to minimize cross_entropy(D(d.sound, d.wave), d.speaker) + cross_entropy(D(d.same, d.wave), d.speaker) with adam(1e-2) }`;

/** Every field of every row, in two passes. */
async function numbers(args: SourceArguments): Promise<number[][]> {
  const source = await sources.speech.open(args, sh.folder);
  return Object.keys(source.fields).flatMap((field) =>
    Array.from({ length: source.count }, (_, row) => {
      const shape = shapeAt(source.fields[field], source.lengths?.(row) ?? {});
      const out = new Float64Array(shape.reduce((a, b) => a * b, 1));
      // Lengths of whole recordings are those of the first pass.
      source.read(field, Uint32Array.of(row), out, source.lengths ? 0 : row % 2);
      return [...out];
    }),
  );
}

function put(name: string, samples: number[]): void {
  mkdirSync(join(sh.path(name), '..'), { recursive: true });
  writeFileSync(sh.path(name), writeWav(samples, 8000));
}

describe('packs of sounds', () => {
  before(() => {
    for (let i = 0; i < 4; i++) {
      put(`set/ann/${i}.wav`, tone(300 + 40 * i, 0.5 + i / 20, 8000, 0.1));
      put(`set/bob/${i}.wav`, tone(900 + 90 * i, 0.4 + i / 20, 8000, 0.1));
    }
    sh.write('s.gan', spec);
  });

  for (const [name, change] of [
    ['segments with their samples', { wave: true, step: 5 }],
    ['two vocal tracts', { tracts: [1, 1.2] }],
    ['whole recordings', { frames: 'all' }],
    ['sounds without speakers', { files: 'set/*/*.wav', speakers: null, features: 'log_magnitude' }],
  ] as const)
    it(`hold what recordings in memory give: ${name}`, async () => {
      const args = { ...base, ...change };
      const held = await within(sh.path('none'), null, () => numbers(args));
      assert.isAbove(held.length, 10);
      assert.isTrue(held.some((row) => row.some((x) => x > 0.3)));
      await within(sh.path(`packed ${name}`), 0.000001, async () => {
        assert.deepEqual(await numbers(args), held);
        assert.lengthOf(readdirSync(packsFolder()), 2);
        assert.isTrue(sources.speech.describe(args, sh.folder)?.onDisk);
      });
    });

  it('train as in memory, stopped and resumed, segments read in the thread', async () => {
    const held = await within(sh.path('none'), null, () =>
      sh.run(['run', sh.path('s.gan'), '--out', sh.path('held')]),
    );
    assert.equal(held.code, 0, held.err);
    await within(sh.path('run'), 0.000001, async () => {
      const first = await sh.run(['run', sh.path('s.gan'), '--out', sh.path('disk'), '--steps', '5']);
      assert.equal(first.code, 0, first.err);
      assert.match(first.err, /data d: packed, /);
      const second = await sh.run(['run', '--resume', sh.path('disk')]);
      assert.equal(second.code, 0, second.err);
      const opened = await sources.speech.open(base, sh.folder);
      const manifest = { float: 'float32', streams: [{ name: 'd', batch: 2 }] } as unknown as Manifest;
      const elsewhere = { ...opened, read: () => assert.fail('read in this thread') };
      const ahead = streams(manifest, { d: elsewhere }, 1);
      const plain = streams(manifest, { d: opened }, 1);
      // The last of them is of the second pass, where other recordings stand beside the rows.
      for (const ordinal of [0, 1, Math.floor(opened.count / 2) + 1])
        for (const field of ['sound', 'other', 'other_speaker']) {
          await ahead.prepare!([{ stream: 'd', field, ordinal }], []);
          assert.deepEqual(
            [...ahead.batch('d', ordinal, field).data],
            [...plain.batch('d', ordinal, field).data],
          );
        }
      await ahead.close!();
    });
    assert.deepEqual(sh.weights('disk'), sh.weights('held'));
  });

  it('are made by `ganc data pack`, whatever the length of segments, and not of a broken file', async () => {
    await within(sh.path('asked'), null, async () => {
      const said = await sh.run(['data', 'pack', sh.path('s.gan')]);
      assert.match(said.err, /data d: packed, /);
      assert.lengthOf(readdirSync(packsFolder()), 2);
      const change = { features: 'log_mel(8)', wave: true };
      // That it is read is seen by changing it.
      const [name] = readdirSync(packsFolder()).filter((file) => file.endsWith('.rows'));
      writeFileSync(join(packsFolder(), name), Buffer.alloc(0));
      const error: unknown = await numbers({ ...base, ...change, frames: 9 }).catch((e: unknown) => e);
      assert.match(String(error), /0 bytes, where \d+ rows of 432 are/);
      put('set/ann/9.wav', tone(500, 0.5, 8000, 0.1));
      writeFileSync(sh.path('set/ann/9.wav'), 'no sound');
      const failed = await sh.run(['data', 'pack', sh.path('s.gan')]);
      assert.notEqual(failed.code, 0);
      assert.match(failed.err, /9\.wav/);
      assert.lengthOf(readdirSync(packsFolder()), 2);
    });
  });

  it('memory stays flat: ten times the recordings take what few of them take', function () {
    this.timeout(240_000);
    const peak = (count: number): number => {
      for (let i = 0; i < count; i++) put(`many-${count}/${i}.wav`, tone(300 + i, 10, 8000, 0.1));
      const env = { ...process.env, GANC_CACHE: sh.path(`memory-${count}`), [memoryVariable]: '1' };
      const script = join(root, 'test/cli/sound-memory.ts');
      const flags = ['--max-old-space-size=64', '--max-semi-space-size=4', '--import=tsx'];
      const done = spawnSync(process.execPath, [...flags, script, sh.path(`many-${count}`)], {
        env,
        encoding: 'utf8',
        cwd: root,
      });
      assert.equal(done.status, 0, done.stderr);
      assert.isTrue(existsSync(join(sh.path(`memory-${count}`), 'packs')));
      return Number(done.stdout);
    };
    // 10 s are 1 MB of features and samples in records: 90 of them more.
    assert.isBelow(peak(100) - peak(10), 45);
  });
});
