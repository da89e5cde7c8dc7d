/**
 * `gradient(y, x)` in a spec: a derivative that is part of a loss. In: both values; out: the node of the derivative. Refuses
 * a y of whose row other rows know, and one that x does not reach.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import { Silence } from '../bind/dims.ts';
import { kinds } from '../errors.ts';
import { meanAll, sumAll, zerosLike } from '../ir/compose.ts';
import { differentiate, flow } from '../ir/differentiate.ts';
import { reachable, type Node } from '../ir/node.ts';
import type { TensorValue } from '../values.ts';
import type { AcrossRows, Context } from './context.ts';

const aroundRows: Record<AcrossRows, string> = {
  'a batch norm': 'Use layer_norm or instance_norm in this network, or none.',
  '`over_pairs`': 'Take the gradient of what the pairs are made of, or by a weight.',
};

/**
 * d(sum over rows of y) / dx, each row by itself; by an x without rows (a weight), of the mean over rows of y. A graph that
 * can be differentiated again.
 */
export function gradientOf(context: Context, y: TensorValue, x: TensorValue): Node {
  const byRows = x.type.rows !== null;
  const between = reachable([y.node]).find(
    (node) => context.acrossRows.has(node) && reachable([node]).includes(x.node),
  );
  if (byRows && between !== undefined) {
    const across = context.acrossRows.get(between)!;
    throw new Mistake(kinds.gradientAcrossRows, {
      what: `${across} lies between the two values of \`gradient\``,
      why: 'Through it, the gradient of a row depends on the other rows.',
      hint: aroundRows[across],
    });
  }
  const { b } = context;
  const total = byRows ? sumAll(b, y.node) : meanAll(b, y.node);
  const constants = new Set([...context.constants()].filter((node) => node !== x.node));
  if (flow(total, [x.node], constants).kind !== 'reaches') {
    // The body of a network in error may be what would lie between.
    if (context.inError.size > 0) throw new Silence();
    // The analysis found a path, so a weight of 0 has cut it (left-out.ts).
    if (context.leavesOut) return zerosLike(b, x.node);
    throw new Mistake(kinds.gradientOf, {
      what: '`gradient(y, x)`: y does not depend on x by a differentiable path',
      why: 'The gradient would be 0 everywhere.',
      hint: byRows
        ? 'Compute y from the very value that is given as x: `let m = between(real, fake)`, then `gradient(D(m), m)`.'
        : 'Take the weight of a network that y is computed by.',
    });
  }
  const made = b.derived(() => differentiate(b, total, [x.node], { constants })[0]);
  b.gradients.set(made, { of: total, by: x.node });
  return made;
}
