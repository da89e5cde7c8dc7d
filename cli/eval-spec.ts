/**
 * `--feed` and `--value` as declarations: a stream for each fed file, a let for each value, a report that reads them. In: the
 * texts, and the fields that the spec's data has; out: sources that are read as if the spec imported them, so that mistakes in
 * them are said as those of a spec are.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import type { DataInfo } from '../compiler/bind/names.ts';
import { nearest } from '../grammar/diagnostics.ts';
import type { FieldType } from '../program/catalogue.ts';
import { findFiles } from '../runtime/data/pattern.ts';
import { Exit, exitCodes } from './exit.ts';

export interface Fed {
  readonly name: string;
  /** Declarations. */
  readonly text: string;
  /** A folder that its files lie in; null: it is a number. */
  readonly folder: string | null;
  /** What its rows are called; null: they have no names. */
  readonly files: readonly string[] | null;
}

const wrong = (text: string): Exit => new Exit(exitCodes.usage, text);

/** `image=folder/*.jpg`, `test.image=a.png`, `x: vec[2]=points.csv:x,y`, `digit=3`. */
export function fedAs(given: string, data: ReadonlyMap<string, DataInfo>): Fed {
  const [, name, type, what] = /^\s*([A-Za-z_][\w.]*)\s*(?::\s*([^=]+?))?\s*=\s*(.+?)\s*$/s.exec(given) ?? [];
  if (name === undefined) throw wrong(`--feed takes name=files or "name: type=files", not ${given}`);
  const own = name.split('.').at(-1)!;
  if (/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(what))
    return { name: own, text: `let ${own} = ${what}\n`, folder: null, files: null };
  const field = type === undefined ? fieldCalled(name, data) : written(type, given);
  const [source, path, files] = sourceOf(field, what, given);
  const range = field.range === undefined ? '' : ` in [${field.range.join(', ')}]`;
  const stream = `fed_${own}`;
  return {
    name: own,
    text: `data ${stream} = ${source.call}${range}\nlet ${own} = ${stream}.${source.field}\n`,
    folder: dirname(path.split(/[*<]/, 1)[0] + 'x'),
    files,
  };
}

/** The type that the spec's data has under this name. */
function fieldCalled(name: string, data: ReadonlyMap<string, DataInfo>): FieldType {
  const all = [...data].flatMap(([stream, { fields }]) =>
    Object.entries(fields).map(([field, type]) => ({ full: `${stream}.${field}`, field, type })),
  );
  const found = all.filter(({ full, field }) => full === name || field === name);
  const types = new Set(found.map(({ type }) => JSON.stringify(type)));
  if (types.size === 1) return found[0].type;
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
  readonly call: string;
  readonly field: string;
}

/** The source that reads such files; where they lie; what rows are called. */
function sourceOf(
  { kind, shape, range }: FieldType,
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
    return [
      { call: `csv(${quoted(place)}, columns: ${quoted(inside)}${within})`, field: 'values' },
      place,
      null,
    ];
  }
  if (kind !== 'image')
    throw wrong(`${given}: a ${kind} is fed from file.npz:array${kind === 'vec' ? ' or file.csv:x,y' : ''}`);
  const [channels, height, width] = shape;
  const pattern = existsSync(place) && statSync(place).isDirectory() ? join(place, '*') : place;
  const files = findFiles(pattern, '.', () => null).map((found) => found.path);
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

/** A name for a value, and its expression: `codes=Enc(image).mean`, `Enc(image).mean`. */
export function valueAs(given: string, i: number): { readonly name: string; readonly expression: string } {
  const [, name, expression] = /^\s*([A-Za-z]\w*)\s*=(?!=)\s*(.+)$/s.exec(given) ?? [];
  if (name !== undefined) return { name, expression };
  return { name: i === 0 ? 'value' : `value_${i + 1}`, expression: given };
}
