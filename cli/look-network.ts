/**
 * `ganc data look FILE.onnx`: what the layer `onnx` would make of a file. Out: what goes in and comes out, how many numbers it
 * holds, its operators with those that are not taken, and the names that `output` may ask for.
 */
import { readFileSync } from 'node:fs';
import { operators } from '../compiler/vocabulary/onnx/operators.ts';
import { jsonText } from '../grammar/visible.ts';
import type { OnnxGraph, OnnxPort } from '../program/onnx-graph.ts';
import { onDisk } from '../runtime/disk.ts';
import { readOnnx } from '../runtime/formats/onnx.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { counted } from './read.ts';
import type { Terminal } from './terminal.ts';

/** Throws FileError or DiskError where the file cannot be read. */
export function lookAtNetwork(path: string, json: boolean, terminal: Terminal): ExitCode {
  const { graph, tensors } = readOnnx(new Uint8Array(onDisk(path, () => readFileSync(path))), path);
  const numbers = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  const found = operatorsIn(graph);
  const seen = {
    opset: graph.opset,
    inputs: graph.inputs,
    outputs: graph.outputs,
    numbers,
    operators: found,
  };
  const values = graph.nodes.map(({ operator, outputs }) => ({ operator, outputs }));
  if (json) terminal.out(jsonText({ ...seen, values }, 2) + '\n');
  else print(path, seen, values, terminal);
  return exitCodes.fine;
}

interface Found {
  readonly operator: string;
  readonly count: number;
  readonly taken: boolean;
}

function operatorsIn({ nodes }: OnnxGraph): Found[] {
  const counts = new Map<string, number>();
  for (const { operator } of nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return [...counts].map(([operator, count]) => ({
    operator,
    count,
    taken: Object.hasOwn(operators, operator),
  }));
}

const portText = ({ name, type, shape }: OnnxPort): string =>
  `${name}, ${type}${shape === null ? '' : `[${shape.map((size) => size ?? '?').join(', ')}]`}`;

function print(
  path: string,
  seen: Pick<OnnxGraph, 'opset' | 'inputs' | 'outputs'> & {
    readonly numbers: number;
    readonly operators: readonly Found[];
  },
  values: readonly { readonly operator: string; readonly outputs: readonly string[] }[],
  { out }: Terminal,
): void {
  const { opset, inputs, outputs, numbers, operators: found } = seen;
  out(
    `${path}: a network of ${counted(values.length, 'node')}, ${numbers.toLocaleString('en')} numbers, operators of version ${opset}\n`,
  );
  for (const port of inputs) out(`  in:  ${portText(port)}\n`);
  for (const name of outputs) out(`  out: ${name}\n`);
  const counts = (all: readonly Found[]): string =>
    all.map(({ operator, count }) => `${count} ${operator}`).join(', ');
  out(`  operators: ${counts(found)}\n`);
  const odd = found.filter(({ taken }) => !taken);
  if (odd.length > 0) out(`  not taken: ${counts(odd)}; \`output\` takes a value before them\n`);
  out(`in a spec: x |> onnx(${JSON.stringify(path)}), or with \`output\` one of its values:\n`);
  for (const { operator, outputs: names } of values)
    for (const name of names.filter((one) => one !== '')) out(`  ${operator.padEnd(20)} ${name}\n`);
}
