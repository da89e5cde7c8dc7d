/**
 * A disk that is full, forbids or fails, at each place where a run writes: the process says which file and why, with the
 * right exit code; nothing that was trained is lost, and nothing half-written is left. The run then goes on where the disk
 * has recovered, and ends as the run that never met it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { ring, shell } from '../cli/shell.ts';

const reasons = {
  ENOSPC: 'the disk is full',
  EACCES: 'permission denied',
  EIO: 'the disk fails to read or write',
} as const;

interface Place {
  readonly what: string;
  readonly call: string;
  /** Of the path. */
  readonly name: string;
  readonly nth: number;
  readonly code: keyof typeof reasons;
  /** How the message calls the file. */
  readonly said: string;
}

/** Before anything is trained: no run directory is left. */
const atStart: readonly Place[] = [
  { what: 'the run directory', call: 'mkdirSync', name: 'run$', nth: 1, code: 'EACCES', said: 'run' },
  { what: 'the first graph', call: 'writeSync', name: 'onnx$', nth: 1, code: 'ENOSPC', said: 'run' },
  { what: 'a later graph', call: 'openSync', name: 'onnx$', nth: 2, code: 'EIO', said: 'run' },
  { what: 'the manifest', call: 'writeSync', name: 'manifest', nth: 1, code: 'ENOSPC', said: 'run' },
  { what: 'the spec', call: 'writeSync', name: 'spec.gan$', nth: 1, code: 'EIO', said: 'run' },
  { what: 'run.json', call: 'fsyncSync', name: 'run.json$', nth: 1, code: 'ENOSPC', said: 'run' },
  { what: 'its name', call: 'renameSync', name: 'run$', nth: 1, code: 'EACCES', said: 'run' },
  { what: 'pictures/', call: 'mkdirSync', name: 'pictures$', nth: 1, code: 'ENOSPC', said: 'pictures' },
  { what: 'training.lock', call: 'writeSync', name: 'lock$', nth: 1, code: 'ENOSPC', said: 'training.lock' },
  { what: 'training.pid', call: 'writeFileSync', name: 'pid$', nth: 1, code: 'ENOSPC', said: 'training.pid' },
  { what: 'the log', call: 'appendFileSync', name: 'log.txt$', nth: 1, code: 'ENOSPC', said: 'log.txt' },
  { what: 'metrics', call: 'openSync', name: '/run/metrics', nth: 1, code: 'EACCES', said: 'jsonl' },
];

/** While it trains: exit code 4, and the newest checkpoint is whole. */
const inTraining: readonly Place[] = [
  {
    what: 'the first state',
    call: 'writeSync',
    name: 'state',
    nth: 1,
    code: 'ENOSPC',
    said: 'step-00000005',
  },
  { what: 'a later state', call: 'writeSync', name: 'state', nth: 3, code: 'EIO', said: 'step-00000015' },
  {
    what: "a state's flush",
    call: 'fsyncSync',
    name: 'state',
    nth: 2,
    code: 'ENOSPC',
    said: 'step-00000010',
  },
  { what: 'the counters', call: 'openSync', name: 'int.json', nth: 1, code: 'ENOSPC', said: 'step-00000005' },
  { what: 'counters', call: 'writeSync', name: 'int.json', nth: 4, code: 'EIO', said: 'step-0000001' },
  { what: "a checkpoint's folder", call: 'mkdirSync', name: 'step-', nth: 2, code: 'ENOSPC', said: 'step-' },
  { what: "a checkpoint's name", call: 'renameSync', name: 'step-', nth: 2, code: 'EIO', said: 'step-' },
  {
    what: 'what a report found',
    call: 'renameSync',
    name: 'int.json$',
    nth: 1,
    code: 'EIO',
    said: 'int.json',
  },
  { what: 'lines', call: 'writeSync', name: 'metrics', nth: 2, code: 'ENOSPC', said: 'metrics.jsonl' },
  { what: "lines' flush", call: 'fsyncSync', name: 'metrics', nth: 3, code: 'EIO', said: 'metrics.jsonl' },
  { what: 'a picture', call: 'writeSync', name: 'png$', nth: 1, code: 'ENOSPC', said: 'points-00000010.png' },
  { what: "a picture's name", call: 'renameSync', name: 'png$', nth: 2, code: 'EACCES', said: '20.png' },
  { what: 'the log', call: 'appendFileSync', name: 'log.txt$', nth: 2, code: 'ENOSPC', said: 'log.txt' },
];

