/**
 * Small ONNX networks for tests. In: operators, their attributes and constants; out: models, whose bytes onnxruntime and our
 * reader are given alike.
 */
import { encodeModel } from '../../compiler/targets/onnx/model.ts';
import type { AttributeProto, NodeProto, TensorProto } from '../../compiler/targets/onnx/model.ts';
import { randomTensor, stream } from '../ops/samples.ts';

export interface OnnxCase {
  readonly title: string;
  readonly bytes: Uint8Array;
  /** A row of what goes in. */
  readonly row: readonly number[];
  readonly operators: readonly string[];
  /** How many rows it says that it takes; null: any number. */
  readonly rows: number | null;
}

/** Numbers of a list are whole; `reals` are not; a shape alone has random ones, above 0 where it must. */
export type Constant =
  | readonly number[]
  | { readonly reals: readonly number[]; readonly shape?: readonly number[] }
  | { readonly random: readonly number[]; readonly positive?: boolean };

/** `[operator, attributes, inputs]`: names of values, constants, or null for what is left out; what stands before it is its first input. */
export type Link = readonly [
  operator: string,
  attributes?: Readonly<Record<string, AttributeProto>>,
  inputs?: readonly (string | Constant | null)[],
  outputs?: readonly string[],
];

interface Settings {
  readonly opset?: number;
  /** What the file says of its rows. */
  readonly rows?: number;
  readonly title?: string;
}

/** A chain of operators from `x` on; what each gives is called by its place: `y0`, `y1`. */
export function chain(row: readonly number[], links: readonly Link[], settings: Settings = {}): OnnxCase {
  const next = stream(11);
  const initializers: TensorProto[] = [];
  const constant = (given: Constant): string => {
    const name = `constant ${initializers.length}`;
    initializers.push({ name, ...tensorOf(given, next) });
    return name;
  };
  const nodes = links.map(([op, attributes = {}, inputs = [], outputs = []], i): NodeProto => ({
    op,
    domain: '',
    attributes,
    inputs: [
      ...(inputs[0] === 'only' ? [] : [i === 0 ? 'x' : outputOf(links, i - 1)]),
      ...inputs
        .filter((one) => one !== 'only')
        .map((one) => (one === null ? '' : typeof one === 'string' ? one : constant(one))),
    ],
    outputs: outputs.length > 0 ? outputs : [`y${i}`],
  }));
  const { opset = 20, rows, title } = settings;
  const words = [
    ...links.map(([op, attributes = {}]) => [op, ...Object.keys(attributes)].join(' ')),
    title,
    opset === 20 ? '' : `version ${opset}`,
  ];
  return {
    title: words.filter(Boolean).join(', '),
    row,
    rows: rows ?? null,
    operators: links.map(([op]) => op),
    bytes: encodeModel(
      {
        irVersion: 8,
        opset,
        graph: {
          name: 'case',
          nodes,
          initializers,
          inputs: [{ name: 'x', type: 'float32', shape: [rows ?? { terms: { N: 1 }, constant: 0 }, ...row] }],
          outputs: [{ name: outputOf(links, links.length - 1), type: 'float32', shape: [] }],
        },
      },
      [],
    ),
  };
}

const outputOf = (links: readonly Link[], i: number): string => links[i][3]?.[0] ?? `y${i}`;

function tensorOf(given: Constant, next: () => number): Omit<TensorProto, 'name'> {
  if ('reals' in given)
    return { type: 'float32', dims: given.shape ?? [given.reals.length], values: given.reals };
  if ('random' in given) {
    const { data } = randomTensor(given.random, next, { positive: given.positive ?? false });
    return { type: 'float32', dims: given.random, values: Float32Array.from(data) };
  }
  return { type: 'int64', dims: [given.length], values: given };
}

export const weights = (...random: number[]): Constant => ({ random });
export const scalar = (value: number): Constant => ({ reals: [value], shape: [] });
