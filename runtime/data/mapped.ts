/**
 * Rows as files that a program maps into memory by itself (ganc_torch/data.py): in, a manifest and the streams that it reads,
 * opened; out, data/index.json and a file for each field, rows one behind the other. A field with at most 256 different
 * numbers, as images from bytes have, is written as bytes and a table, exactly. Refuses what no file can hold: rows of
 * lengths of their own, and sources that draw anew what stands beside a row in each pass.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { allocate } from '../engines/engine.ts';
import { fieldWidth, type OpenSource } from './source.ts';

/** A stream whose rows can't be written as files; the message is a sentence. */
export class UnmappedError extends Error {}

/** Rows that are read at once. */
const chunk = 1024;

export function mappedData(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const index: Record<string, object> = {};
  const read = fieldsRead(manifest);
  for (const { name } of manifest.streams) {
    const source = opened[name];
    const own = Object.entries(source.fields).filter(([field]) => read.has(`${name}.${field}`));
    requireFixed(name, source, own);
    const fields: Record<string, object> = {};
    for (const [field, type] of own) {
      const values = allValues(manifest, source, field, fieldWidth(type));
      const packed = asBytes(values);
      files[`data/${name}.${field}.bin`] =
        packed?.bytes ?? new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const plain = manifest.float === 'float64' ? 'f64' : 'f32';
      fields[field] =
        packed === null
          ? { shape: type.shape, type: plain }
          : { shape: type.shape, type: 'u8', values: packed.values };
    }
    index[name] = { count: source.count, fields, ...drawnOf(name, source, files) };
  }
  files['data/index.json'] = new TextEncoder().encode(JSON.stringify(index, null, 1) + '\n');
  return files;
}

/** How rows are drawn, where they are: the groups one behind the other in a file, and what says which of them a row is of. */
function drawnOf(name: string, { drawn }: OpenSource, files: Record<string, Uint8Array>): object {
  if (drawn === undefined) return {};
  const { cumulative, groups, numbers } = drawn;
  const rows = Int32Array.from(groups.flatMap((group) => [...group]));
  files[`data/${name}.drawn.bin`] = new Uint8Array(rows.buffer);
  return { drawn: { numbers, cumulative, sizes: groups.map(({ length }) => length) } };
}

/** The fields that any graph reads: `mnist.image`. */
export function fieldsRead(manifest: Manifest): Set<string> {
  const inputs = Object.values(manifest.graphs).flatMap((graph) => graph.inputs);
  return new Set(
    inputs.flatMap(({ from }) => (from.kind === 'field' ? [`${from.stream}.${from.field}`] : [])),
  );
}

function requireFixed(
  name: string,
  { count, read, lengths }: OpenSource,
  fields: readonly (readonly [string, FieldType])[],
): void {
  if (lengths !== undefined)
    throw new UnmappedError(
      `data ${name}: its rows have lengths of their own, which \`python train.py\` does not read; \`ganc run\` trains it`,
    );
  for (const [field, type] of fields) {
    const width = fieldWidth(type);
    const rows = Uint32Array.from({ length: Math.min(count, 8) }, (_, row) => row);
    const [first, second] = [0, 1].map((pass) => {
      const out = new Float64Array(rows.length * width);
      read(field, rows, out, pass);
      return out;
    });
    if (first.some((value, i) => value !== second[i]))
      throw new UnmappedError(
        `data ${name}: what stands in ${field} is drawn anew in each pass, which \`python train.py\` does not do; \`ganc run\` trains it`,
      );
  }
}

function allValues(
  manifest: Manifest,
  source: OpenSource,
  field: string,
  width: number,
): Float32Array | Float64Array {
  const count = source.drawn?.numbers ?? source.count;
  const { data } = allocate(manifest.float, [count, width]);
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    source.read(field, { from, to }, data.subarray(from * width, to * width));
  }
  return data;
}

/** The numbers as places in a table of at most 256; null where there are more. */
function asBytes(values: Float32Array | Float64Array): { bytes: Uint8Array; values: number[] } | null {
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
