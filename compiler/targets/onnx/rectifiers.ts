/**
 * Rectifiers and their gradients in one or two fast passes (a comparison and a Where take four times as long).
 * In: a node. Out: its value if it is one of the patterns below, in float32 only (the kernels have no doubles).
 * - select(0 < x, x, s·x) is LeakyRelu.
 * - select(0 < x, g, 0) beside max(x, 0) is g times a step: where the rectifier is shut its output is 0 and g is finite
 *   as long as the loss is, so nothing is hidden that select would have hidden.
 * - select(0 < x, g, 0) + s·select(0 < x, 0, g) is g·max(step, s); s isn't 0, so a NaN stays one, as with select.
 * The step is HardSigmoid with a slope so large that only denormal numbers lie on it.
 */
import type { Node } from '../../ir/node.ts';
import { leakyReluGradientOf, leakyReluOf, reluGradientOf } from '../../ir/patterns.ts';
import type { Emission } from './emission.ts';
import { arrange, expand, guess, scalar } from './value.ts';
import type { Value } from './value.ts';
import { commonOrder } from './elementwise.ts';

const STEEP = 3e38;
/** Below this a Where costs nothing. */
const LARGE = 1024;

export function rectifier(e: Emission, node: Node): Value | undefined {
  if (e.float !== 'float32' || guess(node.shape) < LARGE) return undefined;
  if (node.op === 'select') return leaky(e, node) ?? shut(e, node);
  return node.op === 'add' ? leakyGradient(e, node) : undefined;
}

function leaky(e: Emission, node: Node<'select'>): Value | undefined {
  const found = leakyReluOf(node.inputs);
  if (found === undefined) return undefined;
  const x = expand(e, e.value(found.x), found.x.shape);
  const name = e.w.node('LeakyRelu', [x.name], { alpha: { float: found.slope } });
  return { name, perm: x.perm, stored: x.stored };
}

function shut(e: Emission, node: Node<'select'>): Value | undefined {
  const found = reluGradientOf(node.inputs);
  if (found === undefined || !e.rectified(found.x)) return undefined;
  return timesFactor(e, node, found, (step) => step);
}

function leakyGradient(e: Emission, node: Node<'add'>): Value | undefined {
  const found = leakyReluGradientOf(node);
  return found && timesFactor(e, node, found, (step) => e.w.node('Max', [step, scalar(e, found.slope)]));
}

/** g times a function of the step of x. */
function timesFactor(
  e: Emission,
  node: Node,
  { g, x }: { readonly g: Node; readonly x: Node },
  f: (step: string) => string,
): Value {
  const values = [e.value(g), expand(e, e.value(x), x.shape)];
  const perm = commonOrder(values, node.shape.length);
  const [gName, xName] = values.map((value) => arrange(e, value, perm).name);
  const step = e.w.node('HardSigmoid', [xName], { alpha: { float: STEEP }, beta: { float: 0 } });
  return { name: e.w.node('Mul', [gName, f(step)]), perm, stored: node.shape };
}
