/**
 * One update as units and edges. In: an update; out: the fields, samples, networks and losses that its objective is made
 * of, who reads whom, and what the gradient does between them. Arithmetic outside networks is passed over: an edge goes
 * from what was read to who reads it, whatever was computed on the way.
 */
import { textOf } from '../../grammar/source.ts';
import { passed } from '../ir/differentiate.ts';
import { reachable, type Node, type Region } from '../ir/node.ts';
import type { Model } from '../model.ts';
import type { LoweredUpdate } from '../lower/lowered.ts';
import type { UpdateInfo } from '../model.ts';
import type { EdgeGradient, Layer, Unit } from './architecture.ts';
import { layersOf, sizeOf } from './layers.ts';
import { leafUnit, networkUnit } from './units.ts';

export interface ViewEdge {
  readonly from: string;
  readonly to: string;
  readonly size: string;
  readonly gradient: EdgeGradient;
}

export interface UpdateView {
  readonly update: UpdateInfo;
  readonly units: readonly Unit[];
  readonly edges: readonly ViewEdge[];
  /** The unit of what it minimises or maximises. */
  readonly objective: string;
}

/** One reading of a value: which node, and what lay between it and its reader. */
interface Read {
  readonly node: Node;
  readonly unit: string;
  /** Whether the gradient passes all the way. */
  readonly flows: boolean;
  readonly reversed: boolean;
  readonly stopped: boolean;
}

export function updateView(model: Model, lowered: LoweredUpdate): UpdateView {
  const { update, objective, weights, state } = lowered;
  const learning = weights.flatMap(({ name }) => state.get(name) ?? []);
  const constants = new Set(state.values());
  for (const node of learning) constants.delete(node);
  const losses = lossNodes(lowered);
  const target =
    losses.get(lossRoot(objective, losses)) ?? `loss:${textOf(update.declaration.objective.span)}`;
  const scene = new Scene(
    model,
    objective,
    losses,
    new Set(passed(objective, learning, constants)),
    learning,
  );
  return { update, objective: target, ...scene.read(target, objective) };
}

/** The node of each named loss that was evaluated, one number a row. */
function lossNodes({ lossRows }: LoweredUpdate): Map<Node, string> {
  const found = new Map<Node, string>();
  for (const [name, node] of lossRows) if (!found.has(node)) found.set(node, `loss:${name}`);
  return found;
}

/** An objective is the mean over the rows of what the update names. */
function lossRoot(objective: Node, losses: ReadonlyMap<Node, string>): Node {
  let node = objective;
  while (!losses.has(node) && node.inputs.length === 1) [node] = node.inputs;
  return node;
}

/** The outermost network that a node belongs to, and whether that is inside another network of its own. */
function callOf(node: Node): { outer: Region | undefined; inner: Region | undefined } {
  let outer: Region | undefined;
  let inner: Region | undefined;
  for (let at = node.region; at !== undefined; at = at.parent) {
    if (at.kind !== 'network') continue;
    outer = at;
    inner ??= at;
  }
  return { outer, inner };
}

class Scene {
  private readonly model: Model;
  private readonly nodes: readonly Node[];
  private readonly losses: ReadonlyMap<Node, string>;
  private readonly flowing: ReadonlySet<Node>;
  private readonly dependent: ReadonlySet<Node>;
  /** What rows went into: weights and constants are nobody's input. */
  private readonly data: ReadonlySet<Node>;
  /** Nodes that a network's own weights or noise went into; others are the same wherever they are made. */
  private readonly touched = new Set<Node>();
  private readonly byCall = new Map<Region, Node[]>();
  private readonly units = new Map<string, Unit>();
  private readonly edges = new Map<string, ViewEdge>();
  /** Networks inside a network that another one made first. */
  private readonly inside = new Map<string, Map<string, Layer>>();

  constructor(
    model: Model,
    objective: Node,
    losses: ReadonlyMap<Node, string>,
    flowing: ReadonlySet<Node>,
    learning: readonly Node[],
  ) {
    this.model = model;
    this.losses = losses;
    this.flowing = flowing;
    this.nodes = reachable([objective]);
    this.dependent = dependents(this.nodes, learning);
    this.data = dependents(this.nodes, this.nodes.filter(isData));
    for (const node of this.nodes) {
      const { outer } = callOf(node);
      if (outer === undefined) continue;
      this.byCall.set(outer, [...(this.byCall.get(outer) ?? []), node]);
      if (this.isTouched(node, outer)) this.touched.add(node);
    }
    for (const nodes of this.byCall.values()) {
      if (!nodes.some((node) => this.touched.has(node))) nodes.forEach((node) => this.touched.add(node));
    }
  }

  /** Whether the call itself does something to a value, or only moves it about. */
  private isTouched(node: Node, call: Region): boolean {
    return node.inputs.some((x) => {
      if (!this.data.has(x)) return reachable([x]).some(({ op }) => op === 'input');
      if (x.op === 'draw') return leafUnit(x, this.model.names) === undefined;
      return this.touched.has(x) && callOf(x).outer === call;
    });
  }

  read(target: string, objective: Node): Pick<UpdateView, 'units' | 'edges'> {
    for (const call of this.byCall.keys()) this.readCall(call);
    for (const [node, id] of this.losses) {
      if (!this.nodes.includes(node)) continue;
      this.addLoss(id);
      this.connect(id, this.before([node], new Set([node])));
    }
    if (![...this.losses.values()].includes(target)) {
      this.addLoss(target);
      this.connect(target, this.reads(objective));
    }
    for (const [call, nodes] of this.byCall) this.addNetwork(call, nodes);
    for (const [call, nodes] of this.innerCalls()) this.addNetwork(call, nodes);
    return { units: this.inOrder(), edges: [...this.edges.values()] };
  }

