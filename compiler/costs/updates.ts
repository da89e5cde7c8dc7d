/**
 * What each update of an iteration computes. In: the step graphs of a scope, in order; out: for each update its operations,
 * which forward work it shares with updates before it (the same nodes) and which it does again, because weights that it goes
 * through have moved since.
 *
 * Updates of a step are one graph in SSA form: what two of them reach at the same weights is one node, and the work of
 * the first. A node whose weights have moved equals an earlier one but for that: its key, in which next weights count
 * as the weights that they replace, is the same.
 */
import type { GraphEntry, GraphOutput, UpdateEntry } from '../../program/manifest.ts';
import { attrsKey } from '../ir/attributes.ts';
import { reachable, type Node } from '../ir/node.ts';
import { flopsOf, nodeFlops } from './flops.ts';

/** A graph as the host runs it. */
export interface CostedStep {
  readonly name: string;
  readonly entry: GraphEntry;
  readonly outputs: Readonly<Record<string, Node>>;
  /** Those that it runs, in order; averages are no updates. */
  readonly updates: readonly UpdateEntry[];
}

export interface UpdateCost {
  readonly update: string;
  readonly graph: string;
  /** Each time that it runs, without what is shared. */
  readonly flops: number;
  /** Forward work of an earlier update that it reads. */
  readonly shares: Work;
  /** Forward work that an earlier update did with weights that have moved since; part of `flops`. */
  readonly recomputes: Work;
}

export interface Work {
  readonly flops: number;
  /** Networks that the work belongs to, in the order of the computation. */
  readonly networks: readonly string[];
}

/** The updates of one scope. `networkOf`: where a node's text stands. */
export function updateCosts(
  steps: readonly CostedStep[],
  networkOf: (node: Node) => string | undefined,
): UpdateCost[] {
  const keys = keyer();
  const computed = new Set<number>();
  const work = (nodes: readonly Node[]): Work => ({
    flops: flopsOf(nodes),
    networks: [...new Set(nodes.flatMap((node) => networkOf(node) ?? []))],
  });
  return steps.flatMap((step) => {
    const taken = new Set<Node>();
    const states = statesOf(step);
    return step.updates.map((update, i): UpdateCost => {
      const own = nodesOf(step, update, rootsOf(step, update, step.updates.slice(i + 1)), states);
      const costly = own.all.filter((node) => nodeFlops(node) > 0);
      const forward = costly.filter((node) => own.forward.has(node));
      const shared = forward.filter((node) => taken.has(node));
      const fresh = costly.filter((node) => !taken.has(node));
      const again = fresh.filter((node) => own.forward.has(node) && computed.has(keys(node, states)));
      for (const node of own.all) taken.add(node);
      for (const node of forward) computed.add(keys(node, states));
      const { name: graph } = step;
      return {
        update: update.name,
        graph,
        flops: flopsOf(fresh),
        shares: work(shared),
        recomputes: work(again),
      };
    });
  });
}

/** The nodes that become the next state, by what they replace. */
function statesOf({ entry, outputs }: CostedStep): Map<Node, string> {
  return new Map(
    entry.outputs.flatMap(({ name, to }) =>
      to.kind === 'state' ? [[outputs[name], to.state] as const] : [],
    ),
  );
}

/**
 * Outputs that belong to an update: what it computes, its optimizer's slots, and the weights of its networks, unless a later
 * update of the step moves them once more.
 */
function rootsOf(
  { entry }: CostedStep,
  { name, networks, moments = name }: UpdateEntry,
  later: readonly UpdateEntry[],
): GraphOutput[] {
  const moved = networks.filter((network) => !later.some((other) => other.networks.includes(network)));
  return entry.outputs.filter(({ to }) => {
    if (to.kind === 'value') return false;
    if (to.kind !== 'state') return to.update === name;
    const [first, second] = to.state.split('.');
    return (
      (first === moments && networks.includes(second)) || (moved.includes(first) && second !== 'average')
    );
  });
}

/** What an update reaches before the state that others left; `forward`: without its gradients and its optimizer. */
function nodesOf(
  { outputs }: CostedStep,
  { name }: UpdateEntry,
  roots: readonly GraphOutput[],
  states: ReadonlyMap<Node, string>,
): { readonly all: readonly Node[]; readonly forward: ReadonlySet<Node> } {
  const own = new Set(roots.map((root) => outputs[root.name]));
  const values = roots.filter(({ to }) => to.kind !== 'state' && to.kind !== 'value' && to.update === name);
  const foreign = (node: Node): boolean => states.has(node) && !own.has(node);
  const left = (node: Node): boolean => states.has(node);
  const all = reachable([...own], foreign).filter((node) => !foreign(node));
  const forward = reachable(
    values.map((value) => outputs[value.name]),
    left,
  );
  return { all, forward: new Set(forward.filter((node) => !left(node))) };
}

/** Numbers nodes so that two have the same number where they compute the same, whichever the weights they do it with. */
function keyer(): (node: Node, states: ReadonlyMap<Node, string>) => number {
  const numbers = new Map<string, number>();
  const known = new Map<Node, number>();
  const numbered = (key: string): number => {
    const found = numbers.get(key) ?? numbers.size;
    numbers.set(key, found);
    return found;
  };
  const textOf = (node: Node, states: ReadonlyMap<Node, string>): string => {
    const state = states.get(node);
    if (state !== undefined) return `input ${state}`;
    if (node.op === 'input') return `input ${node.attrs.name}`;
    const { op, attrs } = node;
    const told =
      op === 'scan' ? `${numberOf(attrs.body.result, states)} ${attrs.sequences}` : attrsKey(attrs);
    return `${op} ${told} ${node.inputs.map((input) => known.get(input)).join()}`;
  };
  const numberOf = (wanted: Node, states: ReadonlyMap<Node, string>): number => {
    for (const node of reachable([wanted], (one) => known.has(one) || states.has(one)))
      if (!known.has(node)) known.set(node, numbered(textOf(node, states)));
    return known.get(wanted)!;
  };
  return numberOf;
}
