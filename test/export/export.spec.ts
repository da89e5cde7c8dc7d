/**
 * `ganc export`: what the files give in onnxruntime and in PyTorch is what the reference engine gives; what the README says;
 * what is refused.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { assert } from 'chai';
import { compileNetwork } from '../../compiler/compile.ts';
import { exportFiles, networkState } from '../../cli/export-files.ts';
import { hostFor } from '../../cli/spec.ts';
import { readNpz } from '../../runtime/formats/npz.ts';
import { readSafetensors } from '../../runtime/formats/safetensors.ts';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { shell } from '../cli/shell.ts';
import { torchPython } from '../torch/where.ts';
import { close } from '../vocabulary/close.ts';
import { onnxBench } from '../vocabulary/onnx-bench.ts';
import { differences, reckoned, rows, type Case } from './compare.ts';

/** Every way that networks are made of: convolutions, recurrences, blocks, others' layers, distributions, draws, time. */
const spec = `gan Kinds
data train_set = mnist(split: train, examples: 100)
sample z ~ normal[6]
sample x4 ~ normal[4]
sample t6 ~ normal[6]
block twice(x) { x |> conv(3, kernel: 3) |> batch_norm |> leaky_relu(0.1) }
shared network Trunk(x: image[1, 28, 28] in [0, 1]) -> vec[5] {
  x |> conv(2, kernel: 4, stride: 4, spectral: true) |> twice |> twice |> flatten |> dense(5)
}
network D(x: image[1, 28, 28] in [0, 1], label: label[10]) -> logit {
  concat(Trunk(x), label) |> dropout(0.5) |> dense(1)
}
network E(x: image[1, 28, 28] in [0, 1]) -> { code: normal[6], digit: categorical[10] } {
  let h = Trunk(x) |> relu
  { code: normal(h |> dense(6), std: 1), digit: categorical(h |> dense(10, weight_norm: learned)) }
}
network G(t12: vec[6]) -> image[1, 28, 28] in [0, 1] {
  t12 |> dense(49) |> reshape(1, 7, 7) |> instance_norm |> relu
    |> conv_transpose(2, kernel: 4, stride: 2) |> layer_norm |> tanh |> conv_transpose(1, kernel: 4, stride: 2) |> sigmoid
}
network Read(x: seq[4, T], class: onehot[3]) -> seq[2, T / 2] {
  concat(x, hold(class, like: x)) |> conv(6, kernel: 3, stride: 2) |> gru(5, both: true) |> dense(2)
}
network Noisy(x: vec[4]) -> vec[4] { normal(x |> dense(4), std: 0.5).draw * (1 + progress) }
network Turn(x: mat[2, 3]) -> vec[6] { transpose(x) |> flatten |> dense(6) }
let heard = reshape(train_set.image, 4, 196)
sample which ~ categorical[3]
loss game = adversarial(real: D(train_set.image, train_set.label), fake: D(G(z), train_set.label)).discriminator
loss making = mse(G(E(train_set.image).code.mean), train_set.image) + nll(E(train_set.image).digit, train_set.label)
loss reading = mean(square(Read(heard, which)))
loss turning = mean(square(Turn(reshape(t6, 2, 3, form: mat))))
loss noise = mean(square(Noisy(x4)))
train for 3 steps, batch 4 {
  update D, Trunk to minimize game with adam(1e-3)
  update E, G, Trunk to minimize making with adam(1e-3)
  update Read to minimize reading with adam(1e-3)
  update Noisy to minimize noise with adam(1e-3)
  update Turn to minimize turning with adam(1e-3)
  average G decay 0.5
}
`;

const itWithOnnx =
  torchPython !== null && spawnSync(torchPython, ['-c', 'import onnx, onnxruntime']).status === 0
    ? it
    : it.skip;

