/** How PyTorch says the compositions that it has as one operation. */
import type { Node } from '../../ir/node.ts';
import type { Patterns } from '../text/patterns.ts';
import { meanOver } from './reduction.ts';
import { atom, object, plain, whole, type Instruction } from './value.ts';

const of = (x: Node, print: Instruction['print'], hint?: string): Instruction => ({
  inputs: [x],
  print,
  hint,
});
const called = (name: string, x: Node, more = ''): Instruction =>
  of(x, (_, [value]) => atom(`${name}(${value.host ? object(value) : plain(value)}${more})`, value.axes));

function mean(node: Node, { inputs: [x], attrs: { axes } }: Node<'sum'>): Instruction {
  return of(x, (place, [value]) => meanOver(place, node, x, value, axes), 'mean');
}

const logSoftmax = (x: Node, axis: number): Instruction =>
  of(x, (place, [value]) => {
    const full = value.axes.includes(axis) ? value : whole(place, x, value);
    return atom(`F.log_softmax(${plain(full)}, ${full.axes.indexOf(axis)})`, full.axes);
  });

export const patterns: Patterns<Instruction> = {
  relu: (x) => called('F.relu', x),
  leakyRelu: (x, slope) => called('F.leaky_relu', x, `, ${slope}`),
  square: (x) => of(x, (_, [value]) => atom(`${object(value)}.square()`, value.axes)),
  // Above 40 it is x in float64 too; at the library's own threshold, 20, it is not.
  softplus: (x) => called('F.softplus', x, ', threshold=40'),
  logSoftmax,
  mean,
  rsqrt: (x) => called('torch.rsqrt', x),
  oneHot: (classes, k) =>
    of(classes, (_, [value]) => atom(`ops.one_hot(${value.code}, ${k})`, [...value.axes, 1]), 'onehot'),
};
