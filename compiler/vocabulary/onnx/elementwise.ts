/** Operators that work on each number by itself. */
import { leakyRelu, relu, softplus, square } from '../../ir/compose.ts';
import type { OpBuilder, Operand } from '../../ir/opBuilder.ts';
import type { Node } from '../../ir/node.ts';
import type { Bounds } from '../../types.ts';
import { arithmetic, chosen } from './numbers.ts';
import { tensor, type Numbers, type Operator, type Step, type Tensor } from './values.ts';

const unary =
  (make: (b: OpBuilder, x: Node, step: Step) => Node, range: Bounds | null = null): Operator =>
  (step) => {
    const { node, rows } = step.tensor(0);
    return tensor(make(step.b, node, step), rows, range);
  };

type Fold = (b: OpBuilder, x: Node, y: Node) => Node;

/** All inputs as tensors, folded from the first on. */
function foldedTensors(step: Step, fold: Fold): Tensor {
  const { nodes, rows } = step.together(step.values.map((one) => step.made(one)));
  return tensor(
    nodes.reduce((a, b) => fold(step.b, a, b)),
    rows,
  );
}

/** The same of any number of inputs, which are computed where all of them are known. */
const folded =
  (fold: Fold, name?: keyof typeof arithmetic): Operator =>
  (step) => {
    const { values } = step;
    if (name !== undefined && values.every((one): one is Numbers => one.sort === 'numbers'))
      return values.reduce((a, b) => arithmetic[name](step, a, b));
    return foldedTensors(step, fold);
  };

const binary = (make: Fold, name?: keyof typeof arithmetic): Operator => {
  const all = folded(make, name);
  return (step) => (step.values.length === 2 ? all(step) : step.fail('it takes two inputs'));
};

/** e^x - 1 where x is negative, else 0, without overflow. */
const below = (b: OpBuilder, x: Node): Node => b.sub(b.exp(b.select(b.less(0, x), 0, x)), 1);
const between = (b: OpBuilder, x: Node, low: Operand, high: Operand): Node => b.min(b.max(x, low), high);
const hardSigmoid = (b: OpBuilder, x: Node, alpha: number, beta: number): Node =>
  between(b, b.add(b.mul(x, alpha), beta), 0, 1);

