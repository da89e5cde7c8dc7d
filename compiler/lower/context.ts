/**
 * The evaluation contexts of lowering: real batch sizes and current weights for a step, symbolic rows and stored weights
 * for a report. And how a graph's leaves become the inputs that a program declares.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { newEffects, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import type { WeightInfo } from '../bind/names.ts';
import { RowsTable } from '../evaluate/rows.ts';
import type { Builder } from '../ir/builder.ts';
import { printDim, symbol, type Shape } from '../ir/dim.ts';
import { isFed, reachable, type Node } from '../ir/node.ts';
import { leafName } from '../leaves.ts';
import type { Model } from '../model.ts';
import type { Catalogue } from '../../program/catalogue.ts';
import type { GraphInput, HostShape, InputOrigin } from '../../program/manifest.ts';

/** What lowering a spec shares between its graphs. */
export interface Lowering {
  readonly model: Model;
  readonly catalogue: Catalogue;
  say(diagnostic: Diagnostic): void;
}

/** Where each tensor of the state stands: its node now, made as an input when first asked for. */
export class StateNodes {
  private readonly b: Builder;
  private readonly now = new Map<string, Node>();
  private readonly before = new Map<string, Node>();

  constructor(b: Builder) {
    this.b = b;
  }

  get(name: string, shape: readonly number[]): Node {
    const known = this.now.get(name);
    if (known !== undefined) return known;
    const node = this.b.input(name, shape);
    this.now.set(name, node);
    this.before.set(name, node);
    return node;
  }

  set(name: string, node: Node): void {
    this.now.set(name, node);
  }

  /** All nodes that stand for state now: constants to every gradient but their own. */
  current(): Set<Node> {
    return new Set(this.now.values());
  }

  /** What has changed since the step began. */
  changed(): [string, Node][] {
    return [...this.now].filter(([name, node]) => this.before.get(name) !== node);
  }

  has(name: string): boolean {
    return this.before.has(name);
  }
}

/** `C.conv_1.weight` → `C.average.conv_1.weight` */
export const averageName = (info: Pick<WeightInfo, 'name' | 'network'>): string =>
  `${info.network}.average${info.name.slice(info.network.length)}`;

/** Under which an average's applications are counted, as an update's are. */
export const averageCount = (network: string): string => `${network}.average`;

/** A context for one update: the weights as they stand in `state`, statistics and losses of its own. */
export function trainContext(
  lowering: Lowering,
  b: Builder,
  state: StateNodes,
  trained: Iterable<string>,
  origins: Map<string, InputOrigin>,
): Context {
  const { model } = lowering;
  return {
    names: model.names,
    catalogue: lowering.catalogue,
    evaluate,
    b,
    mode: 'train',
    rows: model.rows,
    rowCount: (name) => batchOf(model, name),
    state: (info) => state.get(info.name, info.shape),
    constants: () => state.current(),
    trained: new Set(trained),
    bound: new Map(),
    origins,
    acrossRows: new Set(),
    effects: newEffects(),
    memo: new Map(),
    salt: '',
    called: () => undefined,
    say: lowering.say,
  };
}

/** A context for one line of a report: any number of rows, rows of its own. */
export function reportContext(
  lowering: Lowering,
  b: Builder,
  mode: 'report' | 'recalibrate',
  origins: Map<string, InputOrigin>,
): Context {
  const state = new StateNodes(b);
  const base = trainContext(lowering, b, state, [], origins);
  return {
    ...base,
    mode,
    rows: new RowsTable(lowering.model.names.data.keys()),
    rowCount: () => symbol('N'),
    state: (info, averaged) => state.get(averaged ? averageName(info) : info.name, info.shape),
  };
}

function batchOf({ batches }: Model, name: string): number {
  const batch = batches.get(name);
  if (batch === undefined) throw new Error(`no batch for ${name}`);
  return batch;
}

const hostShape = (shape: Shape): HostShape =>
  shape.map((dim) => (typeof dim === 'number' ? dim : printDim(dim)));

/** The leaves of a graph as a program declares them, in a stable order. */
export function graphInputs(roots: readonly Node[], origins: ReadonlyMap<string, InputOrigin>): GraphInput[] {
  return reachable(roots)
    .filter(isFed)
    .map((node): GraphInput => {
      const name = leafName(node);
      const from = origins.get(name) ?? { kind: 'state', state: name };
      return { name, shape: hostShape(node.shape), from };
    });
}

export const outputShape = (node: Node): HostShape => hostShape(node.shape);
