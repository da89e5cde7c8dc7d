/**
 * Tests on engines that a machine may not have: they run where the engine is, else they are skipped, and the reason is
 * printed once.
 */
import { it } from 'mocha';
import type { Func, AsyncFunc } from 'mocha';
import { bindings } from '../../runtime/engines/tensorflow/choose.ts';
import { probe } from '../../runtime/engines/tensorflow/probe.ts';

type Test = (title: string, body: Func | AsyncFunc) => void;

/** The binding of TensorFlow that the tests use; null where it isn't set up. */
export const tensorflowBinding: string | null = bindings('cpu')[0]?.binding ?? null;

/** `it`, where TensorFlow is set up. */
export const itOnTensorflow: Test = where(
  tensorflowBinding !== null,
  'tests on the real TensorFlow: it is not set up (`npm run setup:tensorflow`)',
);

const adapter = await probe('webgpu');

/** `it`, where a WebGPU adapter answers, software or not. */
export const itOnWebGpu: Test = where(
  adapter.ok && adapter.found !== null,
  `tests on WebGPU: ${adapter.ok ? 'no adapter answers' : adapter.reason} (docs/engines.md: without a graphics card)`,
);

function where(there: boolean, reason: string): Test {
  let said = false;
  return (title, body) => {
    if (there) return void it(title, body);
    if (!said) process.stderr.write(`skipped: ${reason}\n`);
    said = true;
    it.skip(title, body);
  };
}
