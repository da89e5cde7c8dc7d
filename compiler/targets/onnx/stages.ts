/**
 * A step in stages: a graph, then kernels, then the graph that goes on from their results. In: a step's outputs. Out:
 * what each graph is fed and gives, what it hands over to kernels and later graphs, and its kernels. A second graph is
 * only made where what must be handed on is small beside the weights that the kernels then update.
 */
import { Builder } from '../../ir/builder.ts';
import { product } from '../../ir/dim.ts';
import { entryOf } from '../../ir/entries.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { hasRow, type Kernel } from './kernels/kernel.ts';
import { stepNodes, tailOf, type Outputs, type StepNodes, type Tail } from './tail.ts';

export interface Stage {
  /** As a graph of its own: what earlier stages made are inputs. Handed values are among them. */
  readonly outputs: Outputs;
  readonly kernels: readonly Kernel[];
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** Values that only kernels and later graphs read. */
  readonly handed: Outputs;
}

/** `isState` says which outputs are the next state; the others (losses, conditions) are always the graphs'. */
export function stagesOf(outputs: Outputs, isState: (name: string) => boolean): Stages {
  const step = stepNodes(outputs, isState);
  const [one, more] = [tailOf(step, false), tailOf(step, true)];
  const parts = partsOf(step, more);
  const whole = saved(more) - saved(one) > 2 * parts.crossing.reduce((sum, node) => sum + sizeOf(node), 0);
  return whole ? written(outputs, more, parts) : written(outputs, one, partsOf(step, one));
}

const sizeOf = (node: Node): number => {
  const size = product(node.shape);
  return typeof size === 'number' ? size : Infinity;
};

/** Numbers that need not come out of a graph because kernels make them. */
function saved({ kernels, nodes }: Tail): number {
  const handed = (x: Node): number => (isMade(x) && !nodes.has(x) ? -sizeOf(x) : 0);
  return kernels
    .flatMap(({ results, tensors }) => [...results.map(sizeOf), ...tensors.map(handed)])
    .reduce((sum, size) => sum + size, 0);
}

const isMade = (node: Node): boolean => node.inputs.length > 0;

// ---------------------------------------------------------------- who computes what

interface Parts {
  /** What each graph must give. */
  readonly roots: readonly ReadonlySet<Node>[];
  /** What a later graph reads of an earlier one. */
  readonly crossing: readonly Node[];
}

/** Each value is computed as early as its level demands and something needs it; cheap ones again rather than handed on. */
function partsOf({ nodes, states, others }: StepNodes, { nodes: tail, levels }: Tail): Parts {
  const count =
    1 + Math.max(0, ...nodes.filter((node) => !tail.has(node)).map((node) => entryOf(levels, node)));
  const roots = Array.from({ length: count }, () => new Set<Node>());
  const need = (node: Node): void =>
    void (tail.has(node) || !isMade(node) || roots[entryOf(levels, node)].add(node));
  for (const node of nodes)
    if (states.has(node) || others.has(node)) isMade(node) ? need(node) : roots[0].add(node);
  for (const node of tail) node.inputs.forEach(need);
  const owner = new Map<Node, number>();
  const crossing = new Set<Node>();
  roots.forEach((own, level) => {
    const earlier = (node: Node): boolean => (owner.get(node) ?? level) < level && !isCheap(node);
    for (const node of reachable([...own], (x) => tail.has(x) || earlier(x))) {
      if (tail.has(node) || !isMade(node)) continue;
      if (earlier(node)) {
        crossing.add(node);
        roots[entryOf(owner, node)].add(node);
      } else if (!owner.has(node)) owner.set(node, level);
    }
  });
  return { roots, crossing: [...crossing] };
}

/** A pass or less, without the functions that take long. */
const isCheap = (node: Node): boolean => hasRow(node) || node.op === 'expand' || node.op === 'reshape';

// ---------------------------------------------------------------- graphs of their own

function written(outputs: Outputs, { kernels, nodes: tail }: Tail, { roots }: Parts): Stages {
  const all = Object.entries(outputs);
  const named = new Set(all.map(([, node]) => node));
  const values = roots.flatMap((own) => [...own].filter((node) => !named.has(node)));
  const handed = values.map((node, i): [string, Node] => [`handed:${i + 1}`, node]);
  const names = new Map([...all.toReversed(), ...handed].map(([name, node]) => [node, name]));
  const stages = roots.map((own, level): Stage => {
    const mine = [...all, ...handed].filter(([, node]) => own.has(node) && !tail.has(node));
    const isEarlier = (node: Node): boolean =>
      !own.has(node) && isMade(node) && roots.slice(0, level).some((set) => set.has(node));
    const before = new Map([...names].filter(([node]) => tail.has(node) || isEarlier(node)));
    return {
      outputs: level === 0 ? Object.fromEntries(mine) : fed(mine, before),
      kernels: kernels.filter((kernel) => kernel.level === level),
    };
  });
  return { stages, handed: Object.fromEntries(handed) };
}

/** The outputs with inputs in the place of what is made before. */
function fed(outputs: readonly (readonly [string, Node])[], before: ReadonlyMap<Node, string>): Outputs {
  const b = new Builder({ after: true });
  const inputs = new Map([...before].map(([node, name]) => [node, b.input(name, node.shape)]));
  const roots = outputs.map(([, node]) => node);
  const made = b.instantiate(roots, inputs);
  return Object.fromEntries(outputs.map(([name], i) => [name, made[i]]));
}
