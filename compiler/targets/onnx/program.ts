/**
 * A plan as ONNX files: one model a graph, or for a step one a stage (stages.ts), and the kernels between them. For a
 * device where state lives, one model more, that takes it there and back.
 */
import type { Program } from '../../compiled.ts';
import { knownShape } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import { isFed, type Node } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { Builder } from '../../ir/builder.ts';
import type { GraphEntry, Manifest } from '../../../program/manifest.ts';
import type { KernelEntry, StageEntry } from '../../../program/stages.ts';
import { kernelModule, type Kernel } from './kernels/kernel.ts';
import { devices } from './devices.ts';
import type { DeviceName } from './devices.ts';
import { emitOnnx } from './emit.ts';
import type { FloatType } from './model.ts';
import { stagesOf, type Stages } from './stages.ts';
import type { Outputs } from './tail.ts';

export function onnxProgram({ manifest, graphs }: Plan, place: DeviceName = 'host'): Program {
  const files: Record<string, Uint8Array> = {};
  const { float } = manifest;
  const device = devices[place];
  const write = (graph: string, outputs: Outputs): string => {
    const file = `graphs/${graph}.onnx`;
    files[file] = emitOnnx({ name: graph, outputs }, { float, device: place }).model;
    return file;
  };
  const modules = moduleFiles(files, float);
  const models: Record<string, readonly Outputs[]> = {};
  const entries = Object.entries(graphs).map(([name, all]): [string, GraphEntry] => {
    const entry = manifest.graphs[name];
    if (!device.kernels) return [name, { ...entry, file: write(name, all) }];
    const states = new Set(
      entry.outputs.filter(({ to }) => to.kind === 'state').map((output) => output.name),
    );
    const cut = stagesOf(all, (output) => states.has(output));
    const withoutWork = cut.stages.some(({ outputs }) => Object.values(outputs).every(isLeaf));
    if (withoutWork || cut.stages.every(({ kernels }) => kernels.length === 0))
      return [name, { ...entry, file: write(name, all) }];
    models[name] = cut.stages.map(({ outputs }) => outputs);
    return [name, { ...entry, ...stageEntries(name, all, cut, write, modules) }];
  });
  const made = { ...manifest, graphs: Object.fromEntries(entries) };
  if (!device.resident) return { manifest: made, files, graphs, models };
  return {
    manifest: { ...made, device: { name: place, copy: write('state', stateCopy(manifest)) } },
    files,
    graphs,
    models,
  };
}

/** Every tensor of the state, as it is. */
function stateCopy({ state }: Manifest): Outputs {
  const b = new Builder();
  return Object.fromEntries(state.map(({ name, shape }) => [`copy:${name}`, b.input(name, shape)]));
}

/** onnxruntime opens no graph that computes nothing: what is all kernel (an average by itself) stays a graph. */
const isLeaf = (node: Node): boolean => node.inputs.length === 0;

function stageEntries(
  graph: string,
  all: Outputs,
  { stages, handed }: Stages,
  write: (name: string, outputs: Outputs) => string,
  fileOf: (kernel: Kernel) => string,
): Pick<GraphEntry, 'handed' | 'stages'> {
  const names = new Map(
    [...Object.entries(all), ...Object.entries(handed)].map(([name, node]) => [node, name]),
  );
  const read = (node: Node): string =>
    names.get(node) ?? (isFed(node) ? leafName(node) : entryOf(names, node));
  const kernelEntry = (kernel: Kernel): KernelEntry => ({
    file: fileOf(kernel),
    tensors: kernel.tensors.map(read),
    scalars: kernel.scalars.map(read),
    results: kernel.results.map((node) => entryOf(names, node)),
  });
  return {
    handed: Object.entries(handed).map(([name, node]) => ({ name, shape: knownShape(node.shape) })),
    stages: stages.map(({ outputs, kernels }, i): StageEntry => ({
      file: write(stages.length === 1 ? graph : `${graph}_${i + 1}`, outputs),
      outputs: Object.keys(outputs),
      kernels: kernels.map(kernelEntry),
    })),
  };
}

/** The same loop serves all weights that are updated alike. */
function moduleFiles(files: Record<string, Uint8Array>, float: FloatType): (kernel: Kernel) => string {
  const known = new Map<string, string>();
  return (kernel) => {
    const module = kernelModule(kernel, float);
    const key = module.join();
    const file = known.get(key) ?? `kernels/kernel_${known.size + 1}.wasm`;
    known.set(key, file);
    files[file] = module;
    return file;
  };
}
