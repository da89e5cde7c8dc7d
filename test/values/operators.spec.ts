/**
 * Every operator, from spec to number, against what JavaScript says of it: between tensors, numbers on either side, numbers
 * that change with time, and the derivative by each side. The tables have a row for every operator of the grammar, or they
 * don't compile.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { BinaryOperator, UnaryOperator } from '../../grammar/ast.ts';
import { run, statesAfter } from '../parity/recorded.ts';
import { objectiveOf } from '../vocabulary/objective.ts';

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';
type Logic = 'and' | 'or';
type Arithmetic = Exclude<BinaryOperator, Comparison | Logic>;

interface Rule {
  readonly of: (x: number, y: number) => number;
  /** The derivative by the left side, and by the right. */
  readonly left: (x: number, y: number) => number;
  readonly right: (x: number, y: number) => number;
}

const arithmetic: Readonly<Record<Arithmetic, Rule>> = {
  '+': { of: (x, y) => x + y, left: () => 1, right: () => 1 },
  '-': { of: (x, y) => x - y, left: () => 1, right: () => -1 },
  '*': { of: (x, y) => x * y, left: (_, y) => y, right: (x) => x },
  '/': { of: (x, y) => x / y, left: (_, y) => 1 / y, right: (x, y) => -x / y ** 2 },
  '^': {
    of: (x, y) => x ** y,
    left: (x, y) => y * x ** (y - 1),
    right: (x, y) => Math.log(x) * x ** y,
  },
};

const comparisons: Readonly<Record<Comparison, (x: number, y: number) => boolean>> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
};

const connections: Readonly<Record<Logic, (p: boolean, q: boolean) => boolean>> = {
  and: (p, q) => p && q,
  or: (p, q) => p || q,
};

const unary: Readonly<Record<UnaryOperator, (x: number) => number>> = {
  '-': (x) => -x,
  not: (x) => Number(x === 0),
};

/** Positive, so that every power is a number. */
const a = [
  [0.5, 2.25, 1.5],
  [3, 0.75, 1.25],
];
const b = [
  [2, 0.6, 1.1],
  [0.4, 1.75, 3],
];
const w = [0.6, 1.2, 0.4];
type Row = readonly number[];
const total = (row: Row): number => row.reduce((x, y) => x + y, 0);
const mean = (of: (x: Row, y: Row) => number): number => (of(a[0], b[0]) + of(a[1], b[1])) / 2;
const value = (expression: string): number => objectiveOf(expression, { rows: { a, b }, critic: w });
const same = (expression: string, wanted: number): void =>
  assert.closeTo(value(expression), wanted, 1e-12 * Math.max(1, Math.abs(wanted)), expression);

