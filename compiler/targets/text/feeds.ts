/**
 * What the host feeds an emitted program: fields of minibatches, draws, numbers that change with time, what a report gives.
 * In: where the plan's inputs come from; out: where each stands among a program's arguments, under names that say what it is.
 */
import { printHost, type HostExpr } from '../../../program/host.ts';
import type { GraphInput } from '../../../program/manifest.ts';
import type { Node } from '../../ir/node.ts';
import { scalarName } from '../../leaves.ts';
import { readable, type Names } from './names.ts';

/** Where a fed value stands among the arguments of updates and reports: `['batch', 'mnist', 'image']`. */
export type Feed = readonly [string, ...string[]];

type Origins = ReadonlyMap<string, GraphInput['from']>;

export class Feeds {
  /** Those that were asked for. */
  readonly inputs = new Map<string, Feed>();
  private readonly states: ReadonlySet<string>;
  private readonly origins: Map<string, GraphInput['from']>;
  private readonly own: Names | null;
  private readonly names: Readonly<Record<'draws' | 'at' | 'given', Names>>;
  private readonly scalarNames = new Map<string, string>();

  /** `own`: names of a single function whose parameters are what is fed: no batch, draws, at, given. */
  constructor(states: ReadonlySet<string>, origins: Origins, names: () => Names, own: Names | null = null) {
    this.states = states;
    this.origins = new Map(origins);
    this.names = { draws: names(), at: names(), given: names() };
    this.own = own;
  }

  isState(name: string): boolean {
    return this.states.has(name) || (!this.origins.has(name) && !name.includes(':'));
  }

  /** Whether the node is a number that the host computes. */
  isScalar(node: Node): boolean {
    return node.op === 'input' && this.origins.get(node.attrs.name)?.kind === 'scalar';
  }

  of(name: string): Feed {
    const feed = this.inputs.get(name) ?? this.feedOf(name);
    this.inputs.set(name, feed);
    return feed;
  }

  private feedOf(name: string): Feed {
    const feed = this.grouped(name);
    return this.own === null ? feed : [this.own.take(feed[feed.length - 1])];
  }

  private grouped(name: string): Feed {
    const from = this.origins.get(name);
    if (from === undefined) throw new Error(`nobody feeds ${name}`);
    switch (from.kind) {
      case 'field':
        return ['batch', from.stream, from.field];
      case 'draw':
        return ['draws', this.names.draws.take(readable(from.key))];
      case 'scalar':
        return ['at', this.names.at.take(this.scalarNames.get(name) ?? 'value')];
      case 'given':
        return ['given', this.names.given.take(from.name.replace('given:', ''))];
      case 'state':
        throw new Error(`${name} is state`);
    }
  }

  /** What a scalar is called, where somebody knows: an update's rate. `origins`: where one comes from that no graph of the plan reads. */
  nameScalar(name: string, wanted: string, origins: Origins = new Map()): void {
    if (!this.scalarNames.has(name)) this.scalarNames.set(name, wanted);
    const origin = origins.get(name);
    if (origin !== undefined && !this.origins.has(name)) this.origins.set(name, origin);
  }

  /** The input of a number that the host computes; null if it is fixed. */
  scalarOf(value: HostExpr, wanted: string): string | null {
    if (typeof value === 'number') return null;
    const name = scalarName(value);
    this.nameScalar(name, wanted, new Map([[name, { kind: 'scalar', value }]]));
    return name;
  }

  /** What the scalars mean, for a comment. */
  scalars(): [string, string][] {
    return [...this.inputs].flatMap(([name, feed]): [string, string][] => {
      const from = this.origins.get(name);
      return from?.kind === 'scalar' ? [[feed[1] ?? feed[0], printHost(from.value)]] : [];
    });
  }
}
