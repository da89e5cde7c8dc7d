/** `stop` and `reverse` against their definitions; kinks, poles and zeros; shared nodes. */
import { assert } from 'chai';
import { differentiate, flow } from '../../compiler/ir/differentiate.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { leakyRelu, norm, relu, softplus, sumAll } from '../../compiler/ir/compose.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { valueOf } from './differences.ts';

/** d sum(f(x)) / dx at the given values. */
function slope(f: (b: Builder, x: Node) => Node, ...values: number[]): number[] {
  const b = new Builder();
  const x = b.input('x', [values.length]);
  const [gradient] = differentiate(b, sumAll(b, f(b, x)), [x]);
  return [...valueOf(gradient, new Map([['x', tensor([values.length], values)]])).data].map((v) => v + 0);
}

describe('gradients at special places', () => {
  it('stop(x): the value flows, no derivative does', () => {
    assert.deepEqual(
      slope((b, x) => b.mul(x, b.stop(x)), 3),
      [3],
    );
    assert.deepEqual(
      slope((b, x) => b.stop(x), 3),
      [0],
    );
  });

  it('reverse(x, k): -k times the derivative, none to k', () => {
    assert.deepEqual(
      slope((b, x) => b.mul(2, b.reverse(x, 0.5)), 3),
      [-1],
    );
    const b = new Builder();
    const [x, k] = [b.input('x', []), b.input('k', [])];
    const reversed = b.reverse(x, k);
    const values = new Map([
      ['x', tensor([], [3])],
      ['k', tensor([], [4])],
    ]);
    assert.deepEqual([...valueOf(reversed, values).data], [3]);
    const [dx, dk] = differentiate(b, b.mul(reversed, reversed), [x, k]);
    assert.deepEqual([...valueOf(dx, values).data, ...valueOf(dk, values).data], [-24, 0]);
    const [again] = differentiate(b, dx, [x]);
    assert.deepEqual([...valueOf(again, values).data], [32], '-k·-k·2');
  });

  it('sqrt and norms have gradient 0 at 0, also of second order', () => {
    assert.deepEqual(
      slope((b, x) => b.sqrt(x), 0, 4),
      [0, 0.25],
    );
    assert.deepEqual(
      slope((b, x) => norm(b, x, [0]), 0, 0, 0),
      [0, 0, 0],
    );
    const second = slope(
      (b, x) => {
        const [g] = differentiate(b, norm(b, x, [0]), [x]);
        return b.mul(norm(b, g, [0]), norm(b, g, [0]));
      },
      0,
      0,
    );
    assert.deepEqual(second, [0, 0]);
    assert(Number.isNaN(slope((b, x) => b.sqrt(x), NaN)[0]), 'a NaN stays visible');
  });

  it('ties: max and min give half to each, amax shares, abs and relu take 0', () => {
    assert.deepEqual(
      slope((b, x) => b.max(x, 1), 0, 1, 2),
      [0, 0.5, 1],
    );
    assert.deepEqual(
      slope((b, x) => b.min(x, 1), 0, 1, 2),
      [1, 0.5, 0],
    );
    assert.deepEqual(
      slope((b, x) => b.amax(x, [0]), 5, 1, 5),
      [0.5, 0, 0.5],
    );
    assert.deepEqual(
      slope((b, x) => b.abs(x), -2, 0, 2),
      [-1, 0, 1],
    );
    assert.deepEqual(slope(relu, -2, 0, 2), [0, 0, 1]);
    assert.deepEqual(
      slope((b, x) => leakyRelu(b, x, 0.25), -2, 0, 2),
      [0.25, 0.25, 1],
    );
  });

  it('pow: of 0, of negative bases, to the 0', () => {
    assert.deepEqual(
      slope((b, x) => b.pow(x, 3), 0, -2),
      [0, 12],
    );
    assert.deepEqual(
      slope((b, x) => b.pow(x, 0), 0, 2),
      [0, 0],
    );
    assert.deepEqual(
      slope((b, x) => b.pow(0, x), 2),
      [0],
    );
    assert.deepEqual(
      slope((b, x) => b.pow(x, 1), 0, -3),
      [1, 1],
    );
  });

  it('softplus has slope sigmoid everywhere, without overflow', () => {
    assert.deepEqual(slope(softplus, 0, 1000, -1000), [0.5, 1, 0]);
  });

  it('select hides the NaN of the side not chosen', () => {
    assert.deepEqual(
      slope((b, x) => b.select(b.less(0, x), b.log(b.select(b.less(0, x), x, 1)), 0), -1, 2),
      [0, 0.5],
    );
  });
});

