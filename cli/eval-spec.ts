/**
 * `--feed` and `--value` as declarations: a stream for each fed file, a let for each value, a report that reads them. In: the
 * texts, and the fields that the spec's data has; out: sources that are read as if the spec imported them, so that mistakes in
 * them are said as those of a spec are.
 */
import { dirname, extname, join, relative, resolve } from 'node:path';
import type { DataInfo } from '../compiler/bind/names.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { reservedWords } from '../grammar/tokens.ts';
import type { FieldType } from '../program/catalogue.ts';
import { sources } from '../runtime/catalogue.ts';
import { findFiles } from '../runtime/data/pattern.ts';
import { pictureFiles } from '../runtime/data/pictures.ts';
import { isFolder } from '../runtime/disk.ts';
import { FileError } from '../runtime/formats/file-error.ts';
import { Exit, exitCodes } from './exit.ts';

export interface Fed {
  readonly name: string;
  /** Declarations. */
  readonly text: string;
  /** The stream that gives its rows; null: it is a number. */
  readonly stream: string | null;
  /** A folder that its files lie in; null: it is a number. */
  readonly folder: string | null;
  /** What its rows are called; null: they have no names. */
  readonly files: readonly string[] | null;
}

const reserved: ReadonlySet<string> = new Set(reservedWords);

const wrong = (text: string): Exit => new Exit(exitCodes.usage, text);

/** `image=folder/*.jpg`, `test.image=a.png`, `x: vec[2]=points.csv:x,y`, `words: d.sound=a.wav`, `digit=3`. */
export function fedAs(given: string, data: ReadonlyMap<string, DataInfo>): Fed {
  const [, name, type, what] = /^\s*([A-Za-z_][\w.]*)\s*(?::\s*([^=]+?))?\s*=\s*(.+?)\s*$/s.exec(given) ?? [];
  if (name === undefined) throw wrong(`--feed takes name=files or "name: type=files", not ${given}`);
  const own = name.split('.').at(-1)!;
  if (reserved.has(own))
    throw wrong(`${own} is a word of the language: give it another name, as in --feed "x: ${name}=${what}"`);
  if (/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(what))
    return { name: own, text: `let ${own} = ${what}\n`, stream: null, folder: null, files: null };
  const held = heldOf(name, type, data, given);
  const field = held.type;
  const [source, path, files] = sourceOf(held, what, given);
  const range = field.range === undefined ? '' : ` in [${field.range.join(', ')}]`;
  const stream = `fed_${own}`;
  return {
    name: own,
    text: `data ${stream} = ${source.call}${range}\nlet ${own} = ${stream}.${source.field}\n`,
    stream,
    folder: dirname(path.split(/[*<]/, 1)[0] + 'x'),
    files,
  };
}

/** What is fed: of which type, and how sounds become such rows; null: it is none. */
interface Held {
  readonly type: FieldType;
  readonly sound: Call | null;
}

/** By its name, by that of a field after the `:` (`words: d.sound=...`), or by a type that is written there. */
function heldOf(
  name: string,
  type: string | undefined,
  data: ReadonlyMap<string, DataInfo>,
  given: string,
): Held {
  if (type === undefined) return fieldCalled(name, data);
  if (/^[\w.]+$/.test(type)) return fieldCalled(type, data);
  return { type: written(type, given), sound: null };
}

/** What the spec's data has under this name. */
function fieldCalled(name: string, data: ReadonlyMap<string, DataInfo>): Held {
  const all = [...data].flatMap(([stream, info]) =>
    Object.entries(info.fields).map(([field, type]) => ({
      full: `${stream}.${field}`,
      field,
      type,
      sound: soundCall(field, type, info),
    })),
  );
  const found = all.filter(({ full, field }) => full === name || field === name);
  const types = new Set(found.map(({ type, sound }) => JSON.stringify([type, sound])));
  if (types.size === 1) return found[0];
  const list = all.map(({ full }) => full).join(', ');
  if (types.size > 1) throw wrong(`which ${name}? ${found.map(({ full }) => full).join(' or ')}`);
  const near = nearest(
    name,
    all.flatMap(({ full, field }) => [full, field]),
  );
  throw wrong(
    `no data of the spec has a field ${name}${near === undefined ? '' : `; did you mean ${near}?`} (it has ${list}): name one, or say the type, as in --feed "${name}: image[3, 64, 64] in [-1, 1]=..."`,
  );
}

function written(type: string, given: string): FieldType {
  const pattern = /^(image|vec|seq)\s*\[([\d\s,]+)\](?:\s*in\s*\[\s*(-?[\d.e-]+)\s*,\s*(-?[\d.e-]+)\s*\])?$/;
  const [, kind, sizes, low, high] = pattern.exec(type.trim()) ?? [];
  if (kind === undefined)
    throw wrong(`${given}: a type is written image[3, 64, 64] in [-1, 1], vec[8] or seq[80, 100]`);
  const range = low === undefined ? {} : { range: [Number(low), Number(high)] as const };
  return { kind: kind as FieldType['kind'], shape: sizes.split(',').map(Number), ...range };
}

