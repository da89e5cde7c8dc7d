/**
 * What `ganc data look` shows of a stream that is open, or of its first rows alone. Out: for each field the range of its numbers, how
 * often each class comes, the first rows; lines of text; a picture of the first images.
 */
import type { FieldType } from '../program/catalogue.ts';
import type { StreamEntry } from '../program/manifest.ts';
import { firstThree } from '../runtime/data/pictures.ts';
import { fieldWidth } from '../runtime/data/source.ts';
import type { Glance, OpenSource } from '../runtime/data/source.ts';
import { grid } from '../runtime/reports/pictures/grid.ts';
import { Exit, exitCodes } from './exit.ts';
import { counted } from './read.ts';
import type { Terminal } from './terminal.ts';
import { outWidth, wrapped } from './wrapped.ts';

export type Looked = Pick<StreamEntry, 'name' | 'source' | 'args' | 'fields' | 'description'>;

/** All rows of a stream, or its first. */
export type Shown = OpenSource | Glance;

const isGlance = (shown: Shown): shown is Glance => 'first' in shown;
const rowsOf = (shown: Shown): OpenSource => (isGlance(shown) ? shown.first : shown);

const [shownRows, shownNumbers, pictured] = [5, 8, 36];

/** Numbers of which the range is told, about: all of most tables, of wide rows fewer. */
const sampledNumbers = 2 ** 22;
/** Rows of images and of sounds, which may have to be decoded. */
const sampledDecoded = 1000;

const isOfOneLength = ({ shape }: FieldType): boolean => shape.every((size) => typeof size === 'number');

/** How many rows are looked at where they are so wide; `drawn`: for a picture, too. */
export function rowsShown(fields: Readonly<Record<string, FieldType>>, drawn: boolean): number {
  const types = Object.values(fields).filter(isOfOneLength);
  return Math.max(drawn ? pictured : shownRows, Math.min(...types.map(sampledOf), sampledNumbers));
}

const sampledOf = (type: FieldType): number =>
  Math.min(type.shape.length > 1 ? sampledDecoded : Infinity, Math.floor(sampledNumbers / fieldWidth(type)));

export interface Seen {
  readonly type: string;
  /** Of the first rows; null for labels, and for rows of lengths of their own. */
  readonly range: readonly [number, number] | null;
  /** How many rows the range is of, where they are not all. */
  readonly rangeRows?: number;
  /** Rows of each class, of labels. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[] | null;
  /** Numbers of the first rows, where a row is short. */
  readonly first: readonly (readonly number[])[];
}

function read(source: OpenSource, field: string, type: FieldType, rows: number): Float64Array {
  const values = new Float64Array(rows * fieldWidth(type));
  source.read(field, { from: 0, to: rows }, values);
  return values;
}

/** What there is to say of a field. */
export function seen(shown: Shown, stream: Looked, field: string, type: FieldType): Seen {
  const shape =
    type.shape.length > 0
      ? `[${type.shape.join(', ')}]`
      : type.classes === undefined
        ? ''
        : `[${type.classes}]`;
  const text = `${type.kind}${shape}${type.range ? ` in [${type.range.join(', ')}]` : ''}`;
  if (!isOfOneLength(type)) return { type: text, range: null, classes: null, first: [] };
  const source = rowsOf(shown);
  const isLabel = type.classes !== undefined;
  const rows = Math.min(source.count, isLabel ? shownRows : rowsShown({ field: type }, false));
  const values = read(source, field, type, rows);
  const width = fieldWidth(type);
  const first = Array.from({ length: Math.min(shownRows, values.length / width) }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
  if (isLabel) return { type: text, range: null, classes: classCounts(shown, stream, field, type), first };
  return {
    type: text,
    range: rangeIn(values),
    ...(rows < shown.count && { rangeRows: rows }),
    classes: null,
    first: width <= shownNumbers ? first : [],
  };
}

function rangeIn(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) [low, high] = [Math.min(low, x), Math.max(high, x)];
  return [low, high];
}

function classCounts(
  shown: Shown,
  { description }: Looked,
  field: string,
  { classes = 0 }: FieldType,
): NonNullable<Seen['classes']> {
  const names = description?.classes?.[field];
  const counts = isGlance(shown) ? shown.classes[field] : countsIn(shown, field, classes);
  return counts.map((rows, number) => ({ name: names?.[number] ?? String(number), rows }));
}

function countsIn(source: OpenSource, field: string, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  const labels = new Float64Array(source.count);
  source.read(field, { from: 0, to: source.count }, labels);
  for (const label of labels) counts[label]++;
  return counts;
}

export function printStream(
  { name, source, description }: Looked,
  rows: number,
  fields: readonly (readonly [string, Seen])[],
  terminal: Terminal,
): void {
  terminal.out(`data ${name}: ${source}, ${counted(rows, 'row')}\n`);
  const { notices = [], skipped = [] } = description ?? {};
  for (const notice of notices) terminal.out(`${wrapped(`  ${notice}`, outWidth(terminal))}\n`);
  if (skipped.length > 0) terminal.out(`  left out: ${firstThree(skipped)}\n`);
  for (const [field, { type, range, rangeRows, classes, first }] of fields) {
    const of = rangeRows === undefined ? '' : ` in the first ${counted(rangeRows, 'row')}`;
    const numbers = range === null ? '' : `, numbers from ${short(range[0])} to ${short(range[1])}${of}`;
    const counts = classes === null ? '' : `, ${classes.map((one) => `${one.name}: ${one.rows}`).join(', ')}`;
    terminal.out(`  ${field}: ${type}${numbers}${counts}\n`);
    if (first.length > 0)
      terminal.out(
        `    ${first.map((row) => row.map(short).join(' ')).join(classes === null ? '\n    ' : ' ')}\n`,
      );
  }
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** The first images of the first field that has any. */
export function pictureOf(shown: Shown, stream: Looked): Uint8Array {
  const source = rowsOf(shown);
  const found = Object.entries(stream.fields).find(([, { kind }]) => kind === 'image');
  if (found === undefined)
    throw new Exit(exitCodes.usage, `${stream.name} has no images to make a picture of`);
  const [field, type] = found;
  const rows = Math.min(source.count, pictured);
  const data = read(source, field, type, rows);
  const shape = [rows, ...type.shape.map(Number)];
  return grid.draw({ images: { shape, data } }, type.range ? { range: type.range } : {}, {}).png;
}
