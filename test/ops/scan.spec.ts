/** `scan` against the same recurrence unrolled: values, gradients, gradients of gradients, any length. */
import { assert } from 'chai';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { square, sumAll } from '../../compiler/ir/compose.ts';
import { symbol, type Dim, type Shape } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { simplify } from '../../compiler/ir/simplify.ts';
import { verify } from '../../compiler/ir/verify.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import { nameOf, randomTensor, stream } from './samples.ts';
import { assertClose, centralDifferences, valueOf, type Sizes } from './differences.ts';

/** A recurrent cell: the next state, and the shapes of what it takes besides the state [N, 3]. */
interface Cell {
  readonly sequences: number;
  readonly constants: readonly Shape[];
  step(b: Builder, state: Node, slices: readonly Node[], constants: readonly Node[]): Node;
}

const biased = (b: Builder, x: Node, bias: Node): Node =>
  b.add(x, b.expand(b.reshape(bias, [1, 3]), x.shape));

const plain: Cell = {
  sequences: 1,
  constants: [[3, 3], [3]],
  step: (b, h, [x], [w, bias]) => b.tanh(biased(b, b.add(x, b.matmul(h, w)), bias)),
};

/** A gated recurrent unit (Cho et al. 2014), with the input's products made outside: x for gates, y for the candidate. */
const gated: Cell = {
  sequences: 2,
  constants: [[3, 3], [3, 3], [3]],
  step(b, h, [x, y], [u, v, bias]) {
    const z = b.sigmoid(biased(b, b.add(x, b.matmul(h, u)), bias));
    const candidate = b.tanh(b.add(y, b.matmul(b.mul(z, h), v)));
    return b.add(b.mul(z, h), b.mul(b.sub(1, z), candidate));
  },
};

/** Ignores its state: the gradient to the initial state is 0. */
const forgetful: Cell = { sequences: 1, constants: [], step: (b, _, [x]) => b.tanh(x) };

function operands(b: Builder, cell: Cell, steps: Dim, rows: Dim): { init: Node; xs: Node[]; cs: Node[] } {
  const xs = Array.from({ length: cell.sequences }, (_, i) => b.input(`x${i}`, [steps, rows, 3]));
  const cs = cell.constants.map((shape, i) => b.input(`c${i}`, shape));
  return { init: b.input('init', [rows, 3]), xs, cs };
}

function unrolled(b: Builder, cell: Cell, init: Node, xs: readonly Node[], cs: readonly Node[]): Node {
  const states: Node[] = [];
  for (let t = 0; t < (xs[0].shape[0] as number); t++) {
    const slices = xs.map((x) => b.reshape(b.slice(x, 0, t, t + 1), x.shape.slice(1)));
    states.push(cell.step(b, states.at(-1) ?? init, slices, cs));
  }
  return b.concat(
    states.map((state) => b.reshape(state, [1, ...state.shape])),
    0,
  );
}

/** A value, its gradients, and the gradients of a function of these. */
function twoOrders(b: Builder, states: Node, wrt: readonly Node[]): Node[] {
  const y = sumAll(b, b.mul(square(b, states), b.exp(states)));
  const first = differentiate(b, y, wrt);
  const norms = first.map((g) => sumAll(b, b.mul(g, b.sigmoid(g)))).reduce((p, q) => b.add(p, q));
  return [states, y, ...first, ...differentiate(b, norms, wrt)];
}

function feeds(nodes: readonly Node[], sizes: Sizes = {}): Map<string, Tensor> {
  const next = stream(11);
  const known = (dim: Dim): number => (typeof dim === 'number' ? dim : sizes[Object.keys(dim.terms)[0]]);
  return new Map(nodes.map((n) => [nameOf(n), randomTensor(n.shape.map(known), next)]));
}

function assertSame(
  got: readonly Node[],
  wanted: readonly Node[],
  inputs: Map<string, Tensor>,
  symbols: Sizes,
): void {
  const feed = { inputs, draws: new Map(), symbols };
  const [left, right] = [evaluate(got, feed), evaluate(wanted, feed)];
  left.forEach((value, i) => assertClose(value, right[i], 1e-11, `result ${i}`));
}

