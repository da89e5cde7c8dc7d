/** The library's looks at runs of the target torch: the Python process of a look ends with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe } from 'mocha';
import { report, sample } from '../../lib/runtime.ts';
import { ring, shell } from '../cli/shell.ts';
import { itOnTorch, torchPython } from './where.ts';

/** Processes that this one has started and that live, by their command lines; Linux tells. */
const children = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))!;
        if (Number(parent) !== process.pid) return [];
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    })
    .filter((line) => line.includes('ganc_torch.serve'));

describe('the library on the target torch', () => {
  const { run, write, path } = shell();

  itOnTorch('leaves no process behind', async function () {
    if (process.platform !== 'linux') return this.skip();
    process.env.GANC_PYTHON = torchPython!;
    const made = ['run', write('ring.gan', ring), '--target', 'torch', '--device', 'cpu', '--threads', '1'];
    const { code, err } = await run([...made, '--steps', '3', '--no-report', '--out', path('run'), '-q']);
    assert.equal(code, 0, err);
    const before = children();
    const { kind } = await sample(path('run'), 'points');
    assert.equal(kind, 'picture');
    assert.lengthOf(await report(path('run')), 2);
    assert.deepEqual(children(), before);
  });
});
