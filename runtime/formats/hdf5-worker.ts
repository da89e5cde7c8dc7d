/**
 * The thread that reads HDF5 files (by h5wasm, the HDF5 library itself as WebAssembly): what lies in a file, and bytes of rows. A file
 * may name others, in links, as a dataset's place and as parts of it: here the library opens the one that was asked for, and no
 * other. In: requests. Out: an answer to each, or why there is none (hdf5.ts waits for it).
 */
import fs from 'node:fs';
import type { Metadata } from 'h5wasm/node';
import { answerRequests } from '../waiting-thread.ts';

export interface Hdf5Request {
  readonly path: string;
  /** null: what lies in the file is asked for. */
  readonly dataset: string | null;
  /** null: no rows of it are asked for. */
  readonly rows: RowsWanted | null;
}

interface RowsWanted {
  readonly from: number;
  readonly to: number;
  /** Where their bytes go: what each answer brought with it would be collected late. */
  readonly into: SharedArrayBuffer;
}

export interface DatasetInfo {
  readonly name: string;
  /** null: there is none. */
  readonly shape: readonly number[] | null;
  /** As .npy files have it, `f4`; null: no plain numbers. */
  readonly type: string | null;
  /** How many rows are stored and packed together, and the bytes of such a piece; null: it is not cut. */
  readonly chunk: { readonly rows: number; readonly bytes: number } | null;
  /** What its chunks went through: filters of the library by their numbers, and what those are called. */
  readonly filters: readonly { readonly id: number; readonly name: string }[];
  /** Whether its numbers lie in other datasets. */
  readonly isVirtual: boolean;
}

export type Hdf5Answer =
  | { readonly found: readonly DatasetInfo[] }
  /** `lost`: the library can't go on. */
  | { readonly failure: string; readonly lost: boolean };

/** More objects of a file are not listed. */
const mostObjects = 1000;

// What is wrong with a file is told by what is asked of it; its warnings are nobody's.
console.error = console.warn = () => undefined;
const hdf5 = await (await import('h5wasm/node')).ready;

// ---------------------------------------------------------------- what the library may do

let allowed: string | null = null;
let said = '';
const { openSync, writeSync } = fs;
fs.openSync = (path, ...rest) => {
  if (path !== allowed) throw Object.assign(new Error(`ENOENT: ${String(path)}`), { code: 'ENOENT' });
  return openSync(path, ...rest);
};
// It prints what goes wrong.
fs.writeSync = ((file: number, ...rest: [Uint8Array, number, number]) => {
  if (file !== 2) return writeSync(file, ...rest);
  const [bytes, from = 0, length = bytes.length] = rest;
  said += Buffer.from(bytes.subarray(from, from + length)).toString('utf8');
  return length;
}) as typeof fs.writeSync;

/** What the library told of a fault: its innermost reason; null: it told none. */
const reasonSaid = (): string | null => [...said.matchAll(/ in \w+\(\): (.*)/g)].at(-1)?.[1] ?? null;

const fault = (): Error => new Error('the library gives no reason');

// ---------------------------------------------------------------- what lies in a file

const { H5T_INTEGER, H5T_FLOAT, H5T_ENUM } = hdf5.H5T_class_t;

function typeIn({ type, size, signed, enum_type, littleEndian }: Metadata): string | null {
  if (type === H5T_FLOAT.value) return `f${size}`;
  const whole = `${signed ? 'i' : 'u'}${size}`;
  if (type === H5T_INTEGER.value) return whole;
  // Names of numbers, as booleans are; their bytes come as they stand in the file.
  const isPlain = enum_type?.type === H5T_INTEGER.value && (littleEndian || size === 1);
  return type === H5T_ENUM.value && isPlain ? whole : null;
}

function infoOf(file: bigint, name: string): DatasetInfo {
  const metadata = hdf5.get_dataset_metadata(file, name);
  const { shape, chunks, size, virtual_sources } = metadata;
  const [rows] = chunks ?? [0];
  return {
    name,
    shape,
    type: typeIn(metadata),
    chunk: chunks && { rows, bytes: chunks.reduce((a, b) => a * b, size) },
    filters: hdf5.get_dataset_filters(file, name).map(({ id, name: called }) => ({ id, name: called })),
    isVirtual: virtual_sources !== undefined,
  };
}

const isDataset = (file: bigint, name: string): boolean => hdf5.get_type(file, name) === hdf5.H5G_DATASET;

function datasetsIn(file: bigint): DatasetInfo[] {
  const names = hdf5.get_names(file, '/', true).slice(0, mostObjects);
  return names.filter((name) => isDataset(file, name)).map((name) => infoOf(file, name));
}

/** Writes the bytes of the rows, little-endian. */
function writeRows(file: bigint, name: string, { from, to, into }: RowsWanted): void {
  const { shape, size } = hdf5.get_dataset_metadata(file, name);
  const counts = [to - from, ...shape!.slice(1)];
  const length = counts.reduce((a, b) => a * b, size);
  const at = hdf5._malloc(length);
  if (at === 0) throw new Error(`${length} bytes of rows are too many at once`);
  try {
    const count = counts.map(BigInt);
    const begin = counts.map((_, axis) => BigInt(axis === 0 ? from : 0));
    const steps = counts.map(() => 1n);
    if (hdf5.get_dataset_data(file, name, count, begin, steps, BigInt(at)) < 0) throw fault();
    new Uint8Array(into).set(hdf5.HEAPU8.subarray(at, at + length));
  } finally {
    hdf5._free(at);
  }
}

function found({ dataset, rows }: Hdf5Request, file: bigint): DatasetInfo[] {
  if (dataset === null) return datasetsIn(file);
  if (!isDataset(file, dataset)) return [];
  if (rows !== null) writeRows(file, dataset, rows);
  return [infoOf(file, dataset)];
}

async function answerTo(request: Hdf5Request): Promise<Hdf5Answer> {
  [allowed, said] = [request.path, ''];
  try {
    const file = hdf5.open(request.path, hdf5.H5F_ACC_RDONLY, false, -1, -1);
    if (file < 0n) throw fault();
    try {
      return { found: found(request, file) };
    } finally {
      hdf5.close_file(file);
    }
  } catch (error) {
    const { name, message } = error as Error;
    return { failure: reasonSaid() ?? message, lost: name === 'RuntimeError' };
  } finally {
    allowed = null;
  }
}

answerRequests(answerTo, () => []);
