/** The targets: each takes a plan to a program. A target is one folder beside this file, and one line here. */
import type { CompileOptions } from '../input.ts';
import type { Program } from '../compiled.ts';
import type { Plan } from '../schedule/schedule.ts';
import { onnxProgram } from './onnx/program.ts';
import { tfjsProgram } from './tfjs/program.ts';
import { torchProgram } from './torch/program.ts';

type Target = NonNullable<CompileOptions['target']>;
type Made = (plan: Plan, options: Pick<CompileOptions, 'device'>) => Program;

export const targets: Readonly<Record<Target, Made>> = {
  onnx: (plan, { device }) => onnxProgram(plan, device),
  tfjs: tfjsProgram,
  torch: torchProgram,
  reference: (plan) => ({ manifest: plan.manifest, files: {}, graphs: plan.graphs }),
};
