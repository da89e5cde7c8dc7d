/** TensorFlow.js on the engines of this machine: each trains a step, and no tensor stays behind. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { EngineError } from '../../runtime/engines/engine.ts';
import { chooseBackend, identify, nvidiaDriver } from '../../runtime/engines/tensorflow/choose.ts';
import { load, settings } from '../../runtime/engines/tensorflow/load.ts';
import { probe } from '../../runtime/engines/tensorflow/probe.ts';
import { trainStep } from '../../runtime/engines/tensorflow/step.ts';
import { itOnTensorflow, itOnWebGpu, tensorflowBinding } from './where.ts';

/** step.ts's two losses in float64: a 3×3 kernel of ones on images whose pixels are column / 8, zeros around them. */
function expected(): number[] {
  const pixel = (row: number, column: number): number =>
    row < 0 || row > 7 || column < 0 || column > 7 ? 0 : column / 8;
  const cells = Array.from({ length: 64 }, (_, i) => [Math.floor(i / 8), i % 8]);
  const taps = Array.from({ length: 9 }, (_, i) => [Math.floor(i / 3) - 1, (i % 3) - 1]);
  const kernel = taps.map(() => 1);
  return [0, 1].map(() => {
    const errors = cells.map(([row, column]) => {
      const sum = taps.reduce((total, [r, c], t) => total + kernel[t] * pixel(row + r, column + c), 0);
      return sum - pixel(row, column) / 2;
    });
    const gradient = taps.map(([r, c]) =>
      cells.reduce((sum, [row, column], i) => sum + (2 / 64) * errors[i] * pixel(row + r, column + c), 0),
    );
    gradient.forEach((slope, t) => (kernel[t] -= 0.01 * slope));
    return errors.reduce((sum, error) => sum + error ** 2 / 64, 0);
  });
}
const losses = expected();

function near(found: readonly number[]): void {
  assert.lengthOf(found, losses.length);
  found.forEach((loss, i) => assert.approximately(loss, losses[i], 1e-4 * losses[i]));
}

describe('TensorFlow.js on the engines of this machine', () => {
  it('trains a step in plain JavaScript, as worked out by hand', async () => {
    const { tf, name, version, tensorflow, close } = await load({ backend: 'cpu', device: 'cpu' });
    const { losses: found, leaked } = await trainStep(tf);
    near(found);
    assert.deepEqual([name, tensorflow, leaked], ['tfjs cpu', null, 0]);
    assert.match(version, /^4\.\d+\.\d+$/);
    close();
  });

  it('computes in WebAssembly, with gradients', async () => {
    const { tf, name, close } = await load({ backend: 'wasm', device: 'cpu' });
    assert.equal(name, 'tfjs wasm');
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2, 3]))
        .dataSync(),
    );
    assert.deepEqual([...gradient], [2, 4, 6]);
    close();
  });

  itOnTensorflow('trains a step on TensorFlow, and lets the process end', async () => {
    const asked = await probe('step', { argument: tensorflowBinding! });
    assert.isTrue(asked.ok, JSON.stringify(asked));
    if (!asked.ok) return;
    near(asked.found.losses);
    assert.equal(asked.found.leaked, 0);
    assert.match(asked.found.tensorflow, /^\d+\.\d+\.\d+/);
  });

  itOnTensorflow('takes TensorFlow for the CPU, in this process too', async () => {
    const named = identify(await chooseBackend('cpu'));
    const { tf, name, backend, device, version, close } = await load(await chooseBackend('cpu'));
    assert.deepEqual({ name, version, device }, named);
    assert.deepEqual([name, backend, device], ['tfjs tensorflow', 'tensorflow', 'cpu']);
    assert.match(version, /^4\.\d+\.\d+, TensorFlow \d+\.\d+\.\d+/);
    near((await trainStep(tf)).losses);
    close();
  });

  itOnWebGpu('trains a step on WebGPU, again after closing it', async () => {
    const named = identify(await chooseBackend('webgpu'));
    for (let i = 0; i < 2; i++) {
      const { tf, name, version, device, close } = await load(await chooseBackend('webgpu'));
      assert.deepEqual({ name, version, device }, named);
      assert.match(name, /^tfjs webgpu \w+/);
      const { losses: found, leaked } = await trainStep(tf);
      near(found);
      assert.equal(leaked, 0);
      close();
    }
  });
});

describe('choosing an engine', () => {
  it('always finds one for auto and cpu', async () => {
    for (const device of ['auto', 'cpu'] as const) {
      const { backend } = await chooseBackend(device);
      assert.include(['tensorflow', 'webgpu', 'wasm'], backend);
    }
  });

  it('says why there is no CUDA device', async function () {
    if (nvidiaDriver()) return this.skip(); // There may be one.
    const error = await chooseBackend('cuda').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.instanceOf(error, EngineError);
    assert.match((error as Error).message, /no NVIDIA driver.*ganc doctor/);
  });

  it("keeps the person's own settings, and hides cards from the CPU", () => {
    const choice = { backend: 'tensorflow', device: 'cpu' } as const;
    const set = settings(choice, 3, { TF_CPP_MIN_LOG_LEVEL: '0' });
    assert.notProperty(set, 'TF_CPP_MIN_LOG_LEVEL');
    assert.include(set, { TF_NUM_INTRAOP_THREADS: '3', CUDA_VISIBLE_DEVICES: '-1' });
    assert.deepEqual(settings({ backend: 'wasm', device: 'cpu' }, 3), {});
  });
});

describe('asking what may crash', () => {
  it('survives a binding that is none, a question without an answer in time, a process that dies', async () => {
    const none = await probe('tensorflow', { argument: '/nowhere/tfjs_binding.node' });
    assert.deepInclude(none, { ok: false });
    const late = await probe('onnx', { limit: 0.001 });
    assert.isFalse(late.ok);
    if (!late.ok) assert.match(late.reason, /^no answer within 0\.001 s/);
    const dying = await probe('onnx', { env: { ...process.env, NODE_OPTIONS: '--no-such-option' } });
    assert.isFalse(dying.ok);
    if (!dying.ok) assert.match(dying.reason, /ended with code \d+.*no-such-option/);
  });
});