describe('differentiate', () => {
  it('f(x) + f(x), which is one node used twice, has twice the gradient of f(x)', () => {
    const f = (b: Builder, x: Node): Node => b.mul(b.tanh(x), b.exp(x));
    const once = slope(f, 0.3, -1.2);
    assert.deepEqual(
      slope((b, x) => b.add(f(b, x), f(b, x)), 0.3, -1.2),
      once.map((v) => 2 * v),
    );
  });

  it('takes interior nodes as leaves, and gives zeros where no path leads', () => {
    const b = new Builder();
    const [x, other] = [b.input('x', [2]), b.input('other', [3])];
    const h = b.neg(b.exp(x));
    const y = sumAll(b, b.neg(b.mul(h, h)));
    const [dx, dh, dOther] = differentiate(b, y, [x, h, other]);
    const values = new Map([['x', tensor([2], [0, Math.log(2)])]]);
    assert.deepEqual([...valueOf(dh, values).data], [2, 4]);
    assert.deepEqual([...valueOf(dx, values).data], [0, 0], 'all of it went into h');
    assert.deepEqual([...valueOf(dOther, values).data], [0, 0, 0]);
  });

  it('keeps interior nodes that a simplification could pass by', () => {
    const b = new Builder();
    const x = b.input('x', [2, 2]);
    const interiors: [Node, (h: Node) => Node][] = [
      [b.neg(x), (h) => b.neg(h)],
      [b.reshape(x, [4]), (h) => b.reshape(h, [2, 2])],
      [b.transpose(x, [1, 0]), (h) => b.transpose(h, [1, 0])],
      [b.flip(x, 0), (h) => b.flip(h, 0)],
    ];
    for (const [h, back] of interiors) {
      const y = sumAll(b, b.mul(back(h), back(h)));
      assert.deepEqual(flow(y, [h]), { kind: 'reaches' }, h.op);
    }
  });

  it('lets nothing through constants', () => {
    const b = new Builder();
    const x = b.input('x', []);
    const h = b.exp(x);
    const y = b.mul(h, x);
    const [dx] = differentiate(b, y, [x], { constants: new Set([h]) });
    assert.strictEqual(dx, h);
    assert.deepEqual(flow(h, [x], new Set([h])), { kind: 'independent' });
  });

  it('needs a cotangent for a result with axes', () => {
    const b = new Builder();
    const x = b.input('x', [2]);
    assert.throws(() => differentiate(b, b.exp(x), [x]), 'needs a cotangent');
    const g = b.input('g', [2]);
    assert.deepEqual(differentiate(b, b.mul(x, 3), [x], { cotangent: g }), [b.mul(g, 3)]);
  });

  it('gives gradients the origin of what they come from', () => {
    const b = new Builder();
    const span = { source: { path: 'a.gan', text: 'tanh(x)' }, start: 0, end: 7 };
    const x = b.input('x', []);
    const y = b.withOrigin(span, () => b.tanh(x));
    const [dx] = differentiate(b, y, [x]);
    assert.strictEqual(y.origin, span);
    assert.strictEqual(dx.origin, span);
    assert.isUndefined(x.origin);
  });
});

describe('flow', () => {
  const b = new Builder();
  const x = b.input('x', [4]);
  const y = b.input('y', [4]);

  it('reaches through any differentiable path', () => {
    assert.deepEqual(flow(sumAll(b, b.add(b.floor(x), b.tanh(x))), [x]), { kind: 'reaches' });
    assert.deepEqual(flow(x, [x]), { kind: 'reaches' });
  });

  it('names the node nearest to the result behind which a derivative would flow', () => {
    const cut = b.argmax(x, 0);
    assert.deepEqual(flow(b.mul(cut, 2), [x]), { kind: 'cut', at: cut });
    const stopped = b.stop(b.exp(x));
    assert.deepEqual(flow(sumAll(b, b.exp(stopped)), [x, y]), { kind: 'cut', at: stopped });
    const floored = b.floor(x);
    assert.deepEqual(flow(b.stop(b.exp(floored)), [x, y]), { kind: 'cut', at: floored });
    const less = b.less(x, 0);
    assert.deepEqual(flow(b.select(less, y, 1), [x]), { kind: 'cut', at: less });
  });

  it('is independent without a path', () => {
    assert.deepEqual(flow(b.exp(y), [x]), { kind: 'independent' });
  });
});
