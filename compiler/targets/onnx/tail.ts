/**
 * Where a step leaves ONNX: elementwise ends of the graph that only make the next state (an optimizer's rule, an
 * average) are passes over memory that one loop does better. In: a step's outputs. Out: kernels, each with the level at
 * which it runs: a kernel whose results the graph goes on from is of a lower level than what follows. No optimizer is
 * known by name.
 */
import { product } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import { reachable, usersIn, type Node } from '../../ir/node.ts';
import { hasRow, type Kernel } from './kernels/kernel.ts';

export type Outputs = Readonly<Record<string, Node>>;

/** A weight, its moments and gradient, in two sets of float64, must lie within a WebAssembly memory's 4 GiB. */
const LARGEST = 2 ** 25;

/** A step's nodes with what is known of them. */
export interface StepNodes {
  /** Operands first. */
  readonly nodes: readonly Node[];
  readonly users: ReadonlyMap<Node, readonly Node[]>;
  /** The next state: nodes that are one output each. */
  readonly states: ReadonlySet<Node>;
  /** Other outputs: losses, conditions. */
  readonly others: ReadonlySet<Node>;
}

export interface LevelledKernel extends Kernel {
  readonly level: number;
}

export interface Tail {
  readonly kernels: readonly LevelledKernel[];
  /** Nodes that kernels compute. */
  readonly nodes: ReadonlySet<Node>;
  /** How many kernels' results, one after another, a node of the graph waits for. */
  readonly levels: ReadonlyMap<Node, number>;
}

export function stepNodes(outputs: Outputs, isState: (name: string) => boolean): StepNodes {
  const nodes = reachable(Object.values(outputs));
  const [states, others] = [new Set<Node>(), new Set<Node>()];
  for (const [name, node] of Object.entries(outputs)) {
    if (isState(name) && !states.has(node) && node.shape.length > 0) states.add(node);
    else others.add(node);
  }
  return { nodes, users: usersIn(nodes), states, others };
}

/** `across`: whether the graph may go on from a kernel's results. */
export function tailOf(step: StepNodes, across: boolean): Tail {
  const kept = new Set(step.others);
  for (;;) {
    const nodes = tailNodes(step, kept, across);
    const levels = levelsOf(step, nodes);
    const kernels = kernelsOf(step, nodes, levels);
    const stay = [
      ...sums(nodes),
      ...kernels.filter((one) => !pays(one, nodes)).flatMap((one) => one.results),
    ];
    if (stay.length === 0) return { kernels, nodes, levels };
    stay.forEach((node) => kept.add(node));
  }
}

/** The largest set of nodes with rows that nothing but next states depends on; operands first. */
function tailNodes({ nodes, users, states }: StepNodes, kept: ReadonlySet<Node>, across: boolean): Set<Node> {
  const found = new Set<Node>();
  for (const node of nodes.toReversed()) {
    if (!isLoop(node) || kept.has(node)) continue;
    if ((across && states.has(node)) || entryOf(users, node).every((user) => found.has(user)))
      found.add(node);
  }
  return new Set([...found].reverse());
}

/** Whether a kernel can hold the node: its numbers are known, and its leaves are fed. */
function isLoop(node: Node): boolean {
  const size = product(node.shape);
  const unfed = node.inputs.some((x) => x.op === 'iota' || (x.op === 'constant' && x.shape.length > 0));
  return hasRow(node) && !unfed && typeof size === 'number' && size <= LARGEST;
}

function levelsOf({ nodes }: StepNodes, tail: ReadonlySet<Node>): Map<Node, number> {
  const levels = new Map<Node, number>();
  for (const node of nodes) {
    const after = node.inputs.map((x) => entryOf(levels, x) + Number(tail.has(x) && !tail.has(node)));
    levels.set(node, Math.max(0, ...after));
  }
  return levels;
}

/** The tail in parts, each of one level; parts of a level share no tensor. */
function kernelsOf(
  { states }: StepNodes,
  tail: ReadonlySet<Node>,
  levels: ReadonlyMap<Node, number>,
): LevelledKernel[] {
  const groups = new Map<string, Set<Node>>();
  for (const node of tail) {
    if (node.shape.length === 0) continue;
    const level = entryOf(levels, node);
    const near = [node, ...node.inputs.filter((x) => x.shape.length > 0 && x.op !== 'constant')];
    const joined = new Set([...near.flatMap((x) => [...(groups.get(`${level} ${x.id}`) ?? [])]), ...near]);
    for (const member of joined) groups.set(`${level} ${member.id}`, joined);
  }
  const firsts = new Map<Set<Node>, string>();
  for (const [key, group] of groups) if (!firsts.has(group)) firsts.set(group, key);
  return [...firsts].flatMap(([group, key]) => {
    const level = Number(key.split(' ')[0]);
    const results = [...group].filter(
      (node) => tail.has(node) && states.has(node) && levels.get(node) === level,
    );
    const isGiven = (x: Node): boolean => !tail.has(x) || (states.has(x) && entryOf(levels, x) < level);
    return results.length === 0 ? [] : [kernelOf(results.sort(byAge), level, isGiven)];
  });
}

function kernelOf(results: readonly Node[], level: number, isLeaf: (node: Node) => boolean): LevelledKernel {
  const leaves = reachable(results, isLeaf).filter(isLeaf);
  return {
    results,
    level,
    tensors: leaves.filter((node) => node.shape.length > 0),
    scalars: leaves.filter((node) => node.shape.length === 0 && node.op !== 'constant'),
  };
}

const byAge = (a: Node, b: Node): number => a.id - b.id;

/** What is handed over and what is returned both cost a copy; a kernel that saves none has nothing to win. */
const pays = ({ tensors, results }: Kernel, tail: ReadonlySet<Node>): boolean =>
  results.length > tensors.filter((node) => node.op !== 'input' && !tail.has(node)).length;

/** What several tensors of the graph make without any state (a sum of gradients): handing over the one is cheaper. */
function sums(tail: ReadonlySet<Node>): Node[] {
  /** The graph's tensors that a node is made from; null where state comes in, or a sum below is handed over already. */
  const sources = new Map<Node, ReadonlySet<Node> | null>();
  const below = (x: Node): ReadonlySet<Node> | null => {
    if (tail.has(x)) return sources.get(x) ?? null;
    if (x.shape.length === 0) return new Set();
    return x.op === 'input' ? null : new Set([x]);
  };
  return [...tail].filter((node) => {
    const parts = node.inputs.map(below);
    const found = new Set(parts.flatMap((part) => [...(part ?? [])]));
    const isSum = !parts.includes(null) && found.size > 1;
    sources.set(node, parts.includes(null) || isSum ? null : found);
    return isSum;
  });
}
