/** Leaves: what the host feeds are the graph's inputs; constants, indices and sizes. */
import { type Fed, type Node } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import type { Emission } from './emission.ts';
import { plain, scalar, sizeAsFloat } from './value.ts';
import type { Value } from './value.ts';

export const fed = (_: Emission, node: Fed): Value => plain(leafName(node), node.shape);

export const constant = (e: Emission, { attrs: { values, shape } }: Node<'constant'>): Value =>
  plain(e.w.constant(e.float, shape, values), shape);

export function iota(e: Emission, node: Node<'iota'>): Value {
  const [length] = node.shape;
  if (typeof length === 'number') {
    const values = Array.from({ length }, (_, i) => i);
    return plain(e.w.constant(e.float, [length], values), node.shape);
  }
  return plain(e.w.node('Range', [scalar(e, 0), sizeAsFloat(e, length), scalar(e, 1)]), node.shape);
}

export const extent = (e: Emission, node: Node<'extent'>): Value => plain(sizeAsFloat(e, node.attrs.dim), []);