/** Hendrycks & Gimpel 2016, arXiv:1606.08415; `tanh`: the approximation of its section 2. */
function gelu(b: OpBuilder, x: Node, step: Step): Node {
  const inner =
    step.word('approximate', 'none') === 'tanh'
      ? b.tanh(b.mul(b.add(x, b.mul(b.mul(square(b, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
      : b.erf(b.mul(x, Math.SQRT1_2));
  return b.mul(b.mul(x, 0.5), b.add(1, inner));
}

/** The bounds that it has, from attributes until operators of version 11, from inputs since. */
function clip(step: Step): Tensor {
  const { node, rows, range } = step.tensor(0);
  const bound = (i: number, name: string, fallback: number): number => {
    if (step.of.opset < 11) return step.real(name, fallback);
    return step.has(i) ? (step.plain(i)[0] ?? fallback) : fallback;
  };
  const [low, high] = [bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
  const { b } = step;
  const above = low > -Infinity ? b.max(node, low) : node;
  const made = high < Infinity ? b.min(above, high) : above;
  const [least, most] = [Math.max(low, range?.[0] ?? -Infinity), Math.min(high, range?.[1] ?? Infinity)];
  const bounded = Number.isFinite(least) && Number.isFinite(most) && least <= most;
  return tensor(made, rows, bounded ? [least, most] : null);
}

/** Powers that have a primitive of their own, whose gradients are finite where theirs are. */
const pow: Operator = (step) => {
  const exponent = step.value(1);
  const [power] = exponent.sort === 'numbers' && exponent.values.length === 1 ? exponent.values : [];
  const { node, rows } = step.tensor(0);
  if (power === 2) return tensor(square(step.b, node), rows);
  if (power === 0.5) return tensor(step.b.sqrt(node), rows);
  return binary((b, x, y) => b.pow(x, y))(step);
};

const prelu: Operator = (step) => {
  const { nodes, rows } = step.together([step.tensor(0), step.tensor(1)]);
  const [x, slope] = nodes;
  return tensor(leakyRelu(step.b, x, slope), rows);
};

const where: Operator = (step) => {
  const [which, one, other] = [step.value(0), step.value(1), step.value(2)];
  if (which.sort === 'numbers' && one.sort === 'numbers' && other.sort === 'numbers')
    return chosen(step, which, one, other);
  const { nodes, rows } = step.together([step.tensor(0), step.tensor(1), step.tensor(2)]);
  const [condition, x, y] = nodes;
  return tensor(step.b.select(condition, x, y), rows);
};

/** What a network does when it is asked, not taught. */
const dropout: Operator = (step) => {
  if (step.has(2) && step.plain(2)[0] !== 0)
    step.fail('it drops numbers at random: export the network in evaluation mode');
  return step.value(0);
};

export const elementwise = {
  Abs: unary((b, x) => b.abs(x)),
  Add: binary((b, x, y) => b.add(x, y), 'Add'),
  Ceil: unary((b, x) => b.neg(b.floor(b.neg(x)))),
  Celu: unary((b, x, step) => {
    const alpha = step.real('alpha', 1);
    return b.add(b.max(x, 0), b.mul(below(b, b.div(x, alpha)), alpha));
  }),
  Clip: clip,
  Cos: unary((b, x) => b.cos(x)),
  Div: binary((b, x, y) => b.div(x, y), 'Div'),
  Dropout: dropout,
  Elu: unary((b, x, step) => b.select(b.less(0, x), x, b.mul(below(b, x), step.real('alpha', 1)))),
  Equal: binary((b, x, y) => b.equal(x, y), 'Equal'),
  Erf: unary((b, x) => b.erf(x), [-1, 1]),
  Exp: unary((b, x) => b.exp(x)),
  Floor: unary((b, x) => b.floor(x)),
  Gelu: unary(gelu),
  Greater: binary((b, x, y) => b.less(y, x)),
  HardSigmoid: unary(
    (b, x, step) => hardSigmoid(b, x, step.real('alpha', 0.2), step.real('beta', 0.5)),
    [0, 1],
  ),
  HardSwish: unary((b, x) => b.mul(x, hardSigmoid(b, x, 1 / 6, 0.5))),
  LeakyRelu: unary((b, x, step) => leakyRelu(b, x, step.real('alpha', 0.01))),
  Less: binary((b, x, y) => b.less(x, y)),
  Log: unary((b, x) => b.log(x)),
  Max: folded((b, x, y) => b.max(x, y)),
  Mean: (step) => {
    const { node, rows } = foldedTensors(step, (b, x, y) => b.add(x, y));
    return tensor(step.b.div(node, step.values.length), rows);
  },
  Min: folded((b, x, y) => b.min(x, y)),
  Mish: unary((b, x) => b.mul(x, b.tanh(softplus(b, x)))),
  Mul: binary((b, x, y) => b.mul(x, y), 'Mul'),
  Neg: unary((b, x) => b.neg(x)),
  Pow: pow,
  PRelu: prelu,
  Reciprocal: unary((b, x) => b.div(1, x)),
  Relu: unary((b, x) => relu(b, x)),
  Selu: unary((b, x, step) => {
    const [alpha, gamma] = [step.real('alpha', 1.6732632423543772), step.real('gamma', 1.0507009873554805)];
    return b.mul(b.select(b.less(0, x), x, b.mul(below(b, x), alpha)), gamma);
  }),
  Sigmoid: unary((b, x) => b.sigmoid(x), [0, 1]),
  Sign: unary((b, x) => b.sign(x), [-1, 1]),
  Sin: unary((b, x) => b.sin(x)),
  Softplus: unary((b, x) => softplus(b, x)),
  Softsign: unary((b, x) => b.div(x, b.add(1, b.abs(x))), [-1, 1]),
  Sqrt: unary((b, x) => b.sqrt(x)),
  Sub: binary((b, x, y) => b.sub(x, y), 'Sub'),
  Sum: folded((b, x, y) => b.add(x, y)),
  Tanh: unary((b, x) => b.tanh(x), [-1, 1]),
  Where: where,
} as const satisfies Record<string, Operator>;
