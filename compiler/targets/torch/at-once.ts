/**
 * Calls of one network that an update makes as one, over the rows of all: a discriminator's of real rows and of fakes. A product
 * of all rows is one kernel in the place of two, and the gradient of the weights is taken once. In: an update with its outline;
 * out: groups of calls that may be one. In such a call no row knows of another (no batch statistics, no mean over rows),
 * nothing is moved (spectral norm's vectors), nothing is drawn inside, and no derivative within the update passes through it.
 */
import { sameDim, sameShape, symbolsOf, type Dim } from '../../ir/dim.ts';
import { reachable, type Node, type Region } from '../../ir/node.ts';
import { isElementwise } from '../../ir/primitives/catalog.ts';
import type { LoweredUpdate } from '../../lower/lowered.ts';
import type { Outline } from './rows.ts';

/** A call with one result, and what it is given beside its network's own state. */
export interface OneOfSeveral {
  readonly call: Region;
  readonly reads: readonly Node[];
  readonly result: Node;
}

/** By call, the group that it is in, itself included, in the order of their results. `taped`: what a derivative passes through. */
export function callsAtOnce(
  { builder, buffers }: Pick<LoweredUpdate, 'builder' | 'buffers'>,
  outline: Outline,
  taped: ReadonlySet<Node>,
  isState: (name: string) => boolean,
): ReadonlyMap<Region, readonly OneOfSeveral[]> {
  const moved = new Set(buffers.map(({ name }) => name));
  const differentiated = [...builder.gradients.values()].map(({ of }) => of);
  const groups: OneOfSeveral[][] = [];
  for (const call of networkCalls(outline)) {
    const one = rowByRow(call, outline, isState, moved);
    if (one === undefined || differentiated.some((of) => outline.depends(of, one.result))) continue;
    const group = groups.find((group) => group.every((other) => areAlike(one, other, outline, taped)));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return new Map(
    groups.filter(({ length }) => length > 1).flatMap((group) => group.map(({ call }) => [call, group])),
  );
}

const networkCalls = (outline: Outline): Set<Region> =>
  new Set(
    outline.all().flatMap((node) => {
      const call = outline.call(node, undefined);
      return call?.kind === 'network' && call.path !== null ? [call] : [];
    }),
  );

/** Whether two calls are the same but for their rows, which are trained alike, and neither is made of the other. */
function areAlike(a: OneOfSeveral, b: OneOfSeveral, outline: Outline, taped: ReadonlySet<Node>): boolean {
  const same = (x: Node, y: Node): boolean => taped.has(x) === taped.has(y);
  return (
    a.call.path === b.call.path &&
    a.reads.length === b.reads.length &&
    same(a.result, b.result) &&
    a.reads.every((x, i) => {
      const y = b.reads[i];
      return hasRows(x) ? hasRows(y) && sameShape(x.shape.slice(1), y.shape.slice(1)) && same(x, y) : x === y;
    }) &&
    !a.reads.some((x) => outline.depends(x, b.result)) &&
    !b.reads.some((x) => outline.depends(x, a.result))
  );
}

const hasRows = ({ shape }: Node): boolean => shape.length > 0 && symbolsOf(shape[0]).length > 0;

/** The call, if each row of its one result is made of the same row of what it reads. */
function rowByRow(
  call: Region,
  outline: Outline,
  isState: (name: string) => boolean,
  moved: ReadonlySet<string>,
): OneOfSeveral | undefined {
  const [result, ...others] = outline.gives(call);
  const all = outline.reads(call);
  const reads = all.filter((node) => node.op !== 'input' || !isState(node.attrs.name));
  const first = reads.find(hasRows);
  if (others.length > 0 || first === undefined) return undefined;
  const rows = first.shape[0];
  const isPlain = (node: Node): boolean =>
    !outline.isVaried(node) && node.op !== 'draw' && (node.op !== 'input' || !moved.has(node.attrs.name));
  const carrying = new Set(reads.filter(hasRows));
  if (![...carrying].every(({ shape }) => sameDim(shape[0], rows)) || !all.every(isPlain)) return undefined;
  const given = new Set(all);
  // One product is done before its rows are copied side by side.
  let products = 0;
  // The graph's own nodes: an outline has a mean or a norm as one.
  for (const node of reachable([result], (one) => given.has(one))) {
    if (given.has(node)) continue;
    if (outline.derivative(node) !== undefined || !isPlain(node) || !keepsRows(node, carrying, rows))
      return undefined;
    if (hasRows(node)) carrying.add(node);
    if (node.op === 'matmul' || node.op === 'conv' || node.op === 'conv_input_grad') products++;
  }
  return carrying.has(result) && products > 1 ? { call, reads, result } : undefined;
}

/** Whether row i of the node is made of rows i alone, or it has no rows and doesn't know how many there are. */
function keepsRows(node: Node, carrying: ReadonlySet<Node>, rows: Dim): boolean {
  const isFed = node.inputs.some((x) => carrying.has(x));
  if (isFed) return hasRows(node) && sameDim(node.shape[0], rows) && apart(node, carrying);
  if (hasRows(node)) return node.op === 'expand' && sameDim(node.shape[0], rows);
  return node.op !== 'extent' || symbolsOf(node.attrs.dim).length === 0;
}

/** Primitives of rows, of which at least one input carries them along its first axis. */
function apart(node: Node, carrying: ReadonlySet<Node>): boolean {
  if (isElementwise(node.op)) return true;
  const [x, ...others] = node.inputs;
  const onlyFirst = carrying.has(x) && !others.some((other) => carrying.has(other));
  switch (node.op) {
    case 'stop':
    case 'reverse':
      return true;
    case 'matmul':
    case 'conv':
    case 'conv_input_grad':
      return onlyFirst;
    case 'reshape':
    case 'expand':
      return sameDim(x.shape[0], node.shape[0]);
    case 'transpose':
      return node.attrs.perm[0] === 0;
    case 'slice':
    case 'concat':
    case 'flip':
    case 'argmax':
      return node.attrs.axis !== 0;
    case 'sum':
    case 'amax':
      return !node.attrs.axes.includes(0);
    case 'pad':
      return node.attrs.low[0] === 0 && node.attrs.high[0] === 0 && node.attrs.interior[0] === 0;
    default:
      // All others mix rows, or may.
      return false;
  }
}
