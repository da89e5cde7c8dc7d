/**
 * Which nodes become which function. In: the roots of a graph; out: for each call of the spec (ir/node.ts, Region) its
 * nodes, what it reads and what others read of it. Calls too small to be worth a function are dissolved into their caller;
 * networks that are called inside others with what those were given are called outside, so that their result is shared.
 */
import type { Derivative } from '../../ir/builder.ts';
import { symbolsOf, type Dim } from '../../ir/dim.ts';
import { addEntry } from '../../ir/entries.ts';
import { isFed, reachable, type Fed, type Node, type Region } from '../../ir/node.ts';
import { isUnfedLeaf } from '../../leaves.ts';
import { words } from './names.ts';
import { isResult, madeOf, resultsAround } from './results.ts';
import { isElementwise, isMovement } from '../../ir/primitives/catalog.ts';

/** What an outline knows of how a target computes a node. */
export interface Readings {
  /** What is read for it, which may lie further up than the node's own inputs. */
  readonly inputs: readonly Node[];
  /** What a person would call the result. */
  readonly hint?: string;
}

export type Derivatives = ReadonlyMap<Node, Derivative>;

export class Outline<I extends Readings = Readings> {
  /** Nodes that functions give back beside their results: batch statistics. */
  readonly extra: ReadonlySet<Node>;
  private readonly rootUses = new Map<Node, number>();
  private readonly derivatives: Derivatives;
  private readonly varied: ReadonlySet<Node>;
  private readonly instructions = new Map<Node, I>();
  private readonly instructionOf: (node: Node) => I;
  private readonly users = new Map<Node, Node[]>();
  private readonly nodes: readonly Node[];
  private readonly dissolved = new Set<Region>();
  private readonly hoisted = new Map<Region, Region | undefined>();
  private readonly dependents = new Map<Node, ReadonlySet<Node>>();
  private readonly floating = new Map<Node, boolean>();
  private readonly whole: boolean;

  /** `whole`: a function of a network gives all that the network gives, whoever reads it. */
  constructor(
    instructionOf: (node: Node) => I,
    roots: readonly Node[],
    extra: readonly Node[] = [],
    derivatives: Derivatives = new Map(),
    whole = false,
  ) {
    this.instructionOf = instructionOf;
    this.whole = whole;
    // A node that its own derivative is made of can't be one: `gradient(sum(x + 1), x)` is the constant itself.
    this.derivatives = new Map([...derivatives].filter(([made, { of }]) => !reachable([of]).includes(made)));
    this.varied = new Set([...this.derivatives.values()].map(({ by }) => by));
    for (const root of roots) this.rootUses.set(root, (this.rootUses.get(root) ?? 0) + 1);
    const seen = new Set<Node>();
    this.reach(roots, seen);
    // Not those of calls that nothing reads: a game evaluates both answers where an objective reads one.
    this.extra = new Set(extra.filter((one) => [one, ...one.inputs].some((x) => !isLeaf(x) && seen.has(x))));
    this.reach([...this.extra], seen);
    if (whole) this.reachResults(seen);
    this.nodes = [...seen].sort((a, b) => a.id - b.id);
    for (const node of this.nodes) if (this.derivatives.has(node)) this.dissolveAround(node);
    this.hoist();
  }

