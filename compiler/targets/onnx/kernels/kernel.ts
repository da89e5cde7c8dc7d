/**
 * An elementwise graph as one WebAssembly loop: every operand is read once, every result written once, however many
 * primitives lie between. In: the graph's results and leaves. Out: a module whose
 * `run(bytes, address of each tensor, address of each result, scalars)` goes over whole vectors, so what lies behind a
 * tensor's end up to a multiple of 16 bytes is read and overwritten.
 */
import { entryOf } from '../../../ir/entries.ts';
import { reachable, type Node } from '../../../ir/node.ts';
import type { FloatType } from '../model.ts';
import { addI32, get, i32, lessI32, load, number, repeat, set, store, wasmModule } from './encode.ts';
import type { Bytes, ValueType } from './encode.ts';
import { kernelRow, splat } from './rows.ts';

export interface Kernel {
  /** Leaves of the results' shape. */
  readonly tensors: readonly Node[];
  /** Leaves of rank 0 that aren't constants. */
  readonly scalars: readonly Node[];
  /** Tensors of one shape, made from the leaves by primitives that have a row. */
  readonly results: readonly Node[];
}

/** Whether a kernel can compute this primitive. */
export const hasRow = (node: Node): boolean => kernelRow(node.op) !== undefined;

const VECTOR = 16;
const scalarTypes: Readonly<Record<FloatType, ValueType>> = { float32: 'f32', float64: 'f64' };

export function kernelModule({ tensors, scalars, results }: Kernel, float: FloatType): Uint8Array {
  const leaves = new Set([...tensors, ...scalars]);
  const nodes = reachable(results, (node) => leaves.has(node));
  const addresses = [...tensors, ...results];
  const parameters: ValueType[] = [
    'i32',
    ...addresses.map(() => 'i32' as const),
    ...scalars.map(() => scalarTypes[float]),
  ];
  const at = parameters.length;
  const local = new Map(nodes.map((node, i) => [node, at + 1 + i]));
  const address = (i: number): number[] => [...get(1 + i), ...get(at), ...addI32];
  const operand = (node: Node): Bytes => get(entryOf(local, node));
  const value = (node: Node): Bytes => {
    const scalar = scalars.indexOf(node);
    if (scalar >= 0) return [...get(1 + addresses.length + scalar), ...splat(float)];
    const tensor = tensors.indexOf(node);
    if (tensor >= 0) return [...address(tensor), ...load];
    if (node.op === 'constant') return [...number(node.attrs.values[0], float), ...splat(float)];
    const row = kernelRow(node.op);
    if (row === undefined) throw new Error(`no kernel computes ${node.op}`);
    return row(float, node.inputs.map(operand));
  };
  const assign = (node: Node): number[] => [...value(node), ...set(entryOf(local, node))];
  const once = nodes.filter((node) => node.shape.length === 0).flatMap(assign);
  const each = nodes.filter((node) => node.shape.length > 0).flatMap(assign);
  const write = results.flatMap((node, i) => [...address(tensors.length + i), ...operand(node), ...store]);
  const next = [...get(at), ...i32(VECTOR), ...addI32, ...set(at), ...get(at), ...get(0), ...lessI32];
  return wasmModule({
    parameters,
    locals: ['i32', ...nodes.map(() => 'v128' as const)],
    body: [...once, ...repeat([...each, ...write, ...next])],
  });
}
