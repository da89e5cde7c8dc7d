/** Convolutions. Their weights lie as those of `conv` do: [channels, inside / groups, kernel...]. */
import { knownDim, reachOf, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { perChannel } from '../weights.ts';
import { attrsOf } from '../windows.ts';
import { tensor, type Operator, type Step, type Tensor } from './values.ts';
import { windowsOf } from './windows.ts';

/** A tensor of channels and places whose rows come first, and a kernel; mistakes about their sizes. */
function taken(step: Step): { x: Tensor; weight: Node } {
  const [x, weight] = [step.tensor(0), step.weight(1)];
  step.rowsFirst(x);
  if (weight.shape.length !== x.node.shape.length || weight.shape.length < 3)
    step.fail(`a kernel of ${weight.shape.length} axes does not go over ${x.node.shape.length}`);
  return { x, weight };
}

const withBias = (step: Step, node: Node): Node =>
  step.has(2) ? step.b.add(node, perChannel(step.of.call, step.weight(2), node)) : node;

const conv: Operator = (step) => {
  const { x, weight } = taken(step);
  const groups = step.real('group', 1);
  const [channels, inside, ...kernel] = weight.shape.map(knownDim);
  if (x.node.shape[1] !== inside * groups || channels % groups !== 0)
    step.fail(
      `its kernel is for ${inside * groups} channels in ${groups} groups, and ${String(x.node.shape[1])} come in`,
    );
  const made = step.b.conv(x.node, weight, attrsOf(windowsOf(step, x, kernel), groups));
  return tensor(withBias(step, made), x.rows);
};

/** The adjoint of the convolution whose kernel this is; what it gives may be longer by `output_padding`. */
const convTranspose: Operator = (step) => {
  const { x, weight } = taken(step);
  const groups = step.real('group', 1);
  const [inside, , ...kernel] = weight.shape.map(knownDim);
  if (step.list('output_shape') !== undefined || step.word('auto_pad', 'NOTSET') !== 'NOTSET')
    step.fail('its padding follows from `output_shape` or `auto_pad`, where only `pads` is taken');
  if (x.node.shape[1] !== inside || inside % groups !== 0)
    step.fail(
      `its kernel is for ${inside} channels in ${groups} groups, and ${String(x.node.shape[1])} come in`,
    );
  const places = x.node.shape.slice(2);
  const each = (name: string, otherwise: number): readonly number[] =>
    step.list(name) ?? places.map(() => otherwise);
  const [strides, dilations, more] = [each('strides', 1), each('dilations', 1), each('output_padding', 0)];
  const both = step.list('pads') ?? places.flatMap(() => [0, 0]);
  const pads = places.map((_, i) => [both[i], both[i + places.length]] as const);
  const size = places.map((place, i): Dim => {
    if (typeof place !== 'number')
      return step.fail('what it gives depends on a length that is not known here');
    const whole = (place - 1) * strides[i] + reachOf(kernel[i], dilations[i]);
    return whole + more[i] - pads[i][0] - pads[i][1];
  });
  const made = step.b.convInputGrad(x.node, weight, { strides, pads, dilations, groups, size });
  return tensor(withBias(step, made), x.rows);
};

export const convolution = {
  Conv: conv,
  ConvTranspose: convTranspose,
} as const satisfies Record<string, Operator>;
