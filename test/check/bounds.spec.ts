/** Bounds of host numbers hold at every time. */
import { assert } from 'chai';
import fc from 'fast-check';
import { boundsOf } from '../../program/bounds.ts';
import { evaluateHost, printHost, type HostExpr, type HostOperator } from '../../program/host.ts';

const one: readonly HostOperator[] = ['neg', 'exp', 'log', 'sqrt', 'abs', 'floor', 'tanh', 'sigmoid', 'not'];
const two: readonly HostOperator[] = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'min',
  'max',
  'less',
  'equal',
  'and',
  'or',
];

const { expr } = fc.letrec<{ expr: HostExpr }>((tie) => {
  const node = (operators: readonly HostOperator[], count: number) =>
    fc
      .tuple(fc.constantFrom(...operators), fc.array(tie('expr'), { minLength: count, maxLength: count }))
      .map(([op, args]): HostExpr => ({ op, args }));
  return {
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<HostExpr>(0, 1, -1, 0.5, -10, 3, 1e6),
      fc.constantFrom('step', 'epoch', 'epochs', 'progress').map((time): HostExpr => ({ time }) as HostExpr),
      node(one, 1),
      node(two, 2),
      node(['select'], 3),
    ),
  };
});

describe('bounds of host numbers', () => {
  it('hold at every time', () => {
    const time = fc.record({
      step: fc.nat(100_000),
      epoch: fc.nat(300),
      epochs: fc.double({ min: 0, max: 300, noNaN: true }),
      progress: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(expr, time, (of, now) => {
        const value = evaluateHost(of, { time: now });
        if (!Number.isFinite(value)) return;
        const [low, high] = boundsOf(of);
        const room = 1e-9 * Math.max(1, Math.abs(value));
        assert(
          low - room <= value && value <= high + room,
          `${printHost(of)} is ${value}, not in [${low}, ${high}]`,
        );
      }),
      { numRuns: 3000, seed: 5 },
    );
  });

  it('are those of a gradient reversal’s factor', () => {
    const lambda: HostExpr = {
      op: 'sub',
      args: [
        {
          op: 'div',
          args: [
            2,
            { op: 'add', args: [1, { op: 'exp', args: [{ op: 'mul', args: [-10, { time: 'progress' }] }] }] },
          ],
        },
        1,
      ],
    };
    const [low, high] = boundsOf(lambda);
    assert.equal(low, 0);
    assert.closeTo(high, 1, 1e-4);
  });
});
