/**
 * Whether all engines agree on a spec: three iterations of each phase by the reference in float64; ONNX and PyTorch in
 * float64 to 1e-6, TensorFlow.js, which has float32 alone, as far as roundings go (test/parity/agreement.ts).
 */
import { assert } from 'chai';
import type { Program } from '../../compiler/compiled.ts';
import { Diverged } from '../../runtime/run/loop.ts';
import { agreesInFloat32, furthest, oracleFrom, sameLogs, type Oracle } from '../parity/agreement.ts';
import { programsFrom } from '../parity/host.ts';
import { trained } from '../parity/train.ts';
import { torchPython } from '../torch/where.ts';

const iterations = 3;
const seed = 7;

/**
 * Written specs agree to 1e-8. Those at random are no well-conditioned ones: a batch norm over three rows that are nearly
 * equal makes a hundred times of each rounding, and an optimizer that divides by the gradient's size hands it on.
 */
const tolerance = 1e-6;

/** What no update minimises, in data of size 1, that is not on its way to infinity. */
const far = 1e6;

async function equals(program: Program, { wanted }: Oracle): Promise<void> {
  const found = await trained(program, iterations, seed);
  sameLogs(found, wanted, tolerance);
  const { target, state } = program.manifest;
  for (const { name } of state) {
    const size = Math.max(1, ...Array.from(wanted.after[name].data, Math.abs));
    assert.isAtMost(furthest(found.after, wanted.after, name), tolerance * size, `${target}: ${name}`);
  }
}

/** The reference's run; null where it diverges, as a spec at random may, and there is nothing to agree on. */
async function oracleOf(program: Program): Promise<Oracle | null> {
  try {
    const oracle = await oracleFrom(program, iterations, seed);
    const { after, logged } = oracle.wanted;
    const weights = Object.values(after).flatMap(({ data }) => Array.from(data));
    const minimised = logged.flatMap(({ objectives }) => Object.values(objectives));
    const isSound = weights.every(Number.isFinite) && minimised.every((value) => Math.abs(value) < far);
    return isSound ? oracle : null;
  } catch (error) {
    if (error instanceof Diverged) return null;
    throw error;
  }
}

/** Whether they agree, or the spec diverges. Throws AssertionError: refused, or which engine computes what differently. */
export async function enginesAgree(text: string): Promise<'agree' | 'diverges'> {
  // One plan for all: looking through a spec and differentiating it costs more than training it three times.
  const programs = programsFrom({ path: 'random.gan', text }, {});
  const oracle = await oracleOf(programs('reference', 'float64'));
  if (oracle === null) return 'diverges';
  await equals(programs('onnx', 'float64'), oracle);
  if (torchPython !== null) await equals(programs('torch', 'float64'), oracle);
  const program = programs('tfjs', 'float32');
  agreesInFloat32(oracle, program, await trained(program, iterations, seed), { tips: true });
  return 'agree';
}
