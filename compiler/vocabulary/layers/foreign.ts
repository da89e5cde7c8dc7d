/** Networks that were trained elsewhere, as a layer: an ONNX file's graph, and its weights, which nothing moves. */
import { kinds } from '../../errors.ts';
import { printDim, type Dim, type Shape } from '../../ir/dim.ts';
import { suggestion } from '../../../grammar/diagnostics.ts';
import type { OnnxGraph, OnnxPort } from '../../../program/onnx-graph.ts';
import { printType, real, type RowOrigin } from '../../types.ts';
import type { TensorValue, Value } from '../../values.ts';
import { follow, plainName } from '../onnx/follow.ts';
import { tensor, type Tensor } from '../onnx/values.ts';
import { tensorOf } from '../shapes.ts';
import {
  string,
  value,
  values,
  type Args,
  type Builtin,
  type Call,
  type NetworkFileSource,
} from '../builtin.ts';

export const onnx: Builtin = {
  doc: 'What the network of an ONNX file makes of x: a feature network for metrics and losses. Its weights are constants: gradients flow through it to x, and no update moves it. Batch norms use the statistics of the file, dropout is left out. A file with several outputs gives a record of them. The file is read when the spec is checked; a run keeps a copy of what it needs.',
  where: 'network',
  params: [
    value('x', 'Whatever the first input of the file takes: image[C, H, W], seq[C, T], vec[N], mat[M, N].'),
    string('file', 'Path of the file, from the folder of the spec.'),
    values('more', 'The other inputs of the file, in its order.'),
    string('output', 'The name of a value inside that is wanted, in the place of what the file gives.', null),
  ],
  build(call, args) {
    const file = args.string('file');
    const source = call.networkFile(file);
    const more = args.has('more') ? args.values('more') : [];
    const given = [args.tensor('x'), ...more.map((one) => tensorOf(call, one, '`onnx`'))];
    const rows = given.map(({ type }) => type.rows).reduce((a, b) => call.join(a, b));
    const count = rows === null ? 1 : call.rowCount(rows);
    const names = outputsOf(call, args, file, source.graph);
    const made = follow(
      {
        ...{ call, path: file, count },
        opset: source.graph.opset,
        graph: source.graph,
        written: rowsWritten(source.graph),
        given: inputsOf(call, file, source.graph, given, count),
        weight: weightsOf(call, source),
      },
      names,
    );
    const results = made.map((one, i) => resultOf(call, file, names[i], one, rows));
    if (results.length === 1) return results[0];
    const fields = names.map((name, i) => [plainName(name), results[i]] as const);
    return { sort: 'record', fields: Object.fromEntries<Value>(fields), of: '`onnx`' };
  },
};

/** What is wanted of the file: a value that is named, else all that it gives. */
function outputsOf(call: Call, args: Args, file: string, { nodes, outputs }: OnnxGraph): readonly string[] {
  if (!args.has('output')) return outputs;
  const name = args.string('output');
  const all = nodes.flatMap((node) => node.outputs);
  if (all.includes(name)) return [name];
  return call.fail(kinds.networkFile, {
    what: `${file} has no value \`${name}\``,
    hint: suggestion(name, all, 'Values:'),
  });
}

/** How many rows the file was written for, where its first input says a number. */
const rowsWritten = ({ inputs }: OnnxGraph): number | null => {
  const size = inputs[0]?.shape?.[0];
  return typeof size === 'number' ? size : null;
};

/** What goes in, under the names of the graph's inputs, each of the sizes that the file declares. */
function inputsOf(
  call: Call,
  file: string,
  { inputs }: OnnxGraph,
  given: readonly TensorValue[],
  count: Dim,
): Map<string, Tensor> {
  if (inputs.length !== given.length)
    call.fail(kinds.networkFile, {
      what: `${file} takes ${inputs.map(portText).join(' and ') || 'nothing'}, and ${given.length === 1 ? 'one value is' : `${given.length} values are`} given`,
      hint: 'Give as many, in this order: `onnx(a, "file.onnx", b)`.',
    });
  return new Map(inputs.map((port, i) => [port.name, inputOf(call, file, port, given[i], count)]));
}

const portText = ({ name, type, shape }: OnnxPort): string =>
  `\`${name}\`, ${type}[${shape === null ? '...' : ['rows', ...shape.slice(1).map((size) => size ?? '?')].join(', ')}]`;

/** With the rows in front; of what has none, as many copies as others have rows. */
function inputOf(
  { b, fail }: Call,
  file: string,
  port: OnnxPort,
  { node, type }: TensorValue,
  count: Dim,
): Tensor {
  const wanted = port.shape?.slice(1);
  const own = type.shape.length === 0 && wanted?.length === 1 ? [1] : type.shape;
  const fits =
    wanted === undefined ||
    (wanted.length === own.length && wanted.every((size, i) => typeof size !== 'number' || size === own[i]));
  if (!fits || !/float|double/.test(port.type) || type.kind === 'label')
    fail(kinds.networkFile, {
      what: `${file} takes ${portText(port)}, and ${printType(type)} came in`,
      why: 'A file has its sizes and types for good.',
      hint: `Bring it to them before: ${wayTo(wanted, own)}.`,
    });
  const lead = b.reshape(node, [type.rows === null ? 1 : node.shape[0], ...own]);
  return tensor(b.expand(lead, [count, ...own]), 0);
}

/** What makes the sizes that the file wants of those that came in. */
function wayTo(wanted: OnnxPort['shape'] = null, own: Shape): string {
  if (wanted === null || wanted.length !== own.length || own.length < 2) return '`reshape`, `flatten`';
  const places = wanted.slice(1).map((size, i) => size ?? printDim(own[i + 1]));
  const channels = wanted[0] ?? printDim(own[0]);
  const resized = `\`resize(x, [${places.join(', ')}])\``;
  return wanted[0] === own[0]
    ? resized
    : `${resized}, and \`as image[${[channels, ...places].join(', ')}]\` of the stream for its channels`;
}

/** Buffers of the layer that start as the file has them: no gradient reaches them, and no optimizer. */
function weightsOf(
  call: Call,
  { file, graph }: NetworkFileSource,
): (name: string, shape: readonly number[]) => ReturnType<Call['buffer']> {
  const parts = new Map<string, string>();
  const taken = new Set<string>();
  for (const [name, { whole }] of Object.entries(graph.constants)) {
    if (whole) continue;
    let part = plainName(name);
    for (let i = 2; taken.has(part); i++) part = `${plainName(name)}_${i}`;
    taken.add(part);
    parts.set(name, part);
  }
  return (name, shape) => call.buffer(parts.get(name)!, shape, { kind: 'stored', file, of: name });
}

function resultOf(
  call: Call,
  file: string,
  name: string,
  { node, rows, range }: Tensor,
  origin: RowOrigin | null,
): TensorValue {
  if (rows !== 0)
    return call.fail(kinds.networkFile, {
      what: `${file}: the first axis of \`${name}\` is not its rows`,
      hint: 'Name another value as `output`.',
    });
  const shape = node.shape.slice(1);
  const own = origin === null ? call.b.reshape(node, shape) : node;
  return call.part(name, own, { ...real(shape, origin), range });
}
