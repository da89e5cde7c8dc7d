/** Checkpoints are one format: a run goes on, and is sampled, by another target's engine or on another device. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { readNpy } from '../../runtime/formats/npy.ts';
import { inside, openRun } from '../../runtime/run/run-directory.ts';
import { digest, seal } from '../../runtime/run/sealed.ts';
import { readProgram } from '../../cli/built.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, read, weights } = shell();
const train = (out: string, ...more: string[]): Promise<unknown> =>
  run(['run', path('ring.gan'), '--out', path(out), '--threads', '1', '--quiet', ...more]);

function near(found: Record<string, number[]>, wanted: Record<string, number[]>): void {
  assert.hasAllKeys(found, wanted);
  for (const [name, values] of Object.entries(wanted))
    values.forEach((value, i) => assert.closeTo(found[name][i], value, 1e-3, `${name}[${i}]`));
}

describe('targets and devices of a run', () => {
  before(async () => {
    write('ring.gan', ring);
    await train('whole');
  });

  for (const [from, to] of [
    ['onnx', 'tfjs'],
    ['tfjs', 'onnx'],
  ]) {
    it(`started with ${from}, goes on with ${to} where that is forced, and ends as one that never changed`, async () => {
      await train(from, '--target', from, '--device', 'cpu', '--steps', '12');
      const change = ['run', '--resume', path(from), '--target', to, '--device', 'cpu'];
      const refused = await run(change);
      assert.equal(refused.code, 2);
      assert.include(refused.err, `target: ${from} then, ${to} now`);
      assert.equal(openRun(path(from)).manifest.target, from);
      // The spec may be gone: the run holds it.
      rmSync(path('ring.gan'));
      const forced = await run([...change, '--force']);
      write('ring.gan', ring);
      assert.equal(forced.code, 0, forced.err);
      assert.match(forced.err, /resumed after iteration 12/);
      assert.equal(openRun(path(from)).manifest.target, to);
      assert.include(read(`${from}/run.json`), to === 'tfjs' ? '"tfjs ' : '"onnxruntime-node"');
      near(weights(from), weights('whole'));
    });
  }

  it('is sampled by the other target', async () => {
    const sampled = async (target: string): Promise<number[]> => {
      const out = path(`${target}.npy`);
      const { code, err } = await run([
        'sample',
        path('whole'),
        '--target',
        target,
        '--count',
        '5',
        '--out',
        out,
      ]);
      assert.equal(code, 0, err);
      return [...readNpy(new Uint8Array(readFileSync(out)), out).data] as number[];
    };
    near({ fake: await sampled('tfjs') }, { fake: await sampled('onnx') });
  });

  it('laid out for a GPU, is refused on the CPU, and goes on there if forced', async () => {
    await train('moved', '--steps', '12');
    const built = await run(['build', path('ring.gan'), '--device', 'webgpu', '--out', path('program')]);
    assert.equal(built.code, 0, built.err);
    const { program, info } = inside(path('moved'));
    const { machine, ...rest } = openRun(path('moved')).info;
    rmSync(program, { recursive: true });
    cpSync(path('program'), program, { recursive: true });
    // A run that this machine can't make: as its graphics card would have left it.
    const made = Object.entries(readProgram(path('program')).files).map(([name, bytes]) => [
      name,
      digest(bytes),
    ]);
    writeFileSync(
      info,
      seal({ ...rest, machine: { ...machine, device: 'webgpu' }, program: Object.fromEntries(made) }),
    );
    assert.isUndefined(openRun(path('moved')).manifest.graphs.step_1.stages);
    const onCpu = ['run', '--resume', path('moved'), '--device', 'cpu'];
    const refused = await run(onCpu);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /device: webgpu then, cpu now/);
    const forced = await run([...onCpu, '--force']);
    assert.equal(forced.code, 0, forced.err);
    const { manifest } = openRun(path('moved'));
    assert.isUndefined(manifest.device);
    assert.isDefined(manifest.graphs.step_1.stages);
    assert.deepEqual(weights('moved'), weights('whole'));
  });
});
