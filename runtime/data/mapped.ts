/**
 * Rows as files that a program maps into memory by itself (ganc_torch/data.py): in, a manifest and the streams that it reads,
 * opened; out, data/index.json and a file for each field, rows one behind the other. A field with at most 256 different
 * numbers, as images from bytes have, is written as bytes and a table, exactly; files that would be equal are one. Of rows that
 * are stretches of recordings the recordings are written (mapped-stretches.ts), of pictures that move the larger ones that they
 * are cut from.
 */
import { createHash } from 'node:crypto';
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { allocate, type Floats } from '../engines/engine.ts';
import { recorded, stretchEntry, stretchRule, stretchTables } from './mapped-stretches.ts';
import { isColoured } from './moving.ts';
import type { Moved } from './moving.ts';
import { fieldWidth, type OpenSource } from './source.ts';

/** Numbers that are read at once. */
const chunk = 1 << 20;

/** How far the rows of a field are, from 0 to 1; throws where nobody wants them any more. */
export type Written = (field: string, share: number) => void;

/** Files by name, whose bytes are made while they are written: they may be larger than memory. */
export function mappedData(
  manifest: Manifest,
  opened: Readonly<Record<string, OpenSource>>,
  written: Written = () => undefined,
): Record<string, Iterable<Uint8Array>> {
  const files = new Files(written);
  const index: Record<string, object> = {};
  const read = fieldsRead(manifest);
  for (const { name } of manifest.streams) {
    const source = opened[name];
    const own = Object.entries(source.fields).filter(([field]) => read.has(`${name}.${field}`));
    const fields = own.map(([field, type]) => {
      const { entry, numbers } = fieldOf(manifest, source, name, field, type);
      return [field, { shape: type.shape, ...entry, ...files.numbers(`${name}.${field}`, numbers) }];
    });
    const kept = { ...drawnOf(name, source, files), ...stretchesOf(name, source, files) };
    index[name] = { count: source.count, fields: Object.fromEntries(fields) as object, ...kept };
  }
  files.put('index.json', [new TextEncoder().encode(JSON.stringify(index, null, 1) + '\n')]);
  return files.all;
}

/** All numbers of a field, some at a time, each time they are asked for. */
interface Numbers {
  readonly float: Manifest['float'];
  readonly count: number;
  parts(): Iterable<Floats>;
}

/** Files by path; what is equal to one that is there is not written again. */
class Files {
  readonly all: Record<string, Iterable<Uint8Array>> = {};
  private readonly known = new Map<string, string>();
  private readonly written: Written;

  constructor(written: Written) {
    this.written = written;
  }

  put(name: string, content: Iterable<Uint8Array>): void {
    this.all[`data/${name}`] = content;
  }

  /** What an index says of numbers that are to lie in the file: their type, and where they lie instead. */
  numbers(field: string, numbers: Numbers): object {
    const name = `${field}.bin`;
    const looked = this.watched(field, numbers, 0);
    const table = tableOf(looked);
    const key = table?.key ?? keyOf(looked);
    const file = this.known.get(key) ?? name;
    const kept = this.watched(field, numbers, 0.5);
    if (file === name) this.put(name, { [Symbol.iterator]: () => (table?.bytes ?? bytesOf)(kept) });
    this.known.set(key, file);
    const plain = numbers.float === 'float64' ? 'f64' : 'f32';
    const told = table === null ? { type: plain } : { type: 'u8', values: table.values };
    return { ...told, ...(file !== name && { file }) };
  }

  /** They are gone through twice: looked at, then written. */
  private watched(field: string, { float, count, parts }: Numbers, from: number): Numbers {
    const { written } = this;
    return {
      float,
      count,
      *parts() {
        let done = 0;
        for (const part of parts()) {
          yield part;
          written(field, from + (0.5 * ++done) / count);
        }
      },
    };
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
    const parts = (): Iterable<Floats> => recorded(manifest, stretches, heard, type);
    return {
      entry: stretchEntry(stretches, heard, type),
      numbers: { float, count: stretches.recordings.length, parts },
    };
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
  files.put(`${name}.drawn.bin`, [new Uint8Array(rows.buffer)]);
  return { drawn: { numbers, cumulative, sizes: groups.map(({ length }) => length) } };
}

/** Where in recordings rows lie, where they do. */
function stretchesOf(name: string, { stretches }: OpenSource, files: Files): object {
  if (stretches === undefined) return {};
  for (const [table, bytes] of Object.entries(stretchTables(stretches)))
    files.put(`${name}.${table}.bin`, [bytes]);
  return { stretches: stretchRule(stretches) };
}

/** The fields that any graph reads: `mnist.image`. */
export function fieldsRead(manifest: Manifest): Set<string> {
  const inputs = Object.values(manifest.graphs).flatMap((graph) => graph.inputs);
  return new Set(
    inputs.flatMap(({ from }) => (from.kind === 'field' ? [`${from.stream}.${from.field}`] : [])),
  );
}

/** Throws where the field's numbers are others in each pass: such a source tells how (OpenSource.moved, .stretches). */
function requireFixed(name: string, { count, read }: OpenSource, field: string, type: FieldType): void {
  const width = fieldWidth(type);
  const rows = Uint32Array.from({ length: Math.min(count, 8) }, (_, row) => row);
  const [first, second] = [0, 1].map((pass) => {
    const out = new Float64Array(rows.length * width);
    read(field, rows, out, pass);
    return out;
  });
  if (first.some((value, i) => value !== second[i]))
    throw new Error(`data ${name}: what stands in ${field} changes in each pass, and nothing says how`);
}

/** Rows of a source, one behind the other. */
function numbersIn(float: Manifest['float'], source: OpenSource, field: string): Numbers {
  const width = fieldWidth(source.fields[field]);
  const count = source.drawn?.numbers ?? source.count;
  const rows = Math.max(1, Math.floor(chunk / width));
  return {
    float,
    count: Math.ceil(count / rows),
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

function* bytesOf({ parts }: Numbers): Generator<Uint8Array> {
  for (const { buffer, byteOffset, byteLength } of parts())
    yield new Uint8Array(buffer, byteOffset, byteLength);
}

/** The same for equal numbers alone. */
function keyOf(numbers: Numbers): string {
  const hash = createHash('sha256');
  for (const bytes of bytesOf(numbers)) hash.update(bytes);
  return hash.digest('hex');
}

/** Numbers as places in a table of at most 256. */
interface Table {
  readonly values: readonly number[];
  /** The same for equal places alone. */
  readonly key: string;
  bytes(numbers: Numbers): Generator<Uint8Array>;
}

/** Null where there are more different ones. */
function tableOf({ parts }: Numbers): Table | null {
  const places = new Map<number, number>();
  const hash = createHash('sha256');
  for (const part of parts()) {
    const bytes = placed(part, places);
    if (places.size > 256) return null;
    hash.update(bytes);
  }
  return {
    values: [...places.keys()],
    key: hash.digest('hex'),
    *bytes(numbers) {
      for (const part of numbers.parts()) yield placed(part, places);
    },
  };
}

/** The place of each number, in one that `places` grows by up to 257. */
function placed(part: Floats, places: Map<number, number>): Uint8Array {
  const out = new Uint8Array(part.length);
  for (let i = 0; i < part.length; i++) {
    let place = places.get(part[i]);
    if (place === undefined) {
      place = places.size;
      places.set(part[i], place);
      if (place === 256) break;
    }
    out[i] = place;
  }
  return out;
}
