/**
 * Rows as files that a program maps into memory by itself (ganc_torch/data.py): in, a manifest and the streams that it reads,
 * opened; out, data/index.json and a file for each field, rows one behind the other. A field with at most 256 different
 * numbers, as images from bytes have, is written as bytes and a table, exactly; files that would be equal are one. Of rows that
 * are stretches of recordings the recordings are written (mapped-stretches.ts). Refuses what no file holds: pictures that change
 * in each pass, recordings that don't fit in memory.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { allocate, type Floats } from '../engines/engine.ts';
import { digest } from '../run/sealed.ts';
import { numbersOf, recordedValues, stretchEntry, stretchRule, stretchTables } from './mapped-stretches.ts';
import { mostHeld } from './pack.ts';
import { fieldWidth, type OpenSource } from './source.ts';
import type { StretchField, Stretches } from './stretches.ts';

/** A stream whose rows can't be written as files; the message is a sentence. */
export class UnmappedError extends Error {}

/** Rows that are read at once. */
const chunk = 1024;

export function mappedData(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
): Record<string, Uint8Array> {
  const files = new Files();
  const index: Record<string, object> = {};
  const read = fieldsRead(manifest);
  for (const { name } of manifest.streams) {
    const source = opened[name];
    const own = Object.entries(source.fields).filter(([field]) => read.has(`${name}.${field}`));
    const fields = own.map(([field, type]) => {
      const { entry, values } = fieldOf(manifest, source, name, field, type);
      return [field, { shape: type.shape, ...entry, ...files.numbers(`${name}.${field}.bin`, values) }];
    });
    const kept = { ...drawnOf(name, source, files), ...stretchesOf(name, source, files) };
    index[name] = { count: source.count, fields: Object.fromEntries(fields) as object, ...kept };
  }
  files.put('index.json', new TextEncoder().encode(JSON.stringify(index, null, 1) + '\n'));
  return files.all;
}

/** Files by path; what is equal to one that is there is not written again. */
class Files {
  readonly all: Record<string, Uint8Array> = {};
  private readonly known = new Map<string, string>();

  put(name: string, bytes: Uint8Array): void {
    this.all[`data/${name}`] = bytes;
  }

  /** What an index says of numbers that are to lie in the file: their type, and where they lie instead. */
  numbers(name: string, values: Floats): object {
    const packed = asBytes(values);
    const bytes = packed?.bytes ?? new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const key = digest(bytes);
    const file = this.known.get(key) ?? name;
    if (file === name) this.put(name, bytes);
    this.known.set(key, file);
    const plain = values instanceof Float64Array ? 'f64' : 'f32';
    const told = packed === null ? { type: plain } : { type: 'u8', values: packed.values };
    return { ...told, ...(file !== name && { file }) };
  }
}

/** The numbers of a field, and what an index says of it beside them. */
function fieldOf(
  manifest: Manifest,
  source: OpenSource,
  name: string,
  field: string,
  type: FieldType,
): { readonly entry: object; readonly values: Floats } {
  const { stretches } = source;
  const recorded = stretches?.fields[field];
  if (stretches === undefined || recorded === undefined) {
    requireFixed(name, source, field, type);
    return { entry: {}, values: allValues(manifest, source, field, fieldWidth(type)) };
  }
  requireHeld(manifest, name, stretches, recorded, type);
  const values = recordedValues(manifest, stretches, recorded, type);
  return { entry: stretchEntry(stretches, recorded, type), values };
}

/** How rows are drawn, where they are: the groups one behind the other in a file, and what says which of them a row is of. */
function drawnOf(name: string, { drawn }: OpenSource, files: Files): object {
  if (drawn === undefined) return {};
  const { cumulative, groups, numbers } = drawn;
  const rows = Int32Array.from(groups.flatMap((group) => [...group]));
  files.put(`${name}.drawn.bin`, new Uint8Array(rows.buffer));
  return { drawn: { numbers, cumulative, sizes: groups.map(({ length }) => length) } };
}

/** Where in recordings rows lie, where they do. */
function stretchesOf(name: string, { stretches }: OpenSource, files: Files): object {
  if (stretches === undefined) return {};
  for (const [table, bytes] of Object.entries(stretchTables(stretches)))
    files.put(`${name}.${table}.bin`, bytes);
  return { stretches: stretchRule(stretches) };
}

/** The fields that any graph reads: `mnist.image`. */
export function fieldsRead(manifest: Manifest): Set<string> {
  const inputs = Object.values(manifest.graphs).flatMap((graph) => graph.inputs);
  return new Set(
    inputs.flatMap(({ from }) => (from.kind === 'field' ? [`${from.stream}.${from.field}`] : [])),
  );
}

/** Throws where the field's numbers are others in each pass. */
function requireFixed(name: string, { count, read }: OpenSource, field: string, type: FieldType): void {
  const width = fieldWidth(type);
  const rows = Uint32Array.from({ length: Math.min(count, 8) }, (_, row) => row);
  const [first, second] = [0, 1].map((pass) => {
    const out = new Float64Array(rows.length * width);
    read(field, rows, out, pass);
    return out;
  });
  if (first.some((value, i) => value !== second[i]))
    throw new UnmappedError(
      `data ${name}: what stands in ${field} changes in each pass, which \`python train.py\` does not do; \`ganc run\` trains it`,
    );
}

/** Throws where recordings are more than is held in memory: they lie in a pack, which is read as they are asked for. */
function requireHeld(
  manifest: Manifest,
  name: string,
  stretches: Stretches,
  field: StretchField,
  type: FieldType,
): void {
  const bytes = numbersOf(stretches, field, type) * (manifest.float === 'float64' ? 8 : 4);
  if (bytes > mostHeld())
    throw new UnmappedError(
      `data ${name}: its recordings are larger than memory may be, which \`python train.py\` does not read; \`ganc run\` trains it`,
    );
}

function allValues(manifest: Manifest, source: OpenSource, field: string, width: number): Floats {
  const count = source.drawn?.numbers ?? source.count;
  const { data } = allocate(manifest.float, [count, width]);
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    source.read(field, { from, to }, data.subarray(from * width, to * width));
  }
  return data;
}

/** The numbers as places in a table of at most 256; null where there are more. */
function asBytes(values: Floats): { bytes: Uint8Array; values: number[] } | null {
  const places = new Map<number, number>();
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let place = places.get(values[i]);
    if (place === undefined) {
      if (places.size === 256) return null;
      place = places.size;
      places.set(values[i], place);
    }
    bytes[i] = place;
  }
  return { bytes, values: [...places.keys()] };
}
