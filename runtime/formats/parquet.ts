/**
 * Parquet files (by hyparquet): a footer says what lies where, a group of rows at a time is read, and of that the columns that
 * are wanted. In: a path. Out: rows, columns and their types; then values. What a file says of its sizes is a stranger's word,
 * and is held against the file and the machine before anything is made room for.
 */
import { open } from 'node:fs/promises';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet';
import { FileError } from './file-error.ts';
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
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new FileError(path, null, (error as Error).message);
  }
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
  if (children.some((child) => child.element.name === 'bytes' && child.element.type === 'BYTE_ARRAY'))
    return 'pictures';
  if (children.length > 0 || type === undefined) return 'other values';
  if (type === 'BYTE_ARRAY') return old === 'UTF8' || logical?.type === 'STRING' ? 'texts' : 'pictures';
  if (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') return 'numbers';
  const plain = (old ?? 'INT').startsWith('INT') || old!.startsWith('UINT');
  const isWhole = type === 'INT32' || type === 'INT64' || type === 'BOOLEAN';
  return isWhole && plain && (logical === undefined || logical.type === 'INTEGER')
    ? 'whole numbers'
    : 'other values';
}

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

/** The values of the columns in a group of rows; null, or undefined, where one is missing. Rejects with FileError. */
export async function groupColumns(
  { path, metadata, groups }: ParquetFile,
  group: number,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const rowStart = groups.slice(0, group).reduce((sum, count) => sum + count, 0);
  const rowEnd = rowStart + groups[group];
  const columns = new Map(names.map((name): [string, unknown[]] => [name, []]));
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const source: AsyncBuffer = {
      byteLength: size,
      async slice(from, to = size) {
        const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
        await file.read(bytes, 0, bytes.length, from);
        return bytes.buffer;
      },
    };
    const most = Math.max(
      ...metadata.row_groups[group].columns.map(({ meta_data: chunk }) =>
        Number(chunk?.total_uncompressed_size),
      ),
    );
    await parquetRead({
      file: source,
      metadata,
      columns: [...names],
      rowStart,
      rowEnd,
      compressors: await bounded(most),
      utf8: false,
      onChunk({ columnName, columnData, rowStart: at }) {
        const values = columns.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) values[at - rowStart + i] = columnData[i];
      },
    });
  } catch (error) {
    throw new FileError(
      path,
      `rows ${rowStart} to ${rowEnd - 1}`,
      `can't be read: ${(error as Error).message}`,
    );
  } finally {
    await file.close();
  }
  for (const [name, values] of columns)
    if (values.length !== groups[group])
      throw new FileError(
        path,
        `rows ${rowStart} to ${rowEnd - 1}`,
        `column ${name} has ${values.length} values there`,
      );
  return columns;
}

/** Decompressors that make no more of a page than its column says that it holds. */
async function bounded(most: number): Promise<Compressors> {
  // Only whoever reads such a file waits for them.
  const { compressors } = await import('hyparquet-compressors');
  const each = Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number): Uint8Array => {
      if (length > most) throw new Error(`a page says that it holds ${length} bytes, its column ${most}`);
      return decompress(input, length);
    },
  ]);
  return Object.fromEntries(each) as Compressors;
}
