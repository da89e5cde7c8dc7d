/**
 * Parquet files (by hyparquet): a footer says what lies where, a group of rows at a time is read, and of that the columns that
 * are wanted. In: a path. Out: rows, columns and their types; then values. What a file says of its sizes is a stranger's word,
 * and is held against the file and the machine before anything is made room for.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import type { Compressors, FileMetaData, SchemaTree } from 'hyparquet';
import type * as Codecs from 'hyparquet-compressors';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { FileError, reading } from './file-error.ts';
import { requireRoom } from './room.ts';

/** What a column holds, as far as it is read. */
export type ParquetKind = 'numbers' | 'whole numbers' | 'texts' | 'pictures' | 'other values';

export interface ParquetFile {
  readonly path: string;
  readonly rows: number;
  /** By name, in the file's order. */
  readonly columns: ReadonlyMap<string, ParquetKind>;
  /** Names of classes by column, where the file's writer left them (Hugging Face's datasets does). */
  readonly classes: ReadonlyMap<string, readonly string[]>;
  /** Rows of each group, which is read at once. */
  readonly groups: readonly number[];
  readonly metadata: FileMetaData;
}

/** Bytes of a footer: more is no footer. */
const mostFooter = 2 ** 28;

/** Reads the footer. Throws FileError for what is no such file, and for one whose sizes can't be. */
export function parquetFile(path: string): ParquetFile {
  const { footer, size } = footerOf(path);
  const damaged = (why: string): FileError => new FileError(path, null, `a damaged Parquet file: ${why}`);
  try {
    const metadata = parquetMetadata(footer, { geoparquet: false });
    const groups = metadata.row_groups.map((group) => Number(group.num_rows));
    const rows = groups.reduce((sum, count) => sum + count, 0);
    if (
      groups.some((count) => !(Number.isSafeInteger(count) && count >= 0)) ||
      rows !== Number(metadata.num_rows)
    )
      throw damaged(`its groups have ${rows} rows, and it says ${metadata.num_rows}`);
    requireChunks(metadata, size, path);
    const columns = new Map(
      parquetSchema(metadata).children.map((tree) => [tree.element.name, kindOf(tree)]),
    );
    return { path, rows, columns, classes: classesIn(metadata), groups, metadata };
  } catch (error) {
    throw error instanceof FileError ? error : damaged((error as Error).message);
  }
}

function footerOf(path: string): { readonly footer: Uint8Array; readonly size: number } {
  const file = reading(path, () => openSync(path, 'r'));
  try {
    const { size } = fstatSync(file);
    const end = Buffer.alloc(8);
    if (size < 12 || readSync(file, end, 0, 8, size - 8) < 8 || end.toString('latin1', 4) !== 'PAR1')
      throw new FileError(
        path,
        `byte ${Math.max(0, size - 4)}`,
        'no PAR1 at the end: not a Parquet file, or cut',
      );
    const length = end.readUInt32LE(0) + 8;
    if (length > size - 4 || length > mostFooter)
      throw new FileError(path, `byte ${size - 8}`, `a footer of ${length} bytes in a file of ${size}`);
    const footer = new Uint8Array(length);
    readSync(file, footer, 0, length, size - length);
    return { footer, size };
  } finally {
    closeSync(file);
  }
}

/** Throws FileError unless every column's part lies in the file, is as long as its group, and fits into memory. */
function requireChunks({ row_groups: groups }: FileMetaData, size: number, path: string): void {
  groups.forEach(({ columns, num_rows: rows }, i) => {
    for (const { meta_data: chunk, file_path: elsewhere } of columns) {
      const where = `group ${i}, column ${chunk?.path_in_schema.join('.') ?? '?'}`;
      if (chunk === undefined || elsewhere) throw new FileError(path, where, 'lies in another file');
      const [from, length] = [
        Number(chunk.dictionary_page_offset ?? chunk.data_page_offset),
        Number(chunk.total_compressed_size),
      ];
      if (!(from >= 4 && length >= 0 && Math.min(from, Number(chunk.data_page_offset)) + length <= size))
        throw new FileError(path, where, `goes beyond the end of the file`);
      if (chunk.path_in_schema.length === 1 && Number(chunk.num_values) !== Number(rows))
        throw new FileError(path, where, `${chunk.num_values} values for ${rows} rows`);
      requireRoom(Number(chunk.total_uncompressed_size), path, where);
    }
  });
}

