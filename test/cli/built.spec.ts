/** Programs that `ganc build` wrote, trained without compiling: by `ganc run FOLDER`, and a module by itself. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, before, describe, it } from 'mocha';
import { root } from '../parity/host.ts';

/** Inside the repository: a program finds the package `ganc` as programs beside an installed one do. */
const scratch = join(root, 'build');
const ganc = join(root, 'bin', 'ganc.js');

function node(...args: string[]): { code: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { code: status, err: stderr };
}

const losses = (run: string): Record<string, number>[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"losses"'))
    .map((line) => (JSON.parse(line) as { losses: Record<string, number> }).losses);

describe('built programs', function () {
  this.timeout(120_000);
  let folder = '';
  const inFolder = (name: string): string => join(folder, name);
  const build = (name: string, ...args: string[]): void => {
    const built = node(
      ganc,
      'build',
      'specs/infogan.gan',
      '--profile',
      'tiny',
      '--quiet',
      '--out',
      inFolder(name),
      ...args,
    );
    assert.equal(built.code, 0, built.err);
  };
  before(() => {
    mkdirSync(scratch, { recursive: true });
    folder = mkdtempSync(join(scratch, 'built-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('an ONNX program is trained, and its run resumed, as if the spec had been given', () => {
    build('onnx');
    const first = node(ganc, 'run', inFolder('onnx'), '--steps', '2', '--quiet', '--out', inFolder('run'));
    assert.equal(first.code, 0, first.err);
    const more = node(ganc, 'run', '--resume', inFolder('run'), '--steps', '3', '--quiet');
    assert.equal(more.code, 0, more.err);
    const whole = node(
      ganc,
      'run',
      'specs/infogan.gan',
      '--profile',
      'tiny',
      '--device',
      'cpu',
      '--steps',
      '3',
      '--quiet',
      '--out',
      inFolder('whole'),
    );
    assert.equal(whole.code, 0, whole.err);
    assert.lengthOf(losses(inFolder('run')), 3);
    assert.deepEqual(losses(inFolder('run')), losses(inFolder('whole')));
  });

  it('a TensorFlow.js module trains by itself, with the losses of the ONNX program', () => {
    build('tfjs', '--target', 'tfjs');
    const run = node(
      join(inFolder('tfjs'), 'train.mjs'),
      '--device',
      'cpu',
      '--steps',
      '3',
      '--quiet',
      '--out',
      inFolder('by-itself'),
    );
    assert.equal(run.code, 0, run.err);
    const [found, wanted] = [losses(inFolder('by-itself')), losses(inFolder('whole'))];
    assert.lengthOf(found, 3);
    found.forEach((row, i) => {
      for (const [name, value] of Object.entries(row)) assert.closeTo(value, wanted[i][name], 1e-3, name);
    });
  });

  it('params, profile and target are those that it was built with', () => {
    const refused = node(ganc, 'run', inFolder('tfjs'), '--set', 'batch=4');
    assert.equal(refused.code, 2);
    assert.include(refused.err, 'is a built program, and --set is for building');
    assert.equal(node(ganc, 'run', inFolder('tfjs'), '--target', 'onnx').code, 2);
  });

  it('a program with a file missing is refused by name', () => {
    rmSync(inFolder('tfjs/train.mjs'));
    const refused = node(ganc, 'run', inFolder('tfjs'));
    assert.equal(refused.code, 2);
    assert.include(refused.err, 'lacks train.mjs');
  });
});
