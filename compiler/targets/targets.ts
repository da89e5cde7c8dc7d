/** The targets: each takes a plan to a program. A target is one folder beside this file, and one line here. */
import type { Program } from '../compile.ts';
import type { Plan } from '../plan.ts';
import { onnxProgram } from './onnx/program.ts';
import { tfjsProgram } from './tfjs/program.ts';

export const targets: Readonly<Record<'onnx' | 'tfjs' | 'reference', (plan: Plan) => Program>> = {
  onnx: onnxProgram,
  tfjs: tfjsProgram,
  reference: (plan) => ({ manifest: plan.manifest, files: {}, graphs: plan.graphs }),
};