function kindOf({ element, children }: SchemaTree): ParquetKind {
  const { type, converted_type: old, logical_type: logical, repetition_type: repeated } = element;
  if (repeated === 'REPEATED') return 'other values';
  if (children.some(isBytes)) return 'pictures';
  if (children.length > 0 || type === undefined) return 'other values';
  if (type === 'BYTE_ARRAY') return old === 'UTF8' || logical?.type === 'STRING' ? 'texts' : 'pictures';
  if (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') return 'numbers';
  const plain = (old ?? 'INT').startsWith('INT') || old!.startsWith('UINT');
  const isWhole = type === 'INT32' || type === 'INT64' || type === 'BOOLEAN';
  return isWhole && plain && (logical === undefined || logical.type === 'INTEGER')
    ? 'whole numbers'
    : 'other values';
}

const isBytes = ({ element: { name, type, repetition_type: repeated } }: SchemaTree): boolean =>
  name === 'bytes' && type === 'BYTE_ARRAY' && repeated !== 'REPEATED';

/** As `datasets` writes it: {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}. */
function classesIn({ key_value_metadata: pairs = [] }: FileMetaData): Map<string, readonly string[]> {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  try {
    const { info } = JSON.parse(text ?? '{}') as {
      info?: { features?: Record<string, { names?: unknown } | null> };
    };
    const named = Object.entries(info?.features ?? {}).flatMap(([column, feature]) => {
      const names: unknown = feature?.names;
      const fine = Array.isArray(names) && names.every((name) => typeof name === 'string');
      return fine ? [[column, names as readonly string[]] as const] : [];
    });
    return new Map(named);
  } catch {
    return new Map();
  }
}

// ---------------------------------------------------------------- values

/**
 * The values of the columns in a group of rows, of structs those of `bytes`; null, or undefined, where one is missing. At once, as a
 * check needs them that counts rows or names classes. Throws FileError.
 */
export function groupColumns(
  { path, metadata, groups }: ParquetFile,
  group: number,
  names: readonly string[],
): ReadonlyMap<string, readonly unknown[]> {
  const from = groups.slice(0, group).reduce((sum, count) => sum + count, 0);
  const place = `rows ${from} to ${from + groups[group] - 1}`;
  try {
    const file = openSync(path, 'r');
    try {
      return new Map(names.map((name) => [name, valuesOf(file, metadata, group, name)]));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new FileError(path, place, `can't be read: ${(error as Error).message}`);
  }
}

function valuesOf(file: number, metadata: FileMetaData, group: number, name: string): unknown[] {
  const { columns, num_rows: count } = metadata.row_groups[group];
  const chunk = columns.find(({ meta_data: one }) => isOf(one?.path_in_schema ?? [], name))?.meta_data;
  if (chunk === undefined) throw new Error(`column ${name} isn't there`);
  const bytes = new Uint8Array(Number(chunk.total_compressed_size));
  readSync(file, bytes, 0, bytes.length, Number(chunk.dictionary_page_offset || chunk.data_page_offset));
  const schemaPath = getTreePath(parquetSchema(metadata), chunk.path_in_schema);
  const rows = Number(count);
  const { data } = readColumn(
    { view: new DataView(bytes.buffer), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
    {
      ...chunk,
      pathInSchema: chunk.path_in_schema,
      element: schemaPath[schemaPath.length - 1].element,
      schemaPath,
      parsers: DEFAULT_PARSERS,
      compressors: bounded(Number(chunk.total_uncompressed_size)),
      utf8: false,
    },
  );
  const values: unknown[] = [];
  // A struct that may be missing makes a list of each value, empty where it is.
  for (const page of data) for (const value of page) values.push(Array.isArray(value) ? value[0] : value);
  if (values.length !== rows) throw new Error(`column ${name} has ${values.length} values`);
  return values;
}

const isOf = ([first, second]: readonly string[], name: string): boolean =>
  first === name && (second === undefined || second === 'bytes');

/** Decompressors that make no more of a page than its column says that it holds. */
function bounded(most: number): Compressors {
  // Only whoever reads such a file waits for them.
  const { compressors } = createRequire(import.meta.url)('hyparquet-compressors') as typeof Codecs;
  const each = Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number): Uint8Array => {
      if (length > most) throw new Error(`a page says that it holds ${length} bytes, its column ${most}`);
      return decompress(input, length);
    },
  ]);
  return Object.fromEntries(each) as Compressors;
}
