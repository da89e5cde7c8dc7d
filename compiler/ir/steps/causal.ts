/**
 * Which values of a computation over whole sequences can be made step by step, and how: for each node that depends on the
 * sequence x [rows, C, steps] its layout and, along the steps, how far back it looks. In: the result and x; out: a table of
 * the nodes between them, or `NotCausal` with the node that looks ahead, or that mixes steps in a way that is not known.
 */
import { sameDim, type Dim } from '../dim.ts';
import { reachable, type Node } from '../node.ts';
import { isElementwise } from '../primitives/catalog.ts';
import {
  isPlainAxis,
  isSteps,
  plainAxis,
  regrouped,
  sameLayout,
  type Extents,
  type Layout,
} from './layout.ts';
import { isMaskedPast, masked, productOfSteps, together } from './past.ts';
import { isShift, paddedView, sliced, wholeView, type View } from './views.ts';

/** `ahead`: it reads the step itself or later ones; else it mixes steps. */
export class NotCausal extends Error {
  readonly node: Node;
  readonly ahead: boolean;
  constructor(node: Node, ahead: boolean) {
    super(`${node.op} is not made step by step`);
    this.node = node;
    this.ahead = ahead;
  }
}

export interface Carried {
  readonly layout: Layout;
  readonly view: View;
  /** Of a convolution: the views that the taps of its kernel read, in order. */
  readonly taps?: readonly View[];
}

export interface Causal extends Extents {
  readonly x: Node;
  readonly result: Node;
  /** In the order of the computation. */
  readonly carried: ReadonlyMap<Node, Carried>;
}

export function causalNodes(result: Node, x: Node, extents: Extents): Causal {
  const carried = new Map<Node, Carried>();
  const start: Layout = [['rows'], plainAxis(x.shape[1]), ['steps']];
  carried.set(x, { layout: start, view: wholeView(x, extents.steps) });
  for (const node of reachable([result])) {
    if (node === x || !node.inputs.some((input) => carried.has(input))) continue;
    carried.set(node, ruleOf({ node, carried, ...extents }));
  }
  const last = carried.get(result);
  if (last !== undefined && !sameLayout(last.layout, [['rows'], plainAxis(result.shape[1]), ['steps']]))
    throw new NotCausal(result, false);
  return { x, result, carried, ...extents };
}

interface Work extends Extents {
  readonly node: Node;
  readonly carried: ReadonlyMap<Node, Carried>;
}

/** How many steps back a reader of this view looks; throws where it looks ahead. */
export function lagFor(node: Node, view: View, { x, steps }: Pick<Causal, 'x' | 'steps'>): number {
  if (view.lag < (view.of === x ? 1 : 0)) throw new NotCausal(node, true);
  return isShift(view, steps) ? view.lag : refuse(node);
}

const refuse = (node: Node): never => {
  throw new NotCausal(node, false);
};

function ruleOf(work: Work): Carried {
  const { node, carried } = work;
  const [first] = node.inputs;
  const own = carried.get(first);
  switch (node.op) {
    case 'slice':
    case 'pad':
      return own === undefined ? refuse(node) : along(work, own);
    case 'conv':
      return own === undefined ? refuse(node) : convolved(work, node, own);
    default:
      return whole(work, layoutOf(work));
  }
}

const whole = ({ node, steps }: Work, layout: Layout): Carried => ({ layout, view: wholeView(node, steps) });

/** Slices and padding: of steps a view, of other axes a layout. */
function along(work: Work, { layout, view }: Carried): Carried {
  const { node } = work;
  if (node.op === 'slice') {
    const { axis, start, end, step } = node.attrs;
    if (isPlainAxis(layout[axis])) return whole(work, layout.with(axis, plainAxis(node.shape[axis])));
    const part = isSteps(layout[axis]) && step === 1 ? sliced(view, start, end) : undefined;
    return part === undefined ? refuse(node) : { layout, view: part };
  }
  if (node.op !== 'pad') return refuse(node);
  const { low, high, interior } = node.attrs;
  const moved = layout.flatMap((_, i) => (low[i] === 0 && high[i] === 0 && interior[i] === 0 ? [] : [i]));
  if (moved.every((axis) => isPlainAxis(layout[axis])))
    return whole(
      work,
      layout.map((axis, i) => (moved.includes(i) ? plainAxis(node.shape[i]) : axis)),
    );
  const [axis] = moved;
  const part =
    moved.length === 1 && isSteps(layout[axis]) && interior[axis] === 0
      ? paddedView(view, low[axis], high[axis])
      : undefined;
  return part === undefined ? refuse(node) : { layout, view: part };
}

