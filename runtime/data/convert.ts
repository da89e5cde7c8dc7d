/**
 * `as image[3,28,28]` and `in [-1, 1]`: a source whose fields are of the types that the spec asked for. In: an open
 * source and the wanted types (StreamEntry.fields). Out: an open source that converts the rows as they are read:
 * size, then colour, then range.
 */
import type { FieldType } from '../../program/catalogue.ts';
import { fieldWidth, rowCount, shapeAt } from './source.ts';
import { luma } from './luma.ts';
import type { Moved } from './moving.ts';
import type { Affine, NumberArray, OpenSource, Rows } from './source.ts';
import { resizePlane } from './resize.ts';
import type { StretchField, Stretches } from './stretches.ts';

type Step = (values: NumberArray) => NumberArray;

/** Throws, with the reason, where a field can't become what is wanted (the checker says so first). */
export function convertSource(source: OpenSource, wanted: Readonly<Record<string, FieldType>>): OpenSource {
  const readers = Object.entries(wanted).map(([name, to]) => [name, reader(source, name, to)] as const);
  const byName = new Map(readers);
  const { recipe: of, drawn, stretches, moved } = source;
  return {
    count: source.count,
    fields: wanted,
    ...(drawn && { drawn }),
    ...(stretches && { stretches: convertStretches(stretches, source.fields, wanted) }),
    ...(moved && { moved: convertMoved(moved, source.fields, wanted) }),
    ...(of && { recipe: { kind: 'converted', of, fields: wanted } }),
    read(field, rows, out, pass) {
      const read = byName.get(field);
      if (read === undefined)
        throw new Error(`no field ${field}; there are ${Object.keys(wanted).join(', ')}`);
      read(rows, out, pass);
    },
    ...(source.lengths && { lengths: (row) => source.lengths!(row) }),
  };
}

/** Fields of recordings are of the range that is wanted, wherever in them a row lies. */
function convertStretches(
  stretches: Stretches,
  from: Readonly<Record<string, FieldType>>,
  wanted: Readonly<Record<string, FieldType>>,
): Stretches {
  const fields = Object.entries(stretches.fields).map(([name, field]) => {
    const range = rangeStep(from[name].range, wanted[name]?.range);
    if (range === null) return [name, field] as const;
    const read: StretchField['read'] = (segment, out, at) => {
      const many = field.read(segment, out, at);
      affine(out.subarray(at, at + many), many, range);
      return many;
    };
    return [name, { ...field, read }] as const;
  });
  return { ...stretches, fields: Object.fromEntries(fields) };
}

/** What moved is made of another shape, and then of another range. */
function convertMoved(
  moved: Moved,
  from: Readonly<Record<string, FieldType>>,
  wanted: Readonly<Record<string, FieldType>>,
): Moved {
  const kept = Object.keys(moved.fields).filter((name) => wanted[name] !== undefined);
  const fields = kept.map((name) => [name, rangeStep(from[name].range, wanted[name].range)] as const);
  return { ...moved, fields: Object.fromEntries(fields) };
}

/**
 * Throws where a number lies outside the range that the program wants of a field whose source knows no range, and so has
 * nothing to convert from: declared ranges are what activations and losses are checked against.
 */
export function requireRanges(source: OpenSource, opened: Readonly<Record<string, FieldType>>): void {
  for (const [name, { range }] of Object.entries(source.fields)) {
    if (range !== undefined && opened[name].range === undefined && source.lengths === undefined)
      requireRange(source, name, range);
  }
}

function requireRange(source: OpenSource, name: string, [low, high]: readonly [number, number]): void {
  const width = fieldWidth(source.fields[name]);
  const some = Math.max(1, Math.floor(2 ** 16 / width));
  const values = new Float64Array(some * width);
  for (let from = 0; from < source.count; from += some) {
    const rows = { from, to: Math.min(source.count, from + some) };
    source.read(name, rows, values);
    const bad = values
      .subarray(0, rowCount(rows) * width)
      .findIndex((value) => !(value >= low && value <= high));
    if (bad < 0) continue;
    throw new Error(
      `${name} holds ${values[bad]} in row ${from + Math.floor(bad / width)}, outside the range [${low}, ${high}] that is declared; where the source takes a range:, say there in which one its numbers lie, and they are converted from it`,
    );
  }
}

type Reader = (rows: Rows, out: NumberArray, pass?: number) => void;

