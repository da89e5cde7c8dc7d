/**
 * Primitives that work on each element by itself. Operands have equal shapes, or rank 0, which combines with anything
 * and takes the sum of all cotangents. Where a derivative is undefined or cut, `select` chooses; nothing is ever
 * multiplied by 0 to be forgotten (0·NaN).
 */
import { printShape, sameShape, type Shape } from '../dim.ts';
import type { Elementwise, Node } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';
import { ShapeError, fixed, type Gradient, type Op, type OpSample, type Tensor } from './op.ts';
import { erfOf } from './erf.ts';

type Rule = Gradient<Node<Elementwise>>;
type Row = Op<Elementwise>;
type Sample = Omit<OpSample, 'attrs'>;

const sampleOf = (sample: Sample): Row['samples'][number] => ({ ...sample, attrs: {} });

/** The shape of the operands that aren't rank 0; they must agree. */
function commonShape(inputs: readonly Shape[]): Shape {
  const full = inputs.filter((shape) => shape.length > 0);
  const odd = full.find((shape) => !sameShape(shape, full[0]));
  if (odd) throw new ShapeError(`shapes ${printShape(full[0])} and ${printShape(odd)} differ`);
  return full[0] ?? [];
}

/** The cotangent for an operand: summed where the operand was rank 0 and the result isn't. */
function toOperand(b: OpBuilder, operand: Node, g: Node): Node {
  return operand.shape.length === g.shape.length ? g : b.sum(g, [...g.shape.keys()]);
}

function unary(
  doc: string,
  f: (x: number) => number,
  gradient: Rule | 'none',
  sample?: Partial<Sample>,
): Row {
  return {
    doc,
    inputs: ['x'],
    shape: ([x]) => x,
    resized: fixed,
    gradient,
    evaluate: ([x], _, shape) => ({ shape, data: x.data.map(f) }),
    samples: [[2, 3], []].map((shape) => sampleOf({ inputs: [shape], ...sample })),
  };
}

/** Gives each operand its summed cotangent. */
function perOperand(partial: Rule): Rule {
  return (b, node, g) =>
    partial(b, node, g).map((part, i) => (part === undefined ? part : toOperand(b, node.inputs[i], part)));
}

function zip(f: (a: number, b: number) => number, a: Tensor, b: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === 0) return { shape, data: Float64Array.of(f(a.data[0], b.data[0])) };
  if (a.shape.length === 0) return { shape, data: b.data.map((y) => f(a.data[0], y)) };
  if (b.shape.length === 0) return { shape, data: a.data.map((x) => f(x, b.data[0])) };
  return { shape, data: a.data.map((x, i) => f(x, b.data[i])) };
}

