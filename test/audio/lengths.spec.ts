/** Rows of lengths of their own: padded for a graph, cropped after it, put below each other. */
import { assert } from 'chai';
import fc from 'fast-check';
import type { GraphEntry } from '../../program/manifest.ts';
import type { Tensor } from '../../runtime/engines/engine.ts';
import { cropped, lengthsKey, padded, rowLengths, together } from '../../runtime/reports/lengths.ts';

const graph: GraphEntry = {
  inputs: [
    { name: 'x', shape: ['N', 2, '4*T'], from: { kind: 'field', stream: 's', field: 'sound' } },
    { name: 'y', shape: ['N', 2, '4*O'], from: { kind: 'field', stream: 's', field: 'other' } },
    { name: 'l', shape: ['N'], from: { kind: 'field', stream: 's', field: 'label' } },
    { name: 'w', shape: [2, 3], from: { kind: 'state', state: 'w' } },
  ],
  outputs: [],
};

const ramp = (rows: number, length: number): Tensor => ({
  shape: [rows, 2, length],
  data: Float32Array.from({ length: rows * 2 * length }, (_, i) => i + 1),
});

describe('rows of lengths of their own', () => {
  it('are padded by their last column to what the networks divide by, and cropped again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (T, O) => {
        const lengths = rowLengths(graph, { T, S: 3, O })!;
        assert.deepEqual(lengths.sizes, {
          T: Math.ceil(T / 4),
          '4*T': 4 * Math.ceil(T / 4),
          O: Math.ceil(O / 4),
          '4*O': 4 * Math.ceil(O / 4),
        });
        const x = ramp(3, T);
        const fed = padded(x, ['N', 2, '4*T'], lengths);
        assert.deepEqual(fed.shape, [3, 2, 4 * Math.ceil(T / 4)]);
        for (let line = 0; line < 6; line++) {
          for (let t = 0; t < fed.shape[2]; t++)
            assert.equal(fed.data[line * fed.shape[2] + t], x.data[line * T + Math.min(t, T - 1)]);
        }
        assert.deepEqual(cropped(fed, ['N', 2, '4*T'], lengths), x);
        const codes = cropped(ramp(1, Math.ceil(T / 4)), ['N', 2, 'T'], lengths);
        assert.deepEqual(codes.shape, [1, 2, Math.ceil(T / 4)]);
        assert.deepEqual(cropped(ramp(1, 8 * Math.ceil(T / 4)), ['N', 2, '8*T'], lengths).shape, [
          1,
          2,
          2 * T,
        ]);
      }),
    );
  });

  it('say how long draws are that go by them', () => {
    const from = { kind: 'draw', key: 'noise', distribution: 'normal' } as const;
    const inputs = [...graph.inputs, { name: 'noise', shape: ['N', 1, '200*T'], from }];
    const { sizes } = rowLengths({ inputs, outputs: [] }, { T: 5, O: 6 })!;
    assert.equal(sizes['200*T'], 400);
  });

  it('what has no length of its own stays', () => {
    assert.isNull(rowLengths({ inputs: graph.inputs.slice(2), outputs: [] }, {}));
    const lengths = rowLengths(graph, { T: 5, O: 6 })!;
    const vec = { shape: [4, 2], data: new Float32Array(8) };
    assert.equal(padded(vec, ['N', 2], lengths), vec);
    assert.equal(cropped(vec, ['N', 2], lengths), vec);
    assert.equal(cropped(ramp(1, 9), ['N', 2, '4*T + 1'], lengths).shape[2], 9);
    assert.notEqual(lengthsKey(lengths), lengthsKey(rowLengths(graph, { T: 6, O: 6 })));
    assert.throws(() => rowLengths(graph, { T: 5 }), /nothing says how long O is/);
  });

  it('stand below each other filled up with zeros, their lengths beside them', () => {
    const { shape, data, lengths } = together([ramp(2, 3), ramp(1, 5)]);
    assert.deepEqual(shape, [3, 2, 5]);
    assert.deepEqual(lengths, [3, 3, 5]);
    assert.deepEqual([...data.subarray(0, 10)], [1, 2, 3, 0, 0, 4, 5, 6, 0, 0]);
    assert.deepEqual([...data.subarray(20)], [...ramp(1, 5).data]);
    assert.isUndefined(together([ramp(2, 3), ramp(1, 3)]).lengths);
  });
});
