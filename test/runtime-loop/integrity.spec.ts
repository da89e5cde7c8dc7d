/** Nothing lost, nothing believed: damaged files, reports that are stopped, directories that vanish. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { DiskError } from '../../runtime/disk.ts';
import { checkpoints, isWhole, newestCheckpoint, readCheckpoint } from '../../runtime/run/checkpoint.ts';
import { withTrainable } from '../../runtime/run/lock.ts';
import { seal } from '../../runtime/run/sealed.ts';
import { inside, openRun, replaceProgram, RunDirectoryError } from '../../runtime/run/run-directory.ts';
import type { Reporter } from '../../runtime/reports/result.ts';
import type { Surroundings } from '../../runtime/run/training.ts';
import { scratch } from './scratch.ts';
import {
  folderOf,
  iterations,
  newRun,
  tinyReporter,
  trainedTo,
  trainTiny,
  weights,
  withReporter,
} from './scratch-run.ts';

const { path } = scratch();
const read = (file: string): string => readFileSync(file, 'utf8');

/** Spoils a checkpoint as a failing disk would. */
function spoil(checkpoint: string): void {
  const file = join(checkpoint, 'state.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(file, bytes);
}

const trained = (name: string, stop?: number): Promise<string> => trainedTo(path(name), stop);

describe('a changed bit', () => {
  let run: string;
  before(async () => {
    run = await trained('bits');
  });

  /** Puts the file back after each flip. */
  function flips(file: string, step: number, each: (bit: number) => void): void {
    const bytes = readFileSync(file);
    for (let bit = 0; bit < 8 * bytes.length; bit += step) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] ^= 1 << (bit & 7);
      writeFileSync(file, changed);
      each(bit);
    }
    writeFileSync(file, bytes);
  }

  for (const name of ['checkpoint.json', 'state.safetensors'])
    it(`anywhere in ${name} is seen`, () => {
      const [newest] = checkpoints(folderOf(run));
      assert.isTrue(isWhole(readCheckpoint(newest)));
      flips(join(newest, name), 1, (bit) => assert.isFalse(isWhole(readCheckpoint(newest)), `bit ${bit}`));
      assert.isTrue(isWhole(readCheckpoint(newest)));
    });

  for (const name of ['run.json', 'program/manifest.json', 'program/steps/fit.txt'])
    it(`in ${name} is seen`, () => {
      openRun(run);
      // Every bit of the short file; of the long ones every 13th, which comes to all places in a byte.
      flips(join(run, name), name.endsWith('.txt') ? 1 : 13, (bit) =>
        assert.throws(() => openRun(run), RunDirectoryError, /damaged/, `bit ${bit}`),
      );
      openRun(run);
    });

  it('is not what a file of ganc 0.1 has: that is said as what it is', () => {
    const old = path('old');
    cpSync(run, old, { recursive: true });
    writeFileSync(inside(old).info, JSON.stringify({ format: 1, seed: 1 }));
    assert.throws(
      () => openRun(old),
      RunDirectoryError,
      /written by ganc 0\.1, .*start a new run from its spec/,
    );
  });
});