/** Two of one shape, and numbers on either side. */
const operands = [
  [
    [2, 3],
    [2, 3],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [[], []],
];

function binary(
  doc: string,
  f: (a: number, b: number) => number,
  gradient: Rule | 'none',
  sample?: Partial<Sample>,
): Row {
  return {
    doc,
    inputs: ['a', 'b'],
    shape: commonShape,
    resized: fixed,
    gradient: gradient === 'none' ? 'none' : perOperand(gradient),
    evaluate: ([a, b], _, shape) => zip(f, a, b, shape),
    samples: operands.map((inputs) => sampleOf({ inputs, ...sample })),
  };
}

export const neg = unary(
  '-x',
  (x) => -x,
  (b, _, g) => [b.neg(g)],
);
export const exp = unary('e to the x', Math.exp, (b, y, g) => [b.mul(g, y)]);
export const log = unary('natural logarithm', Math.log, (b, { inputs: [x] }, g) => [b.div(g, x)], {
  positive: true,
});

export const sqrt = unary(
  'square root; its gradient at 0 is 0, so that norms can be differentiated at the origin',
  Math.sqrt,
  (b, y, g) => {
    const atZero = b.equal(y.inputs[0], 0);
    return [b.select(atZero, 0, b.div(b.mul(g, 0.5), b.select(atZero, 1, y)))];
  },
  { positive: true },
);

export const tanh = unary('hyperbolic tangent', Math.tanh, (b, y, g) => [b.mul(g, b.sub(1, b.mul(y, y)))]);

const sigmoidOf = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
export const sigmoid = unary('1 / (1 + e^-x), without overflow', sigmoidOf, (b, y, g) => [
  b.mul(g, b.mul(y, b.sub(1, y))),
]);

export const abs = unary('absolute value; gradient 0 at 0', Math.abs, (b, { inputs: [x] }, g) => [
  b.mul(g, b.sign(x)),
]);
export const sign = unary('-1, 0 or 1', Math.sign, 'none');
export const floor = unary('largest whole number not above x', Math.floor, 'none');
export const sin = unary('sine', Math.sin, (b, { inputs: [x] }, g) => [b.mul(g, b.cos(x))]);
export const cos = unary('cosine', Math.cos, (b, { inputs: [x] }, g) => [b.neg(b.mul(g, b.sin(x)))]);
export const erf = unary('error function', erfOf, (b, { inputs: [x] }, g) => [
  b.mul(g, b.mul(b.exp(b.neg(b.mul(x, x))), 2 / Math.sqrt(Math.PI))),
]);

export const add = binary(
  'a + b',
  (a, b) => a + b,
  (_, __, g) => [g, g],
);
export const sub = binary(
  'a - b',
  (a, b) => a - b,
  (b, _, g) => [g, b.neg(g)],
);
export const mul = binary(
  'a · b',
  (a, b) => a * b,
  (b, { inputs: [x, y] }, g) => [b.mul(g, y), b.mul(g, x)],
);
export const div = binary(
  'a / b',
  (a, b) => a / b,
  (b, q, g) => [b.div(g, q.inputs[1]), b.neg(b.div(b.mul(g, q), q.inputs[1]))],
);

export const pow = binary(
  'a to the b; the derivative for b is 0 where a is not positive',
  (a, b) => a ** b,
  (b, y, g) => {
    const [base, power] = y.inputs;
    const slope = b.mul(power, b.pow(base, b.sub(power, 1)));
    const positive = b.less(0, base);
    const logarithm = b.log(b.select(positive, base, 1));
    return [
      b.mul(g, b.select(b.equal(power, 0), 0, slope)),
      b.select(positive, b.mul(g, b.mul(y, logarithm)), 0),
    ];
  },
  { positive: true },
);

/** The cotangent of the operand that wins; ties give half to each. */
const winner = (b: OpBuilder, loser: Node, larger: Node, g: Node): Node =>
  b.select(b.less(loser, larger), g, b.select(b.equal(loser, larger), b.mul(g, 0.5), 0));

export const max = binary(
  'the larger; ties give half the gradient to each',
  Math.max,
  (b, { inputs: [x, y] }, g) => [winner(b, y, x, g), winner(b, x, y, g)],
);
export const min = binary(
  'the smaller; ties give half the gradient to each',
  Math.min,
  (b, { inputs: [x, y] }, g) => [winner(b, x, y, g), winner(b, y, x, g)],
);
export const less = binary('1 where a < b, else 0', (a, b) => (a < b ? 1 : 0), 'none');
const equality = binary('1 where a = b, else 0', (a, b) => (a === b ? 1 : 0), 'none');
export const equal: Row = {
  ...equality,
  samples: [
    ...equality.samples,
    sampleOf({
      inputs: [[4], [4]],
      values: [
        [1, 2, 3, 4],
        [1, 0, 3, -4],
      ],
    }),
  ],
};

function choose([c, a, b]: readonly Tensor[], shape: readonly number[]): Tensor {
  const data = new Float64Array(
    shape.length === 0 ? 1 : Math.max(c.data.length, a.data.length, b.data.length),
  );
  const [cs, as, bs] = [c, a, b].map((x) => (x.shape.length === 0 ? 0 : 1));
  for (let i = 0; i < data.length; i++) data[i] = c.data[i * cs] !== 0 ? a.data[i * as] : b.data[i * bs];
  return { shape, data };
}

const mixed = [1, 0, 0, 1, 1, 0];
export const select: Row = {
  doc: 'a where c is not 0, else b; no gradient to c, and none of NaN from the side not chosen',
  inputs: ['c', 'a', 'b'],
  shape: commonShape,
  resized: fixed,
  cuts: [0],
  gradient: perOperand((b, { inputs: [c] }, g) => [undefined, b.select(c, g, 0), b.select(c, 0, g)]),
  evaluate: (inputs, _, shape) => choose(inputs, shape),
  samples: [
    {
      inputs: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      values: [mixed],
    },
    { inputs: [[2, 3], [], [2, 3]], values: [mixed] },
    { inputs: [[2, 3], [2, 3], []], values: [mixed] },
    { inputs: [[2, 3], [], []], values: [mixed] },
    { inputs: [[], [2, 3], [2, 3]], values: [[0]] },
    { inputs: [[], [2, 3], []], values: [[1]] },
  ].map(sampleOf),
};
