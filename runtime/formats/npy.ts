/**
 * NumPy's .npy: a magic text, a header (a Python dictionary), the numbers. In and out: bytes ↔ shape and numbers, in
 * C order whichever the file has. Read: booleans, integers to 64 bits (beyond 2^53 to the nearest double), floats of 16, 32 and 64 bits, of
 * either byte order. Anything else is a FileError.
 */
import { FileError } from './file-error.ts';

/** Bytes are `Uint8Array`, and nothing else is: they may be pixels. `Int8Array` holds booleans. */
export type NpyData = Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array;

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyData;
}

export interface NpyType {
  readonly size: number;
  make(length: number): NpyData;
  get(view: DataView, at: number, little: boolean): number;
}

const doubles = (length: number): NpyData => new Float64Array(length);
const types: Readonly<Record<string, NpyType>> = {
  b1: { size: 1, make: (n) => new Int8Array(n), get: (view, at) => view.getUint8(at) },
  u1: { size: 1, make: (n) => new Uint8Array(n), get: (view, at) => view.getUint8(at) },
  i1: { size: 1, make: (n) => new Int32Array(n), get: (view, at) => view.getInt8(at) },
  u2: { size: 2, make: (n) => new Int32Array(n), get: (view, at, le) => view.getUint16(at, le) },
  i2: { size: 2, make: (n) => new Int32Array(n), get: (view, at, le) => view.getInt16(at, le) },
  u4: { size: 4, make: doubles, get: (view, at, le) => view.getUint32(at, le) },
  i4: { size: 4, make: (n) => new Int32Array(n), get: (view, at, le) => view.getInt32(at, le) },
  u8: { size: 8, make: doubles, get: (view, at, le) => Number(view.getBigUint64(at, le)) },
  i8: { size: 8, make: doubles, get: (view, at, le) => Number(view.getBigInt64(at, le)) },
  f2: { size: 2, make: (n) => new Float32Array(n), get: (view, at, le) => half(view.getUint16(at, le)) },
  f4: { size: 4, make: (n) => new Float32Array(n), get: (view, at, le) => view.getFloat32(at, le) },
  f8: { size: 8, make: doubles, get: (view, at, le) => view.getFloat64(at, le) },
};

/** Numbers of a kind, `f4`; undefined: they are not read. */
export const npyType = (code: string | null): NpyType | undefined =>
  code !== null && Object.hasOwn(types, code) ? types[code] : undefined;

/** A 16-bit float: sign, 5 bits of exponent, 10 of fraction. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Reads .npy bytes; `path` is for the errors. */
export function readNpy(bytes: Uint8Array, path: string): NpyArray {
  const header = npyHeader(bytes, path);
  const { shape, start, fortran } = header;
  requireLength(header, bytes.length, path);
  const data = header.type.make(countOf(shape));
  const numbers = bytes.subarray(start);
  if (fortran && shape.length > 1) columnsInto(data, numbers, header);
  else numbersInto(data, numbers, header);
  return { shape, data };
}

const countOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Throws FileError unless a file of so many bytes holds what the header says. */
export function requireLength({ shape, start, type }: NpyHeader, length: number, path: string): void {
  const wanted = start + countOf(shape) * type.size;
  if (wanted === length) return;
  throw new FileError(
    path,
    `byte ${Math.min(wanted, length)}`,
    `shape (${shape.join(', ')}) takes ${wanted} bytes, the file has ${length}`,
  );
}

/** Fills `data` with numbers of those bytes, one after the other. */
export function numbersInto<T extends NpyData>(
  data: T,
  bytes: Uint8Array,
  { type, little }: Pick<NpyHeader, 'type' | 'little'>,
): T {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < data.length; i++) data[i] = type.get(view, i * type.size, little);
  return data;
}

/** Fills `data` with the rows of an array in Fortran order, whose columns stand in those bytes. */
function columnsInto(data: NpyData, bytes: Uint8Array, header: NpyHeader): void {
  const [rows] = header.shape;
  const columns = fortranColumns(header.shape);
  const column = header.type.make(rows);
  const length = rows * header.type.size;
  columns.forEach((place, i) => {
    numbersInto(column, bytes.subarray(i * length, (i + 1) * length), header);
    for (let row = 0; row < rows; row++) data[row * columns.length + place] = column[row];
  });
}

/**
 * In Fortran order the first axis is the fastest: an array of rows stands there column after column, each the numbers that all rows
 * have in one place. Those places, counted in C order (the last axis fastest), in the order of the columns.
 */
export function fortranColumns([, ...sizes]: readonly number[]): Uint32Array {
  const places = new Uint32Array(countOf(sizes));
  const at = sizes.map(() => 0);
  for (let column = 0; column < places.length; column++) {
    places[column] = sizes.reduce((place, size, axis) => place * size + at[axis], 0);
    for (let axis = 0; axis < sizes.length && ++at[axis] === sizes[axis]; axis++) at[axis] = 0;
  }
  return places;
}

export interface NpyHeader {
  readonly type: NpyType;
  /** Whether the first byte of a number is its lowest one. */
  readonly little: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly start: number;
  readonly fortran: boolean;
}

/** What the first bytes of a file say. Throws FileError for what is no .npy file, or has numbers that are not read. */
export function npyHeader(bytes: Uint8Array, path: string): NpyHeader {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (magic.some((byte, i) => bytes[i] !== byte)) throw new FileError(path, 'byte 0', 'not a .npy file');
  const major = bytes[6];
  if (!(major >= 1 && major <= 3)) throw new FileError(path, 'byte 6', `version ${major} of .npy is unknown`);
  const at = major === 1 ? 10 : 12;
  if (bytes.length < at) throw new FileError(path, `byte ${bytes.length}`, 'the file ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = at + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length)
    throw new FileError(path, `byte ${bytes.length}`, 'the file ends within its header');
  const text = new TextDecoder().decode(bytes.subarray(at, start));
  const code = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (code === undefined || order === undefined || sizes === undefined) {
    throw new FileError(
      path,
      `byte ${at}`,
      `a header without descr, fortran_order and shape of plain numbers: ${text.trim().slice(0, 120)}`,
    );
  }
  const type = npyType(code.slice(1));
  if (type === undefined || !'<>|='.includes(code[0])) {
    throw new FileError(
      path,
      'header',
      `numbers of type ${code} can't be read; save as float32, float64, int64, uint8, ...`,
    );
  }
  return {
    type,
    little: code[0] !== '>',
    shape: sizes
      .split(',')
      .map((size) => size.trim())
      .filter((size) => size !== '')
      .map(Number),
    start,
    fortran: order === 'True',
  };
}

function codeOf(data: NpyData): string {
  if (data instanceof Uint8Array) return '|u1';
  if (data instanceof Int8Array) return '|b1';
  if (data instanceof Int32Array) return '<i4';
  return data instanceof Float32Array ? '<f4' : '<f8';
}

/** The array as .npy bytes (version 1.0, data aligned to 64 bytes as NumPy does). */
export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  if (shape.reduce((a, b) => a * b, 1) !== data.length) {
    throw new Error(`shape (${shape.join(', ')}) does not hold ${data.length} numbers`);
  }
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${codeOf(data)}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength).fill(0x20, 10, start);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}