describe('checkpoints that are not whole', () => {
  it('are no place to start over from: where none is whole, the run is left as it is', async () => {
    const run = await trained('none-whole');
    for (const checkpoint of checkpoints(folderOf(run))) spoil(checkpoint);
    const [lines, names] = [read(inside(run).metrics), iterations(run)];
    const error = await trainTiny(run, { stop: 20 }).catch((e: unknown) => e);
    assert.instanceOf(error, RunDirectoryError);
    assert.match((error as Error).message, /no whole checkpoint to go on from:\n.*step-00000010.*checksum/);
    assert.equal(read(inside(run).metrics), lines);
    assert.deepEqual(iterations(run), names);
  });

  it('nor is a run whose checkpoints are gone', async () => {
    const run = await trained('gone');
    rmSync(folderOf(run), { recursive: true });
    const error = await trainTiny(run, { stop: 20 }).catch((e: unknown) => e);
    assert.match((error as Error).message, /checkpoints is gone/);
  });

  it('nor is one whose checkpoints were all taken out of their folder', async () => {
    const run = await trained('taken-out');
    for (const checkpoint of checkpoints(folderOf(run))) rmSync(checkpoint, { recursive: true });
    const lines = read(inside(run).metrics);
    const error = await trainTiny(run, { stop: 20 }).catch((e: unknown) => e);
    assert.instanceOf(error, RunDirectoryError);
    assert.match((error as Error).message, /checkpoints is empty/);
    assert.equal(read(inside(run).metrics), lines);
  });

  it('where none was written yet, a run starts over and says so', async () => {
    const run = path('never-saved');
    newRun(run);
    writeFileSync(inside(run).metrics, '{"iteration":1}\n');
    await trainTiny(run, { stop: 3 });
    assert.include(
      read(inside(run).log),
      'no checkpoint was written before: starting from the first iteration',
    );
    assert.equal(newestCheckpoint(folderOf(run))?.position.iteration, 3);
  });

  it('nor are copies under a later name, which would hide what follows', async () => {
    const run = await trained('copied', 10);
    cpSync(join(folderOf(run), 'step-00000010'), join(folderOf(run), 'step-00000030'), { recursive: true });
    await trainTiny(run, { stop: 20 });
    assert.match(read(inside(run).log), /left out: .*step-00000030 holds the checkpoint of iteration 10/);
    assert.equal(newestCheckpoint(folderOf(run))?.position.iteration, 20);
  });

  it('push out none that is, and are named in the log', async () => {
    const run = await trained('pruned', 30);
    spoil(checkpoints(folderOf(run))[0]);
    const from = newestCheckpoint(folderOf(run))!.position.iteration;
    assert.isBelow(from, 29);
    await trainTiny(run, { stop: from + 1, checkpointEvery: 1, keep: 1 });
    assert.include(iterations(run), from + 1, 'the broken one of iteration 30 does not count');
    assert.match(read(inside(run).log), /a newer checkpoint is left out: .*step-00000030/);
    const whole = await trained('never-cut', 30);
    await trainTiny(run, { stop: 30 });
    assert.deepEqual(weights(run), weights(whole));
  });
});

