/**
 * Many samples as files: a folder of PNG pictures, by class where there is one, or one .npz. In: rows as they are made; out: files
 * that are there whole or not at all, and how far they are.
 */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SampleInfo } from '../compiler/bind/names.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import type { GraphEntry } from '../program/manifest.ts';
import { folderInMaking } from '../runtime/atomic.ts';
import { onDisk } from '../runtime/disk.ts';
import { writePng } from '../runtime/formats/png.ts';
import type { NpyArray, NpyData } from '../runtime/formats/npy.ts';
import { gigabytes, mostRoom } from '../runtime/formats/room.ts';
import { rasterOf } from '../runtime/reports/pictures/sheet.ts';
import type { SampledRows } from '../runtime/reports/sampling.ts';
import { Exit, exitCodes } from './exit.ts';
import { valueOf } from './set-samples.ts';
import type { Terminal } from './terminal.ts';

/** Where the rows' classes come from; names: null where only numbers are known. */
interface Classed {
  readonly from: { readonly draw: string } | { readonly field: string };
  readonly classes: number;
  readonly names: readonly string[] | null;
}

/** The only class that a row of the graph is made for; null: none, or several. */
export function classesOf({ inputs }: GraphEntry, { manifest, info }: RunDirectory): Classed | null {
  const found = inputs.flatMap(({ from }): Classed[] => {
    if (from.kind === 'draw' && from.distribution === 'integer' && !from.key.includes(':'))
      return [{ from: { draw: from.key }, classes: from.k ?? 0, names: null }];
    if (from.kind !== 'field') return [];
    const type = manifest.streams.find(({ name }) => name === from.stream)?.fields[from.field];
    if (type?.classes === undefined) return [];
    const names = info.data[from.stream]?.classes?.[from.field] ?? null;
    return [{ from: { field: `${from.stream}.${from.field}` }, classes: type.classes, names }];
  });
  return found.length === 1 ? found[0] : null;
}

export interface FolderWanted {
  readonly out: string;
  readonly output: string;
  /** Shown as black and white. */
  readonly range: readonly [number, number];
  readonly rows: number;
  readonly classed: Classed | null;
  readonly force: boolean;
  /** samples.json: what they are. */
  readonly notes: Readonly<Record<string, unknown>>;
}

const marker = 'samples.json';

/** A file is written when all of it was computed, in hours perhaps: what would refuse it then does so before. */
export function requireWritable(out: string): void {
  const folder = dirname(out);
  onDisk(folder, () => accessSync(folder, constants.W_OK));
}

/** Only samples may be replaced by others. */
export function requireFree(out: string, force: boolean): void {
  if (/\.(npz|csv)$/i.test(out)) requireWritable(out);
  const there = statSync(out, { throwIfNoEntry: false });
  if (there === undefined || (there.isDirectory() && readdirSync(out).length === 0)) return;
  const ours = there.isDirectory() ? existsSync(join(out, marker)) : /\.(npz|csv)$/i.test(out);
  if (force && ours) return;
  const what = force
    ? 'is nothing that `ganc sample` made: choose'
    : 'is there already: --force replaces it, or choose';
  throw new Exit(exitCodes.usage, `${out} ${what} another --out`);
}

export async function writeFolder(
  made: AsyncIterable<SampledRows>,
  wanted: FolderWanted,
  watch: Watch,
): Promise<void> {
  const { output, range, rows, classed } = wanted;
  const folders = classed === null ? [] : folderNames(classed);
  await inFolder(wanted, async (write) => {
    for await (const chunk of made) {
      const classes = classed === null ? null : classNumbers(chunk, classed);
      for (let row = 0; row < chunk.rows; row++) {
        const within = classes === null ? '' : `${folders[classes[row]]}/`;
        const file = `${within}${numbered(chunk.from + row, rows)}.png`;
        write(file, writePng(rasterOf(chunk.values[output], row, range)));
      }
      watch(chunk.from + chunk.rows, rows);
    }
  });
}

/** A row's number, as long as that of the last. */
export const numbered = (row: number, rows: number): string =>
  String(row).padStart(String(Math.max(0, rows - 1)).length, '0');

