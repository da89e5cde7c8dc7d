/** The lock of a run: of processes that want it one has it, here and on machines that share the disk. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { isTrained, lock, lockFile } from '../../runtime/run/lock.ts';
import { RunDirectoryError } from '../../runtime/run/run-directory.ts';
import { scratch } from './scratch.ts';

describe('the lock of a run', () => {
  const { path } = scratch();
  const run = path('run');
  const file = lockFile(run);
  const pid = join(run, 'training.pid');
  const says = (number: number | string | undefined, host = hostname()): void =>
    writeFileSync(file, `${number}\n${host}\n`);
  const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;
  beforeEach(() => {
    rmSync(run, { recursive: true, force: true });
    mkdirSync(run);
  });

  it('is there while a process trains, with its number by itself, and all of it gone after', () => {
    const unlock = lock(run);
    assert.equal(readFileSync(file, 'utf8'), `${process.pid}\n${hostname()}\n`);
    // As a shell takes it: `kill -INT $(cat training.pid)`.
    assert.equal(readFileSync(pid, 'utf8').trim(), String(process.pid));
    assert.isTrue(isTrained(run));
    unlock();
    assert.deepEqual(readdirSync(run), []);
    assert.isFalse(isTrained(run));
  });

  it('keeps other processes out while its holder lives', () => {
    says(process.ppid);
    assert.throws(() => lock(run), RunDirectoryError, `is being trained by process ${process.ppid}: stop`);
    assert.isTrue(isTrained(run));
  });

  it('keeps its own process out, and a link to the run is the run', () => {
    const link = path('link');
    symlinkSync(run, link);
    const unlock = lock(run);
    for (const same of [run, link])
      assert.throws(() => lock(same), RunDirectoryError, 'is being trained by this process');
    assert.isTrue(existsSync(file));
    unlock();
    lock(run)();
  });

  it('of a process with its number that died, as in containers, counts for nothing', () => {
    says(process.pid);
    lock(run)();
  });

  it('of another process stays when this one ends', () => {
    const unlock = lock(run);
    says(process.ppid);
    unlock();
    assert.isTrue(existsSync(file));
  });

  it('of a dead process, or one that says nothing, counts for nothing', () => {
    for (const text of [`${dead()}\n${hostname()}\n`, '', 'x', '-1\nhere\n', '5']) {
      writeFileSync(file, text);
      lock(run)();
      assert.deepEqual(readdirSync(run), []);
    }
  });

  it('of another machine counts as long as there are signs of life, whatever processes are here', () => {
    says(dead(), 'node7');
    assert.throws(() => lock(run), RunDirectoryError, /process \d+ on node7: stop .*delete .*training\.lock/);
    const before = Date.now() / 1000 - 601;
    utimesSync(file, before, before);
    assert.isFalse(isTrained(run));
    lock(run)();
  });

  it('of a dead process is taken over by one of several that try at once', async () => {
    const child = `
      import { lock } from './runtime/run/lock.ts';
      process.stdin.once('data', () => {
        try {
          lock(${JSON.stringify(run)});
          process.stdout.write('won');
        } catch (error) {
          process.stdout.write(error.constructor.name === 'RunDirectoryError' ? 'lost' : String(error));
        }
        process.stdin.once('data', () => process.exit());
      });
      process.stdout.write('ready');
    `;
    says(dead());
    const children = [1, 2, 3, 4].map(() =>
      spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', child], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const heard = () =>
      Promise.all(children.map(({ stdout }) => new Promise((done) => stdout.once('data', done))));
    const tell = (): void => children.forEach(({ stdin }) => void stdin.write('on\n'));
    await heard();
    const answers = heard();
    tell();
    assert.deepEqual((await answers).map(String).sort(), ['lost', 'lost', 'lost', 'won']);
    tell();
    await Promise.all(children.map((one) => new Promise((done) => one.once('exit', done))));
  });
});
