/** Bytes that an engine holds for a graph, as `ganc plan` reckons them. */
import { assert } from 'chai';
import { costed } from '../../compiler/compile.ts';
import type { GraphUse } from '../../compiler/costs/costs.ts';
import { host } from '../parity/host.ts';

describe('the memory of a graph', () => {
  const spec = (batch: number): string => `gan Test
sample z ~ normal[4]
network A(z: vec[4]) -> vec[1] { z |> dense(4096) |> relu |> dense(4096) |> relu |> dense(1) }
train for 10 steps, batch ${batch} { update A to minimize mean(square(A(z))) with adam(1e-3) }`;
  const bytesOf = (batch: number, use?: GraphUse): number => {
    const entry = { path: 'test.gan', text: spec(batch) };
    const made = costed(entry, host, ({ graphs }) =>
      use === undefined ? {} : Object.fromEntries(Object.keys(graphs).map((name) => [name, use])),
    );
    return Math.max(...Object.values(made.costs!.graphs).map(({ bytes }) => bytes));
  };

  it('is that of its rows and of its weights', () => {
    const [few, many] = [bytesOf(32), bytesOf(1024)];
    const row = 4 * 4096;
    assert.isAbove(few, 4 * 4096 * 4096, 'a derivative of the weights');
    // Two layers are alive at once, and what they were made from.
    assert.isAtLeast(many - few, 2 * 992 * row);
    assert.isAtMost(many - few, 12 * 992 * row);
  });

  it('is that of runs again and again where nobody says how a graph is used', () => {
    const [again, once] = [true, false].map((again) => bytesOf(1024, { rows: 1, again }));
    assert.notEqual(again, once);
    assert.equal(bytesOf(1024), again);
  });
});
