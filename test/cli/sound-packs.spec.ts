/** Sounds that are larger than memory: their frames packed, segments read from the disk, the same numbers to the bit. */
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import type { SourceArguments } from '../../program/catalogue.ts';
import { sources } from '../../runtime/catalogue.ts';
import { packsFolder } from '../../runtime/data/pack.ts';
import { shapeAt } from '../../runtime/data/source.ts';
import { writeWav } from '../../runtime/formats/wav.ts';
import { tone } from '../audio/waves.ts';
import { within } from './other-cache.ts';
import { isReadAhead, peakOf, trainsAsHeld } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const base: SourceArguments = {
  ...{ files: 'set/<speaker>/<word>.wav', speakers: 2, words: 4 },
  ...{ frames: 16, rate: 8000 },
};
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
    [
      'sounds without speakers',
      { files: 'set/*/*.wav', speakers: null, words: null, features: 'log_magnitude' },
    ],
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
    await trainsAsHeld(sh, 's.gan', {
      megabytes: 0.000001,
      said: /data d: packed, /,
      async also() {
        const opened = await sources.speech.open(base, sh.folder);
        // The last of them is of the second pass, where other recordings stand beside the rows.
        const ordinals = [0, 1, Math.floor(opened.count / 2) + 1];
        await isReadAhead(opened, 2, ['sound', 'other', 'other_speaker'], ordinals);
      },
    });
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

  it('files are read one after the other, and none is kept: neither of a look nor of packing', async () => {
    for (let i = 0; i < 24; i++) {
      put(`wide/${i}.wav`, tone(300 + i, 1, 8000, 0.1));
      // What follows the sound is passed over, and stands on no disk.
      truncateSync(sh.path(`wide/${i}.wav`), 16e6);
    }
    let most = 0;
    const watch = (): void => void (most = Math.max(most, process.memoryUsage().arrayBuffers));
    const args = { ...base, files: 'wide/*.wav', speakers: null, words: null, features: 'log_magnitude' };
    const before = process.memoryUsage().arrayBuffers;
    await within(sh.path('one by one'), null, async () => {
      assert.isAbove(sources.speech.describe(args, sh.folder, watch)!.count, 0);
      await sources.speech.pack!(args, sh.folder, { always: true, watch });
    });
    assert.isBelow(most - before, 190e6);
  });

  it('memory stays flat: ten times the recordings take what few of them take', function () {
    this.timeout(240_000);
    const peak = (count: number): number => {
      for (let i = 0; i < count; i++) put(`many-${count}/${i}.wav`, tone(300 + i, 10, 8000, 0.1));
      const where = { cache: sh.path(`memory-${count}`), megabytes: 1, heap: 64 };
      return peakOf('sound-memory.ts', [sh.path(`many-${count}`)], where);
    };
    // 10 s are 1 MB of features and samples in records: 90 of them more.
    assert.isBelow(peak(100) - peak(10), 45);
  });
});
