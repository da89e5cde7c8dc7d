import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { lock } from '../../runtime/run/lock.ts';
import { RunDirectoryError } from '../../runtime/run/run-directory.ts';
import { scratch } from './scratch.ts';

describe('the lock of a run', () => {
  const { path } = scratch();
  const run = path('run');
  const file = join(run, 'training.pid');
  before(() => mkdirSync(run));

  it('is there while a process trains, and gone after', () => {
    const unlock = lock(run);
    assert.isTrue(existsSync(file));
    unlock();
    assert.isFalse(existsSync(file));
  });

  it('keeps other processes out while its holder lives', () => {
    writeFileSync(file, String(process.ppid));
    assert.throws(() => lock(run), RunDirectoryError, `is being trained by process ${process.ppid}`);
  });

  it('of another process stays when this one ends', () => {
    rmSync(file, { force: true });
    const unlock = lock(run);
    writeFileSync(file, String(process.ppid));
    unlock();
    assert.isTrue(existsSync(file));
  });

  it('of a dead process, or one that says nothing, counts for nothing', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const text of [String(pid), '', 'x', '-1']) {
      writeFileSync(file, text);
      lock(run)();
    }
  });
});
