/**
 * The reference engine: interprets a graph in float64; every other target is tested against it. In: roots, what the
 * host feeds, sizes for symbols; out: the roots' values. A value is dropped after its last use.
 */
import { ops } from '../../ir/primitives/catalog.ts';
import type { Tensor } from '../../ir/primitives/op.ts';
import { mapAttrs } from '../../ir/attributes.ts';
import { substituteDim, type Shape } from '../../ir/dim.ts';
import { reachable, type Attrs, type Node, type Subgraph } from '../../ir/node.ts';

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
  readonly attrs: Attrs;
  readonly shape: readonly number[];
  readonly lastUses: readonly Node[];
}
type Sizes = Readonly<Record<string, number>>;
type Leaf = (node: Node, shape: readonly number[]) => Tensor | undefined;

/** The values of `roots`. Throws where the feed lacks a value, a size, or has one of another shape. */
export function evaluate(roots: readonly Node[], feed: Feed): Tensor[] {
  const sizes = feed.symbols ?? {};
  const plans = new Map<Subgraph, Map<number, Plan>>();
  const runBody = (body: Subgraph, parameters: readonly Tensor[], rows: number): Tensor => {
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
  for (const [x, user] of lastUse) if (!roots.includes(x)) dropped.get(user)!.push(x);
  const steps = nodes.map((node) => ({
    node,
    attrs: mapAttrs(
      node.attrs,
      (dim) => substituteDim(dim, sizes),
      (body) => body,
    ),
    shape: knownShape(node.shape, sizes),
    lastUses: dropped.get(node)!,
  }));
  return { steps, roots };
}

function knownShape(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dim) => {
    const size = substituteDim(dim, sizes);
    if (typeof size === 'number') return size;
    throw new Error(`no number for the size ${Object.keys(size.terms).join(', ')}`);
  });
}

function execute(plan: Plan, leaf: Leaf, run: Parameters<typeof ops.scan.evaluate>[3]): Tensor[] {
  const values = new Map<Node, Tensor>();
  for (const { node, attrs, shape, lastUses } of plan.steps) {
    const inputs = node.inputs.map((x) => values.get(x)!);
    values.set(node, leaf(node, shape) ?? ops[node.op].evaluate(inputs, attrs, shape, run));
    for (const x of lastUses) values.delete(x);
  }
  return plan.roots.map((root) => values.get(root)!);
}

function fedValue(node: Node, shape: readonly number[], feed: Feed): Tensor | undefined {
  if (node.op !== 'input' && node.op !== 'draw') return undefined;
  const name = String(node.op === 'input' ? node.attrs.name : node.attrs.key);
  const value = (node.op === 'input' ? feed.inputs : feed.draws).get(name);
  if (value === undefined) throw new Error(`nothing was fed for ${node.op} ${name}`);
  if (value.shape.join() === shape.join()) return value;
  throw new Error(`${node.op} ${name} is [${shape.join(', ')}], but was fed [${value.shape.join(', ')}]`);
}
