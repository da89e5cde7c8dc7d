/** Every primitive's samples, and their gradients, through ONNX's CPU kernels against the reference engine. */
import { simplify } from '../../compiler/ir/simplify.ts';
import type { OnnxOptions } from '../../compiler/targets/onnx/emit.ts';
import { assertClose } from '../ops/differences.ts';
import { primitiveCases } from './primitive-cases.ts';
import { onnxValues } from './run.ts';

const ways: (OnnxOptions & { tolerance: number })[] = [
  { float: 'float64', tolerance: 1e-10 },
  { float: 'float64', unroll: 0, tolerance: 1e-10 },
  { float: 'float32', tolerance: 2e-5 },
  { float: 'float32', layout: 'channels-first', tolerance: 2e-5 },
  // What is composed for a GPU, on the CPU.
  { float: 'float32', device: 'webgpu', tolerance: 2e-5 },
];

describe('ONNX: primitives', () => {
  for (const { device, ...way } of ways) {
    const words = [
      way.float,
      way.layout,
      way.unroll === 0 ? 'looped' : '',
      device && `laid out for ${device}`,
    ];
    it(`samples and gradients in ${words.filter(Boolean).join(', ')}`, async () => {
      for (const { title, nodes, feeds, wanted } of primitiveCases()) {
        for (const made of [nodes, simplify(nodes).roots]) {
          const got = await onnxValues(made, { ...way, device }, feeds, 'host').catch((error: unknown) => {
            throw new Error(`${title}: ${String(error)}`);
          });
          got.forEach((value, i) => assertClose(value, wanted[i], way.tolerance, `${title} ${i}`));
        }
      }
    });
  }
});
