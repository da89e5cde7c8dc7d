/**
 * The binary form of WebAssembly (W3C core specification 2.0, chapter 5), as far as kernels need it: one function, on
 * an imported memory, with 128-bit vectors. In: types, locals and instructions. Out: a module's bytes.
 */
export type Bytes = readonly number[];

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';
const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** LEB128 of a count or an index. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 0x80);
  }
}

/** LEB128 of a constant; only numbers from 0 up are needed, which keep their sign bit 0. */
const constant = (value: number): number[] => {
  const bytes = unsigned(value);
  const last = bytes[bytes.length - 1];
  return last < 64 ? bytes : [...bytes.slice(0, -1), last | 0x80, 0];
};

const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};

function littleEndian(value: number, float: 'float32' | 'float64'): number[] {
  const view = new DataView(new ArrayBuffer(8));
  if (float === 'float32') view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer, 0, float === 'float32' ? 4 : 8)];
}

// ---------------------------------------------------------------- instructions

export const get = (local: number): number[] => [0x20, ...unsigned(local)];
export const set = (local: number): number[] => [0x21, ...unsigned(local)];
export const i32 = (value: number): number[] => [0x41, ...constant(value)];
export const addI32: Bytes = [0x6a];
export const lessI32: Bytes = [0x49];
export const number = (value: number, float: 'float32' | 'float64'): number[] => [
  float === 'float32' ? 0x43 : 0x44,
  ...littleEndian(value, float),
];
/** An instruction on vectors. */
export const vector = (code: number): number[] => [0xfd, ...unsigned(code)];
/** Sixteen bytes; addresses are multiples of 16. */
export const load: Bytes = [...vector(0x00), 4, 0];
export const store: Bytes = [...vector(0x0b), 4, 0];
/** Runs `body`, which leaves a truth value, until that is 0. */
export const repeat = (body: Bytes): number[] => [0x03, 0x40, ...body, 0x0d, 0, 0x0b];

// ---------------------------------------------------------------- the module

export interface Code {
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Bytes;
}

const section = (id: number, content: Bytes): number[] => [id, ...unsigned(content.length), ...content];
const vec = (items: readonly Bytes[]): number[] => [...unsigned(items.length), ...items.flat()];

/** A module that imports `host.memory` and exports the function `run`, which returns nothing. */
export function wasmModule({ parameters, locals, body }: Code): Uint8Array {
  const type = [0x60, ...vec(parameters.map((name) => [valueTypes[name]])), 0];
  const memory = [...text('host'), ...text('memory'), 0x02, 0x00, 1];
  const declared = vec(locals.map((name) => [1, valueTypes[name]]));
  const code = [...declared, ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vec([type])),
    ...section(2, vec([memory])),
    ...section(3, vec([[0]])),
    ...section(7, vec([[...text('run'), 0x00, 0]])),
    ...section(10, vec([[...unsigned(code.length), ...code]])),
  ]);
}
