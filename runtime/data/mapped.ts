/**
 * Rows as files that a program maps into memory by itself (ganc_torch/data.py): in, a manifest and the streams that it reads,
 * opened; out, data/index.json and a file for each field, rows one behind the other. A field with at most 256 different
 * numbers, as images from bytes have, is written as bytes and a table, exactly; files that would be equal are one. Of rows that
 * are stretches of recordings the recordings are written (mapped-stretches.ts), of pictures that move the larger ones that they
 * are cut from. Refuses what no file holds.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { allocate, type Floats } from '../engines/engine.ts';
import { digest } from '../run/sealed.ts';
import { numbersOf, recorded, stretchEntry, stretchRule, stretchTables } from './mapped-stretches.ts';
import { isColoured } from './moving.ts';
import type { Moved } from './moving.ts';
import { mostHeld } from './pack.ts';
import { fieldWidth, type OpenSource } from './source.ts';

/** A stream whose rows can't be written as files; the message is a sentence. */
export class UnmappedError extends Error {}

/** Numbers that are read at once. */
const chunk = 1 << 20;

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
      const { entry, numbers } = fieldOf(manifest, source, name, field, type);
      return [field, { shape: type.shape, ...entry, ...files.numbers(`${name}.${field}.bin`, numbers) }];
    });
    const kept = { ...drawnOf(name, source, files), ...stretchesOf(name, source, files) };
    index[name] = { count: source.count, fields: Object.fromEntries(fields) as object, ...kept };
  }
  files.put('index.json', new TextEncoder().encode(JSON.stringify(index, null, 1) + '\n'));
  return files.all;
}

/** All numbers of a field, some at a time, each time they are asked for. */
interface Numbers {
  readonly float: Manifest['float'];
  readonly many: number;
  parts(): Iterable<Floats>;
}

/** Files by path; what is equal to one that is there is not written again. */
class Files {
  readonly all: Record<string, Uint8Array> = {};
  private readonly known = new Map<string, string>();

  put(name: string, bytes: Uint8Array): void {
    this.all[`data/${name}`] = bytes;
  }

  /** What an index says of numbers that are to lie in the file: their type, and where they lie instead. */
  numbers(name: string, numbers: Numbers): object {
    const packed = asBytes(numbers);
    const bytes = packed?.bytes ?? whole(numbers);
    const key = digest(bytes);
    const file = this.known.get(key) ?? name;
    if (file === name) this.put(name, bytes);
    this.known.set(key, file);
    const plain = numbers.float === 'float64' ? 'f64' : 'f32';
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
): { readonly entry: object; readonly numbers: Numbers } {
  const { stretches, moved } = source;
  const { float } = manifest;
  const heard = stretches?.fields[field];
  if (stretches !== undefined && heard !== undefined) {
    const many = numbersOf(stretches, heard, type);
    requireHeld(many * (float === 'float64' ? 8 : 4), name);
    const parts = (): Iterable<Floats> => recorded(manifest, stretches, heard, type);
    return { entry: stretchEntry(stretches, heard, type), numbers: { float, many, parts } };
  }
  if (moved !== undefined && Object.hasOwn(moved.fields, field))
    return { entry: movedEntry(moved, field), numbers: numbersIn('float64', moved.of, field) };
  requireFixed(name, source, field, type);
  return { entry: {}, numbers: numbersIn(float, source, field) };
}

/** How the pictures of a field move (ganc_torch/pictures.py). */
function movedEntry({ of, how, fields }: Moved, field: string): object {
  const { brightness, contrast, saturation } = how.colours;
  return {
    moved: {
      stored: of.fields[field].shape,
      mirror: how.mirror,
      jitter: how.jitter,
      colours: isColoured(how, field) ? [brightness, contrast, saturation] : null,
      range: fields[field],
    },
  };
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
function requireHeld(bytes: number, name: string): void {
  if (bytes > mostHeld())
    throw new UnmappedError(
      `data ${name}: its recordings are larger than memory may be, which \`python train.py\` does not read; \`ganc run\` trains it`,
    );
}

/** Rows of a source, one behind the other. */
function numbersIn(float: Manifest['float'], source: OpenSource, field: string): Numbers {
  const width = fieldWidth(source.fields[field]);
  const count = source.drawn?.numbers ?? source.count;
  const rows = Math.max(1, Math.floor(chunk / width));
  return {
    float,
    many: count * width,
    *parts() {
      for (let from = 0; from < count; from += rows) {
        const to = Math.min(count, from + rows);
        const { data } = allocate(float, [to - from, width]);
        source.read(field, { from, to }, data);
        yield data;
      }
    },
  };
}

/** The bytes of all numbers. */
function whole({ float, many, parts }: Numbers): Uint8Array {
  const { data } = allocate(float, [many]);
  let at = 0;
  for (const part of parts()) {
    data.set(part, at);
    at += part.length;
  }
  return new Uint8Array(data.buffer);
}

/** The numbers as places in a table of at most 256; null where there are more. */
function asBytes({ many, parts }: Numbers): { bytes: Uint8Array; values: number[] } | null {
  const places = new Map<number, number>();
  const bytes = new Uint8Array(many);
  let at = 0;
  for (const part of parts())
    for (const value of part) {
      let place = places.get(value);
      if (place === undefined) {
        if (places.size === 256) return null;
        place = places.size;
        places.set(value, place);
      }
      bytes[at++] = place;
    }
  return { bytes, values: [...places.keys()] };
}
