/** Operators that take parts of an axis, put parts together, add places, or resample them. */
import { sameDim, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { resampling, type Resampling } from '../resampling.ts';
import { alongAxis, padded, type Fill } from '../places.ts';
import { along } from './numbers.ts';
import { numbers, rowCount, tensor, type Numbers, type Operator, type Step, type Tensor } from './values.ts';

const concat: Operator = (step) => {
  const { values } = step;
  if (
    values.every((one): one is Numbers => one.sort === 'numbers') &&
    values.every(({ shape }) => shape.length === 1)
  ) {
    const all = values.flatMap((one) => one.values);
    return numbers(
      all,
      [all.length],
      values.every(({ whole }) => whole),
    );
  }
  const given = values.map((one) => step.made(one));
  const axis = step.axis(step.real('axis', 0), given[0].node.shape.length);
  const rows = given.find((one) => one.rows !== null)?.rows ?? null;
  const wide = given.map((one) => withRows(step, one, rows));
  wide.forEach((one) => step.spareRows(one, [axis]));
  return tensor(
    step.b.concat(
      wide.map(({ node }) => node),
      axis,
    ),
    rows,
  );
};

/** A weight beside what has rows is the same for each. */
function withRows(step: Step, { node, rows, range }: Tensor, wanted: number | null): Tensor {
  if (wanted === null || rows === wanted) return { sort: 'tensor', node, rows, range };
  if (rows !== null || node.shape[wanted] !== 1)
    return step.fail('rows of one input are not the rows of another');
  return tensor(step.b.expand(node, node.shape.with(wanted, step.of.count)), wanted, range);
}

/** A part of an axis, [from, to) by steps; a part that is all of it stays. */
function part(step: Step, x: Tensor, axis: number, from: number, to: number, by: number): Tensor {
  const size = x.node.shape[axis];
  if (from === 0 && by === 1 && (to >= largest || to === size)) return x;
  step.spareRows(x, [axis]);
  if (typeof size !== 'number') return step.fail('it takes a part of a length that is not known here');
  const within = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
  if (by === -1 && from === -1 && to <= -size - 1) return tensor(step.b.flip(x.node, axis), x.rows, x.range);
  if (!(by >= 1)) return step.fail('it counts backwards');
  const [first, last] = [within(from), within(to)];
  if (last <= first) return step.fail('nothing is left of what it takes a part of');
  return tensor(step.b.slice(x.node, axis, first, last, by), x.rows, x.range);
}

/** What is written for "to the end", and above. */
const largest = 2 ** 31 - 1;

/** The places of a slice, which may count backwards. */
function placesOf(size: number, from: number, to: number, by: number): number[] {
  const end = (place: number): number => (place < 0 ? place + size : place);
  const [low, high] = by < 0 ? [-1, size - 1] : [0, size];
  const within = (place: number): number => Math.min(Math.max(end(place), low), high);
  const [first, last] = [within(from), within(to)];
  const count = by === 0 ? 0 : Math.max(0, Math.ceil((last - first) / by));
  return Array.from({ length: count }, (_, i) => first + i * by);
}

const slice: Operator = (step) => {
  const old = step.of.opset < 10;
  const input = (i: number): number[] | undefined => (step.has(i) ? step.plain(i) : undefined);
  const starts = (old ? step.list('starts') : input(1)) ?? [];
  const ends = (old ? step.list('ends') : input(2)) ?? [];
  const [named, steps] = old ? [step.list('axes'), undefined] : [input(3), input(4)];
  const value = step.value(0);
  if (value.sort === 'numbers')
    return starts.reduce<Numbers>((x, from, i) => {
      const axis = step.axis(named?.[i] ?? i, x.shape.length);
      return along(x, axis, placesOf(x.shape[axis], from, ends[i], steps?.[i] ?? 1));
    }, value);
  return starts.reduce<Tensor>((x, from, i) => {
    const axis = step.axis(named?.[i] ?? i, x.node.shape.length);
    return part(step, x, axis, from, ends[i], steps?.[i] ?? 1);
  }, value);
};

const split: Operator = (step) => {
  const x = step.tensor(0);
  const axis = step.axis(step.real('axis', 0), x.node.shape.length);
  step.spareRows(x, [axis]);
  const size = x.node.shape[axis];
  if (typeof size !== 'number') return step.fail('it splits a length that is not known here');
  const given = step.of.opset >= 13 && step.has(1) ? step.plain(1) : step.list('split');
  const count = step.node.outputs.length;
  const each = Math.ceil(size / count);
  const sizes = given ?? Array.from({ length: count }, (_, i) => Math.min(each, size - i * each));
  if (sizes.length !== count || sizes.reduce((a, b) => a + b, 0) !== size || sizes.some((one) => one < 1))
    return step.fail(`${sizes.join(', ')} are not the parts of ${size}`);
  let from = 0;
  return sizes.map((one) => tensor(step.b.slice(x.node, axis, from, (from += one)), x.rows, x.range));
};

/** Places that are taken one by one: more would be a table to look up. */
const mostPlaces = 256;

const gather: Operator = (step) => {
  const [value, which] = [step.value(0), step.numbers(1)];
  const places = step.plain(1);
  if (value.sort === 'numbers') {
    const axis = step.axis(step.real('axis', 0), value.shape.length);
    const size = value.shape[axis];
    const found = along(
      value,
      axis,
      places.map((place) => step.axis(place, size)),
    );
    return numbers(found.values, value.shape.toSpliced(axis, 1, ...which.shape), value.whole);
  }
  const axis = step.axis(step.real('axis', 0), value.node.shape.length);
  step.spareRows(value, [axis]);
  const size = value.node.shape[axis];
  if (which.shape.length > 1 || places.length > mostPlaces || typeof size !== 'number')
    return step.fail('it takes places from a table');
  const { b } = step;
  const each = places.map((place) =>
    b.slice(value.node, axis, step.axis(place, size), step.axis(place, size) + 1),
  );
  if (which.shape.length === 1) return tensor(b.concat(each, axis), value.rows, value.range);
  const rows = value.rows !== null && axis < value.rows ? value.rows - 1 : value.rows;
  return tensor(b.reshape(each[0], each[0].shape.toSpliced(axis, 1)), rows, value.range);
};

/** By the format's words for them. */
const fills: ReadonlyMap<string, Fill> = new Map([
  ['constant', 'zero'],
  ['reflect', 'reflect'],
  ['edge', 'replicate'],
]);

const pad: Operator = (step) => {
  const x = step.tensor(0);
  const rank = x.node.shape.length;
  const given = step.of.opset < 11 ? (step.list('pads') ?? []) : step.plain(1);
  const axes = step.has(3) ? step.plain(3).map((axis) => step.axis(axis, rank)) : [...x.node.shape.keys()];
  const value = step.of.opset < 11 ? step.real('value', 0) : step.has(2) ? (step.plain(2)[0] ?? 0) : 0;
  const mode = step.word('mode', 'constant');
  const fill = fills.get(mode) ?? step.fail(`padding by \`${mode}\` is not taken`);
  const { b } = step;
  const shifted = value === 0 ? x.node : b.sub(x.node, value);
  const made = axes.reduce((node, axis, i) => {
    const [low, high] = [given[i], given[i + axes.length]];
    if (low === 0 && high === 0) return node;
    step.spareRows(x, [axis]);
    if (!(low >= 0 && high >= 0)) return step.fail('it takes places away');
    return padded(step.of.call, node, axis, [low, high], fill);
  }, shifted);
  return tensor(value === 0 ? made : b.add(made, value), x.rows);
};

/** How old and new places lie to each other, by the format's words for it. */
const layouts: Readonly<Record<string, Resampling>> = {
  half_pixel: 'centres',
  pytorch_half_pixel: 'centres',
  align_corners: 'corners',
  asymmetric: 'origin',
};

function resize(
  step: Step,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): Tensor {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const mode = step.word('mode', 'nearest');
  const layout =
    layouts[
      step.word(
        'coordinate_transformation_mode',
        step.node.operator === 'Upsample' ? 'asymmetric' : 'half_pixel',
      )
    ];
  if ((mode !== 'nearest' && mode !== 'linear') || layout === undefined || step.real('antialias', 0) !== 0)
    return step.fail('it resamples in a way that is not taken: linear and nearest are, without antialiasing');
  const made = x.node.shape.reduce<Node>((node, have, axis) => {
    const size: Dim =
      sizes?.[axis] ??
      (scales === undefined ? have : typeof have === 'number' ? Math.floor(have * scales[axis]) : have);
    if (axis < 2 || sameDim(size, have)) return node;
    if (typeof have !== 'number' || typeof size !== 'number')
      return step.fail('it resamples a length that is not known here');
    if (mode === 'nearest' && size % have !== 0)
      return step.fail('by the nearest place it is taken where each becomes as many new ones');
    return alongAxis(
      step.of.call,
      node,
      axis,
      resampling(step.of.call, have, size, mode === 'nearest' ? 'nearest' : layout),
    );
  }, x.node);
  return tensor(made, x.rows, x.range);
}

const numbersAt = (step: Step, i: number): number[] | undefined => {
  if (!step.has(i)) return undefined;
  // The rows are resampled by nothing: their number may stand in the list.
  const values = step.numbers(i).values.map((one, axis) => (axis === 0 && sameDim(one, rowCount) ? 1 : one));
  const plain = values.map((one) =>
    typeof one === 'number' ? one : step.fail('its size depends on how many rows there are'),
  );
  return plain.length === 0 ? undefined : plain;
};

export const places = {
  Concat: concat,
  Gather: gather,
  Pad: pad,
  Resize: (step) =>
    resize(
      step,
      numbersAt(step, step.of.opset < 11 ? 1 : 2),
      step.of.opset < 11 ? undefined : numbersAt(step, 3),
    ),
  Slice: slice,
  Split: split,
  Upsample: (step) => resize(step, numbersAt(step, 1) ?? step.list('scales'), undefined),
} as const satisfies Record<string, Operator>;
