/**
 * Where rows come from. Samples that are combined share rows; where they meet a stream they take its rows; two streams
 * never become one, nor do batches of two sizes. A union-find over names; `join` is asked wherever values meet.
 *
 * Adding two losses is a weaker meeting: their means can be added as well. Such sums are only noted while a spec is
 * checked; `settle` then joins samples that sums relate to one stream (or to none), and leaves alone those that they
 * relate to several, whatever the order in which the spec says so.
 */
import { isStack, type RowOrigin } from '../types.ts';

export class RowsTable {
  private readonly parent = new Map<string, string>();
  private readonly streams: ReadonlySet<string>;
  private readonly batches: ReadonlyMap<string, number>;
  private readonly sums: (readonly [string, string])[] = [];
  private readonly equals: (readonly [string, string])[] = [];
  /** Whether every meeting is known: rows that have not met by now never do. */
  settled = false;

  /** `streams`: the names that are data, not samples; `batches`: of those whose batch is known (none in reports). */
  constructor(streams: Iterable<string>, batches: ReadonlyMap<string, number> = new Map()) {
    this.streams = new Set(streams);
    this.batches = batches;
  }

  /** The name that stands for all that have met: the stream, if one is among them. */
  root(name: string): string {
    const parent = this.parent.get(name);
    return parent === undefined ? name : this.root(parent);
  }

  /** How often rows have met so far. */
  get meetings(): number {
    return this.parent.size + this.sums.length;
  }

  /** An origin with every name replaced by its root. */
  resolve(origin: RowOrigin): RowOrigin {
    if (typeof origin === 'string') return this.root(origin);
    if (isStack(origin)) return origin.map((part) => this.resolve(part));
    if ('packed' in origin) return { packed: this.resolve(origin.packed), by: origin.by };
    return { pairs: [this.resolve(origin.pairs[0]), this.resolve(origin.pairs[1])] };
  }

  isStream(name: string): boolean {
    return this.streams.has(this.root(name));
  }

  /** All names that have met `name`. */
  members(name: string): string[] {
    const root = this.root(name);
    return [root, ...[...this.parent.keys()].filter((other) => this.root(other) === root)];
  }

  /** The member of `name`'s rows that says how many there are in a batch. */
  sized(name: string): { readonly name: string; readonly batch: number } | undefined {
    const sizing = this.members(name).find((member) => this.batches.has(member));
    return sizing === undefined ? undefined : { name: sizing, batch: this.batches.get(sizing)! };
  }

  /** One origin for both, or null if they cannot be one; rows that meet are joined for good. */
  join(a: RowOrigin, b: RowOrigin): RowOrigin | null {
    if (typeof a === 'string' && typeof b === 'string') return this.unite(a, b);
    if (typeof a === 'string' || typeof b === 'string') return null;
    if (isStack(a) && isStack(b)) return a.length === b.length ? this.joinParts(a, b) : null;
    if ('packed' in a && 'packed' in b && a.by === b.by) {
      const packed = this.join(a.packed, b.packed);
      return packed === null ? null : { packed, by: a.by };
    }
    return this.same(a, b) ? a : null;
  }

  private joinParts(a: readonly RowOrigin[], b: readonly RowOrigin[]): RowOrigin | null {
    const parts = a.map((part, i) => this.join(part, b[i]));
    return parts.includes(null) ? null : (parts as RowOrigin[]);
  }

  /** Batches of both are of one size, though their rows never meet. */
  equate(a: string, b: string): void {
    if (!this.equals.some(([x, y]) => x === a && y === b)) this.equals.push([a, b]);
  }

  /** All names whose batches are as large as that of `name` by what the spec says, itself included. */
  alike(name: string): string[] {
    const found = new Set(this.members(name));
    for (let size = 0; size < found.size;) {
      size = found.size;
      for (const [a, b] of this.equals)
        if (found.has(a) || found.has(b))
          for (const one of [a, b]) this.members(one).forEach((m) => found.add(m));
    }
    return [...found];
  }

  /** Whether both are one origin already. */
  same(a: RowOrigin, b: RowOrigin): boolean {
    return JSON.stringify(this.resolve(a)) === JSON.stringify(this.resolve(b));
  }

  /** Losses of these rows are added. */
  noteSum(a: string, b: string): void {
    this.sums.push([a, b]);
  }

  /** Joins what sums relate, where that is unambiguous. */
  settle(): void {
    for (const related of this.relatedBySums()) {
      const streams = related.filter((name) => this.streams.has(name));
      const sizes = new Set(related.flatMap((name) => this.sized(name)?.batch ?? []));
      if (streams.length <= 1 && sizes.size <= 1) related.forEach((name) => this.unite(related[0], name));
    }
    this.settled = true;
  }

  /** Samples that sums relate, with all streams that stand in the same sums. */
  private relatedBySums(): string[][] {
    const edges = this.sums.map(([a, b]) => [this.root(a), this.root(b)] as const);
    const free = [...new Set(edges.flat())].filter((name) => !this.streams.has(name)).sort();
    const seen = new Set<string>();
    const gather = (name: string, group: Set<string>): Set<string> => {
      if (group.has(name)) return group;
      group.add(name);
      seen.add(name);
      for (const [a, b] of edges) if (a === name || b === name) gather(a === name ? b : a, group);
      return group;
    };
    return free.flatMap((name) => (seen.has(name) ? [] : [[...gather(name, new Set())]]));
  }

  private unite(a: string, b: string): string | null {
    const [ra, rb] = [this.root(a), this.root(b)];
    if (ra === rb) return ra;
    if (this.streams.has(ra) && this.streams.has(rb)) return null;
    const [sa, sb] = [this.sized(ra), this.sized(rb)];
    if (sa !== undefined && sb !== undefined && sa.batch !== sb.batch) return null;
    const [winner, loser] = this.streams.has(rb) || (!this.streams.has(ra) && rb < ra) ? [rb, ra] : [ra, rb];
    this.parent.set(loser, winner);
    return winner;
  }
}
