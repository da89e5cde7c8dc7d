/** The targets: each takes a plan to a program. A target is one folder beside this file, and one line here. */
import type { CompileOptions, Program } from '../compile.ts';
import type { Plan } from '../plan.ts';
import { onnxProgram } from './onnx/program.ts';

export const targets: Readonly<Record<'onnx' | 'reference', (plan: Plan, options: Pick<CompileOptions, 'device'>) => Program>> = {
  onnx: (plan, { device }) => onnxProgram(plan, device),
  reference: (plan) => ({ manifest: plan.manifest, files: {}, graphs: plan.graphs }),
};
