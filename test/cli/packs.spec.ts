/** Sets that are larger than memory: packed by themselves or when asked to, read from the disk, the same numbers to the bit. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import sharp from 'sharp';
import { packsFolder } from '../../runtime/data/pack.ts';
import { sources } from '../../runtime/catalogue.ts';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { root } from '../parity/host.ts';
import { within as withinCache } from './other-cache.ts';
import { peakOf, trainsAsHeld } from './packing.ts';
import { shell } from './shell.ts';

const sh = shell();
const spec = `data d = images("set/<label>/*.jpg", size: [6, 8], labels: 2)
network R(x: image[3, 6, 8]) -> image[3, 6, 8] in [0, 1] { x |> conv(3, kernel: 3) |> sigmoid }
train for 12 steps, batch 3 { update R to minimize l1(R(d.image), d.image) with adam(1e-2) }`;
const args = { files: 'set/<label>/*.jpg', size: [6, 8], labels: 2 };

const within = <T>(cache: string, megabytes: number | null, work: () => Promise<T>): Promise<T> =>
  withinCache(sh.path(cache), megabytes, work);

async function rows(): Promise<{ image: number[]; label: number[] }> {
  const source = await sources.images.open(args, sh.folder);
  const read = (field: string, width: number): number[] => {
    const out = new Float32Array(source.count * width);
    source.read(
      field,
      Uint32Array.from({ length: source.count }, (_, i) => (i * 7) % source.count),
      out,
    );
    return [...out];
  };
  return { image: read('image', 144), label: read('label', 1) };
}

describe('packs', () => {
  before(async () => {
    for (let i = 0; i < 20; i++) {
      const folder = sh.path(`set/${i % 2 === 0 ? 'even' : 'odd'}`);
      mkdirSync(folder, { recursive: true });
      const pixels = Buffer.from(Array.from({ length: 3 * 16 * 12 }, (_, at) => (at * 5 + i * 37) % 256));
      await sharp(pixels, { raw: { width: 16, height: 12, channels: 3 } })
        .jpeg()
        .toFile(join(folder, `${i}.jpg`));
    }
    sh.write('r.gan', spec);
  });

  it('a set of ten times what may be held trains from the disk as in memory, killed and resumed to the bit', async () => {
    // 20 rows of 144 bytes.
    await trainsAsHeld(sh, 'r.gan', {
      megabytes: 0.000288,
      said: /data d: packed, 2\.9 kB in the cache/,
      also() {
        assert.isTrue(sources.images.describe(args, sh.folder)?.onDisk);
        return Promise.resolve();
      },
    });
  });

  it('rows are those of the files in memory, also where a pack was made though it need not be', async () => {
    const wanted = await within('empty', null, rows);
    await within('asked', null, async () => {
      const said = await sh.run(['data', 'pack', sh.path('r.gan')]);
      assert.match(said.err, /data d: packed, 2\.9 kB/);
      const [name] = readdirSync(packsFolder()).filter((file) => file.endsWith('.rows'));
      // That they are read from the pack is seen by changing it.
      assert.deepEqual(await rows(), wanted);
      const bytes = readFileSync(join(packsFolder(), name));
      writeFileSync(join(packsFolder(), name), bytes.fill(255));
      assert.isTrue((await rows()).image.every((x) => x === 1));
      truncateSync(join(packsFolder(), name), 100);
      const error: unknown = await rows().catch((thrown: unknown) => thrown);
      assert.match(String(error), /100 bytes, where 20 rows of 144 are 2880: `ganc cache remove \w+`/);
      const list = await sh.run(['cache', '--json']);
      const { entries } = JSON.parse(list.out) as { entries: { name: string; of: string }[] };
      assert.deepEqual(
        entries.map(({ of }) => of),
        [sh.path('set/<label>/*.jpg')],
      );
      // A pack whose info a full disk or a strange program has spoilt is one to remove.
      for (const text of ['', 'null', '[1'])
        writeFileSync(join(packsFolder(), `spoilt${text.length}.json`), text);
      const spoilt = await sh.run(['cache']);
      assert.equal(spoilt.code, 0, spoilt.err);
      assert.match(spoilt.out, / {2}spoilt0\n.* {2}spoilt2\n.* {2}spoilt4\n/);
      assert.equal((await sh.run(['cache', 'remove', 'spoilt0', 'spoilt2', 'spoilt4'])).code, 0);
      assert.equal((await sh.run(['cache', 'remove', 'nothing'])).code, 2);
      assert.equal((await sh.run(['cache', 'remove'])).code, 2);
      assert.equal((await sh.run(['cache', 'remove', '--all', entries[0].name])).code, 2);
      assert.equal((await sh.run(['cache', 'remove', entries[0].name])).code, 0);
      assert.deepEqual(readdirSync(packsFolder()), []);
      assert.deepEqual(await rows(), wanted);
    });
  });

  it('minibatches are made one ahead: through phases and repeats, of two streams, killed with -9 and resumed to the bit', async () => {
    const text = `data d = images("set/<label>/*.jpg", size: [6, 8], labels: 2) batch 3
data e = images("set/even/*.jpg", size: [6, 8], mirror: true, jitter: 2) batch 3
network R(x: image[3, 6, 8]) -> image[3, 6, 8] in [0, 1] { x |> conv(3, kernel: 3) |> sigmoid }
network S(x: image[3, 6, 8]) -> image[3, 6, 8] in [0, 1] { x |> conv(3, kernel: 3) |> sigmoid }
train for 100000 steps {
  phase first for 4 steps { update R to minimize l1(R(d.image), d.image) with adam(1e-2) }
  phase second {
    repeat 2 { update S to minimize l1(S(e.image), e.image) with adam(1e-2) }
    update R to minimize l1(R(d.image), d.image) + l1(R(S(e.image)), e.image) with adam(1e-2)
  }
}`;
    sh.write('two.gan', text);
    const bin = join(root, 'bin/ganc.js');
    const reached = await within('killed', 0.000001, async () => {
      const common = ['--json', '--checkpoint-every', '3'];
      const child = spawn(process.execPath, [
        bin,
        'run',
        sh.path('two.gan'),
        '--out',
        sh.path('two'),
        ...common,
      ]);
      const ended = new Promise((done) => child.on('close', done));
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        said += part.toString();
        if (said.split('"checkpoint"').length > 4) child.kill('SIGKILL');
      });
      await ended;
      return newestCheckpoint(inside(sh.path('two')).checkpoints)!.position.iteration;
    });
    const steps = ['--steps', String(reached + 5)];
    await within('killed', 0.000001, async () => {
      const { code, err } = await sh.run(['run', '--resume', sh.path('two'), ...steps]);
      assert.equal(code, 0, err);
    });
    const held = await within('empty', null, () =>
      sh.run(['run', sh.path('two.gan'), '--out', sh.path('one'), ...steps]),
    );
    assert.equal(held.code, 0, held.err);
    assert.deepEqual(sh.weights('two'), sh.weights('one'));
  });

  it('the command makes them, as one who types it has it', () => {
    const env = { ...process.env, GANC_CACHE: sh.path('typed') };
    const done = spawnSync(process.execPath, [join(root, 'bin/ganc.js'), 'data', 'pack', sh.path('r.gan')], {
      env,
      encoding: 'utf8',
    });
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stderr, /data d: packed/);
  });

  it('leave nothing where a signal ends their making; what kill -9 leaves goes with the next', async function () {
    if (process.platform === 'win32') this.skip();
    const cache = sh.path('stopped');
    const stopped = (signal: NodeJS.Signals): Promise<NodeJS.Signals | null> =>
      new Promise((resolve) => {
        const env = { ...process.env, GANC_CACHE: cache };
        const child = spawn(process.execPath, ['--import=tsx', join(root, 'test/cli/pack-slowly.ts')], {
          env,
        });
        child.stdout.once('data', () => child.kill(signal));
        child.on('close', (_, by) => resolve(by));
      });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      assert.equal(await stopped(signal), signal);
      assert.isEmpty(readdirSync(join(cache, 'packs')));
    }
    assert.equal(await stopped('SIGKILL'), 'SIGKILL');
    const [left] = readdirSync(join(cache, 'packs'));
    // Of another machine's processes, and of those that live, nothing is taken away.
    const others = [
      left.replace(/^(\.unfinished-\d+-)/, '$1other-'),
      left.replace(/\d+/, String(process.ppid)),
    ];
    for (const name of others) writeFileSync(join(cache, 'packs', name), '');
    await within('stopped', 0.000001, async () => sources.images.open(args, sh.folder));
    const there = readdirSync(join(cache, 'packs'));
    assert.sameMembers(
      there.filter((name) => name.startsWith('.')),
      others,
    );
    assert.lengthOf(there, 4);
  });

  it('another content, size or fit is another pack; a broken picture leaves none behind', async () => {
    await within('several', 0.000001, async () => {
      await sources.images.open(args, sh.folder);
      await sources.images.open({ ...args, fit: 'stretch' }, sh.folder);
      await sources.images.open({ ...args, size: [6, 7] }, sh.folder);
      assert.lengthOf(readdirSync(packsFolder()), 6);
      sh.write('set/odd/99.jpg', 'no picture');
      const error: unknown = await Promise.resolve(sources.images.open(args, sh.folder)).catch(
        (e: unknown) => e,
      );
      assert.match(String(error), /99\.jpg, byte 0: not a picture/);
      assert.lengthOf(readdirSync(packsFolder()), 6);
      const failed = await sh.run(['run', sh.path('r.gan'), '--out', sh.path('none')]);
      assert.notEqual(failed.code, 0);
      assert.isFalse(existsSync(sh.path('none')));
    });
  });

  it('memory stays flat: many records take no more than few', async function () {
    this.timeout(120_000);
    const peak = (count: number): number =>
      peakOf('pack-memory.ts', [sh.path(`pictures-${count}`), String(count)], {
        cache: sh.path(`memory-${count}`),
        megabytes: 1,
      });
    // Records of 3 MB each: 150 MB more.
    assert.isBelow(peak(66) - peak(16), 75);
  });
});
