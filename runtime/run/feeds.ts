/**
 * What a graph is fed beside the state: for each input that the manifest lists, the tensor of a minibatch, of draws or
 * of a host's scalar that it asks for. Within one scope a draw and a field are made once, whichever graphs ask.
 */
import { evaluateHost } from '../../program/host.ts';
import type { HostExpr, HostValues } from '../../program/host.ts';
import type { GraphEntry, GraphInput, InputOrigin, Manifest } from '../../program/manifest.ts';
import { allocate } from '../engines/engine.ts';
import type { Floats, Tensor, Tensors } from '../engines/engine.ts';
import { draws } from '../random.ts';

/** Where the values of one run of a graph come from. */
export interface FeedSource {
  field(stream: string, field: string): Tensor;
  /** Iteration and scope that draws are keyed by, and which of their rows stand at the rows of this run. */
  readonly drawn: DrawPlace;
  readonly host: HostValues;
  given?(name: string): Tensor;
  /** Sizes of the symbols in the inputs' shapes (`N`). */
  readonly sizes: Readonly<Record<string, number>>;
}

export interface DrawPlace {
  readonly iteration: number;
  readonly scope: number;
  /** A part of a minibatch: inputs with the rows of minibatches have those of this part alone. */
  readonly part?: Part;
  /** Default: row i; its `name` tells such orders apart. */
  readonly order?: { readonly name: string; rowOf(row: number): number; readonly change?: DrawChange };
}

export interface Part {
  readonly index: number;
  /** How many parts a minibatch has. */
  readonly of: number;
}

/** Puts other numbers in the place of a draw's, row by row. */
export type DrawChange = (draw: {
  readonly key: string;
  readonly distribution: DrawOrigin['distribution'];
  readonly rows: number;
  readonly data: Floats;
  /** The draws of the row after each row's own. */
  next(): Floats;
}) => void;

/** Buffers of draws and scalars, kept between runs; one Feeder serves one loop, one run at a time. */
export interface Feeder {
  /** All inputs of the graph but those that the state gives. */
  feeds(graph: GraphEntry, source: FeedSource): Tensors;
}

type DrawOrigin = Extract<InputOrigin, { kind: 'draw' }>;

/** A feeder's buffers are never dropped: where shapes keep changing, make one for each report. */
export function feeder(manifest: Manifest, seed: number): Feeder {
  const drawn = new Map<string, { tensor: Tensor; at: string }>();
  const scalars = new Map<GraphInput, Tensor>();

  const draw = (
    input: string,
    origin: DrawOrigin,
    shape: readonly number[],
    { iteration, scope, order, part }: DrawPlace,
  ) => {
    const name = `${origin.key} ${shape.join()}`;
    const at = `${iteration} ${scope} ${part?.index ?? ''} ${order?.name ?? ''}`;
    const kept = drawn.get(name) ?? { tensor: allocate(manifest.float, shape), at: '' };
    if (kept.at === at) return kept.tensor;
    const rows = shape.at(0) ?? 1;
    const place = { seed, key: origin.key, iteration, scope };
    const { distribution, key, k } = origin;
    const into = (data: Floats, rowOf?: (row: number) => number): Floats => {
      draws(place, distribution, rows, data.length / Math.max(1, rows), data, { k, rowOf });
      return data;
    };
    const { data } = kept.tensor;
    const blocks = manifest.blocks?.[input];
    into(data, part && blocks ? rowInPart(part, rows / blocks) : order?.rowOf);
    const next = (): Floats => into(allocate(manifest.float, shape).data, (row) => order!.rowOf(row) + 1);
    order?.change?.({ key, distribution, rows, data, next });
    drawn.set(name, { tensor: kept.tensor, at });
    return kept.tensor;
  };

  const scalar = (input: GraphInput, value: HostExpr, shape: readonly number[], host: HostValues): Tensor => {
    const tensor = scalars.get(input) ?? allocate(manifest.float, shape);
    scalars.set(input, tensor);
    tensor.data[0] = evaluateHost(value, host);
    return tensor;
  };

  const feed = (input: GraphInput, source: FeedSource): Tensor | null => {
    const { from } = input;
    if (from.kind === 'state') return null;
    if (from.kind === 'field') return source.field(from.stream, from.field);
    if (from.kind === 'given') return given(from.name, source);
    const shape = input.shape.map((dim) => sized(dim, source.sizes, input.name));
    return from.kind === 'draw'
      ? draw(input.name, from, shape, source.drawn)
      : scalar(input, from.value, shape, source.host);
  };
  return {
    feeds: (graph, source) =>
      Object.fromEntries(
        graph.inputs.flatMap((input) => {
          const tensor = feed(input, source);
          return tensor === null ? [] : [[input.name, tensor]];
        }),
      ),
  };
}

/**
 * Where the rows of a part are among those of the minibatch, or of several that stand one below the other; `rows`: of one of
 * them, in the part.
 */
const rowInPart =
  ({ index, of }: Part, rows: number) =>
  (row: number): number =>
    Math.floor(row / rows) * rows * of + index * rows + (row % rows);

/** [rows / parts, ...]: the part's rows of a minibatch's field. */
export function partOf({ shape, data }: Tensor, { index, of }: Part): Tensor {
  const size = data.length / of;
  return { shape: [shape[0] / of, ...shape.slice(1)], data: data.subarray(index * size, (index + 1) * size) };
}

function sized(dim: number | string, sizes: Readonly<Record<string, number>>, input: string): number {
  const size = typeof dim === 'number' ? dim : sizes[dim];
  if (size === undefined) throw new Error(`nothing says how large ${dim} of the input ${input} is`);
  return size;
}

function given(name: string, source: FeedSource): Tensor {
  const tensor = source.given?.(name);
  if (!tensor) throw new Error(`nothing gives the values of ${name}`);
  return tensor;
}
