/** `verify` catches graphs that break their laws, each with its neighbourhood; printed graphs are stable. */
import { assert } from 'chai';
import { Builder } from '../../compiler/ir/builder.ts';
import { meanAll, square } from '../../compiler/ir/compose.ts';
import { symbol } from '../../compiler/ir/dim.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { printGraph } from '../../compiler/ir/print.ts';
import { GraphError, verify } from '../../compiler/ir/verify.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { golden } from '../golden.ts';

const b = new Builder();
const x = b.input('x', [2, 3]);
const y = b.exp(x);

/** A node that no builder makes and no type allows. */
const broken = (node: Node, fault: object): Node => Object.assign({ ...node }, fault);

describe('verify', () => {
  it('accepts what a builder makes', () => verify([y, b.matmul(b.transpose(x, [1, 0]), y)]));

  const cases: [string, Node, string][] = [
    [
      'a shape that its rule does not give',
      { ...y, shape: [3, 2] },
      'exp makes [2, 3], but the node says [3, 2]',
    ],
    [
      'an input that comes later',
      broken(x, { op: 'exp', id: 0, inputs: [{ ...y, id: 9 }] }),
      "doesn't come before it",
    ],
    ['a missing input', { ...y, inputs: [] }, 'exp takes x, and got 0'],
    ['an unknown primitive', broken(y, { op: 'magic' }), 'there is no primitive magic'],
    ['an attribute that is no data', broken(y, { attrs: { f: () => 1 } }), 'not an attribute'],
    [
      'operands that do not fit',
      { ...b.matmul(x, b.input('w', [3, 2])), inputs: [x, x] },
      'matmul of [2, 3] and [2, 3]',
    ],
  ];
  for (const [title, node, message] of cases) {
    it(`refuses ${title}`, () => assert.throws(() => verify([node]), GraphError, message));
  }

  it('refuses one name for two shapes', () => {
    assert.throws(() => verify([x, b.input('x', [5])]), 'input x is both [2, 3] and [5]');
  });

  it('looks into bodies', () => {
    const scan = b.scan(b.input('h', [2, 3]), [b.input('s', [4, 2, 3])], [], (g, state, [slice]) =>
      g.add(state, slice),
    );
    assert(scan.op === 'scan');
    const body = { ...scan.attrs.body, result: b.exp(b.input('leak', [2, 3])) };
    const open = { ...scan, attrs: { ...scan.attrs, body } };
    assert.throws(() => verify([open]), 'input leak from outside');
  });

  it('shows the neighbourhood of the fault', () => {
    const wrong = { ...b.log(y), shape: [7] };
    assert.throws(() => verify([wrong]), '  %2 = exp(%1) : [2, 3]\n> %3 = log(%2) : [7]');
  });
});

describe('printed graphs', () => {
  const network = (g: Builder): Record<string, Node> => {
    const image = g.input('image', [symbol('N'), 1, 8, 8]);
    const w = g.input('w', [2, 1, 4, 4]);
    const features = g.conv(image, w, {
      strides: [2, 2],
      pads: [
        [1, 1],
        [1, 1],
      ],
    });
    const noisy = g.add(features, g.draw('normal', 'noise', features.shape));
    const loss = meanAll(g, square(g, g.tanh(g.mul(noisy, 0.5))));
    const table = g.sum(g.constant([...Array(20).keys()], [20]), [0]);
    return { loss, gradient: differentiate(g, loss, [w])[0], table };
  };

  it('a convolution and its gradient', () =>
    golden('graph/convolution.txt', printGraph(network(new Builder()))));

  it('a recurrence and its gradient, with bodies', () => {
    const g = new Builder();
    const [T, N] = [symbol('T'), symbol('N')];
    const [h, s, w] = [g.input('h', [N, 2]), g.input('s', [T, N, 2]), g.input('w', [2, 2])];
    const states = g.scan(h, [s], [w], (k, state, [slice], [u]) => k.tanh(k.add(slice, k.matmul(state, u))));
    const loss = meanAll(g, square(g, states));
    golden('graph/recurrence.txt', printGraph({ loss, gradient: differentiate(g, loss, [w])[0] }));
  });

  it('are the same whatever was built before', () => {
    const busy = new Builder();
    for (let i = 0; i < 5; i++) busy.exp(busy.input(`other${i}`, [i]));
    assert.equal(printGraph(network(busy)), printGraph(network(new Builder())));
  });
});
