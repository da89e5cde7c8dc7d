/** Operators that give the same numbers another shape, or their axes another order. */
import { divDims, printShape, product, sameDim, type Dim } from '../../ir/dim.ts';
import { turned } from './numbers.ts';
import { onePerRow } from './rows.ts';
import {
  numbers,
  rowCount,
  sizesOf,
  tensor,
  type Numbers,
  type OnnxValue,
  type Operator,
  type Step,
  type Tensor,
} from './values.ts';

/** Numbers under a shape of plain sizes. */
function reshapedNumbers(step: Step, value: Numbers, wanted: readonly Dim[]): Numbers {
  const plain = wanted.map((size) =>
    typeof size === 'number' ? size : step.fail('it gives a list as many axes as there are rows'),
  );
  const rest = plain.reduce((all, size) => (size > 0 ? all * size : all), 1);
  const shape = plain.map((size, i) =>
    size === 0 ? value.shape[i] : size === -1 ? value.values.length / rest : size,
  );
  return numbers(value.values, shape, value.whole);
}

/** The sizes that are meant, -1 worked out; undefined where they do not hold as many numbers. */
function solved(wanted: readonly Dim[], all: Dim): Dim[] | undefined {
  const rest = product(wanted.filter((size) => size !== -1));
  const missing = divDims(all, rest);
  const sizes = wanted.map((size) => (size === -1 ? missing : size));
  if (!sizes.every((size): size is Dim => size !== undefined)) return undefined;
  return sameDim(product(sizes), all) ? sizes : undefined;
}

/** Where the rows stand in other sizes of the same numbers: behind as many numbers as before; undefined if nowhere. */
function rowsIn(sizes: readonly Dim[], { node, rows }: Tensor): number | null | undefined {
  if (rows === null) return null;
  const before = product(node.shape.slice(0, rows));
  const at = sizes.findIndex(
    (size, i) => sameDim(size, rowCount) && sameDim(product(sizes.slice(0, i)), before),
  );
  return at < 0 ? undefined : at;
}

/** Under other sizes. A size that is the count of rows that the file was written for means the rows. */
function reshaped(step: Step, x: Tensor, wanted: readonly Dim[]): Tensor {
  const { written } = step.of;
  const all = product(sizesOf(x));
  const forRows =
    written === null || x.rows === null
      ? []
      : wanted.flatMap((size, i) => (size === written ? [wanted.with(i, rowCount)] : []));
  for (const candidate of [...forRows, wanted]) {
    const sizes = solved(candidate, all);
    const rows = sizes && rowsIn(sizes, x);
    if (sizes !== undefined && rows !== undefined)
      return tensor(
        step.b.reshape(
          x.node,
          sizes.map((size) => step.here(size)),
        ),
        rows,
        x.range,
      );
  }
  return step.fail(
    `${printShape(sizesOf(x)).replace('#rows', 'rows')} does not become ${printShape([...wanted]).replace('#rows', 'rows')} row by row`,
  );
}

const reshape: Operator = (step) => {
  const [value, wanted] = [step.value(0), step.numbers(1).values];
  if (value.sort === 'numbers') return reshapedNumbers(step, value, wanted);
  const sizes = sizesOf(value);
  const keep = step.real('allowzero', 0) === 0;
  return reshaped(
    step,
    value,
    wanted.map((size, i) => (size === 0 && keep ? (sizes[i] ?? 0) : size)),
  );
};

const flatten: Operator = (step) => {
  const x = step.tensor(0);
  const sizes = sizesOf(x);
  const given = step.real('axis', 1);
  const axis = given < 0 ? given + sizes.length : given;
  return reshaped(step, x, [product(sizes.slice(0, axis)), product(sizes.slice(axis))]);
};

const transpose: Operator = (step) => {
  const value = step.value(0);
  const perm = step.list('perm') ?? [...shapeOf(value).keys()].reverse();
  if (value.sort === 'numbers' && value.weight === undefined) return turned(value, perm);
  const x = step.made(value);
  return tensor(step.b.transpose(x.node, perm), x.rows === null ? null : perm.indexOf(x.rows), x.range);
};