/** A convolution of one axis, the steps, with weights of its own. */
function convolved(
  { node, carried, steps }: Work,
  { attrs, inputs: [, weight], shape }: Node<'conv'>,
  { layout, view }: Carried,
): Carried {
  const [[pads], [dilation] = [1]] = [attrs.pads, attrs.dilations];
  const plain = layout.length === 3 && isSteps(layout[2]) && isPlainAxis(layout[1]);
  const fits = plain && attrs.strides[0] === 1 && sameDim(shape[2], steps) && !carried.has(weight);
  const room = fits ? paddedView(view, ...pads) : undefined;
  const taps = Array.from(
    { length: Number(weight.shape[2]) },
    (_, i) => room && sliced(room, i * dilation, ends(steps, i * dilation)),
  );
  if (taps.some((tap) => tap === undefined)) refuse(node);
  return {
    layout: [layout[0], plainAxis(shape[1]), layout[2]],
    view: wholeView(node, steps),
    taps: taps.filter((tap) => tap !== undefined),
  };
}

const ends = (steps: Dim, by: number): Dim =>
  typeof steps === 'number' ? steps + by : { terms: steps.terms, constant: steps.constant + by };

/** Of what is made of whole steps. */
function layoutOf(work: Work): Layout {
  const { node, carried } = work;
  const layouts = node.inputs.map((input) => carried.get(input)?.layout);
  const given = layouts.find((layout) => layout !== undefined) ?? refuse(node);
  if (isElementwise(node.op) || node.op === 'stop' || node.op === 'reverse') {
    const own = node.op === 'select' ? masked(node, layouts) : undefined;
    return own ?? together(layouts.filter((layout) => layout !== undefined)) ?? refuse(node);
  }
  switch (node.op) {
    case 'reshape':
      return regrouped(given, node.shape, work) ?? refuse(node);
    case 'transpose':
      return node.attrs.perm.map((axis) => given[axis]);
    case 'expand':
      return expanded(node, given);
    case 'concat': {
      const { axis } = node.attrs;
      const parts = layouts.flatMap((layout) => (layout === undefined ? [] : [layout.with(axis, [])]));
      const fits = isPlainAxis(given[axis]) && parts.every((layout) => sameLayout(layout, parts[0]));
      return fits ? given.with(axis, plainAxis(node.shape[axis])) : refuse(node);
    }
    case 'flip':
      return isPlainAxis(given[node.attrs.axis]) ? given : refuse(node);
    case 'sum':
    case 'amax':
      return dropped(node, given, node.attrs.axes);
    case 'argmax':
      return dropped(node, given, [node.attrs.axis]);
    case 'matmul':
      return multiplied(work, node);
    case 'scan':
      return recurrence(work, node);
    default:
      return refuse(node);
  }
}

const dropped = (node: Node, layout: Layout, axes: readonly number[]): Layout =>
  axes.every((axis) => isPlainAxis(layout[axis]) || isMaskedPast(layout[axis]))
    ? layout.filter((_, i) => !axes.includes(i))
    : refuse(node);

function expanded(node: Node, layout: Layout): Layout {
  const [{ shape }] = node.inputs;
  return layout.map((axis, i) => {
    if (sameDim(shape[i], node.shape[i])) return axis;
    return isPlainAxis(axis) ? plainAxis(node.shape[i]) : refuse(node);
  });
}

/** One side carried, and what is added up made of places alone; or both, the second read at all steps. */
function multiplied({ carried, ...extents }: Work, node: Node<'matmul'>): Layout {
  const [a, b] = node.inputs;
  const [left, right] = [carried.get(a)?.layout, carried.get(b)?.layout];
  if (left !== undefined && right !== undefined) return productOfSteps(left, right, extents) ?? refuse(node);
  if (left !== undefined)
    return isPlainAxis(left[left.length - 1])
      ? [...left.slice(0, -1), plainAxis(node.shape[node.shape.length - 1])]
      : refuse(node);
  if (right === undefined) return refuse(node);
  const last = right.length - 1;
  if (!right.slice(0, last).every(isPlainAxis)) return refuse(node);
  return [...node.shape.slice(0, -1).map(plainAxis), right[last]];
}

/** A recurrence over the steps, whose start and constants are known before. */
function recurrence({ carried }: Work, node: Node<'scan'>): Layout {
  const { sequences } = node.attrs;
  const [init, ...rest] = node.inputs;
  const known = [init, ...rest.slice(sequences)].every((input) => !carried.has(input));
  const inOrder = rest.slice(0, sequences).every((input) => {
    const layout = carried.get(input)?.layout;
    return layout === undefined || (isSteps(layout[0]) && sameLayout([layout[1]], [['rows']]));
  });
  if (!known || !inOrder) return refuse(node);
  return [['steps'], ['rows'], ...node.shape.slice(2).map(plainAxis)];
}
