/** Networks from ONNX files by the command: a run keeps what it needs of the file, and `ganc data look` says what one holds. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { before, describe, it } from 'mocha';
import { readOnnx } from '../../runtime/formats/onnx.ts';
import { shell } from './shell.ts';

const fixture = fileURLToPath(new URL('../cases/networks/digits.onnx', import.meta.url));

const spec = `gan Foreign
data digits = mnist(split: train, examples: 40) as image[1, 8, 8]
sample z ~ normal[3]
network Features(x: image[1, 8, 8] in [0, 1]) -> vec[10] { x |> onnx("net.onnx") }
network G(z: vec[3]) -> image[1, 8, 8] in [0, 1] { z |> dense(64) |> reshape(1, 8, 8) |> sigmoid }
train for 4 steps, batch 8 {
  update G to minimize mse(Features(G(z)), Features(unpaired(digits.image, like: G(z)))) with adam(1e-2)
}
report every 4 steps { metric fid = frechet(Features(G(z)), Features(digits.image)) }
`;

describe('networks from files', () => {
  const home = shell();
  const run = (...args: string[]) => home.run([...args, '-q', '--threads', '1', '--no-report']);

  before(async () => {
    copyFileSync(fixture, home.path('net.onnx'));
    const path = home.write('foreign.gan', spec);
    for (const [out, steps] of [
      ['whole', '8'],
      ['half', '4'],
    ]) {
      const { code, err } = await run('run', path, '--out', home.path(out), '--steps', steps);
      assert.equal(code, 0, err);
    }
    rmSync(home.path('net.onnx'));
  });

  it('are kept by a run, which resumes and evaluates without the file', async () => {
    const { code, err } = await run('run', '--resume', home.path('half'), '--steps', '8');
    assert.equal(code, 0, err);
    assert.deepEqual(home.weights('half'), home.weights('whole'));
    assert.deepEqual(home.metric('half', 'fid'), home.metric('whole', 'fid'));
    const eval_ = await home.run([
      'eval',
      home.path('half'),
      '--value',
      'Features(digits.image)',
      '--count',
      '3',
      '--out',
      home.path('f.npz'),
      '-q',
    ]);
    assert.equal(eval_.code, 0, eval_.err);
  });

  it('do not move', () => {
    const { tensors } = readOnnx(new Uint8Array(readFileSync(fixture)), fixture);
    const there = [...tensors.values()].map(({ data }) => data.join());
    const weights = Object.entries(home.weights('whole')).filter(([name]) => name.startsWith('Features.'));
    assert.isNotEmpty(weights);
    for (const [name, data] of weights) assert.include(there, data.join(), name);
  });

  it('are asked for when a run begins anew', async () => {
    const { code, err } = await run('run', home.path('foreign.gan'), '--out', home.path('anew'));
    assert.equal(code, 1);
    assert.include(err, 'GAN5012');
    assert.include(err, 'net.onnx: there is no such file');
  });

  it('are looked at by `ganc data look`', async () => {
    const { code, out } = await home.run(['data', 'look', fixture]);
    assert.equal(code, 0);
    assert.match(
      out,
      /a network of \d+ nodes, 1,\d{3} numbers, operators of version \d+\n {2}in: {2}image, float\[rows, 1, 8, 8\]\n {2}out: scores\n/,
    );
    assert.match(out, /operators: 3 Conv, /);
    assert.match(out, /Relu {17}\/features\/features.2\/Relu_output_0\n/);
    const { inputs, operators } = JSON.parse((await home.run(['data', 'look', fixture, '--json'])).out) as {
      inputs: { shape: unknown[] }[];
      operators: { operator: string; taken: boolean }[];
    };
    assert.deepEqual(inputs[0].shape, ['rows', 1, 8, 8]);
    assert.isTrue(operators.every(({ taken }) => taken));
  });
});
