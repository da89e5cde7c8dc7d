/**
 * What a spec means, item by item, as far as two specs can be told apart by it: data, networks, updates, schedule, reports.
 * Names of lets, fns, parameters and fields are not in it, nor is layout. Made by assemble.ts, compared by compare.ts.
 */

/** In the order in which they are printed. */
export const sections = [
  'params',
  'data',
  'samples',
  'states',
  'networks',
  'updates',
  'schedule',
  'reports',
] as const;
export type Section = (typeof sections)[number];

/** A piece of text for people, and what decides whether two of them mean the same. */
export interface Said {
  readonly text: string;
  /** Equal exactly where the meaning is; null: not known (files that are not there), which equals anything. */
  readonly same: string | null;
  /** Names of the spec that the text mentions: where texts are equal and meanings are not, one of them differs. */
  readonly names?: readonly string[];
}

export interface Fact extends Said {
  /** `rate`, `batch`, `every`. */
  readonly key: string;
  /** Said only where nothing else tells what differs. */
  readonly rest?: true;
}

export interface Part extends Said {
  /** What parts of one kind have in common, so that one may have become another: `conv`. */
  readonly head: string;
  /** Of what comes out of a layer, which stands behind its text. */
  readonly size?: string;
  /** Another item says what there is to say of it; only its place counts here. */
  readonly elsewhere?: true;
}

/** A declaration or statement. */
export interface Item {
  readonly section: Section;
  /** `G`, `update D, Trunk`, `metric error`. */
  readonly name: string;
  /** By which it is found in the other spec: its name there, where that is known. */
  readonly key: string;
  /** Items of the other spec that share one of these, in this order, may be what this one was. */
  readonly kin: readonly string[];
  /** Of an item that the other spec has not. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly parts: readonly Part[];
  /** Whether the order of the parts counts. */
  readonly ordered: boolean;
}

/** What a name stands for, as written. */
export interface Definition {
  readonly text: string;
  readonly names: readonly string[];
}

export interface Meaning {
  readonly items: readonly Item[];
  readonly params: ReadonlyMap<string, string>;
  /** Of lets, losses, fns, blocks and params. */
  readonly definitions: ReadonlyMap<string, Definition>;
}
