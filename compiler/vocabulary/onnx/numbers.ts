/** Operators on numbers that are known on the spot: how exporters write the sizes of a `view(x.size(0), -1)`. */
import { addDims, divDims, leastDim, mulDims, sameDim, subDims, type Dim } from '../../ir/dim.ts';
import { fill } from '../../ir/compose.ts';
import { numbers, rowCount, sizesOf, tensor, type Numbers, type Operator, type Step } from './values.ts';

/** One rule for two numbers, for two lists of numbers of which one may be single. */
const pairwise =
  (compute: (a: Dim, b: Dim, whole: boolean, step: Step) => Dim) =>
  (step: Step, x: Numbers, y: Numbers): Numbers => {
    const [shorter, longer] = x.values.length < y.values.length ? [x, y] : [y, x];
    const fits = shorter.values.length === 1 || shorter.shape.join() === longer.shape.join();
    if (!fits) step.fail('the shapes of its inputs do not go together');
    const at = ({ values }: Numbers, i: number): Dim => values[values.length === 1 ? 0 : i];
    const shape = shorter.shape.length > longer.shape.length ? shorter.shape : longer.shape;
    const whole = x.whole && y.whole;
    return numbers(
      longer.values.map((_, i) => compute(at(x, i), at(y, i), whole, step)),
      shape,
      whole,
    );
  };

function divided(a: Dim, b: Dim, whole: boolean, step: Step): Dim {
  if (typeof a === 'number' && typeof b === 'number') return whole ? Math.trunc(a / b) : a / b;
  return divDims(a, b) ?? step.fail('it divides how many rows there are');
}

/** 1 or 0. There is at least one row, so their count is no number below 1. */
function alike(a: Dim, b: Dim, _: boolean, step: Step): Dim {
  if (sameDim(a, b)) return 1;
  const [least, most] = typeof a === 'number' ? [leastDim(b), a] : [leastDim(a), b];
  const apart =
    (typeof a === 'number' && typeof b === 'number') || (typeof most === 'number' && (least ?? 0) > most);
  return apart ? 0 : step.fail('it asks how many rows there are');
}

/** Of each place the second where the first is not 0, else the third. */
export function chosen(step: Step, condition: Numbers, x: Numbers, y: Numbers): Numbers {
  const left = arithmetic.Mul(step, condition, x);
  const right = arithmetic.Mul(step, arithmetic.Equal(step, condition, zero), y);
  return arithmetic.Add(step, left, right);
}

export const arithmetic = {
  Add: pairwise(addDims),
  Sub: pairwise(subDims),
  Mul: pairwise(mulDims),
  Div: pairwise(divided),
  Equal: pairwise(alike),
};

const zero = numbers([0], []);

/** These places of an axis. */
export function along({ values, shape, whole }: Numbers, axis: number, places: readonly number[]): Numbers {
  const inner = shape.slice(axis + 1).reduce((all, size) => all * size, 1);
  const outer = shape.slice(0, axis).reduce((all, size) => all * size, 1);
  const found = Array.from({ length: outer }, (_, i) =>
    places.map((place) => (i * shape[axis] + place) * inner),
  ).flat();
  return numbers(
    found.flatMap((at) => values.slice(at, at + inner)),
    shape.with(axis, places.length),
    whole,
  );
}

/** Axes in another order. */
export function turned(value: Numbers, perm: readonly number[]): Numbers {
  const { values, shape, whole } = value;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((all, size) => all * size, 1));
  const places = perm.reduce<number[]>(
    (all, axis) => all.flatMap((at) => Array.from({ length: shape[axis] }, (_, i) => at + i * strides[axis])),
    [0],
  );
  return numbers(
    places.map((at) => values[at]),
    perm.map((axis) => shape[axis]),
    whole,
  );
}

/** The sizes of what comes in, or a part of them. */
const shape: Operator = (step) => {
  const value = step.value(0);
  const sizes = value.sort === 'tensor' ? sizesOf(value) : value.shape;
  const part = sizes.slice(step.real('start', 0), step.real('end', sizes.length));
  return numbers(part, [part.length]);
};

/** A list longer than this is no shape. */
const longest = 4096;

/** One number everywhere: for each row a tensor, else numbers. */
const constantOfShape: Operator = (step) => {
  const wanted = step.numbers(0).values;
  const rows = wanted.findIndex((size) => sameDim(size, rowCount));
  if (rows >= 0) {
    const [value = 0] = step.list('value') ?? [];
    return tensor(
      fill(
        step.b,
        value,
        wanted.map((size) => step.here(size)),
      ),
      rows,
    );
  }
  const sizes = step.plain(0);
  const count = sizes.reduce((all, size) => all * size, 1);
  if (!(count <= longest)) step.fail(`it makes ${count} numbers, more than a shape has`);
  const [value = 0] = step.list('value') ?? [];
  return numbers(new Array<number>(count).fill(value), sizes, Number.isInteger(value));
};

const range: Operator = (step) => {
  const [[from], [to], [by]] = [step.plain(0), step.plain(1), step.plain(2)];
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (!(count <= longest)) step.fail(`it counts ${count} numbers, more than places have`);
  return numbers(
    Array.from({ length: count }, (_, i) => from + i * by),
    [count],
    step.numbers(0).whole,
  );
};

/** float, float16, double, bfloat16: to a program that has one float type they are the same. */
const floats = [1, 10, 11, 16];

const cast: Operator = (step) => {
  const value = step.value(0);
  const isFloat = floats.includes(step.real('to', 1));
  if (value.sort === 'numbers') {
    const cut = value.values.map((one) => (isFloat || typeof one !== 'number' ? one : Math.trunc(one)));
    return numbers(cut, value.shape, !isFloat);
  }
  return isFloat ? value : step.fail('it makes whole numbers of what comes in');
};

export const numbersOperators = {
  Cast: cast,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: shape,
} as const satisfies Record<string, Operator>;