/** Beside the training: the run ends well, and says so. */
const beside: readonly Place[] = [
  { what: 'the page', call: 'writeSync', name: 'report.html', nth: 1, code: 'ENOSPC', said: 'report.html' },
  { what: 'drawings', call: 'mkdirSync', name: 'architecture', nth: 1, code: 'EIO', said: 'architecture' },
];

describe('a disk that refuses', () => {
  const { path, write, weights, read, run, folder } = shell();
  const steps = ['--steps', '30', '--checkpoint-every', '5', '--threads', '1'];
  before(async () => {
    write('ring.gan', ring);
    const said = await run(['run', path('ring.gan'), '--out', path('alone'), ...steps, '--quiet']);
    assert.equal(said.code, 0, said.err);
  });

  const train = (out: string): string[] => ['run', path('ring.gan'), '--out', out, ...steps];

  /** `ganc ARGS` on such a disk; its exit code. */
  async function refused(refusal: Place, args: readonly string[]): Promise<number | null> {
    const preload = new URL('../disk/refuse.js', import.meta.url).href;
    const bin = fileURLToPath(new URL('../../bin/ganc.js', import.meta.url));
    const child = spawn(process.execPath, [bin, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: `--import=${preload}`, GANC_REFUSES: JSON.stringify(refusal) },
    });
    let err = '';
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    assert.include(err, reasons[refusal.code]);
    assert.match(err, new RegExp(`${refusal.said}[^ ]*: `), err);
    assert.notInclude(err, "ganc's own");
    assert.notMatch(err, /\.unfinished-|^ +at /m);
    return code;
  }

  const halfWritten = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.unfinished-/.test(name));

  for (const [i, place] of atStart.entries())
    it(`${place.code} at the start, ${place.what}: no run is left`, async () => {
      const out = path(`start-${i}/run`);
      const code = await refused(place, train(out));
      assert.equal(code, 2);
      assert.isFalse(existsSync(out));
      assert.isEmpty(halfWritten());
    });

  for (const [i, place] of inTraining.entries())
    it(`${place.code} in training, ${place.what}: nothing is lost`, async () => {
      const name = `run-${i}`;
      const code = await refused(place, train(path(name)));
      assert.equal(code, 4);
      assert.isEmpty(halfWritten());
      const resumed = await run(['run', '--resume', path(name), ...steps, '--quiet']);
      assert.equal(resumed.code, 0, resumed.err);
      assert.deepEqual(weights(name), weights('alone'));
      assert.equal(read(`${name}/metrics.jsonl`), read('alone/metrics.jsonl'));
      assert.deepEqual(readdirSync(join(path(name), 'pictures')), readdirSync(path('alone/pictures')));
    });

  for (const [i, place] of beside.entries())
    it(`${place.code} beside it, ${place.what}: the run ends well`, async () => {
      const name = `beside-${i}`;
      const code = await refused(place, train(path(name)));
      assert.equal(code, 0);
      assert.deepEqual(weights(name), weights('alone'));
      assert.isEmpty(halfWritten());
    });

  for (const place of [
    { what: 'a graph', call: 'writeSync', name: 'onnx$', nth: 1, code: 'ENOSPC', said: 'built' },
    { what: 'its name', call: 'renameSync', name: 'built$', nth: 1, code: 'EACCES', said: 'built' },
  ] as const)
    it(`${place.code} in a build, ${place.what}: the older program stays`, async () => {
      const build = ['build', path('ring.gan'), '--out', path('built'), '--quiet'];
      const said = await run(build);
      assert.equal(said.code, 0, said.err);
      const before = read('built/manifest.json');
      assert.equal(await refused(place, [...build, '--set', 'rate=0.002']), 2);
      assert.equal(existsSync(path('built')) && read('built/manifest.json'), before);
      assert.isEmpty(halfWritten());
    });

  it('ENOSPC in a sample: the older picture stays', async () => {
    const sample = ['sample', path('alone'), 'points', '--out', path('points.png'), '--quiet'];
    const said = await run(sample);
    assert.equal(said.code, 0, said.err);
    const before = read('points.png');
    const full = { call: 'writeSync', name: 'points', nth: 1, code: 'ENOSPC', said: 'points.png' } as const;
    assert.equal(await refused({ what: 'a picture', ...full }, [...sample, '--seed', '5']), 2);
    assert.equal(read('points.png'), before);
    assert.isEmpty(halfWritten());
  });
});
