/**
 * Rows of varying length inside steps of one length: a mask, seq[1, T] of zeros and ones, says which steps count. What
 * layers, reductions and losses do with one: `where:`. Steps that do not count are chosen away, never multiplied by 0,
 * so that whatever stands in them (even NaN) reaches neither a value nor a gradient.
 */
import { kinds } from '../errors.ts';
import { alongAxes, broadcastTo, countOf, fill } from '../ir/compose.ts';
import { printDim, sameDim, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import { printType, type TensorType } from '../types.ts';
import type { TensorValue } from '../values.ts';
import { align, alignRows } from './align.ts';
import { operand } from './losses.ts';
import { derived, leadOf, wrongForm } from './shapes.ts';
import { value, type Args, type Call } from './builtin.ts';

/** The parameter `where`, with what it does here. */
export const maskParam = (does: string): ParamSpec =>
  value(
    'where',
    `seq[1, T] of zeros and ones: the steps that count, \`within(n, like: x)\` for example. ${does}`,
    null,
  );

/** A mask for so many steps; a `shape` or `range` mistake if it is none. */
export function maskSteps(call: Call, mask: TensorValue, steps: Dim): TensorValue {
  const { form, shape, range, kind } = mask.type;
  const fits = form === 'seq' && shape[0] === 1 && sameDim(shape[1], steps);
  if (!fits) {
    return call.fail(kinds.shape, {
      what: `\`where\` takes seq[1, ${printDim(steps)}], and ${printType(mask.type)} came in`,
      why: 'It says of each step whether it counts.',
      hint: "Make it of the row's length: `where: within(n, like: x)`.",
    });
  }
  if (kind === 'truth' || (range?.[0] === 0 && range[1] === 1)) return mask;
  return call.fail(kinds.range, {
    what: `\`where\` is ${printType(mask.type)}, and a mask lies in [0, 1]`,
    why: 'A step counts where it is 1.',
    hint: 'Make it with `within(n, like: x)`, or declare the data, or the parameter that it is, `in [0, 1]`.',
  });
}

/** A value and its mask with common rows. */
export interface Masked {
  readonly value: TensorValue;
  /** Of the value's node's shape; null: every number counts. */
  readonly mask: Node | null;
}

/** `x` with the mask that `where` gives, if it does; `x` must be a seq then. */
export function masked(call: Call, args: Args, name: string, x: TensorValue): Masked {
  if (!args.has('where')) return { value: x, mask: null };
  if (x.type.form !== 'seq')
    wrongForm(call, name, 'seq[C, T] with `where:`', x.type, 'Leave out `where`: only a seq has steps.');
  const marks = maskSteps(call, args.tensor('where'), x.type.shape[1]);
  const { nodes, rows, hidden } = alignRows(call, [x, marks]);
  const type: TensorType = { ...x.type, rows, hidden };
  const [node, mark] = nodes;
  return { value: { ...x, node, type }, mask: call.b.expand(mark, node.shape) };
}

/** a - b of the arguments `a` and `b`, and the mask. */
export function gapOf(call: Call, args: Args, name: string): Masked {
  const operands = ['a', 'b'].map((one) => operand(call, args.value(one), `\`${name}\``));
  const { nodes, type } = align(call, operands);
  return masked(call, args, name, call.part('gap', call.b.sub(nodes[0], nodes[1]), type));
}

/** The numbers that count, zeros in place of the others. */
export const counted = ({ b }: Call, node: Node, mask: Node | null): Node =>
  mask === null ? node : b.select(mask, node, fill(b, 0, node.shape));

/** The sum over axes divided by how many numbers count there; 0 where none does. */
export function countedMean(call: Call, node: Node, mask: Node | null, axes: readonly number[]): Node {
  const { b } = call;
  const total = b.sum(counted(call, node, mask), axes);
  if (mask === null) return b.div(total, countOf(b, node, axes));
  return b.div(total, b.max(b.sum(mask, axes), 1));
}

/** seq[1, T] for x's steps: 1 at the first n of each row. */
export function firstSteps(call: Call, n: TensorValue, steps: Dim): TensorValue {
  const { b } = call;
  const lead = n.node.shape.slice(0, leadOf(n.type));
  const shape = [...lead, 1, steps];
  const counts = alongAxes(b, b.reshape(n.node, lead), shape, [shape.length - 2, shape.length - 1]);
  const index = broadcastTo(b, b.iota(steps), shape, [shape.length - 1]);
  const type: TensorType = { ...derived(n.type, [1, steps]), range: [0, 1] };
  return call.tensor(b.less(index, counts), type);
}
