/**
 * Many samples as files: a folder of PNG pictures, by class where there is one, or one .npz. In: rows as they are made; out: files
 * that are there whole or not at all, and how far they are.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SampleInfo } from '../compiler/bind/names.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import type { GraphEntry } from '../program/manifest.ts';
import { folderInMaking, writeFileAtomic } from '../runtime/atomic.ts';
import { writePng } from '../runtime/formats/png.ts';
import { writeNpz } from '../runtime/formats/npz.ts';
import type { NpyArray, NpyData } from '../runtime/formats/npy.ts';
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

/** Only samples may be replaced by others. */
export function requireFree(out: string, force: boolean): void {
  const there = statSync(out, { throwIfNoEntry: false });
  if (there === undefined || (there.isDirectory() && readdirSync(out).length === 0)) return;
  const ours = there.isDirectory() ? existsSync(join(out, marker)) : out.endsWith('.npz');
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
  const { out, output, range, rows, classed, force, notes } = wanted;
  const folder = folderInMaking(out);
  const digits = String(Math.max(0, rows - 1)).length;
  const folders = classed === null ? [] : folderNames(classed);
  try {
    for await (const chunk of made) {
      const classes = classed === null ? null : classNumbers(chunk, classed);
      for (let row = 0; row < chunk.rows; row++) {
        const within = classes === null ? '' : `${folders[classes[row]]}/`;
        const file = `${within}${String(chunk.from + row).padStart(digits, '0')}.png`;
        folder.write(file, writePng(rasterOf(chunk.values[output], row, range)));
      }
      watch(chunk.from + chunk.rows, rows);
    }
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

/** One array of values under `name`, the samples that made them and the labels, each under its own. */
export async function writeArrays(
  made: AsyncIterable<SampledRows>,
  {
    out,
    output,
    name,
    rows,
    samples,
  }: {
    readonly out: string;
    readonly output: string;
    readonly name: string;
    readonly rows: number;
    readonly samples: ReadonlyMap<string, SampleInfo>;
  },
  watch: Watch,
): Promise<void> {
  const parts = new Map<string, { shape: readonly number[]; data: NpyData }[]>();
  const keep = (key: string, shape: readonly number[], data: NpyData): void =>
    void parts.set(key, [...(parts.get(key) ?? []), { shape, data }]);
  for await (const chunk of made) {
    const { shape, data } = chunk.values[output];
    keep(name, shape, data.slice());
    for (const [sample, draws] of chunk.drawn) {
      const info = samples.get(sample);
      if (info === undefined || sample === name) continue;
      const width = draws.length / chunk.rows;
      const values =
        info.family === 'categorical' ? Int32Array.from(draws) : draws.map((draw) => valueOf(info, draw));
      keep(
        sample,
        width === 1 && (info.size === null || info.family === 'categorical')
          ? [chunk.rows]
          : [chunk.rows, width],
        values,
      );
    }
    for (const [field, tensor] of chunk.fields)
      if (tensor.shape.length === 1) keep(field, [chunk.rows], Int32Array.from(tensor.data));
    watch(chunk.from + chunk.rows, rows);
  }
  writeFileAtomic(out, writeNpz([...parts].map(([key, list]) => [key, joined(list)] as const)));
}

function joined(list: readonly { readonly shape: readonly number[]; readonly data: NpyData }[]): NpyArray {
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
