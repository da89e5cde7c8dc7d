/**
 * `ganc data look WHAT [STREAM]`: what data is once it is open. In: a spec, whose streams are converted as it says; a source
 * as a spec has it; or a file or folder, for which a source is guessed (a network's: look-network.ts). Out: for each stream its
 * rows, fields, the range of their numbers, how often each class comes, the first rows; and with `--out` a picture of the first
 * images.
 */
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { checkSpec } from '../compiler/compile.ts';
import { kinds } from '../compiler/errors.ts';
import type { CompileOptions } from '../compiler/input.ts';
import { isError } from '../grammar/diagnostics.ts';
import { jsonText } from '../grammar/visible.ts';
import type { FieldType } from '../program/catalogue.ts';
import type { StreamEntry } from '../program/manifest.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { openStream } from '../runtime/catalogue.ts';
import { allowVariable } from '../runtime/data/allowed.ts';
import { guess } from '../runtime/data/guess.ts';
import { few } from '../runtime/data/pictures.ts';
import { fieldWidth } from '../runtime/data/source.ts';
import type { OpenSource } from '../runtime/data/source.ts';
import { grid } from '../runtime/reports/pictures/grid.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { lookAtNetwork } from './look-network.ts';
import { counted, readSpec, say } from './read.ts';
import { compileSpec, dataFolder, hostFor } from './spec.ts';
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

/** What a stream is called that no spec names. */
const found = 'found';

type Looked = Pick<StreamEntry, 'name' | 'source' | 'args' | 'fields' | 'description'>;

const [sampled, shownRows, shownNumbers, pictured, opened] = [1000, 5, 8, 36, 5000];

export async function look(
  what: string,
  name: string | undefined,
  options: LookOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (what === '-' || what.endsWith('.gan')) return lookAtSpec(what, name, options, terminal);
  if (name !== undefined)
    throw new Exit(exitCodes.usage, `${what} is no spec, which has streams such as ${name}`);
  if (what.endsWith('.onnx')) return lookAtNetwork(what, options.json, terminal);
  const isSource = !existsSync(what) && /^\s*\w+\s*\(/.test(what);
  const { facts, line } = isSource ? { facts: [], line: what } : guess(what);
  if (!isSource) letRead(what);
  const stream = line === null ? null : streamOf(line, terminal);
  if (!options.json) {
    for (const fact of facts) terminal.out(`${fact}\n`);
    if (!isSource && line !== null) terminal.out(`in a spec: data ${found} = ${line}\n`);
  }
  const streams = stream === null || (!isSource && isMany(stream)) ? [] : [stream];
  if (stream !== null && streams.length === 0)
    terminal.err('too many to decode for a look: name the source, or a spec, to have them read\n');
  return lookAtStreams(streams, '.', { ...options, about: isSource ? {} : { facts, line } }, terminal);
}

async function lookAtSpec(
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
  return lookAtStreams(
    wanted,
    resolve(dataFolder(entry)),
    { json, about: {}, ...(out && { out }) },
    terminal,
  );
}

/** Whether reading the files that were guessed at would take long: those that are decoded one by one. */
const isMany = ({ source, description }: Looked): boolean =>
  source !== 'csv' && source !== 'npz' && source !== 'idx' && (description?.count ?? 0) > opened;

/** What a user names by himself may be read, wherever it lies. */
function letRead(path: string): void {
  const before = process.env[allowVariable];
  const folder = resolve(statSync(path).isDirectory() ? path : dirname(path));
  process.env[allowVariable] = before === undefined ? folder : `${before}${delimiter}${folder}`;
}

/** The stream of a source by itself. Throws Exit where something is wrong with it; that is said. */
function streamOf(line: string, terminal: Terminal): Looked {
  const entry = { path: 'source', text: `data ${found} = ${line}\n` };
  const { analysis, diagnostics } = checkSpec(entry, hostFor(entry));
  const info = analysis.names.data.get(found);
  if (info === undefined) {
    say(
      terminal,
      diagnostics.filter((one) => isError(one) && one.code !== kinds.missingDeclaration.code),
    );
    throw new Exit(exitCodes.diagnostics);
  }
  return { ...info, name: found };
}

async function lookAtStreams(
  streams: readonly Looked[],
  folder: string,
  { out, json, about }: Pick<LookOptions, 'out' | 'json'> & { readonly about: object },
  terminal: Terminal,
): Promise<ExitCode> {
  const report: Record<string, { rows: number; fields: Record<string, Seen> }> = {};
  for (const stream of streams) {
    const source = await openStream(stream, folder);
    const fields = Object.entries(stream.fields).map(
      ([field, type]) => [field, seen(source, stream, field, type)] as const,
    );
    report[stream.name] = { rows: source.count, fields: Object.fromEntries(fields) };
    if (out !== undefined) writeFileAtomic(out, pictureOf(source, stream));
    if (!json) printStream(stream, source.count, fields, terminal);
  }
  if (json) terminal.out(jsonText({ ...about, ...report }, 2) + '\n');
  return exitCodes.fine;
}

function read(source: OpenSource, field: string, type: FieldType, rows: number): Float64Array {
  const values = new Float64Array(rows * fieldWidth(type));
  source.read(field, { from: 0, to: rows }, values);
  return values;
}

function seen(source: OpenSource, stream: Looked, field: string, type: FieldType): Seen {
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
  { description }: Looked,
  field: string,
  { classes = 0 }: FieldType,
  labels: Float64Array,
): NonNullable<Seen['classes']> {
  const rows = new Array<number>(classes).fill(0);
  for (const label of labels) rows[label]++;
  const names = description?.classes?.[field];
  return rows.map((count, number) => ({ name: names?.[number] ?? String(number), rows: count }));
}

function printStream(
  { name, source, description }: Looked,
  rows: number,
  fields: readonly (readonly [string, Seen])[],
  terminal: Terminal,
): void {
  terminal.out(`data ${name}: ${source}, ${counted(rows, 'row')}\n`);
  const { notices = [], skipped = [] } = description ?? {};
  for (const notice of notices) terminal.out(`  ${notice}\n`);
  if (skipped.length > 0) terminal.out(`  left out: ${few(skipped)}\n`);
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
function pictureOf(source: OpenSource, stream: Looked): Uint8Array {
  const found = Object.entries(stream.fields).find(([, { kind }]) => kind === 'image');
  if (found === undefined)
    throw new Exit(exitCodes.usage, `${stream.name} has no images to make a picture of`);
  const [field, type] = found;
  const rows = Math.min(source.count, pictured);
  const data = read(source, field, type, rows);
  const shape = [rows, ...type.shape.map(Number)];
  return grid.draw({ images: { shape, data } }, type.range ? { range: type.range } : {}, {}).png;
}
