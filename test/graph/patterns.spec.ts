/**
 * Patterns: what compose.ts makes is found again, before its gradient is taken and after, and what only resembles it
 * is not: another threshold, another operand, a sum over something else.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { Builder } from '../../compiler/ir/builder.ts';
import * as compose from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { symbol } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import * as patterns from '../../compiler/ir/patterns.ts';
import { simplify } from '../../compiler/ir/simplify.ts';

const b = new Builder();
const x = b.input('x', [2, 3]);
const other = b.input('other', [2, 3]);

/** Σ y·weights by x, simplified: what a target sees of a layer's gradient. */
function gradientOf(f: (x: Node) => Node): Node {
  const total = compose.sumAll(b, b.mul(f(x), b.input('weights', x.shape)));
  return simplify(differentiate(b, total, [x])).roots[0];
}

const named = (node: Node | undefined): string => (node?.op === 'input' ? node.attrs.name : 'none');

describe('patterns: rectifiers', () => {
  it('relu, with its stop and simplified', () => {
    const relu = compose.relu(b, x);
    const found = patterns.reluOf(relu.inputs);
    assert(found !== undefined);
    assert.strictEqual(found.x, x);
    assert.strictEqual(found.top, b.max(x, 0));
    const [simple] = simplify([relu]).roots;
    assert.strictEqual(named(patterns.maxWithZero(simple)), 'x');
  });

  it('leaky relu, its slope on either side', () => {
    const both = [compose.leakyRelu(b, x, 0.2), b.select(b.less(0, x), x, b.mul(0.2, x))];
    for (const { inputs } of both) assert.deepEqual(patterns.leakyReluOf(inputs), { x, slope: 0.2 });
  });

  it('their gradients', () => {
    const relu = gradientOf((value) => compose.relu(b, value));
    const found = patterns.reluGradientOf(relu.inputs);
    assert.deepEqual([named(found?.x), named(found?.g)], ['x', 'weights']);
    const leaky = patterns.leakyReluGradientOf(gradientOf((value) => compose.leakyRelu(b, value, 0.1)));
    assert.deepEqual([named(leaky?.x), named(leaky?.g), leaky?.slope], ['x', 'weights', 0.1]);
  });

  it('not what asks for something else', () => {
    const positive = b.less(0, x);
    const selects: [string, Node][] = [
      ['another threshold', b.select(b.less(0.5, x), x, b.max(x, 0))],
      ['the other way round', b.select(b.less(x, 0), x, b.max(x, 0))],
      ['another operand', b.select(positive, other, b.max(x, 0))],
      ['another maximum', b.select(positive, x, b.max(other, 0))],
      ['another number', b.select(positive, x, b.max(x, 1))],
    ];
    for (const [what, { inputs }] of selects) {
      assert.isUndefined(patterns.reluOf(inputs), what);
      assert.isUndefined(patterns.leakyReluOf(inputs), what);
    }
    assert.isUndefined(patterns.leakyReluOf([positive, x, b.mul(other, 0.2)]));
    assert.isUndefined(patterns.reluGradientOf([positive, other, b.constant(1)]));
    assert.isUndefined(patterns.reluGradientOf([positive, b.constant(1), b.constant(0)]), 'a number for g');
    const open = b.select(positive, other, 0);
    const shut = (g: Node): Node => b.select(positive, 0, g);
    assert.isUndefined(patterns.leakyReluGradientOf(b.add(open, b.mul(shut(x), 0.1))), 'another g');
    assert.isUndefined(patterns.leakyReluGradientOf(b.add(open, b.mul(shut(other), 2))), 'a steep slope');
    const rest = b.mul(shut(other), 0.5);
    assert.isUndefined(patterns.leakyReluGradientOf(b.sub(open, rest)), 'a difference');
    assert.isUndefined(patterns.leakyReluGradientOf(b.max(open, rest)), 'the larger of both');
    assert.isDefined(patterns.leakyReluGradientOf(b.add(open, rest)));
  });
});

describe('patterns: other compositions', () => {
  it('square, softplus, 1/sqrt(x + ε)', () => {
    assert.strictEqual(patterns.squareOf(compose.square(b, x)), x);
    assert.isUndefined(patterns.squareOf(b.mul(x, other)));
    assert.strictEqual(patterns.softplusOf(compose.softplus(b, x)), x);
    assert.isUndefined(patterns.softplusOf(b.add(x, b.log(b.add(1, b.exp(b.neg(x)))))));
    const moved = b.add(compose.square(b, x), 1e-5);
    assert.strictEqual(patterns.rsqrtOf(b.div(1, b.sqrt(moved))), moved);
    assert.isUndefined(patterns.rsqrtOf(b.div(1, b.sqrt(x))), 'x may be 0');
    assert.isUndefined(patterns.rsqrtOf(b.div(2, b.sqrt(moved))));
  });

  it('mean, over symbolic axes too', () => {
    const rows = b.input('rows', [symbol('N'), 3]);
    for (const axes of [[0], [1], [0, 1]]) {
      assert.deepEqual(patterns.meanOf(compose.mean(b, rows, axes))?.attrs, { axes });
    }
    assert.isUndefined(patterns.meanOf(b.div(b.sum(rows, [1]), 4)), 'divided by another number');
    assert.isUndefined(patterns.meanOf(b.div(b.sum(rows, [0]), b.extent(symbol('M')))), 'another size');
  });

  it('logSoftmax and its axis', () => {
    for (const axis of [0, 1]) {
      assert.deepEqual(patterns.logSoftmaxOf(compose.logSoftmax(b, x, axis)), { x, axis });
    }
    const total = compose.alongAxes(b, compose.logSumExp(b, other, 1), x.shape, [1]);
    assert.isUndefined(patterns.logSoftmaxOf(b.sub(x, total)), "another tensor's total");
  });

  it('oneHot of a row of classes', () => {
    const classes = b.input('classes', [4]);
    assert.deepEqual(patterns.oneHotOf(compose.oneHot(b, classes, 10)), { classes, k: 10 });
    assert.isUndefined(patterns.oneHotOf(compose.oneHot(b, classes, symbol('K'))), 'k is not known');
    assert.isUndefined(patterns.oneHotOf(b.equal(x, other)));
  });
});
