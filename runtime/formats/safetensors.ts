/**
 * safetensors, the file of named tensors that every target reads and writes: eight bytes (the header's length,
 * little-endian), a JSON header, the tensors' bytes. In and out: bytes ↔ named tensors and a table of strings. The
 * reader trusts nothing: every offset is checked against the shape, the neighbours and the file's length.
 */
import { endianness } from 'node:os';
import { FileError } from './file-error.ts';

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const kinds = {
  F64: { size: 8, make: (buffer: ArrayBuffer, at: number, n: number) => new Float64Array(buffer, at, n) },
  F32: { size: 4, make: (buffer: ArrayBuffer, at: number, n: number) => new Float32Array(buffer, at, n) },
  I32: { size: 4, make: (buffer: ArrayBuffer, at: number, n: number) => new Int32Array(buffer, at, n) },
  U8: { size: 1, make: (buffer: ArrayBuffer, at: number, n: number) => new Uint8Array(buffer, at, n) },
} as const;
type Kind = keyof typeof kinds;

/** As in the reference implementation: a longer header is taken for a wrong file. */
const longestHeader = 100_000_000;

function kindOf(data: TensorData): Kind {
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The file's bytes: wide types first so that each tensor is aligned, in the given order otherwise. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NamedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  requireLittleEndian();
  const list = [...tensors].sort((a, b) => kinds[kindOf(b[1].data)].size - kinds[kindOf(a[1].data)].size);
  const header: Record<string, unknown> = { __proto__: null };
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const [name, { shape, data }] of list) {
    if (name === '__metadata__' || name in header) throw new Error(`two tensors are called ${name}`);
    if (elements(shape) !== data.length) {
      throw new Error(`tensor ${name}: shape [${shape.join(', ')}] does not hold ${data.length} numbers`);
    }
    header[name] = { dtype: kindOf(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(text, 8);
  let at = 8 + length;
  for (const [, { data }] of list) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a file's bytes, in the order of their places; `path` is for the errors. Data is copied, so the
 * bytes may be let go. Throws FileError on anything but a whole, hole-free file of F64, F32, I32 and U8 tensors.
 */
export function readSafetensors(bytes: Uint8Array, path: string): TensorFile {
  requireLittleEndian();
  const { header, start } = readHeader(bytes, path);
  const { __metadata__: metadata = {}, ...entries } = header;
  const places = Object.entries(entries).map(([name, entry]) => ({ name, ...checkEntry(name, entry, path) }));
  places.sort((a, b) => a.from - b.from || a.to - b.to);
  const tensors = new Map<string, NamedTensor>();
  let end = 0;
  for (const { name, kind, shape, from, to } of places) {
    if (from !== end) {
      throw new FileError(
        path,
        `byte ${start + end}`,
        `tensor ${name} starts at byte ${start + from}: tensors must follow each other without holes or overlaps`,
      );
    }
    end = to;
    if (start + to > bytes.length) break;
    // A Buffer's own slice is a view of the whole file; this is a copy, whatever came in.
    const copy = Uint8Array.prototype.slice.call(bytes, start + from, start + to);
    tensors.set(name, { shape, data: kinds[kind].make(copy.buffer, 0, elements(shape)) });
  }
  if (start + end !== bytes.length) {
    throw new FileError(
      path,
      `byte ${bytes.length}`,
      `the file ends here, its header tells of ${start + end} bytes`,
    );
  }
  return { tensors, metadata: checkMetadata(metadata, path) };
}

function readHeader(bytes: Uint8Array, path: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw new FileError(path, `byte ${bytes.length}`, 'too short for a safetensors file');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(longestHeader, bytes.length - 8))) {
    throw new FileError(
      path,
      'byte 0',
      `a header of ${length} bytes does not fit: not a safetensors file, or cut`,
    );
  }
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (error) {
    throw new FileError(path, 'byte 8', `the header is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(header)) throw new FileError(path, 'byte 8', 'the header is not a JSON object');
  return { header, start };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

interface Place {
  readonly kind: Kind;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function checkEntry(name: string, entry: unknown, path: string): Place {
  const wrong = (what: string): FileError => new FileError(path, `header of tensor ${name}`, what);
  if (!isRecord(entry)) throw wrong('not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(kinds, dtype)) {
    throw wrong(`type ${JSON.stringify(dtype)} is not one of ${Object.keys(kinds).join(', ')}`);
  }
  if (!isSizes(shape)) throw wrong('the shape is not a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) throw wrong('bad data_offsets');
  const kind = dtype as Kind;
  const needed = elements(shape) * kinds[kind].size;
  if (offsets[1] - offsets[0] !== needed) {
    throw wrong(`${offsets[1] - offsets[0]} bytes given, ${dtype} [${shape.join(', ')}] takes ${needed}`);
  }
  return { kind, shape, from: offsets[0], to: offsets[1] };
}

function checkMetadata(metadata: unknown, path: string): Record<string, string> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>;
  }
  throw new FileError(path, 'header', '__metadata__ must hold strings');
}

function requireLittleEndian(): void {
  if (endianness() !== 'LE')
    throw new Error('safetensors are read and written on little-endian machines only');
}
