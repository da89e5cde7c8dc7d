/**
 * Steps with steps: products that set one step of a value beside all steps of another, as attention does. In: layouts; out: the
 * layout of what is made, or undefined. What lies behind the step is not made yet and counts as 0, so that sums over all steps
 * are known only where a mask has taken it away (compose.maskLater): from there on the whole computation and the one by steps
 * have the same numbers in all places.
 */
import type { Node } from '../node.ts';
import { isLaterMask } from '../patterns.ts';
import { isPast, isPlainAxis, isSteps, plainAxis, sameLayout } from './layout.ts';
import type { Extents, Factor, Layout, Past } from './layout.ts';

const pastOf = (axis: readonly Factor[]): Past | undefined =>
  axis.length === 1 && isPast(axis[0]) ? axis[0] : undefined;

export const isMaskedPast = (axis: readonly Factor[]): boolean => pastOf(axis)?.masked ?? false;

/** Of two values that are made step by step, of which the second is read at all steps. */
export function productOfSteps(left: Layout, right: Layout, { steps }: Extents): Layout | undefined {
  const last = left.length - 1;
  const fits = last >= 1 && sameLayout(left.slice(0, -2), right.slice(0, -2)) && isSteps(left[last - 1]);
  if (!fits || typeof steps !== 'number') return undefined;
  // Scores: what is added up are places, and each step meets each.
  if (isPlainAxis(left[last]) && isPlainAxis(right[last - 1]) && isSteps(right[last]))
    return left.with(last, [{ past: steps, masked: false }]);
  // A mean by scores: weights are 0 where a mask was.
  if (isMaskedPast(left[last]) && isSteps(right[last - 1]) && isPlainAxis(right[last]))
    return left.with(last, right[last]);
  return undefined;
}

/** Of operands one by one in all places: as many numbers along an axis as there are steps may stand beside those of steps. */
export function together(layouts: readonly Layout[]): Layout | undefined {
  const [first] = layouts;
  const layout = first.map((axis, i): readonly Factor[] => {
    const pasts = layouts.flatMap((other) => pastOf(other[i]) ?? []);
    if (pasts.length === 0) return axis;
    const [{ past }] = pasts;
    return [{ past, masked: pasts.every(({ masked }) => masked) }];
  });
  const fits = layouts.every((other) =>
    other.every((axis, i) => {
      const past = pastOf(layout[i]);
      if (past === undefined) return sameLayout([axis], [layout[i]]);
      return pastOf(axis) !== undefined || sameLayout([axis], [plainAxis(past.past)]);
    }),
  );
  return fits ? layout : undefined;
}

/** Of compose.maskLater's select, whose other operand is the same everywhere. */
export function masked(
  { inputs: [c, low] }: Node<'select'>,
  [ofC, ofLow, ofScores]: readonly (Layout | undefined)[],
): Layout | undefined {
  const isMask = ofC === undefined && ofLow === undefined && low.shape.length === 0 && isLaterMask(c);
  if (!isMask || ofScores === undefined) return undefined;
  const last = ofScores.length - 1;
  const past = last >= 1 && isSteps(ofScores[last - 1]) ? pastOf(ofScores[last]) : undefined;
  return past && ofScores.with(last, [{ ...past, masked: true }]);
}