  /** Adds these and what they are computed from. */
  private reach(from: readonly Node[], seen: Set<Node>): void {
    const stack = [...from];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      for (const x of this.sources(node)) {
        addEntry(this.users, x, node);
        stack.push(x);
      }
    }
  }

  /** Adds the other results of each call. */
  private reachResults(seen: Set<Node>): void {
    const isMade = madeOf(new Set([...seen].filter(isFed)));
    for (const node of seen) this.reach(resultsAround(node).filter(isMade), seen);
  }

  /** What a derivative is of may be made anywhere: it is taken where all of that can be seen. */
  private dissolveAround({ region }: Node): void {
    for (
      let at = region;
      at?.kind === 'layer' || at?.kind === 'function' || at?.kind === 'gradient';
      at = at.parent
    )
      this.dissolve(at);
  }

  instruction(node: Node): I {
    const known = this.instructions.get(node) ?? this.instructionOf(node);
    this.instructions.set(node, known);
    return known;
  }

  /** What a person would call the node. */
  hint(node: Node): string {
    return this.derivatives.has(node)
      ? 'gradient'
      : (this.instruction(node).hint ?? words[node.op] ?? node.op);
  }

  derivative(node: Node): Derivative | undefined {
    return this.derivatives.get(node);
  }

  /** Whether a derivative is taken by it. */
  isVaried(node: Node): boolean {
    return this.varied.has(node);
  }

  isRoot(node: Node): boolean {
    return this.rootUses.has(node);
  }

  /** What a node is computed from: for a derivative, what it is a derivative of and by. */
  private sources(node: Node): readonly Node[] {
    const derivative = this.derivatives.get(node);
    if (derivative !== undefined) return [derivative.of, derivative.by];
    return node.inputs.length === 0 ? [] : this.instruction(node).inputs;
  }

  /** How often a node is read in a function, as a result or by another. */
  uses(node: Node, within: Region | undefined): number {
    const users = this.users.get(node) ?? [];
    if (within === undefined) return users.length + (this.rootUses.get(node) ?? 0);
    return users.filter((user) => this.isIn(user, within)).length + Number(this.isGiven(node, within));
  }

  /** Whoever reads a node in a function: nodes, calls where a call's nodes read it, and the function where it gives it on. */
  readers(node: Node, within: Region | undefined): Set<Node | Region> {
    const users = this.users.get(node) ?? [];
    const readers = new Set<Node | Region>();
    for (const user of users)
      if (within === undefined || this.isIn(user, within)) readers.add(this.call(user, within) ?? user);
    if (within !== undefined && this.isGiven(node, within)) readers.add(within);
    return readers;
  }

  /** Whether `node` depends on the other. */
  depends(node: Node, on: Node): boolean {
    const known = this.dependents.get(on) ?? this.dependentsOf([on]);
    this.dependents.set(on, known);
    return known.has(node);
  }

  /** All nodes that depend on these, themselves included. */
  dependentsOf(leaves: Iterable<Node>): Set<Node> {
    const found = new Set(leaves);
    for (const node of found) this.users.get(node)?.forEach((user) => found.add(user));
    return found;
  }

  /** Every node, inputs before users. */
  all(): readonly Node[] {
    return this.nodes;
  }

  get hasDerivatives(): boolean {
    return this.derivatives.size > 0;
  }

  /** What the host feeds, state included. */
  leaves(): Fed[] {
    return this.nodes.filter(isFed);
  }

  /** Without draws. */
  inputs(): Node<'input'>[] {
    return this.nodes.filter((node) => node.op === 'input');
  }

  // -------------------------------------------------------------- calls

  dissolve(region: Region): void {
    this.dissolved.add(region);
  }

  /** The call around a call; around one that was moved outwards, where it went. */
  private around(region: Region): Region | undefined {
    return this.standing(this.hoisted.has(region) ? this.hoisted.get(region) : region.parent);
  }

  private standing(region: Region | undefined): Region | undefined {
    let at = region;
    while (at !== undefined && (at.kind === 'gradient' || this.dissolved.has(at)))
      at = this.hoisted.get(at) ?? at.parent;
    return at;
  }

  private isIn(node: Node, region: Region): boolean {
    if (isLeaf(node)) return false;
    if (this.floats(node)) return (this.users.get(node) ?? []).some((user) => this.isIn(user, region));
    for (let at = this.standing(node.region); at !== undefined; at = this.around(at))
      if (at === region) return true;
    return false;
  }

  /** The call directly inside `within` that a node was made for; undefined if it is made by `within` itself. */
  call(node: Node, within: Region | undefined): Region | undefined {
    if (isLeaf(node) || this.floats(node)) return undefined;
    for (let at = this.standing(node.region); at !== undefined;) {
      const around = this.around(at);
      if (at !== within && around === within) return at;
      at = around;
    }
    return undefined;
  }

  /** What a call computes. */
  members(region: Region): Node[] {
    return this.nodes.filter((node) => this.isIn(node, region));
  }

  /** What a call reads of others, weights included: parameters in their order, then the rest in the order they were made, weights last. */
  reads(region: Region): Node[] {
    const read = new Set(this.members(region).flatMap((node) => [...this.sources(node)]));
    const outside = [...read].filter(
      (node) => !this.isIn(node, region) && !isFixed(node) && !this.floats(node),
    );
    const order = [...region.parameters.keys()].reverse();
    const rank = (node: Node): number =>
      order.includes(node) ? order.indexOf(node) - order.length : node.id;
    // Weights come last, whatever was there first: so that equal calls have equal texts.
    return outside.sort((a, b) => Number(isUnfedLeaf(a)) - Number(isUnfedLeaf(b)) || rank(a) - rank(b));
  }

  /** What others read of a call: results first, then statistics. */
  gives(region: Region): Node[] {
    const given = this.members(region).filter((node) => this.isGiven(node, region));
    return given.sort((a, b) => Number(this.extra.has(a)) - Number(this.extra.has(b)) || a.id - b.id);
  }

  /** Whether a function that makes the call needs this result of it, to read or to give on. */
  isNeeded(node: Node, call: Region, within: Region | undefined): boolean {
    if (within !== undefined && this.extra.has(node)) return true;
    return this.rootUses.has(node) || (this.users.get(node) ?? []).some((user) => !this.isIn(user, call));
  }

  private isGiven(node: Node, region: Region): boolean {
    if (this.floats(node)) return false;
    return (
      (this.whole && isResult(node, region)) ||
      this.rootUses.has(node) ||
      this.extra.has(node) ||
      (this.users.get(node) ?? []).some((user) => !this.isIn(user, region))
    );
  }

  /**
   * What is made of weights alone, and cheaply, is made anew wherever it is read: two calls of a network share such nodes,
   * and a program that handed them from one to the other would be a riddle.
   */
  floats(node: Node): boolean {
    const known = this.floating.get(node);
    if (known !== undefined) return known;
    const cheap = isMovement(node.op) || isElementwise(node.op);
    const found =
      cheap &&
      !this.rootUses.has(node) &&
      !this.derivatives.has(node) &&
      node.inputs.every((x) => isUnfedLeaf(x) || this.floats(x));
    this.floating.set(node, found);
    return found;
  }

  /** Networks move out of the calls around them as far as what they read allows. */
  private hoist(): void {
    const chains = new Map<Region, Node[]>();
    for (const node of this.nodes) {
      if (isLeaf(node) || this.floats(node)) continue;
      for (let at = node.region; at !== undefined; at = at.parent)
        chains.set(at, [...(chains.get(at) ?? []), node]);
    }
    for (const [region, members] of chains) {
      if (region.kind !== 'network') continue;
      const own = new Set(members);
      const read = members
        .flatMap((node) => this.sources(node))
        .filter((node) => !own.has(node) && !isLeaf(node) && !this.floats(node));
      const isIn = (around: Region): boolean => read.some((node) => chains.get(around)?.includes(node));
      let parent = region.parent;
      while (parent !== undefined && !isIn(parent)) parent = parent.parent;
      if (parent !== region.parent) this.hoisted.set(region, parent);
    }
  }
}

const isLeaf = (node: Node): boolean => node.inputs.length === 0;
/** Leaves that any function can write down itself. */
const isFixed = ({ op, attrs, shape }: Node): boolean =>
  op === 'constant' || (op === 'iota' && known(shape[0])) || (op === 'extent' && known(attrs.dim));
const known = (dim: Dim): boolean => symbolsOf(dim).length === 0;