describe('metrics.jsonl', () => {
  it('shorter than its checkpoint is said, and what follows is not glued to a line that was cut', async () => {
    const run = await trained('shorter');
    const file = inside(run).metrics;
    const lines = read(file);
    writeFileSync(file, lines.slice(0, -20));
    await trainTiny(run, { stop: 12 });
    assert.match(read(inside(run).log), /metrics\.jsonl lacks the last 20 bytes/);
    const after = read(file).slice(lines.length - 20);
    assert.match(after, /^\n\{"iteration":11,/);
    await trainTiny(run, { stop: 14 });
    assert.match(
      read(file).slice(lines.length - 20),
      /^\n\{"iteration":11,.*\n\{"iteration":12,(.*\n)*\{"iteration":13,/,
    );
  });
});

describe('a run directory', () => {
  it('that vanishes stops the run with a sentence', async () => {
    const run = path('vanishes');
    newRun(run);
    let clock = 0;
    const emit: Surroundings['emit'] = ({ kind }) => {
      if (kind === 'iteration' && existsSync(run)) renameSync(run, `${run}-moved`);
    };
    const error = await withReporter(run, tinyReporter, 1e9, { emit, now: () => (clock += 1000) }).catch(
      (e: unknown) => e,
    );
    assert.instanceOf(error, RunDirectoryError);
    assert.match((error as Error).message, /not there any more: it was moved or deleted/);
    assert.isFalse(existsSync(run), 'nothing of it is made anew');
  });

  it('that vanishes while a report is made gets no picture, and is not made anew', async () => {
    const run = path('vanishes-late');
    newRun(run);
    const moving: Reporter = (...given) => {
      if (existsSync(run)) renameSync(run, `${run}-moved`);
      return tinyReporter(...given);
    };
    const error = await withReporter(run, moving, 1e9).catch((e: unknown) => e);
    assert.instanceOf(error, RunDirectoryError);
    assert.isFalse(existsSync(run));
  });

  it('whose checkpoint is taken away or spoiled while a report is made gets it once more', async () => {
    for (const [name, harm] of [
      ['taken', (folder: string) => rmSync(folder, { recursive: true })],
      ['emptied', (folder: string) => writeFileSync(join(folder, 'checkpoint.json'), '')],
    ] as const) {
      const run = path(name);
      newRun(run);
      const harming: Reporter = (...given) => {
        for (const folder of checkpoints(folderOf(run))) harm(folder);
        return tinyReporter(...given);
      };
      const { kind } = await withReporter(run, harming, 7);
      assert.equal(kind, 'done');
      assert.equal(newestCheckpoint(folderOf(run))?.position.iteration, 7, name);
    }
  });

  it('says which checkpoint is left by the disk, not by what it wrote', async () => {
    const run = path('none-left');
    newRun(run);
    const taking: Reporter = () => {
      rmSync(folderOf(run), { recursive: true });
      throw new DiskError('elsewhere', 'EIO');
    };
    const outcome = await withReporter(run, taking, 7);
    assert.match(
      outcome.kind === 'failed' ? outcome.reason : '',
      /no whole checkpoint is left in .*checkpoints$/,
    );
  });

  for (const [what, make] of [
    ['folder', (place: string) => mkdirSync(place)],
    ['file', (place: string) => writeFileSync(place, 'mine')],
  ] as const)
    it(`loses nothing to a ${what} that is called program.next`, async () => {
      const run = await trained(`next-${what}`);
      const next = `${inside(run).program}.next`;
      make(next);
      const opened = openRun(run);
      assert.isTrue(existsSync(join(inside(run).program, 'manifest.json')));
      assert.throws(
        () => replaceProgram(opened, opened.manifest, { 'steps/fit.txt': Buffer.from('new') }),
        RunDirectoryError,
        /program\.next is in the way/,
      );
      assert.isTrue(existsSync(next));
      openRun(run);
    });

  it('takes a program that was whole when the process was killed', async () => {
    const run = await trained('replaced');
    const opened = openRun(run);
    const renamed = replaceProgram(
      opened,
      { ...opened.manifest, name: 'Other' },
      { 'steps/fit.txt': Buffer.from('new') },
    );
    assert.deepEqual(openRun(run), renamed);
    // As it was between writing the new one and taking the old one away.
    const { program } = inside(run);
    cpSync(program, `${program}.next`, { recursive: true });
    cpSync(inside(run).info, join(`${program}.next`, 'run.json.next'));
    rmSync(join(program, 'manifest.json'));
    writeFileSync(inside(run).info, seal(opened.info));
    // Who only reads it moves nothing: the process that replaces it may live.
    assert.deepEqual(openRun(run), { ...renamed, program: `${program}.next` });
    assert.isTrue(existsSync(`${program}.next`));
    await withTrainable(run, async (found) => assert.deepEqual(found, renamed));
    assert.isFalse(existsSync(`${program}.next`));
    // Between its new name and that of its run.json.
    cpSync(inside(run).info, join(program, 'run.json.next'));
    writeFileSync(inside(run).info, seal(opened.info));
    assert.deepEqual(openRun(run), renamed);
    assert.isTrue(existsSync(join(program, 'run.json.next')));
  });

  it('is read whole while another process replaces it', async () => {
    const run = await trained('exchanged');
    const script = `
      import { openRun, replaceProgram } from './runtime/run/run-directory.ts';
      const opened = openRun(${JSON.stringify(run)});
      process.stdout.write('ready');
      for (let i = 0, end = Date.now() + 1500; Date.now() < end; i++)
        replaceProgram(opened, { ...opened.manifest, name: 'N' + i }, { 'steps/fit.txt': Buffer.from('fit' + i) });
    `;
    const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let going = true;
    const ended = new Promise((done) => child.once('exit', (code) => done(((going = false), code))));
    await new Promise((done) => child.stdout.once('data', done));
    const names = new Set<string>();
    while (going) {
      names.add(openRun(run).manifest.name);
      await new Promise((done) => setImmediate(done));
    }
    assert.equal(await ended, 0);
    assert.isAbove(names.size, 3);
  });
});
