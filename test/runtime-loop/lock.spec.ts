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

  it("is taken over by one at a time, and one that died while it did is in nobody's way for long", () => {
    const guard = `${file}.taken`;
    says(dead());
    writeFileSync(guard, `${process.ppid}\n${hostname()}\n`);
    assert.throws(() => lock(run), RunDirectoryError, 'is being started by another process');
    assert.isTrue(existsSync(guard));
    writeFileSync(guard, `${dead()}\n${hostname()}\n`);
    assert.throws(() => lock(run), RunDirectoryError, 'is being started by another process');
    lock(run)();
    assert.deepEqual(readdirSync(run), []);
  });

  it('of a dead process is taken over by one of several that try at once', async () => {
    const child = `
      import { lock } from './runtime/run/lock.ts';
      let unlock = () => undefined;
      const say = (text) => process.stdout.write(text + '\\n');
      process.stdin.on('data', (asked) => {
        if (String(asked) === 'off') return (unlock(), (unlock = () => undefined), say('off'));
        try {
          unlock = lock(${JSON.stringify(run)});
          say('won');
        } catch (error) {
          say(error.constructor.name === 'RunDirectoryError' ? 'lost' : String(error));
        }
      });
      say('ready');
    `;
    const children = [1, 2, 3, 4].map(() =>
      spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', child], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const heard = (): Promise<unknown[]> =>
      Promise.all(children.map(({ stdout }) => new Promise((done) => stdout.once('data', done))));
    const told = (what: string): Promise<unknown[]> => {
      const answers = heard();
      for (const { stdin } of children) stdin.write(what);
      return answers;
    };
    try {
      await heard();
      const number = dead();
      for (let round = 0; round < 25; round++) {
        says(number);
        const answers = (await told('on')).map((answer) => String(answer).trim());
        assert.deepEqual(answers.sort(), ['lost', 'lost', 'lost', 'won'], `round ${round}`);
        await told('off');
        assert.deepEqual(readdirSync(run), []);
      }
    } finally {
      for (const one of children) one.kill();
    }
  });
});
