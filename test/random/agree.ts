/**
 * Whether all engines agree on a spec: three iterations of each phase by the reference in float64; ONNX and PyTorch in
 * float64 to 1e-6, TensorFlow.js, which has float32 alone, as far as roundings go (test/parity/agreement.ts).
 */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { isError } from '../../grammar/diagnostics.ts';
import { render } from '../../grammar/render.ts';
import { agreesInFloat32, furthest, oracleOf, sameLogs, type Oracle } from '../parity/agreement.ts';
import { host } from '../parity/host.ts';
import { trained } from '../parity/train.ts';
import { torchPython } from '../torch/where.ts';

const iterations = 3;
const seed = 7;

/**
 * Written specs agree to 1e-8. Those at random are no well-conditioned ones: a batch norm over three rows that are nearly
 * equal makes a hundred times of each rounding, and an optimizer that divides by the gradient's size hands it on.
 */
const tolerance = 1e-6;

function programOf(text: string, options: CompileOptions): Program {
  const { program, diagnostics } = compile({ path: 'random.gan', text }, host, options);
  assert(program !== undefined, `refused:\n${render(diagnostics.filter(isError), { color: false })}`);
  return program;
}

async function equals(text: string, target: 'onnx' | 'torch', { wanted }: Oracle): Promise<void> {
  const program = programOf(text, { target, float: 'float64' });
  const found = await trained(program, iterations, seed);
  sameLogs(found, wanted, tolerance);
  for (const { name } of program.manifest.state) {
    const size = Math.max(1, ...Array.from(wanted.after[name].data, Math.abs));
    assert.isAtMost(furthest(found.after, wanted.after, name), tolerance * size, `${target}: ${name}`);
  }
}

/** Throws AssertionError: refused, or which engine computes what differently. */
export async function enginesAgree(text: string): Promise<void> {
  programOf(text, { target: 'reference', float: 'float64' });
  const oracle = await oracleOf({ path: 'random.gan', text }, {}, iterations, seed);
  for (const [name, { data }] of Object.entries(oracle.wanted.after))
    assert(Array.from(data).every(Number.isFinite), `${name} is not finite`);
  await equals(text, 'onnx', oracle);
  if (torchPython !== null) await equals(text, 'torch', oracle);
  const program = programOf(text, { target: 'tfjs', float: 'float32' });
  agreesInFloat32(oracle, program, await trained(program, iterations, seed), { tips: true });
}
