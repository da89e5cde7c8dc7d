/**
 * An exported network as files, in each of the formats. In: a network's plan, its weights and the numbers of the schedule that
 * it reads; out: contents by path.
 */
import type { LonePlan } from '../compiler/compile.ts';
import { isFed } from '../compiler/ir/node.ts';
import { leafName } from '../compiler/leaves.ts';
import { loneGraph } from '../compiler/lower/network.ts';
import { onnxNetwork } from '../compiler/targets/onnx/lone.ts';
import { torchNetwork } from '../compiler/targets/torch/lone.ts';
import type { StateEntry } from '../program/manifest.ts';
import type { FileContents } from '../runtime/atomic.ts';
import type { Tensor } from '../runtime/engines/engine.ts';
import { writeNpz } from '../runtime/formats/npz.ts';
import { writeSafetensors } from '../runtime/formats/safetensors.ts';

export type ExportFormat = 'onnx' | 'torch' | 'safetensors' | 'npz';

export interface Content {
  /** Of `networkState`, by name. */
  readonly values: ReadonlyMap<string, Tensor>;
  /** Of the schedule, by the leaf's name. */
  readonly numbers: ReadonlyMap<string, number>;
  /** What a file of tensors says of itself. */
  readonly notes: Readonly<Record<string, string>>;
  /** That of the spec, which no text is to name. */
  readonly folder: string;
}

/** The weights and running statistics of the network and of those that it calls. */
export function networkState({ plan: { manifest }, network }: LonePlan): StateEntry[] {
  const read = new Set(
    manifest.graphs[loneGraph].inputs.flatMap(({ from }) => (from.kind === 'state' ? [from.state] : [])),
  );
  const called = manifest.state.filter(({ name }) => read.has(name)).map((entry) => entry.network);
  const networks = new Set([network, ...called]);
  return manifest.state.filter(
    ({ role, network: of }) => networks.has(of) && (role === 'weight' || role === 'buffer'),
  );
}

export const exportFiles: Readonly<Record<ExportFormat, (lone: LonePlan, content: Content) => FileContents>> =
  {
    onnx: (lone, content) => ({ [`${lone.network}.onnx`]: onnxFile(lone, content) }),
    torch: torchFiles,
    safetensors: ({ network }, { values, notes }) => ({
      [`${network}.safetensors`]: writeSafetensors(values, notes),
    }),
    npz: ({ network }, { values }) => ({ [`${network}.npz`]: writeNpz(values) }),
  };

function onnxFile({ plan, network, inputs }: LonePlan, { values, numbers }: Content): Uint8Array {
  const doubles = [...values].map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  const scalars = [...numbers].map(([name, x]) => [name, { shape: [], data: Float64Array.of(x) }] as const);
  const names = inputs.flatMap(({ node, name }) => (isFed(node) ? [[leafName(node), name] as const] : []));
  return onnxNetwork({
    name: network,
    outputs: plan.graphs[loneGraph],
    fixed: new Map([...doubles, ...scalars]),
    inputs: new Map(names),
  });
}

function torchFiles(lone: LonePlan, { values, numbers, notes, folder }: Content): FileContents {
  const { files, turned } = torchNetwork(lone.plan, lone, numbers);
  const lying = [...values].map(
    ([name, value]) => [name, turned.has(name) ? transposed(value) : value] as const,
  );
  const own = Object.entries(files).map(([path, text]) => [path, text.replaceAll(`${folder}/`, '')]);
  return { ...Object.fromEntries(own), 'weights.safetensors': writeSafetensors(lying, notes) };
}

/** [in, out] as [out, in]. */
function transposed({ shape: [rows, columns], data }: Tensor): Tensor {
  const turned = data.slice();
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  return { shape: [columns, rows], data: turned };
}