  private readCall(call: Region): void {
    const nodes = this.byCall.get(call)!;
    const own = new Set(nodes);
    const reads = this.before(nodes, own).flatMap((read) => {
      const { inner, outer } = callOf(read.node);
      const shared =
        inner !== undefined && inner !== outer && outer !== call && !call.parameters.has(read.node);
      return shared ? this.throughShared(call, inner, read) : [read];
    });
    this.connect(`network:${call.path}`, reads);
  }

  /** A network inside this one that another one called with the same values: this one reads what that one was given. */
  private throughShared(call: Region, shared: Region, read: Read): Read[] {
    const id = `network:${call.path}`;
    const { name } = shared;
    const layer: Layer = { kind: 'network', name, text: name, size: sizeOf(read.node) };
    this.inside.set(id, (this.inside.get(id) ?? new Map<string, Layer>()).set(name, layer));
    const nodes = reachable([read.node]).filter((node) => isWithin(node.region, shared));
    return this.before(nodes, new Set(nodes));
  }

  /** What stands before some nodes: everything that they read and that isn't among them. */
  private before(nodes: readonly Node[], own: ReadonlySet<Node>): Read[] {
    return nodes.flatMap((node) =>
      node.inputs
        .filter((x) => !own.has(x) && this.data.has(x))
        .flatMap((x) => this.reads(x, this.flowing.has(node))),
    );
  }

  /** From a node back to the units that it is made of. */
  private reads(from: Node, flows = true): Read[] {
    const found: Read[] = [];
    const seen = new Set<string>();
    const visit = (node: Node, way: Omit<Read, 'node' | 'unit'>): void => {
      const key = `${node.id} ${way.flows} ${way.reversed} ${way.stopped}`;
      if (seen.has(key)) return;
      seen.add(key);
      const here = { ...way, flows: way.flows && this.flowing.has(node) };
      const unit = this.unitOf(node);
      if (unit !== undefined) found.push({ node, unit, ...here });
      else {
        const reversed = here.reversed !== (node.op === 'reverse');
        const stopped = here.stopped || node.op === 'stop';
        node.inputs
          .filter((x) => this.data.has(x))
          .forEach((x) => visit(x, { flows: here.flows, reversed, stopped }));
      }
    };
    visit(from, { flows, reversed: false, stopped: false });
    return found;
  }

  private unitOf(node: Node): string | undefined {
    const loss = this.losses.get(node);
    if (loss !== undefined) return loss;
    const { outer } = callOf(node);
    if (outer !== undefined && this.touched.has(node)) return `network:${outer.path}`;
    const leaf = leafUnit(node, this.model.names);
    if (leaf === undefined) return undefined;
    if (!this.units.has(leaf.id)) this.units.set(leaf.id, leaf);
    return leaf.id;
  }

  private connect(to: string, reads: readonly Read[]): void {
    for (const read of reads) {
      const key = `${read.unit} ${to}`;
      const before = this.edges.get(key);
      const sizes = new Set((before?.size ?? '').split(', ').filter(Boolean));
      const size = sizeOf(read.node);
      if (size !== '' && !read.unit.startsWith('loss:')) sizes.add(size);
      const gradient = stronger(before?.gradient ?? 'none', this.gradientOf(read));
      this.edges.set(key, { from: read.unit, to, size: [...sizes].join(', '), gradient });
    }
  }

  private gradientOf({ node, flows, reversed, stopped }: Read): EdgeGradient {
    if (flows) return reversed ? 'reversed' : 'flows';
    return stopped && this.dependent.has(node) ? 'stopped' : 'none';
  }

  private addNetwork(call: Region, nodes: readonly Node[]): void {
    const id = `network:${call.path}`;
    if (this.units.has(id)) return;
    const shared = [...(this.inside.get(id)?.values() ?? [])];
    const layers = layersOf(
      call,
      nodes.filter((node) => this.data.has(node)),
    );
    this.units.set(id, networkUnit(call, [...shared, ...layers], this.model.weights));
  }

  /** Networks that are called inside others, with their nodes. */
  private innerCalls(): Map<Region, Node[]> {
    const found = new Map<Region, Node[]>();
    for (const node of this.nodes) {
      const { outer } = callOf(node);
      for (let at = node.region; at !== undefined; at = at.parent) {
        if (at.kind === 'network' && at !== outer) found.set(at, [...(found.get(at) ?? []), node]);
      }
    }
    return found;
  }

  private addLoss(id: string): void {
    const name = id.slice('loss:'.length);
    this.units.set(id, { id, kind: 'loss', name, detail: '', layers: [], weights: 0 });
  }

  private inOrder(): Unit[] {
    const rank = { field: 0, sample: 1, network: 2, loss: 3 } as const;
    return [...this.units.values()].sort((a, b) => rank[a.kind] - rank[b.kind]);
  }
}

const isData = ({ op, attrs }: Node): boolean =>
  op === 'draw' || (op === 'input' && String(attrs.name).startsWith('field:'));

const strength: readonly EdgeGradient[] = ['none', 'stopped', 'reversed', 'flows'];

const stronger = (a: EdgeGradient, b: EdgeGradient): EdgeGradient =>
  strength.indexOf(a) >= strength.indexOf(b) ? a : b;

function isWithin(region: Region | undefined, outer: Region): boolean {
  for (let at = region; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

/** The nodes that depend on some leaves, whatever a derivative says. */
function dependents(nodes: readonly Node[], leaves: readonly Node[]): Set<Node> {
  const found = new Set(leaves);
  for (const node of nodes) if (node.inputs.some((x) => found.has(x))) found.add(node);
  return found;
}