describe('operators', () => {
  for (const [operator, { of, left, right }] of Object.entries(arithmetic)) {
    it(`${operator} of two tensors, and its derivatives`, () => {
      // Times a, so that no two numbers may change places.
      same(
        `sum((a ${operator} b) * a)`,
        mean((x, y) => total(x.map((p, i) => of(p, y[i]) * p))),
      );
      const slope = (by: 'a' | 'b', f: Rule['of']): void =>
        same(
          `sum(gradient(sum(a ${operator} b), ${by}) * b)`,
          mean((x, y) => total(x.map((p, i) => f(p, y[i]) * y[i]))),
        );
      slope('a', left);
      slope('b', right);
    });

    it(`${operator} with a number on either side, and its derivatives`, () => {
      for (const n of [0.5, 1, 2, 2.5, 3, 4, -1, 0]) {
        if (operator !== '/' || n !== 0) {
          same(
            `sum((a ${operator} ${n}) * b)`,
            mean((x, y) => total(x.map((p, i) => of(p, n) * y[i]))),
          );
          same(
            `sum(gradient(sum(a ${operator} ${n}), a) * b + 0 * a)`,
            mean((x, y) => total(x.map((p, i) => left(p, n) * y[i]))),
          );
        }
        if (operator === '^' && n <= 0) continue;
        same(
          `sum((${n} ${operator} a) * b)`,
          mean((x, y) => total(x.map((p, i) => of(n, p) * y[i]))),
        );
      }
    });

    it(`${operator} of a number a row and a tensor, either way`, () => {
      const critic = (x: Row): number => total(x.map((p, i) => p * w[i]));
      same(
        `sum((C(a) ${operator} b) * a)`,
        mean((x, y) => total(y.map((q, i) => of(critic(x), q) * x[i]))),
      );
      same(
        `sum((b ${operator} C(a)) * a)`,
        mean((x, y) => total(y.map((q, i) => of(q, critic(x)) * x[i]))),
      );
    });
  }

  it('- of one value, before a sum and under a power', () => {
    same(
      'sum(-a * b)',
      mean((x, y) => total(x.map((p, i) => unary['-'](p) * y[i]))),
    );
    same(
      'sum((-a + b) * a)',
      mean((x, y) => total(x.map((p, i) => (unary['-'](p) + y[i]) * p))),
    );
    same(
      'sum(-a ^ 2 * b)',
      mean((x, y) => total(x.map((p, i) => unary['-'](p ** 2) * y[i]))),
    );
    same(
      'sum((-a) ^ 3 * b)',
      mean((x, y) => total(x.map((p, i) => (-p) ** 3 * y[i]))),
    );
    same(
      'sum(b * 2 ^ -1)',
      mean((_, y) => total(y) / 2),
    );
  });

  it('binds and groups as the language says', () => {
    same(
      'sum(a - b - a * b)',
      mean((x, y) => total(x.map((p, i) => p - y[i] - p * y[i]))),
    );
    same(
      'sum(a / b / 2 * a)',
      mean((x, y) => total(x.map((p, i) => (p / y[i] / 2) * p))),
    );
    same(
      'sum(a + b * 2 ^ 3)',
      mean((x, y) => total(x.map((p, i) => p + y[i] * 8))),
    );
  });
});

/** In which of the first eight iterations a condition holds: each adds a power of two to a weight. */
async function held(condition: string): Promise<number[]> {
  const text = `gan T
sample z ~ normal[3]
network N(x: vec[3]) -> vec[1] { x |> dense(1, bias: false) }
let nothing = mean(0 * sum(N(z)), over: rows)
let push = sum(N.dense_1.weight)
train for 8 steps, batch 2 { update N to maximize push with sgd(1) when ${condition} }`;
  const made = await run({ path: 'test.gan', text }, 8);
  const weight = [...made.runs.map(({ state }) => state), made.after].map(
    (state) => state['N.dense_1.weight'].data[0],
  );
  assert.lengthOf(statesAfter(made), 8);
  return weight.slice(1).flatMap((x, i) => (x === weight[i] ? [] : [i]));
}

const steps = [...Array(8).keys()];
/** A number that only the host knows, and the same in the graph. */
const sides = [
  ['step', '3'],
  ['step', '(nothing + 3)'],
  ['(nothing + step)', '3'],
] as const;

describe('conditions', () => {
  for (const [operator, holds] of Object.entries(comparisons))
    it(`${operator}, of time, of tensors, of both`, async () => {
      for (const [x, y] of sides) {
        const wanted = steps.filter((step) => holds(step, 3));
        assert.deepEqual(await held(`${x} ${operator} ${y}`), wanted, `${x} ${operator} ${y}`);
        const turned = steps.filter((step) => holds(3, step));
        assert.deepEqual(await held(`${y} ${operator} ${x}`), turned, `${y} ${operator} ${x}`);
      }
    });

  for (const [operator, holds] of Object.entries(connections))
    it(`${operator}, with not, of time, of tensors, of both`, async () => {
      for (const x of ['step', '(nothing + step)'])
        for (const y of ['step', '(nothing + step)']) {
          const [p, q] = [(step: number) => step < 6, (step: number) => step === 1 || step > 4];
          const [left, right] = [`${x} < 6`, `not (${y} != 1 and ${y} <= 4)`];
          const wanted = steps.filter((step) => holds(p(step), q(step)));
          assert.deepEqual(await held(`${left} ${operator} ${right}`), wanted, `${x} ${y}`);
        }
    });

  it('not turns a truth', async () => {
    for (const x of ['step', '(nothing + step)'])
      assert.deepEqual(
        await held(`not ${x} < 6`),
        steps.filter((step) => unary.not(Number(step < 6)) === 1),
      );
  });
});