/** What has other axes of size 1: numbers and tensors alike. */
function withShape(step: Step, value: OnnxValue, sizes: readonly Dim[]): OnnxValue {
  return value.sort === 'numbers' ? reshapedNumbers(step, value, sizes) : reshaped(step, value, sizes);
}

const shapeOf = (value: OnnxValue): readonly Dim[] =>
  value.sort === 'numbers' ? value.shape : sizesOf(value);

const squeeze: Operator = (step) => {
  const value = step.value(0);
  const sizes = shapeOf(value);
  const axes = step.axes(sizes.length, 13) ?? [...sizes.keys()].filter((axis) => sizes[axis] === 1);
  if (axes.some((axis) => sizes[axis] !== 1)) step.fail('it takes away an axis whose size is not 1');
  return withShape(
    step,
    value,
    sizes.filter((_, axis) => !axes.includes(axis)),
  );
};

const unsqueeze: Operator = (step) => {
  const value = step.value(0);
  const sizes = [...shapeOf(value)];
  const given = step.of.opset >= 13 && step.has(1) ? step.plain(1) : (step.list('axes') ?? []);
  const rank = sizes.length + given.length;
  const axes = given.map((axis) => step.axis(axis, rank)).sort((p, q) => p - q);
  for (const axis of axes) sizes.splice(axis, 0, 1);
  return withShape(step, value, sizes);
};

/** As the format broadcasts: sizes of 1 on either side give way. A weight may be repeated for each row. */
const expand: Operator = (step) => {
  const wanted = step.numbers(1).values;
  const given = step.value(0);
  const forRows = wanted.findIndex((size) => sameDim(size, rowCount));
  const behind = wanted.length - shapeOf(given).length;
  const x = forRows < 0 ? step.made(given) : onePerRow(step, given, forRows - behind);
  const own = sizesOf(x);
  const rank = Math.max(own.length, wanted.length);
  const from = [...Array<Dim>(rank - own.length).fill(1), ...own];
  const to = [...Array<Dim>(rank - wanted.length).fill(1), ...wanted];
  const sizes = from.map((size, i) =>
    size === 1
      ? to[i]
      : to[i] === 1 || sameDim(size, to[i])
        ? size
        : step.fail('its shapes do not go together'),
  );
  const at =
    x.rows === null ? sizes.findIndex((size) => sameDim(size, rowCount)) : x.rows + rank - own.length;
  const node = step.b.expand(
    step.b.reshape(
      x.node,
      from.map((size) => step.here(size)),
    ),
    sizes.map((size) => step.here(size)),
  );
  return tensor(node, at < 0 ? null : at, x.range);
};

/** Channels to places; `DCR` and `CRD` differ in which of the channels go beside each other. */
const depthToSpace: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const n = step.real('blocksize', 1);
  const [rows, channels, height, width] = x.node.shape;
  if (
    typeof channels !== 'number' ||
    typeof height !== 'number' ||
    typeof width !== 'number' ||
    channels % (n * n) !== 0
  )
    return step.fail(`its channels are not in blocks of ${n} × ${n}`);
  const c = channels / (n * n);
  const first = step.word('mode', 'DCR') === 'DCR';
  const apart = step.b.reshape(
    x.node,
    first ? [rows, n, n, c, height, width] : [rows, c, n, n, height, width],
  );
  const turned = step.b.transpose(apart, first ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
  return tensor(step.b.reshape(turned, [rows, c, height * n, width * n]), x.rows, x.range);
};

const spaceToDepth: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const n = step.real('blocksize', 1);
  const [rows, channels, height, width] = x.node.shape;
  if (
    typeof channels !== 'number' ||
    typeof height !== 'number' ||
    typeof width !== 'number' ||
    height % n !== 0 ||
    width % n !== 0
  )
    return step.fail(`its places are not in blocks of ${n} × ${n}`);
  const apart = step.b.reshape(x.node, [rows, channels, height / n, n, width / n, n]);
  const turned = step.b.transpose(apart, [0, 3, 5, 1, 2, 4]);
  return tensor(step.b.reshape(turned, [rows, channels * n * n, height / n, width / n]), x.rows, x.range);
};

export const movement = {
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Identity: (step) => step.value(0),
  Reshape: reshape,
  SpaceToDepth: spaceToDepth,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
} as const satisfies Record<string, Operator>;