describe('ganc export', () => {
  const home = shell();
  const path = home.write('kinds.gan', spec);

  before(async () => {
    const { code, err } = await home.run([
      'run',
      path,
      '--out',
      home.path('kinds'),
      '-q',
      '--threads',
      '1',
      '--no-report',
    ]);
    assert.equal(code, 0, err);
  });

  const compiled = (name: string): Omit<Case, 'to'> => {
    const entry = { path, text: spec };
    const { network } = compileNetwork(entry, hostFor(entry), name);
    const { values } = newestCheckpoint(inside(home.path('kinds')).checkpoints)!;
    const own = networkState(network!).map((entry) => [entry.name, values[entry.name]] as const);
    const numbers = network!.plan.manifest.graphs.network.inputs.filter(({ from }) => from.kind === 'scalar');
    return {
      lone: network!,
      values: new Map(own),
      numbers: new Map(numbers.map(({ name: leaf }) => [leaf, 1.75])),
    };
  };

  itWithOnnx('gives the same numbers in onnxruntime and in PyTorch as here', () => {
    const cases = ['Trunk', 'D', 'E', 'G', 'Read', 'Turn', 'Noisy'].flatMap((name) =>
      (['onnx', 'torch'] as const).map((to): Case => ({ ...compiled(name), to })),
    );
    mkdirSync(home.path('compared'));
    const found = differences(torchPython!, home.path('compared'), cases);
    found.forEach((value, i) => assert.isBelow(value, 1e-5, `${cases[i].lone.network} to ${cases[i].to}`));
  }).timeout(120_000);

  it('gives the same numbers as a layer of another spec', () => {
    for (const name of ['Trunk', 'G', 'E', 'D', 'Turn', 'Noisy']) {
      const one = compiled(name);
      const { feeds, expected } = reckoned(one);
      const files = exportFiles.onnx(one.lone, { ...one, notes: {}, folder: home.folder });
      const given = feeds.map(([, value]) => value);
      const found = onnxBench(files[`${name}.onnx`] as Uint8Array, given, rows).run();
      expected.forEach(({ data }, i) => close(found[i].data, [...data], 2e-5));
    }
  });

  it('of what a file cannot bring back, says which node', () => {
    const one = compiled('Read');
    const files = exportFiles.onnx(one.lone, { ...one, notes: {}, folder: home.folder });
    const given = reckoned(one).feeds.map(([, value]) => value);
    const bytes = files['Read.onnx'] as Uint8Array;
    assert.throws(() => onnxBench(bytes, given, rows).run(), /net\.onnx, node \d+, `\w+`, which gives/);
  });

  const exported = (...args: string[]) => home.run(['export', home.path('kinds'), ...args]);

  it('writes the moving average with --average, in every format', async () => {
    const { values } = newestCheckpoint(inside(home.path('kinds')).checkpoints)!;
    for (const average of [false, true])
      for (const to of ['npz', 'safetensors', 'onnx', 'torch']) {
        const out = home.path(`G-${to}-${average}`);
        const { code, err } = await exported(
          'G',
          '--to',
          to,
          '--out',
          out,
          ...(average ? ['--average'] : []),
        );
        assert.equal(code, 0, err);
      }
    const own = (average: boolean): ArrayLike<number> => {
      const file = home.path(`G-npz-${average}/G.npz`);
      return readNpz(readFileSync(file), file).get('G.dense_1.weight')!.data;
    };
    assert.deepEqual([...Array.from(own(false))], [...values['G.dense_1.weight'].data]);
    assert.deepEqual([...Array.from(own(true))], [...values['G.average.dense_1.weight'].data]);
    assert.notDeepEqual(own(true), own(false));
    const file = home.path('G-safetensors-true/G.safetensors');
    const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(file)), file);
    assert.deepEqual(tensors.get('G.dense_1.weight')!.data, own(true));
    assert.deepEqual(metadata, { network: 'G', iteration: '3', averaged: 'true' });
    const [plain, mean] = [false, true].map((average) => readFileSync(home.path(`G-onnx-${average}/G.onnx`)));
    assert.isFalse(plain.equals(mean));
  });

  it('says what goes in and comes out, for people and for programs', async () => {
    const { code, out } = await exported('E', '--out', home.path('E'), '--json');
    assert.equal(code, 0);
    const { inputs, outputs, iteration } = JSON.parse(out) as {
      inputs: { name: string }[];
      outputs: { name: string; shape: unknown }[];
      iteration: number;
    };
    assert.equal(iteration, 3);
    assert.deepEqual(
      inputs.map(({ name }) => name),
      ['x'],
    );
    assert.deepEqual(
      outputs.map(({ name, shape }) => [name, shape]),
      [
        ['code.mean', ['N', 6]],
        ['code.log_variance', ['N', 6]],
        ['digit.logits', ['N', 10]],
      ],
    );
    const text = home.read('E/README.md');
    assert.include(text, '| `x` | [N, 1, 28, 28] | `image[1, 28, 28] in [0, 1]`, from 0 to 1 |');
    assert.include(text, "session.run(None, {'x': x})");
    assert.notInclude(text, home.folder);
    await exported('Read', '--out', home.path('Read'));
    assert.include(home.read('Read/README.md'), '`T` any length that 2 divides');
    await exported('Noisy', '--out', home.path('Noisy'));
    assert.include(home.read('Noisy/README.md'), '| `noise_1` | [N, 4] | standard normal numbers |');
    await exported('G', '--to', 'torch', '--out', home.path('G'));
    assert.notInclude(home.read('G/model.py'), home.folder);
  });

  it('refuses what it cannot do, and says the way out', async () => {
    const refused = async (args: string[], text: string): Promise<void> => {
      const { code, err } = await exported(...args);
      assert.equal(code, 2);
      assert.include(err, text);
    };
    await refused([], 'which network? there are Trunk, D, E, G, Read, Noisy');
    await refused(['Reed'], 'no network is called Reed; did you mean Read?');
    await refused(['D', '--average', '--out', home.path('D')], 'the run keeps no average of D');
    assert.isFalse(existsSync(home.path('D')));
    await refused(['G', '--checkpoint', '7'], 'no whole checkpoint 7');
    const full = home.path('full');
    mkdirSync(full);
    writeFileSync(home.path('full/mine.txt'), 'mine');
    await refused(['G', '--out', full], 'is there already');
    await refused(['G', '--out', full, '--force'], 'holds something else than an export');
    assert.deepEqual(readdirSync(full), ['mine.txt']);
    await refused(['E', '--out', home.path('E')], '--force replaces it');
    assert.equal((await exported('E', '--out', home.path('E'), '--to', 'npz', '--force')).code, 0);
    assert.sameMembers(readdirSync(home.path('E')), ['E.npz', 'README.md', 'export.json']);
  });
});