/** A folder that is there whole, with its notes, or not at all. */
export async function inFolder(
  { out, force, notes }: Pick<FolderWanted, 'out' | 'force' | 'notes'>,
  fill: (write: (file: string, bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  const folder = folderInMaking(out);
  try {
    await fill((file, bytes) => folder.write(file, bytes));
    folder.write(marker, `${JSON.stringify(notes, null, 1)}\n`);
    folder.finish(force);
  } catch (error) {
    folder.abandon();
    throw error;
  }
}

/** Names of classes are folders' names where all of them can be, and numbers otherwise. */
function folderNames({ classes, names }: Classed): string[] {
  const plain = (name: string): boolean =>
    /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u.test(name) && !/[ .]$/.test(name);
  if (
    names !== null &&
    names.length === classes &&
    names.every(plain) &&
    new Set(names.map((name) => name.toLowerCase())).size === classes
  )
    return [...names];
  const digits = String(classes - 1).length;
  return Array.from({ length: classes }, (_, i) => String(i).padStart(digits, '0'));
}

function classNumbers({ drawn, fields }: SampledRows, { from }: Classed): ArrayLike<number> {
  const numbers = 'draw' in from ? drawn.get(from.draw) : fields.get(from.field)?.data;
  if (numbers === undefined) throw new Error('rows without the class that they are made for');
  return numbers;
}

/** Arrays by name. */
export type Arrays = readonly (readonly [string, NpyArray])[];

type Part = readonly [string, readonly number[], NpyData];

/** As they come, put below each other, and as the file's bytes. */
const copies = 3;

/** Rows are written when all are there, hours later perhaps; `row`: bytes of one. Throws Exit where memory doesn't hold them. */
export function requireMemory(rows: number, row: number): void {
  const most = mostRoom();
  if (copies * rows * row <= most) return;
  throw new Exit(
    exitCodes.usage,
    `${rows} rows take ${gigabytes(copies * rows * row)} of memory here, more than the ${gigabytes(most)} there are for them: ask for at most ${Math.floor(most / copies / row)} at once`,
  );
}

/** Bytes of a row, as a chunk of several has it. */
const rowBytes = (parts: readonly Part[], rows: number): number =>
  parts.reduce((sum, [, , data]) => sum + data.byteLength, 0) / rows;

/** The parts of all chunks, by name, one below the other. */
export async function collected(
  made: AsyncIterable<SampledRows>,
  partsOf: (chunk: SampledRows) => readonly Part[],
  rows: number,
  watch: Watch,
): Promise<Arrays> {
  const all = new Map<string, NpyArray[]>();
  for await (const chunk of made) {
    const parts = partsOf(chunk);
    if (all.size === 0) requireMemory(rows, rowBytes(parts, chunk.rows));
    for (const [name, shape, data] of parts)
      all.set(name, [...(all.get(name) ?? []), { shape, data: data.slice() }]);
    watch(chunk.from + chunk.rows, rows);
  }
  return [...all].map(([name, list]) => [name, joined(list)] as const);
}

/** One array of values under `name`, the samples that made them and the labels, each under its own. */
export function arraysOf(
  chunk: SampledRows,
  name: string,
  output: string,
  samples: ReadonlyMap<string, SampleInfo>,
): Part[] {
  const { shape, data } = chunk.values[output];
  const drawn = [...chunk.drawn].flatMap(([sample, draws]): Part[] => {
    const info = samples.get(sample);
    if (info === undefined || sample === name) return [];
    const classes = info.family === 'categorical';
    const values = classes ? Int32Array.from(draws) : draws.map((draw) => valueOf(info, draw));
    const single = classes || info.size === null;
    return [[sample, single ? [chunk.rows] : [chunk.rows, draws.length / chunk.rows], values]];
  });
  const labels = [...chunk.fields]
    .filter(([, tensor]) => tensor.shape.length === 1)
    .map(([field, tensor]): Part => [field, [chunk.rows], Int32Array.from(tensor.data)]);
  return [[name, shape, data], ...drawn, ...labels];
}

function joined(list: readonly NpyArray[]): NpyArray {
  const [{ shape, data }] = list;
  const length = list.reduce((sum, part) => sum + part.data.length, 0);
  const all =
    data instanceof Int32Array
      ? new Int32Array(length)
      : data instanceof Float64Array
        ? new Float64Array(length)
        : new Float32Array(length);
  let at = 0;
  for (const part of list) {
    all.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [list.reduce((sum, part) => sum + part.shape[0], 0), ...shape.slice(1)], data: all };
}

export type Watch = (done: number, of: number) => void;

/** A line that is drawn again, or one every ten seconds. */
export function rowsWatched(what: string, quiet: boolean, terminal: Terminal): { watch: Watch; end(): void } {
  let said = performance.now();
  let drawn = false;
  return {
    watch(done, of) {
      const now = performance.now();
      if (quiet || now - said < (terminal.live ? 200 : 10_000)) return;
      said = now;
      drawn = terminal.live;
      const text = `${what}: row ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
      terminal.err(terminal.live ? `\r\x1b[2K${text}` : `${text}\n`);
    },
    end() {
      if (drawn) terminal.err('\r\x1b[2K');
    },
  };
}