describe('scan', () => {
  const cells: [string, Cell][] = [
    ['a plain cell', plain],
    ['a gated cell', gated],
    ['a cell without memory', forgetful],
  ];
  for (const [title, cell] of cells) {
    for (const steps of [1, 4]) {
      it(`${title}, ${steps} steps: equals the unrolled graph to second order`, () => {
        const b = new Builder();
        const { init, xs, cs } = operands(b, cell, steps, 2);
        const wrt = [init, ...xs, ...cs];
        const scanned = twoOrders(b, b.scan(init, xs, cs, cell.step), wrt);
        verify(scanned);
        assertSame(scanned, twoOrders(b, unrolled(b, cell, init, xs, cs), wrt), feeds(wrt), {});
      });
    }
  }

  it('works for any length and number of rows: symbolic sizes equal fixed ones', () => {
    const b = new Builder();
    const { init, xs, cs } = operands(b, gated, symbol('T'), symbol('N'));
    const any = twoOrders(b, b.scan(init, xs, cs, gated.step), [init, ...xs, ...cs]);
    verify(any);
    for (const [T, N] of [
      [1, 3],
      [5, 2],
    ]) {
      const fixed = operands(b, gated, T, N);
      const wrt = [fixed.init, ...fixed.xs, ...fixed.cs];
      const wanted = twoOrders(b, unrolled(b, gated, fixed.init, fixed.xs, fixed.cs), wrt);
      assertSame(any, wanted, feeds(wrt), { T, N });
      const replace = new Map([init, ...xs, ...cs].map((x, i) => [x, wrt[i]]));
      assertSame(b.instantiate(any, replace, { T, N }), wanted, feeds(wrt), {});
    }
  });

  it('takes its weight gradient as one product over all steps', () => {
    const b = new Builder();
    const { init, xs, cs } = operands(b, plain, 7, 2);
    const [dw] = differentiate(b, sumAll(b, b.scan(init, xs, cs, plain.step)), [cs[0]]);
    assert.equal(dw.op, 'matmul');
    assert.deepEqual(dw.inputs[1].shape, [14, 3]);
  });

  it('counts a node that is passed twice twice', () => {
    const b = new Builder();
    const [x, h] = [b.input('x', [3, 2, 2]), b.input('h', [2, 2])];
    const states = b.scan(h, [x, x], [h, h], (g, s, [p, q], [u, v]) =>
      g.tanh(g.add(g.add(g.mul(p, q), g.matmul(s, u)), g.matmul(p, v))),
    );
    const y = sumAll(b, square(b, states));
    const inputs = feeds([x, h]);
    for (const [i, gradient] of differentiate(b, y, [x, h]).entries()) {
      const wanted = centralDifferences(y, i === 0 ? 'x' : 'h', inputs);
      assertClose(valueOf(gradient, inputs), wanted, 1e-7, 'gradient');
    }
  });

  it('nests: a scan inside a body, to second order', () => {
    const b = new Builder();
    const [x, h, w] = [b.input('x', [3, 1, 2, 2]), b.input('h', [1, 2]), b.input('w', [2, 2])];
    const states = b.scan(h, [x], [w], (g, s, [slice], [u]) => {
      const inner = g.scan(s, [g.transpose(slice, [1, 0, 2])], [u], (k, t, [p], [v]) =>
        k.tanh(k.add(p, k.matmul(t, v))),
      );
      return g.reshape(g.slice(inner, 0, 1, 2), s.shape);
    });
    const all = twoOrders(b, states, [x, h, w]);
    verify(all);
    const inputs = feeds([x, h, w]);
    const [, y, ...first] = all;
    ['x', 'h', 'w'].forEach((name, i) => {
      assertClose(valueOf(first[i], inputs), centralDifferences(y, name, inputs), 1e-7, name);
    });
    const norms = [0, 1, 2]
      .map((i) => sumAll(b, b.mul(first[i], b.sigmoid(first[i]))))
      .reduce((p, q) => b.add(p, q));
    ['x', 'h', 'w'].forEach((name, i) => {
      assertClose(
        valueOf(first[3 + i], inputs),
        centralDifferences(norms, name, inputs),
        1e-6,
        `second ${name}`,
      );
    });
  });

  it('is the same after simplification', () => {
    const b = new Builder();
    const { init, xs, cs } = operands(b, gated, 4, 2);
    const wrt = [init, ...xs, ...cs];
    const all = twoOrders(b, b.scan(init, xs, cs, gated.step), wrt);
    const { roots } = simplify(all);
    verify(roots);
    assertSame(roots, all, feeds(wrt), {});
  });

  it('refuses a body that reaches outside', () => {
    const b = new Builder();
    const [h, x, outside] = [b.input('h', [2, 3]), b.input('x', [4, 2, 3]), b.input('outside', [])];
    assert.throws(() => b.scan(h, [x], [], (g, s) => g.mul(s, outside)), 'input outside from outside');
    assert.throws(
      () => b.scan(h, [x], [], (g, s) => g.mul(s, g.draw('uniform', 'u', []))),
      "a scan's body uses draw u",
    );
  });

  it('is one node if it is written twice', () => {
    const b = new Builder();
    const { init, xs, cs } = operands(b, gated, 4, 2);
    assert.strictEqual(b.scan(init, xs, cs, gated.step), b.scan(init, xs, cs, gated.step));
  });

  it('shows columns that its states have, and no others', () => {
    const b = new Builder();
    const [start, steps] = [b.input('h', [2, 3]), b.input('xs', [4, 2, 3])];
    const shown = (columns: number): Node =>
      b.scan(start, [steps], [], (inner, h, [x]) => inner.add(h, x), columns);
    assert.deepEqual(shown(2).shape, [4, 2, 2]);
    assert.deepEqual(shown(3).shape, [4, 2, 3]);
    for (const columns of [0, 4]) assert.throws(() => shown(columns), `${columns} columns of states [2, 3]`);
  });
});
