/** Leaves: what the host feeds are the graph's inputs; constants, indices and sizes. */
import type { Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { leafName } from '../../leaves.ts';
import type { Emission } from './emission.ts';
import { plain, scalar, sizeAsFloat } from './value.ts';
import type { Value } from './value.ts';

type Row = (e: Emission, node: Node) => Value;

export const fed: Row = (_, node) => plain(leafName(node), node.shape);

export const constant: Row = (e, node) => {
  const { values, shape } = node.attrs as { values: readonly number[]; shape: readonly number[] };
  return plain(e.w.constant(e.float, shape, values), shape);
};

export const iota: Row = (e, node) => {
  const [length] = node.shape;
  if (typeof length === 'number') {
    const values = Array.from({ length }, (_, i) => i);
    return plain(e.w.constant(e.float, [length], values), node.shape);
  }
  return plain(e.w.node('Range', [scalar(e, 0), sizeAsFloat(e, length), scalar(e, 1)]), node.shape);
};

export const extent: Row = (e, node) => plain(sizeAsFloat(e, node.attrs.dim as Dim), []);
