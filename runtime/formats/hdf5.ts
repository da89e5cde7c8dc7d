/**
 * HDF5 files: datasets of numbers, rows first, contiguous or in chunks, plain or packed by deflate. In: a path. Out: what datasets there
 * are and their sizes; and numbers of rows, some at a time, so that a file may be larger than memory. What a file says of itself is a
 * stranger's word: sizes are looked at before anything is read, and what the library refuses is a FileError.
 */
import { waitingThread } from '../waiting-thread.ts';
import { FileError } from './file-error.ts';
import type { DatasetInfo, Hdf5Answer, Hdf5Request } from './hdf5-worker.ts';
import { npyType, numbersInto } from './npy.ts';
import type { NpyArray, NpyType } from './npy.ts';

export interface Dataset {
  readonly path: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: NpyType;
  /** So many rows are best read together. */
  readonly together: number;
}

/** Bytes of rows that are read together, where chunks don't ask for more. */
const together = 2 ** 22;
/** And where they do: larger chunks are not read, wider rows are. */
const mostTogether = 2 ** 28;

const thread = waitingThread<Hdf5Request, Hdf5Answer>(new URL('./hdf5-entry.js', import.meta.url));

/** Milliseconds for which the library may work: a minute, and as long as a slow machine needs for what is read together. */
const patience = 60_000 + mostTogether / 1000;

function asked(request: Hdf5Request): readonly DatasetInfo[] {
  const { path, dataset } = request;
  const answer = thread.ask(request, patience);
  const where = dataset === null ? null : `dataset ${dataset}`;
  if (answer === null) throw new FileError(path, where, 'the library that reads HDF5 files does not answer');
  if ('found' in answer) return answer.found;
  if (answer.lost) thread.giveUp();
  const reason = answer.failure;
  if (reason === 'file signature not found') throw new FileError(path, 'byte 0', 'not an HDF5 file');
  const [, has, wanted] = /^truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(reason) ?? [];
  if (has !== undefined)
    throw new FileError(path, `byte ${has}`, `the file ends there, and says that it has ${wanted} bytes`);
  throw new FileError(path, where, `it can't be read: ${reason}`);
}

/** All datasets of the file by their paths in it (`train/x`): those that are read, and why others aren't. Throws FileError. */
export function datasets(path: string): {
  readonly read: ReadonlyMap<string, Dataset>;
  readonly refused: readonly FileError[];
} {
  const [read, refused] = [new Map<string, Dataset>(), [] as FileError[]];
  for (const info of asked({ path, dataset: null, rows: null }))
    try {
      read.set(info.name, datasetOf(path, info));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      refused.push(error);
    }
  return { read, refused };
}

/** Throws FileError where it isn't there, holds no numbers, or can't be what it says. */
export function dataset(path: string, name: string): Dataset {
  const plain = name.replace(/^\/+/, '');
  const [info] = asked({ path, dataset: plain, rows: null });
  if (info !== undefined) return datasetOf(path, info);
  throw new FileError(
    path,
    null,
    `no dataset ${plain}; there are ${[...datasets(path).read.keys()].join(', ')}`,
  );
}

/** What the library undoes by itself: deflate (gzip), shuffle, fletcher32, nbit, scale-offset. */
const knownFilters = [1, 2, 3, 5, 6];

function datasetOf(path: string, info: DatasetInfo): Dataset {
  const { name, shape, type, chunk, filters, isVirtual } = info;
  const refused = (what: string): FileError => new FileError(path, `dataset ${name}`, what);
  const known = npyType(type);
  if (isVirtual)
    throw refused(
      'its numbers lie in other datasets (a virtual one), which are not read; write it as one of its own',
    );
  if (known === undefined)
    throw refused(
      "it doesn't hold plain numbers: integers, floats of 16, 32 and 64 bits and booleans are read",
    );
  if (shape === null || shape.length === 0) throw refused('it has no rows: it is one number, or empty');
  const strange = filters.find(({ id }) => !knownFilters.includes(id));
  if (strange !== undefined)
    throw refused(`it is packed by ${strange.name}, which is not read; gzip is (h5repack -f GZIP=4)`);
  if (!Number.isSafeInteger(shape.reduce((a, b) => a * b, known.size)))
    throw refused(`sizes ${shape.join(' × ')}, more than any file holds`);
  const row = shape.slice(1).reduce((a, b) => a * b, known.size);
  if (row > mostTogether) throw refused(`a row takes ${row} bytes, where at most ${mostTogether} are read`);
  if (chunk !== null && chunk.bytes > mostTogether)
    throw refused(
      `a chunk takes ${chunk.bytes} bytes, and is unpacked at once, where at most ${mostTogether} are read; h5repack makes smaller ones`,
    );
  return { path, name, shape, type: known, together: rowsTogether(row, chunk?.rows ?? 1) };
}

/** Whole chunks, as far as they aren't too large: each is unpacked for every part of it that is read. */
function rowsTogether(row: number, chunk: number): number {
  const fitting = (bytes: number): number => Math.max(1, Math.floor(bytes / Math.max(1, row)));
  const chunks = Math.max(1, Math.floor(fitting(together) / chunk));
  return Math.min(chunk * chunks, fitting(mostTogether));
}

/** The rows from one to before another, some at a time, each part until the next is asked for. Throws FileError. */
export function* datasetRows(
  set: Dataset,
  { from, to }: { readonly from: number; readonly to: number },
): Generator<NpyArray> {
  const width = set.shape.slice(1).reduce((a, b) => a * b, 1);
  if (width === 0) return;
  const { path, name, shape, type } = set;
  const rows = Math.min(set.together, to - from);
  const into = new SharedArrayBuffer(rows * width * type.size);
  const data = type.make(rows * width);
  // Parts end where chunks do.
  for (let row = from; row < to;) {
    const end = Math.min(to, (Math.floor(row / set.together) + 1) * set.together);
    asked({ path, dataset: name, rows: { from: row, to: end, into } });
    const numbers = data.subarray(0, (end - row) * width);
    numbersInto(numbers, new Uint8Array(into, 0, numbers.length * type.size), { type, little: true });
    yield { shape: [end - row, ...shape.slice(1)], data: numbers };
    row = end;
  }
}
