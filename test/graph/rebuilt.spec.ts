/** A builder's graph built again: calls, names and derivatives are those of the copies, sizes and leaves the given ones. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { Builder } from '../../compiler/ir/builder.ts';
import { meanAll } from '../../compiler/ir/compose.ts';
import { differentiate } from '../../compiler/ir/differentiate.ts';
import { symbol } from '../../compiler/ir/dim.ts';
import type { Node, Region } from '../../compiler/ir/node.ts';
import { rebuilt } from '../../compiler/ir/rebuilt.ts';

const call = (kind: Region['kind'], name: string): Omit<Region, 'parent'> => ({
  ...{ kind, name, path: name, span: undefined },
  parameters: new Map<Node, string>(),
  results: new Map<Node, string>(),
});

/** x of any number of rows, its mean, and what a call makes of both. */
function graph() {
  const b = new Builder();
  const x = b.input('field:ring.point', [symbol('N_ring')]);
  const mean = b.called('middle', meanAll(b, x));
  const [outer, inner] = [call('network', 'D'), call('layer', 'dense')];
  outer.parameters.set(mean, 'm');
  const made = b.within(outer, () => b.within(inner, () => b.sub(x, mean)));
  outer.results?.set(made, 'answer');
  const [slope] = b.derived(() => differentiate(b, meanAll(b, b.mul(made, made)), [x]));
  b.gradients.set(slope, { of: made, by: x });
  return { b, x, mean, made, slope };
}

describe('a graph built again', () => {
  it('has the calls of the first, around its own nodes', () => {
    const { b, mean, made } = graph();
    const to = rebuilt(b, {});
    const again = to.copy(made);
    assert.notStrictEqual(again, made);
    assert.isTrue(to.b.has(again));
    assert.equal(again.region?.name, 'dense');
    const outer = again.region?.parent;
    assert.equal(outer?.name, 'D');
    assert.notStrictEqual(outer, made.region?.parent);
    assert.deepEqual([...(outer?.parameters ?? [])], [[to.copy(mean), 'm']]);
    assert.deepEqual([...(outer?.results ?? [])], [[again, 'answer']]);
  });

  it('has its names and derivatives, and nodes that were apart stay so', () => {
    const { b, x, mean, made, slope } = graph();
    const [one, other] = [x, made].map((owner) => b.apart(owner, () => b.exp(mean)));
    const to = rebuilt(b, {});
    assert.equal(to.b.names.get(to.copy(mean)), 'middle');
    assert.deepEqual(to.b.gradients.get(to.copy(slope)), { of: to.copy(made), by: to.copy(x) });
    assert.notStrictEqual(to.copy(one), to.copy(other));
  });

  it('has numbers for sizes with symbols', () => {
    const { b, made } = graph();
    assert.deepEqual(rebuilt(b, { N_ring: 4 }).copy(made).shape, [4]);
  });

  it('reads what stands in the place of a node, which is there still', () => {
    const { b, mean, made } = graph();
    const to = rebuilt(b, {}, new Map([[mean, (own: Builder) => own.input('whole:update_1.1', [])]]));
    const leaf = to.read(mean);
    assert.equal(leaf.op, 'input');
    assert.equal(to.copy(mean).op, 'div');
    assert.strictEqual(to.copy(made).inputs[1], leaf);
    assert.deepEqual([...(to.copy(made).region?.parent?.parameters ?? [])], [[leaf, 'm']]);
  });
});
