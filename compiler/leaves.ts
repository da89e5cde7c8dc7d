/**
 * What the leaves of graphs are called: by these names evaluation says where each comes from, programs declare their
 * inputs and the host feeds them. The only place that spells them.
 */
import { printHost, type HostExpr } from '../program/host.ts';
import type { Fed, Node } from './ir/node.ts';
import { momentsOf } from './moments.ts';

/** Of a stream: `field:mnist.image`. */
export const fieldName = (stream: string, field: string): string => `field:${stream}.${field}`;
/** Of random numbers: `draw:z`. */
export const drawName = (key: string): string => `draw:${key}`;
/** Of a number that the host computes: `scalar:mul(0.1, progress)`. */
export const scalarName = (value: HostExpr): string => `scalar:${printHost(value)}`;
/** Of what a picture varies: `given:rows`. */
export const givenName = (parameter: string): string => `given:${parameter}`;

/** Of a number of the whole minibatch that each of its parts is given: `whole:update_1.2`. */
export const wholeName = (update: string, number: string): string => `${wholePrefix}${update}.${number}`;

const wholePrefix = 'whole:';

/** Whether a leaf is such a number. */
export const isWholeLeaf = (node: Node): boolean =>
  node.op === 'input' && node.attrs.name.startsWith(wholePrefix);

/** Of an `input` or `draw` node; weights and buffers have their own (`G.dense_1.weight`). */
export const leafName = ({ op, attrs }: Fed): string => (op === 'draw' ? drawName(attrs.key) : attrs.name);

// ---------------------------------------------------------------- state

/** Whether a leaf is a tensor of the state: all else that is fed has a colon in its name. */
export const isStateLeaf = (node: Node): node is Node<'input'> =>
  node.op === 'input' && !node.attrs.name.includes(':');

/** Of the state, or a number that stands in the text: there without being fed. */
export const isUnfedLeaf = (node: Node): boolean => node.op === 'constant' || isStateLeaf(node);

/** Of a weight's or buffer's moving average: `C.conv_1.weight` → `C.average.conv_1.weight`. */
export const averageName = ({ name, network }: { readonly name: string; readonly network: string }): string =>
  `${network}.average${name.slice(network.length)}`;

/** Under which an average's applications are counted, as an update's are. */
export const averageCount = (network: string): string => `${network}.average`;

/** Of what an optimizer remembers of a weight: `update_1.G.dense_1.weight.m`, of a declared one `o.G.dense_1.weight.m`. */
export const slotName = (
  update: Parameters<typeof momentsOf>[0],
  weight: { readonly name: string },
  slot: string,
): string => `${momentsOf(update)}.${weight.name}.${slot}`;

/**
 * Of what is summed over the parts of a minibatch: `sum.update_1.gradients.G.dense_1.weight`. `statistics` of batch norms,
 * buffers that are `moved`, whether the update is applied (`when`), `means` that something is settled by and numbers of the `whole`
 * minibatch that each part is given, by number.
 */
export const sumName = (
  update: string,
  what: 'gradients' | 'statistics' | 'moved' | 'when' | 'means' | 'whole',
  name?: string,
): string => ['sum', update, what, ...(name === undefined ? [] : [name])].join('.');