function reader(source: OpenSource, name: string, to: FieldType): Reader {
  const from = source.fields[name];
  if (from === undefined) throw new Error(`the source has no field ${name}`);
  const shape = shapeSteps(name, from, to);
  const range = rangeStep(from.range, to.range);
  if (shape.length === 0) {
    return (rows, out, pass) => {
      source.read(name, rows, out, pass);
      if (range) affine(out, numbersIn(source, to, rows), range);
    };
  }
  const [widthIn, widthOut] = [fieldWidth(from), fieldWidth(to)];
  return (rows, out, pass) => {
    const n = rowCount(rows);
    const read = make(out, n * widthIn);
    source.read(name, rows, read, pass);
    for (let row = 0; row < n; row++) {
      const one = read.subarray(row * widthIn, (row + 1) * widthIn);
      out.set(
        shape.reduce((values, step) => step(values), one as NumberArray),
        row * widthOut,
      );
    }
    if (range) affine(out, n * widthOut, range);
  };
}

/** Numbers of the field in these rows, each of which may have a length of its own. */
function numbersIn(source: OpenSource, type: FieldType, rows: Rows): number {
  if (source.lengths === undefined) return rowCount(rows) * fieldWidth(type);
  let numbers = 0;
  for (let i = 0; i < rowCount(rows); i++) {
    const lengths = source.lengths(rows instanceof Uint32Array ? rows[i] : rows.from + i);
    numbers += fieldWidth({ ...type, shape: shapeAt(type, lengths) });
  }
  return numbers;
}

/** Scratch of the same precision as what it ends in. */
function make(like: NumberArray, length: number): Float32Array | Float64Array {
  return like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

function shapeSteps(name: string, from: FieldType, to: FieldType): Step[] {
  if (from.shape.join() === to.shape.join()) return [];
  if (from.kind === 'image' && to.kind === 'image') return imageSteps(name, from.shape, to.shape);
  if (from.kind !== 'label' && to.kind !== 'label' && fieldWidth(from) === fieldWidth(to)) return [(x) => x];
  throw new Error(`${name} is ${print(from)}, which can't become ${print(to)}`);
}

function print(type: FieldType): string {
  return `${type.kind}[${type.shape.join(',')}]`;
}

function imageSteps(name: string, from: FieldType['shape'], to: FieldType['shape']): Step[] {
  const [channels, height, width] = from.map(Number);
  const [channelsOut, heightOut, widthOut] = to.map(Number);
  const steps: Step[] = [];
  if (channels === 3 && channelsOut === 1) steps.push(grayOf);
  else if (channels !== channelsOut && channels !== 1) {
    throw new Error(`${name} has ${channels} channels, which can't become ${channelsOut}`);
  }
  if (height !== heightOut || width !== widthOut) {
    steps.push((x) => resizeImage(x, [height, width], [heightOut, widthOut]));
  }
  if (channels === 1 && channelsOut > 1) steps.push((x) => replicate(x, channelsOut));
  return steps;
}

function resizeImage(x: NumberArray, from: [number, number], to: [number, number]): NumberArray {
  const plane = from[0] * from[1];
  const out = make(x, (x.length / plane) * to[0] * to[1]);
  for (let c = 0; c * plane < x.length; c++) {
    out.set(resizePlane(x.subarray(c * plane, (c + 1) * plane), from, to), c * to[0] * to[1]);
  }
  return out;
}

function grayOf(x: NumberArray): NumberArray {
  const plane = x.length / 3;
  const out = make(x, plane);
  for (let i = 0; i < plane; i++) out[i] = luma(x[i], x[plane + i], x[2 * plane + i]);
  return out;
}

function replicate(x: NumberArray, channels: number): NumberArray {
  const out = make(x, x.length * channels);
  for (let c = 0; c < channels; c++) out.set(x, c * x.length);
  return out;
}

/** A field without a range is taken as it is: there is nothing to scale from. */
function rangeStep(from: FieldType['range'], to: FieldType['range']): Affine | null {
  if (!from || !to || (from[0] === to[0] && from[1] === to[1])) return null;
  const scale = (to[1] - to[0]) / (from[1] - from[0]);
  return { scale, shift: to[0] - from[0] * scale };
}

function affine(values: NumberArray, length: number, { scale, shift }: Affine): void {
  for (let i = 0; i < length; i++) values[i] = values[i] * scale + shift;
}
