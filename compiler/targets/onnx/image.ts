/**
 * Images for convolutions, channels last: a node's value as an image, an image's pixels and filters as matrices, and a
 * matrix of pixels as a node's value again.
 */
import { product } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import type { Image } from './columns.ts';
import type { Emission } from './emission.ts';
import { arrange, channelsLast, expand, permute, reshape } from './value.ts';
import type { Value } from './value.ts';

/** The node's value with channels last and every broadcast made. */
export function imageOf(e: Emission, node: Node): Image {
  const perm = channelsLast(node.shape.length);
  const value = arrange(e, expand(e, e.value(node), node.shape), perm);
  return { name: value.name, shape: permute(node.shape, perm) };
}

/** All pixels as rows: [N·S.., C]. */
export const pixels = (e: Emission, { name, shape }: Image): string =>
  reshape(e, name, [product(shape.slice(0, -1)), shape[shape.length - 1]]);

/** A matrix of pixels [N·S.., C] as the value of a node [N,C,S..]. */
export function fromPixels(e: Emission, node: Node, name: string): Value {
  const perm = channelsLast(node.shape.length);
  return { name: reshape(e, name, permute(node.shape, perm)), perm, stored: node.shape };
}

/** The weights as a matrix [O, K..·C]. */
export function filters(e: Emission, w: Node): string {
  const { name, shape } = imageOf(e, w);
  return reshape(e, name, [shape[0], product(shape.slice(1))]);
}
