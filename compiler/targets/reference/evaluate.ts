/**
 * The reference engine: interprets a graph in float64; every other target is tested against it. In: roots, what the
 * host feeds, sizes for symbols; out: the roots' values. A value is dropped after its last use.
 */
import { ops } from '../../ir/primitives/catalog.ts';
import type { RunBody, Tensor } from '../../ir/primitives/op.ts';
import { knownShape } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import { isFed, reachable, type Node, type OpName, type Subgraph } from '../../ir/node.ts';
import { sizesFor } from '../../ir/substitute.ts';

export interface Feed {
  /** By the name of the `input`. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** By the key of the `draw`. */
  readonly draws: ReadonlyMap<string, Tensor>;
  readonly symbols?: Readonly<Record<string, number>>;
}

/** A graph with all sizes known: what to compute in which order, and which values each step uses last. */
interface Plan {
  readonly steps: readonly Step[];
  readonly roots: readonly Node[];
}
interface Step {
  readonly node: Node;
  readonly shape: readonly number[];
  compute(inputs: readonly Tensor[], run: RunBody): Tensor;
  readonly lastUses: readonly Node[];
}
type Sizes = Readonly<Record<string, number>>;
type Leaf = (node: Node, shape: readonly number[]) => Tensor | undefined;

/** The values of `roots`. Throws where the feed lacks a value, a size, or has one of another shape. */
export function evaluate(roots: readonly Node[], feed: Feed): Tensor[] {
  const sizes = feed.symbols ?? {};
  const plans = new Map<Subgraph, Map<number, Plan>>();
  const runBody: RunBody = (body, parameters, rows) => {
    const forBody = plans.get(body) ?? new Map<number, Plan>();
    const plan = forBody.get(rows) ?? planOf([body.result], { ...sizes, R: rows });
    plans.set(body, forBody.set(rows, plan));
    const given = new Map(body.parameters.map((p, i) => [p, parameters[i]]));
    return execute(plan, (node) => given.get(node), runBody)[0];
  };
  return execute(planOf(roots, sizes), (node, shape) => fedValue(node, shape, feed), runBody);
}

function planOf(roots: readonly Node[], sizes: Sizes): Plan {
  const nodes = reachable(roots);
  const lastUse = new Map<Node, Node>();
  for (const node of nodes) for (const x of node.inputs) lastUse.set(x, node);
  const dropped = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const [x, user] of lastUse) if (!roots.includes(x)) entryOf(dropped, user).push(x);
  const steps = nodes.map((node) => ({ node, ...computed(node, sizes), lastUses: entryOf(dropped, node) }));
  return { steps, roots };
}

/** The node's shape and value at these sizes. */
function computed<K extends OpName>(node: Node<K>, sizes: Sizes): Pick<Step, 'shape' | 'compute'> {
  const to = sizesFor(sizes, (body) => body);
  const shape = knownShape(to.shape(node.shape));
  const attrs = ops[node.op].resized(node.attrs, to);
  return { shape, compute: (inputs, run) => ops[node.op].evaluate(inputs, attrs, shape, run) };
}

function execute(plan: Plan, leaf: Leaf, run: RunBody): Tensor[] {
  const values = new Map<Node, Tensor>();
  for (const { node, shape, compute, lastUses } of plan.steps) {
    const inputs = node.inputs.map((x) => entryOf(values, x));
    values.set(node, leaf(node, shape) ?? compute(inputs, run));
    for (const x of lastUses) values.delete(x);
  }
  return plan.roots.map((root) => entryOf(values, root));
}

function fedValue(node: Node, shape: readonly number[], feed: Feed): Tensor | undefined {
  if (!isFed(node)) return undefined;
  const name = node.op === 'input' ? node.attrs.name : node.attrs.key;
  const value = (node.op === 'input' ? feed.inputs : feed.draws).get(name);
  if (value === undefined) throw new Error(`nothing was fed for ${node.op} ${name}`);
  if (value.shape.join() === shape.join()) return value;
  throw new Error(`${node.op} ${name} is [${shape.join(', ')}], but was fed [${value.shape.join(', ')}]`);
}
