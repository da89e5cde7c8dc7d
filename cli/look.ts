/**
 * `ganc data look SPEC [STREAM]`: what a spec's data is once it is open, converted as the spec says. In: a spec. Out: for
 * each stream its rows, fields, the range of their numbers, how often each class comes, the first rows; and with `--out`
 * a picture of the first images.
 */
import { resolve } from 'node:path';
import type { CompileOptions } from '../compiler/input.ts';
import { jsonText } from '../grammar/visible.ts';
import type { FieldType } from '../program/catalogue.ts';
import type { StreamEntry } from '../program/manifest.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { openStream } from '../runtime/catalogue.ts';
import { fieldWidth } from '../runtime/data/source.ts';
import type { OpenSource } from '../runtime/data/source.ts';
import { grid } from '../runtime/reports/pictures/grid.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { counted, readSpec } from './read.ts';
import { compileSpec, dataFolder } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface LookOptions extends Pick<CompileOptions, 'set' | 'profile'> {
  readonly out?: string;
  readonly json: boolean;
}

interface Seen {
  readonly type: string;
  /** Of at most the first `sampled` rows; null for labels, and for rows of lengths of their own. */
  readonly range: readonly [number, number] | null;
  /** Rows of each class, of labels. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[] | null;
  /** Numbers of the first rows, where a row is short. */
  readonly first: readonly (readonly number[])[];
}

const [sampled, shownRows, shownNumbers, pictured] = [1000, 5, 8, 36];

export async function look(
  file: string,
  name: string | undefined,
  { out, json, ...compiling }: LookOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const entry = await readSpec(file, terminal);
  const { streams } = compileSpec(entry, compiling, terminal).manifest;
  const wanted = streams.filter((stream) => name === undefined || stream.name === name);
  const all = streams.map((stream) => stream.name).join(', ');
  if (wanted.length === 0)
    throw new Exit(
      exitCodes.usage,
      streams.length === 0 ? `${file} reads no data` : `${file} reads no ${String(name)}; it reads ${all}`,
    );
  if (out !== undefined && wanted.length > 1)
    throw new Exit(exitCodes.usage, `which stream's picture? ${all}`);
  const report: Record<string, { rows: number; fields: Record<string, Seen> }> = {};
  for (const stream of wanted) {
    const source = await openStream(stream, resolve(dataFolder(entry)));
    const fields = Object.entries(stream.fields).map(
      ([field, type]) => [field, seen(source, stream, field, type)] as const,
    );
    report[stream.name] = { rows: source.count, fields: Object.fromEntries(fields) };
    if (out !== undefined) writeFileAtomic(out, pictureOf(source, stream));
    if (!json) say(stream, source.count, fields, terminal);
  }
  if (json) terminal.out(jsonText(report, 2) + '\n');
  return exitCodes.fine;
}

function read(source: OpenSource, field: string, type: FieldType, rows: number): Float64Array {
  const values = new Float64Array(rows * fieldWidth(type));
  source.read(field, { from: 0, to: rows }, values);
  return values;
}

function seen(source: OpenSource, stream: StreamEntry, field: string, type: FieldType): Seen {
  const shape =
    type.shape.length > 0
      ? `[${type.shape.join(', ')}]`
      : type.classes === undefined
        ? ''
        : `[${type.classes}]`;
  const text = `${type.kind}${shape}${type.range ? ` in [${type.range.join(', ')}]` : ''}`;
  if (type.shape.some((size) => typeof size === 'string'))
    return { type: text, range: null, classes: null, first: [] };
  const isLabel = type.classes !== undefined;
  const values = read(source, field, type, isLabel ? source.count : Math.min(source.count, sampled));
  const width = fieldWidth(type);
  const first = Array.from({ length: Math.min(shownRows, values.length / width) }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
  if (isLabel) return { type: text, range: null, classes: classCounts(stream, field, type, values), first };
  const [low, high] = values.reduce(
    ([least, most], x) => [Math.min(least, x), Math.max(most, x)],
    [Infinity, -Infinity],
  );
  return { type: text, range: [low, high], classes: null, first: width <= shownNumbers ? first : [] };
}

function classCounts(
  { description }: StreamEntry,
  field: string,
  { classes = 0 }: FieldType,
  labels: Float64Array,
): NonNullable<Seen['classes']> {
  const rows = new Array<number>(classes).fill(0);
  for (const label of labels) rows[label]++;
  const names = description?.classes?.[field];
  return rows.map((count, number) => ({ name: names?.[number] ?? String(number), rows: count }));
}

function say(
  { name, source }: StreamEntry,
  rows: number,
  fields: readonly (readonly [string, Seen])[],
  terminal: Terminal,
): void {
  terminal.out(`data ${name}: ${source}, ${counted(rows, 'row')}\n`);
  for (const [field, { type, range, classes, first }] of fields) {
    const numbers = range === null ? '' : `, numbers from ${short(range[0])} to ${short(range[1])}`;
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
function pictureOf(source: OpenSource, stream: StreamEntry): Uint8Array {
  const found = Object.entries(stream.fields).find(([, { kind }]) => kind === 'image');
  if (found === undefined)
    throw new Exit(exitCodes.usage, `${stream.name} has no images to make a picture of`);
  const [field, type] = found;
  const rows = Math.min(source.count, pictured);
  const data = read(source, field, type, rows);
  const shape = [rows, ...type.shape.map(Number)];
  return grid.draw({ images: { shape, data } }, type.range ? { range: type.range } : {}, {}).png;
}
