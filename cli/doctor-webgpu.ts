/**
 * Which primitives onnxruntime's WebGPU provider leaves to the CPU on this machine. In: nothing; out: their names. Each
 * primitive's own samples are opened as graphs laid out for the GPU; nothing is run.
 */
import { Builder } from '../compiler/ir/builder.ts';
import type { OpName } from '../compiler/ir/node.ts';
import { opNames, opOf } from '../compiler/ir/primitives/catalog.ts';
import type { OpSample } from '../compiler/ir/primitives/op.ts';
import { emitOnnx } from '../compiler/targets/onnx/emit.ts';
import { firstLine, loadOnnxruntime } from '../runtime/engines/onnxruntime.ts';
import type { Ort } from '../runtime/engines/onnxruntime.ts';
import type { Finding } from './finding.ts';

/** To be asked where there is an adapter. */
export async function primitivesFinding(): Promise<Finding> {
  const what = 'webgpu';
  try {
    const left = await leftToCpu(await loadOnnxruntime());
    if (left.length === 0) {
      return {
        what,
        fine: true,
        found: `onnxruntime computes all ${opNames.length} primitives there`,
      };
    }
    const hint = 'each costs copies there and back: measure against --device cpu';
    return { what, fine: false, found: `onnxruntime leaves to the CPU: ${left.join(', ')}`, hint };
  } catch (error) {
    const hint = '--device cpu needs no adapter';
    return { what, fine: false, found: `onnxruntime doesn't use the adapter: ${firstLine(error)}`, hint };
  }
}

async function leftToCpu(ort: Ort): Promise<string[]> {
  const left = new Set<string>();
  for (const name of opNames) {
    for (const sample of opOf(name).samples)
      if (!(await staysThere(ort, graphOf(name, sample)))) left.add(name);
  }
  return [...left];
}

function graphOf(name: OpName, sample: OpSample): Uint8Array {
  const b = new Builder();
  const inputs = sample.inputs.map((shape, i) => b.input(`x${i}`, shape));
  const attrs = typeof sample.attrs === 'function' ? sample.attrs(b) : sample.attrs;
  const y = b.make(name, inputs, attrs);
  return emitOnnx({ name, outputs: { y } }, { float: 'float32', device: 'webgpu' }).model;
}

/** onnxruntime refuses to open what it would leave to the CPU. */
async function staysThere(ort: Ort, model: Uint8Array): Promise<boolean> {
  try {
    await ort.InferenceSession.create(model, {
      executionProviders: ['webgpu'],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
    return true;
  } catch (error) {
    if (/fallback to CPU EP/.test(String(error))) return false;
    throw error;
  }
}
