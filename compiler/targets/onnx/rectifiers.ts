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
import { uniformValue } from '../../ir/rules.ts';
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

/** x of a condition 0 < x. */
function positive(node: Node): Node | undefined {
  return node.op === 'less' && uniformValue(node.inputs[0]) === 0 ? node.inputs[1] : undefined;
}

/** x and s of s·x. */
function scaledBy(node: Node): { x: Node; slope: number } | undefined {
  if (node.op !== 'mul') return undefined;
  const [a, b] = node.inputs;
  const [sa, sb] = [uniformValue(a), uniformValue(b)];
  if (sb !== undefined) return { x: a, slope: sb };
  return sa === undefined ? undefined : { x: b, slope: sa };
}

function leaky(e: Emission, node: Node): Value | undefined {
  const [c, a, b] = node.inputs;
  const rest = scaledBy(b);
  if (rest === undefined || positive(c) !== a || rest.x !== a) return undefined;
  const x = expand(e, e.value(a), a.shape);
  const name = e.w.node('LeakyRelu', [x.name], { alpha: { float: rest.slope } });
  return { name, perm: x.perm, stored: x.stored };
}

function shut(e: Emission, node: Node): Value | undefined {
  const [c, g, other] = node.inputs;
  const x = positive(c);
  if (x === undefined || uniformValue(other) !== 0 || g.shape.length === 0 || !e.rectified(x))
    return undefined;
  return timesFactor(e, node, g, x, (step) => step);
}

function leakyGradient(e: Emission, node: Node): Value | undefined {
  const [open, scaled] = node.inputs;
  const rest = scaledBy(scaled);
  if (open.op !== 'select' || rest?.x.op !== 'select' || !(rest.slope > 0 && rest.slope < 1))
    return undefined;
  const [c, g, zero] = open.inputs;
  const [c2, zero2, g2] = rest.x.inputs;
  const x = positive(c);
  if (x === undefined || c !== c2 || g !== g2 || g.shape.length === 0) return undefined;
  if (uniformValue(zero) !== 0 || uniformValue(zero2) !== 0) return undefined;
  return timesFactor(e, node, g, x, (step) => e.w.node('Max', [step, scalar(e, rest.slope)]));
}

/** g times a function of the step of x. */
function timesFactor(e: Emission, node: Node, g: Node, x: Node, f: (step: string) => string): Value {
  const values = [e.value(g), expand(e, e.value(x), x.shape)];
  const perm = commonOrder(values, node.shape.length);
  const [gName, xName] = values.map((value) => arrange(e, value, perm).name);
  const step = e.w.node('HardSigmoid', [xName], { alpha: { float: STEEP }, beta: { float: 0 } });
  return { name: e.w.node('Mul', [gName, f(step)]), perm, stored: node.shape };
}
