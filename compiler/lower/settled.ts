/**
 * What is settled by numbers of a whole minibatch where it is computed in parts: whether an update with a `when` of means over
 * rows is applied, what a `set` makes of such means. Each part gives its means, which are summed like gradients; what follows
 * from them is computed once, when all parts are done. In: an update or `set` for any number of rows, and for a part's; out: the
 * means, and what follows from them as a graph by itself.
 */
import { Builder } from '../ir/builder.ts';
import { symbolsOf } from '../ir/dim.ts';
import { reachable, type Node, type Region } from '../ir/node.ts';
import { meanOf } from '../ir/patterns.ts';
import { isWholeLeaf } from '../leaves.ts';
import type { Model } from '../model.ts';
import { agreedNodes, isOfMean } from './agreed.ts';
import { ofAnyRows } from './blocks.ts';
import {
  nameOf,
  setsOfStep,
  stepsOf,
  updatesOfStep,
  type Lowered,
  type LoweredSet,
  type LoweredUpdate,
  type Settled,
} from './lowered.ts';

type Statement = LoweredUpdate | LoweredSet;

/** By the name of the update or `set`: those that settle something by means. */
export function settledIn(lowered: Pick<Lowered, 'model' | 'phases'>): Map<string, Settled> {
  const steps = stepsOf(lowered);
  const all: Statement[] = [...steps.flatMap(updatesOfStep), ...steps.flatMap(setsOfStep)];
  return new Map(
    all.flatMap((one) => {
      const settled = settledOf(lowered.model, one);
      return settled === null ? [] : [[nameOf(one), settled]];
    }),
  );
}

function settledOf(model: Model, one: Statement): Settled | null {
  // Its own rows are numbers, like any other size: those of any number of rows tell which they are.
  return settledBy(ofAnyRows<Statement>(model, one), one);
}

/** `one`: the same as `any`, for a given number of rows or for any. Null: nothing is settled. */
export function settledBy(any: Statement, one: Statement): Settled | null {
  if (!isSettled(any)) return null;
  const roots = lateRoots(any);
  const { means, between } = meansBelow(any);
  // What cannot be settled has been refused (in-parts.ts).
  if (between !== undefined) return null;
  const b = new Builder();
  const given = means.map((mean, i) => b.input(`mean:${i + 1}`, mean.shape));
  const made = b.instantiate(roots, new Map(means.map((mean, i) => [mean, given[i]])));
  const here = paired(roots, lateRoots(one), new Set(means));
  const at = (root: Node): Node => made[roots.indexOf(root)];
  return {
    means: means.map((mean) => here.get(mean) ?? missing()),
    given,
    condition: any.condition && at(any.condition),
    next: 'set' in any ? { value: at(any.value), after: at(any.after) } : null,
    origins: any.origins,
  };
}

/** Whether the mean of what its parts give is not what it is of the whole, but for an update's objective. */
export const isSettled = (any: Statement): boolean => {
  const decisive = [...('set' in any ? [any.value] : []), ...(any.condition === null ? [] : [any.condition])];
  return bentIn(any, decisive).length > 0;
};

/** What is settled late, if anything: of an update whether it is applied, of a `set` everything. */
export const lateRoots = (one: Statement): Node[] => [
  ...('set' in one ? [one.value, one.after] : []),
  ...(one.condition === null ? [] : [one.condition]),
];

/**
 * The means over rows nearest to what is settled late, and the numbers of the whole minibatch that rows need for them;
 * `between`: a node that needs rows but is no such mean, or what needs such numbers.
 */
export function meansBelow(any: Statement): {
  readonly means: readonly Node[];
  readonly needed: readonly Node[];
  readonly between?: Node;
} {
  const [means, needed, others]: Node[][] = [[], [], []];
  const seen = new Set(lateRoots(any));
  for (const node of seen) {
    const folded = isWholeLeaf(node) ? node : foldedIn(any, node);
    if (node.op === 'sum' && isOverRows(node)) {
      needed.push(node, ...bentIn(any, node.inputs));
      others.push(node);
    } else if (folded !== undefined) {
      const bent = bentIn(any, [folded]);
      if (bent.length > 0) others.push(node);
      needed.push(...bent);
      means.push(node);
    } else if (node.inputs.some(hasRows) || (node.op === 'extent' && symbolsOf(node.attrs.dim).length > 0))
      others.push(node);
    else for (const input of node.inputs) seen.add(input);
  }
  return { means, needed, between: others[0] };
}

/** What a mean over rows is of, or the derivative of one. */
function foldedIn({ builder: { gradients } }: Statement, node: Node): Node | undefined {
  const derivative = gradients.get(node);
  if (derivative !== undefined && isOfMean(derivative))
    return meanOf(derivative.of)?.inputs[0] ?? derivative.of;
  const total = meanOf(node);
  return total !== undefined && isOverRows(total) ? total.inputs[0] : undefined;
}

const hasRows = ({ shape }: Node): boolean => shape.some((dim) => symbolsOf(dim).length > 0);

/** Of two graphs that differ in sizes alone: which nodes of the second these of the first are. */
function paired(
  roots: readonly Node[],
  others: readonly Node[],
  wanted: ReadonlySet<Node>,
): ReadonlyMap<Node, Node> {
  const pairs = new Map(roots.map((root, i) => [root, others[i]]));
  for (const [node, other] of pairs) {
    if (wanted.has(node)) continue;
    if (node.op !== other.op) missing();
    node.inputs.forEach((input, i) => pairs.set(input, other.inputs[i]));
  }
  return pairs;
}

function missing(): never {
  throw new Error('a minibatch of so many rows is computed by other means than one of any number');
}

// ---------------------------------------------------------------- numbers of a whole minibatch

/** Numbers of a whole minibatch that are used in a way that isn't linear. */
export function bentIn(
  { builder: { gradients } }: Pick<Statement, 'builder'>,
  roots: readonly Node[],
): Node[] {
  const within = (node: Node): boolean =>
    isInside(node, isBatchNorm) ||
    (!gradients.has(node) && isInside(node, ({ kind }) => kind === 'gradient'));
  const largest = reachable(roots).filter((node) => node.op === 'amax' && isOverRows(node));
  const bent = [...agreedNodes(roots, [], gradients)].filter(
    (node) => gradients.has(node) || isOverRows(meanOf(node) ?? node),
  );
  return [...bent, ...largest].filter((node) => !within(node));
}

const isOverRows = ({ attrs, inputs: [x] }: Node): boolean =>
  'axes' in attrs && attrs.axes.some((axis) => symbolsOf(x.shape[axis]).length > 0);

export const isBatchNorm = ({ kind, name }: Region): boolean => kind === 'layer' && name === 'batch_norm';

export function isInside({ region }: Node, is: (region: Region) => boolean): boolean {
  for (let at = region; at !== undefined; at = at.parent) if (is(at)) return true;
  return false;
}
