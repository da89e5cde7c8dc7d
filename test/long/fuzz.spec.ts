/** The long fuzz, as far as a quarter of an hour allows; `npm run fuzz -- --inputs 1e6` goes on. Each input has a process's limits of time and memory. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { root } from '../parity/host.ts';

describe('spoilt specs, many', () => {
  it('are answered by diagnostics or a program, in time', () => {
    const run = ['--import=tsx', join(root, 'test', 'fuzz', 'run.ts'), '--inputs', '5000'];
    const { status, stdout, stderr } = spawnSync(process.execPath, run, { encoding: 'utf8', cwd: root });
    assert.equal(status, 0, stdout + stderr);
  });
});
