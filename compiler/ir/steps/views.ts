/**
 * Moved steps: what slices and zero padding along the steps make of a value. A view's step j is step j - lag of the value, 0
 * outside. In: a view and a slice or padding; out: another view, how far back it looks.
 */
import { addDims, sameDim, subDims, type Dim } from '../dim.ts';
import type { Node } from '../node.ts';

export interface View {
  readonly of: Node;
  readonly lag: number;
  /** Steps from `from` until `to` are of the value, all others 0; there are `size` of them. */
  readonly from: number;
  readonly to: Dim;
  readonly size: Dim;
}

export const wholeView = (of: Node, steps: Dim): View => ({ of, lag: 0, from: 0, to: steps, size: steps });

/** Undefined where sizes cannot be compared. */
export function sliced(view: View, start: Dim, end: Dim): View | undefined {
  const beyond = subDims(view.to, end);
  if (typeof start !== 'number' || typeof beyond !== 'number') return undefined;
  return {
    of: view.of,
    lag: view.lag - start,
    from: Math.max(0, view.from - start),
    to: subDims(beyond > 0 ? end : view.to, start),
    size: subDims(end, start),
  };
}

export function paddedView(view: View, low: Dim, high: Dim): View | undefined {
  if (typeof low !== 'number' || low < 0) return undefined;
  return {
    of: view.of,
    lag: view.lag + low,
    from: view.from + low,
    to: addDims(view.to, low),
    size: addDims(addDims(view.size, low), high),
  };
}

/** Whether it is the value later, and nothing but zeros before: what it looks back is `lag` steps. */
export function isShift({ size, lag, from, to }: View, steps: Dim): boolean {
  const spare = subDims(to, steps);
  return sameDim(size, steps) && lag >= 0 && from === lag && typeof spare === 'number' && spare >= 0;
}
