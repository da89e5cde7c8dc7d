/**
 * IDX files, the format of MNIST and its kin: a magic number (0, 0, type, rank), the sizes, the numbers, all
 * big-endian. In: a file's bytes, plain or gzipped, or its path. Out: sizes and numbers, all at once or some rows of bytes at a
 * time. Anything else is a FileError with the byte (counted after decompression).
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { inFile } from './file-bytes.ts';
import { FileError } from './file-error.ts';
import { requireRoom } from './room.ts';
import { filePieces, rowPieces } from './row-pieces.ts';

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface Idx {
  readonly shape: readonly number[];
  readonly data: IdxData;
}

interface IdxType {
  readonly size: number;
  make(length: number): IdxData;
  get(view: DataView, at: number): number;
}

const types: Readonly<Record<number, IdxType>> = {
  0x08: { size: 1, make: (n) => new Uint8Array(n), get: (view, at) => view.getUint8(at) },
  0x09: { size: 1, make: (n) => new Int8Array(n), get: (view, at) => view.getInt8(at) },
  0x0b: { size: 2, make: (n) => new Int16Array(n), get: (view, at) => view.getInt16(at) },
  0x0c: { size: 4, make: (n) => new Int32Array(n), get: (view, at) => view.getInt32(at) },
  0x0d: { size: 4, make: (n) => new Float32Array(n), get: (view, at) => view.getFloat32(at) },
  0x0e: { size: 8, make: (n) => new Float64Array(n), get: (view, at) => view.getFloat64(at) },
};

/**
 * Reads IDX bytes; `path` is for the errors. Bytes (type 8) of a plain file are a view of the input, not a copy. `check` sees
 * the sizes before anything is decompressed for them, and may throw.
 */
export function readIdx(file: Uint8Array, path: string, check?: (shape: readonly number[]) => void): Idx {
  const packed = isPacked(file);
  const head = readHead(packed ? gunzipHead(file, path) : file, path);
  check?.(head.shape);
  if (packed) requireRoom(head.wanted, path, 'byte 4');
  const bytes = packed ? gunzip(file, path, head.wanted) : file;
  requireLength(head, bytes.length, path);
  return readNumbers(bytes, head);
}

const isPacked = (file: Uint8Array): boolean => file[0] === 0x1f && file[1] === 0x8b;

function requireLength({ shape, wanted }: Head, length: number, path: string): void {
  if (length === wanted) return;
  throw new FileError(
    path,
    `byte ${Math.min(length, wanted)}`,
    `sizes ${shape.join(' × ')} take ${wanted} bytes, the file has ${length}`,
  );
}

interface Head {
  readonly type: IdxType;
  readonly code: number;
  readonly shape: readonly number[];
  /** Where the numbers start. */
  readonly start: number;
  /** Bytes of the whole file. */
  readonly wanted: number;
}

function readHead(bytes: Uint8Array, path: string): Head {
  if (bytes.length < 4) throw new FileError(path, `byte ${bytes.length}`, 'too short for an IDX file');
  const [zero, zero2, code, rank] = bytes;
  const type = types[code];
  if (zero !== 0 || zero2 !== 0 || type === undefined || rank === 0) {
    const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new FileError(path, 'byte 0', `${magic} is not the start of an IDX file`);
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    throw new FileError(path, `byte ${bytes.length}`, `the file ends within its ${rank} sizes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const length = shape.reduce((a, b) => a * b, 1);
  return { type, code, shape, start, wanted: start + length * type.size };
}

function readNumbers(bytes: Uint8Array, { type, code, shape, start }: Head): Idx {
  if (code === 0x08) return { shape, data: bytes.subarray(start) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = type.make(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = type.get(view, start + i * type.size);
  return { shape, data };
}

/** As many packed bytes as hold every head. */
const start = 8192;

const gunzipHead = (file: Uint8Array, path: string): Uint8Array =>
  unpacked(path, () => gunzipSync(file.subarray(0, start), { finishFlush: constants.Z_SYNC_FLUSH }));

/** More than a little too much is not unpacked. */
const gunzip = (file: Uint8Array, path: string, wanted: number): Uint8Array =>
  unpacked(path, () => gunzipSync(file, { maxOutputLength: wanted + 65536 }));

const tooMuch = 'it holds more than the sizes at its start say';

function unpacked(path: string, unpack: () => Uint8Array): Uint8Array {
  try {
    return unpack();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new FileError(path, null, tooMuch);
    throw new FileError(path, null, `cannot be decompressed: ${message}`);
  }
}

// ---------------------------------------------------------------- some rows at a time

export interface IdxFile {
  readonly path: string;
  readonly shape: readonly number[];
  /** Whether its numbers are unsigned bytes. */
  readonly ofBytes: boolean;
  /** Gzipped. */
  readonly packed: boolean;
  readonly head: Head;
}

/** Reads the start of the file. Throws FileError for what is no IDX file, and for a plain one that is cut or too long. */
export function idxFile(path: string): IdxFile {
  const [bytes, size] = inFile(path, (file) => [file.slice(0, start), file.length]);
  const packed = isPacked(bytes);
  const head = readHead(packed ? gunzipHead(bytes, path) : bytes, path);
  if (!packed) requireLength(head, size, path);
  return { path, shape: head.shape, ofBytes: head.code === 0x08, packed, head };
}

/** All rows of a file of bytes, some at a time, each part until the next is asked for. Rejects with FileError. */
export async function* idxRows({ path, shape, packed, head }: IdxFile): AsyncGenerator<Uint8Array> {
  const bytes: AsyncIterable<Uint8Array> = packed
    ? pipeline(createReadStream(path), createGunzip(), () => {})
    : filePieces(path);
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  let length = head.start;
  try {
    for await (const rows of rowPieces(bytes, head.start, width)) {
      if ((length += rows.length) > head.wanted) break;
      yield rows;
    }
  } catch (error) {
    throw new FileError(
      path,
      null,
      `cannot be ${packed ? 'decompressed' : 'read'}: ${(error as Error).message}`,
    );
  }
  if (length > head.wanted) throw new FileError(path, null, tooMuch);
  requireLength(head, length, path);
}

/** An IDX file of bytes: what the tests and the tools that make data sets write. */
export function writeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, 0x08, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