interface Call {
  /** `FILES` stands for them, where they aren't known yet. */
  readonly call: string;
  readonly field: string;
}

/** How recordings are cut into segments like the data's own, each a row; null: the field holds no sound. */
function soundCall(field: string, { shape }: FieldType, { source, args }: DataInfo): Call | null {
  const sound = sources[source]?.sound?.(args);
  const isWave = field === 'wave' && args.wave === true;
  if (sound === undefined || !(sound.fields.includes(field) || isWave)) return null;
  const frames = isWave ? Number(shape[1]) / sound.format.shape.hop : shape[1];
  const given = ['features', 'rate', 'window', 'hop', 'emphasis', 'trim'].flatMap((name) =>
    args[name] === undefined || args[name] === null ? [] : [`, ${name}: ${String(args[name])}`],
  );
  const length = typeof frames === 'number' ? frames : 'all';
  return {
    call: `speech(FILES, frames: ${length}${given.join('')}${isWave ? ', wave: true' : ''})`,
    field: isWave ? 'wave' : 'sound',
  };
}

/** The source that reads such files; where they lie; what rows are called. */
function sourceOf(
  { type: { kind, shape, range }, sound }: Held,
  what: string,
  given: string,
): [Call, string, string[] | null] {
  const [, path, inside] = /^(.*?\.(?:npz|csv|tsv))(?::(.+))?$/is.exec(what) ?? [undefined, what, undefined];
  const place = resolve(path);
  const quoted = (text: string): string => JSON.stringify(text);
  const within = range === undefined ? '' : `, range: [${range.join(', ')}]`;
  if (extname(place).toLowerCase() === '.npz') {
    if (inside === undefined) throw wrong(`${given}: which array? ${path}:name`);
    const field = { image: 'image', seq: 'seq', vec: 'values' }[kind as string];
    if (field === undefined)
      throw wrong(`${given}: an array is an image, a seq or a vec here, not a ${kind}`);
    return [
      {
        call: `npz(${quoted(place)}, values: ${quoted(inside)}, shape: [${shape.join(', ')}]${within})`,
        field,
      },
      place,
      null,
    ];
  }
  if (['.csv', '.tsv'].includes(extname(place).toLowerCase())) {
    if (kind !== 'vec' || inside === undefined)
      throw wrong(`${given}: a table gives a vec, of the columns ${path}:x,y`);
    requireCells(place, inside, given);
    return [
      { call: `csv(${quoted(place)}, columns: ${quoted(inside)}${within})`, field: 'values' },
      place,
      null,
    ];
  }
  if (sound !== null) return recordingsAt(sound, place, shape, given);
  if (kind !== 'image')
    throw wrong(`${given}: a ${kind} is fed from file.npz:array${kind === 'vec' ? ' or file.csv:x,y' : ''}`);
  const [channels, height, width] = shape;
  const pattern = isFolder(place) ? join(place, '*') : place;
  const files = pictureFiles(pattern, '.', () => null).files.map((found) => found.path);
  if (files.length === 0) throw wrong(`${given}: there is no such file`);
  return [
    {
      call: `images(${quoted(pattern)}, size: [${height}, ${width}], channels: ${channels})`,
      field: 'image',
    },
    pattern,
    files,
  ];
}

/** An empty cell is said here: what `csv` advises about it (`missing: skip`) is for a line that nobody wrote. */
function requireCells(file: string, columns: string, given: string): void {
  try {
    sources.csv.describe({ file, columns }, '.');
  } catch (error) {
    // What else is wrong is said of the line as of a spec's.
    const [what, advice] = error instanceof FileError ? error.message.split('; missing: ') : [];
    if (what === undefined || advice === undefined) return;
    throw wrong(
      `--feed ${given}: ${what.replace(file, () => relative('.', file))}. A row that is fed has a number in each column: fill the cell, or take the row out.`,
    );
  }
}

/** Rows of recordings have no names: each file gives as many as segments fit into it. */
function recordingsAt(
  { call, field }: Call,
  place: string,
  shape: FieldType['shape'],
  given: string,
): [Call, string, null] {
  if (shape.some((size) => typeof size === 'string'))
    throw wrong(
      `${given}: such rows have lengths of their own, which no table holds; \`ganc sample RUN NAME --feed\` writes them one by one`,
    );
  const pattern = isFolder(place) ? join(place, '*') : place;
  if (findFiles(pattern, '.', () => null).length === 0) throw wrong(`${given}: there is no such file`);
  return [{ call: call.replace('FILES', () => JSON.stringify(pattern)), field }, pattern, null];
}

/** A name for a value, and its expression: `codes=Enc(image).mean`, `Enc(image).mean`. */
export function valueAs(given: string, i: number): { readonly name: string; readonly expression: string } {
  const [, name, expression] = /^\s*([A-Za-z]\w*)\s*=(?!=)\s*(.+)$/s.exec(given) ?? [];
  if (name !== undefined) return { name, expression };
  return { name: i === 0 ? 'value' : `value_${i + 1}`, expression: given };
}
