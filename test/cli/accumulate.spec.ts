/** `ganc run --accumulate`: kept by the run, gone on with to the bit, said where it differs from a batch at once. */
import { existsSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { itOnTorch, torchPython } from '../torch/where.ts';
import { shell } from './shell.ts';

const spec = `gan Parts
data ring = gaussians(modes: 8, rows: 96)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> tanh |> dense(1) }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))
train for 8 steps, batch 8 {
  update D to minimize game.discriminator with adam(1e-2) when game.discriminator > 1.3
  update G to minimize game.generator + 0.1 * norm(mean(fake, over: rows)) with adam(1e-2)
}
report every 4 steps { metric score = mean(D(ring.point)) }
`;

describe('ganc run --accumulate', () => {
  const home = shell();
  const run = (...args: string[]) => home.run(['run', ...args, '--no-report', '--threads', '1']);
  const info = (out: string) => JSON.parse(home.read(`${out}/run.json`)) as { accumulate?: number };
  const file = home.write('parts.gan', spec);

  for (const target of ['onnx', 'tfjs'])
    it(`${target}: a run that was cut is to the bit one that was not`, async () => {
      const [whole, cut] = [`${target}-whole`, `${target}-cut`];
      const to = (out: string) => ['--target', target, '--device', 'cpu', '--out', home.path(out)];
      const first = await run(file, '--accumulate', '3', ...to(whole));
      assert.equal(first.code, 0, first.err);
      assert.include(first.err, 'minibatches in 3 parts: ring 3 × 8 rows');
      assert.include(
        first.err,
        'batch norm: each of the 3 parts of a minibatch is normalised by its own rows',
      );
      assert.equal((await run(file, '--accumulate', '3', '--steps', '5', ...to(cut))).code, 0);
      assert.equal(info(cut).accumulate, 3);
      assert.isFalse(Object.keys(home.weights(cut)).some((name) => name.startsWith('sum.')));
      const resumed = await run('--resume', home.path(cut), '--steps', '8');
      assert.equal(resumed.code, 0, resumed.err);
      assert.deepEqual(home.weights(cut), home.weights(whole));
      assert.deepEqual(home.metric(cut, 'score').at(-1), home.metric(whole, 'score').at(-1));
    });

  it('keeps how many: another number is refused, the same is not', async () => {
    const out = home.path('onnx-cut');
    const other = await run('--resume', out, '--accumulate', '2', '--steps', '9');
    assert.equal(other.code, 2);
    assert.include(other.err, 'was started with --accumulate 3; a run keeps how its minibatches are made');
    assert.equal((await run('--resume', out, '--accumulate', '3', '--steps', '9')).code, 0);
  });

  it('is built into a program, which no run changes', async () => {
    const out = home.path('built');
    assert.equal((await home.run(['build', file, '--accumulate', '2', '--out', out])).code, 0);
    const refused = await run(out, '--accumulate', '3', '--out', home.path('other'));
    assert.equal(refused.code, 2);
    assert.include(refused.err, '--accumulate is for building');
    assert.equal((await run(out, '--out', home.path('of-built'), '--steps', '2')).code, 0);
    assert.equal(info('of-built').accumulate, 2);
  });

  it('needs a minibatch of so many rows', async () => {
    const { code, err } = await run(file, '--accumulate', '13', '--out', home.path('large'));
    assert.notEqual(code, 0);
    assert.include(err, 'ring has 96 rows, fewer than its batch of 104');
    assert.isFalse(existsSync(home.path('large/checkpoints/step-00000001')));
  });

  itOnTorch('torch: Python takes the parts, cut or not', async () => {
    const around = { GANC_PYTHON: torchPython! };
    const before = process.env.GANC_PYTHON;
    Object.assign(process.env, around);
    try {
      const to = (out: string) => ['--target', 'torch', '--device', 'cpu', '--out', home.path(out)];
      const whole = await run(file, '--accumulate', '3', ...to('torch-whole'));
      assert.equal(whole.code, 0, whole.err);
      assert.equal((await run(file, '--accumulate', '3', '--steps', '5', ...to('torch-cut'))).code, 0);
      assert.equal((await run('--resume', home.path('torch-cut'), '--steps', '8')).code, 0);
      assert.deepEqual(home.weights('torch-cut'), home.weights('torch-whole'));
      const [onnx, torch] = ['onnx-whole', 'torch-whole'].map((out) => home.weights(out)['D.dense_1.weight']);
      onnx.forEach((value, i) => assert.closeTo(torch[i], value, 1e-3));
    } finally {
      if (before === undefined) delete process.env.GANC_PYTHON;
      else process.env.GANC_PYTHON = before;
    }
  });
});
