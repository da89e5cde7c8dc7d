/**
 * Networks, streams, samples and states that are the same under another name. In: two checked specs; out: what the second
 * one's names are in the first. Names of lets, fns and parameters need no finding: nothing is read by them.
 */
import { inputItems } from './assemble.ts';
import type { Item } from './meaning.ts';
import { networkItem } from './networks.ts';
import type { Subject } from './subject.ts';
import type { Interner, Reading } from './tokens.ts';

export interface Rename {
  readonly what: 'data' | 'sample' | 'state' | 'network';
  readonly before: string;
  readonly after: string;
}

const words = { data: 'data', samples: 'sample', states: 'state' } as const;

/** Only what has no namesake is looked for, in the order of the specs; networks inside others come first. */
export function renamesOf(a: Subject, b: Subject, interner: Interner): Rename[] {
  const found: Rename[] = [];
  const back = new Map<string, string>();
  const first: Reading = { interner, names: a.analysis.names, renamed: (name) => name };
  const second = (own?: readonly [string, string]): Reading => ({
    interner,
    names: b.analysis.names,
    renamed: (name) => (name === own?.[0] ? own[1] : (back.get(name) ?? name)),
  });
  const take = (what: Rename['what'], before: string, after: string): void => {
    found.push({ what, before, after });
    back.set(after, before);
  };
  const free = (name: string): boolean => !found.some(({ before }) => before === name);

  const [ours, theirs] = [inputItems(a, first), inputItems(b, second())];
  for (const one of lacking(ours, theirs)) {
    const fits = (other: Item): boolean => other.section === one.section && alike(one, other);
    const other = lacking(theirs, ours).find((candidate) => !back.has(candidate.name) && fits(candidate));
    if (other !== undefined) take(words[one.section as keyof typeof words], one.name, other.name);
  }
  const known = a.analysis.bodies;
  for (const after of b.analysis.bodies.keys()) {
    if (known.has(after)) continue;
    const candidates = [...known.keys()].filter((name) => !b.analysis.bodies.has(name) && free(name));
    const fitting = (same: typeof alike): string | undefined =>
      candidates.find((name) =>
        same(networkItem(a, first, name), networkItem(b, second([after, name]), after)),
      );
    const before = fitting(alike) ?? fitting(alikeInside);
    if (before !== undefined) take('network', before, after);
  }
  return found;
}

const lacking = (these: readonly Item[], those: readonly Item[]): Item[] =>
  these.filter(({ section, name }) => !those.some((one) => one.section === section && one.name === name));

/** The same but for its name. */
const alike = (a: Item, b: Item): boolean =>
  a.facts.length === b.facts.length &&
  a.facts.every(({ key, same }, i) => key === b.facts[i].key && same === b.facts[i].same) &&
  alikeInside(a, b);

/** Of networks: the same layers between the same types, however they start. */
const alikeInside = (a: Item, b: Item): boolean =>
  ['takes', 'gives'].every((key) => factOf(a, key) === factOf(b, key)) &&
  a.parts.length === b.parts.length &&
  a.parts.every(({ same }, i) => same === b.parts[i].same);

const factOf = ({ facts }: Item, wanted: string): string | null | undefined =>
  facts.find(({ key }) => key === wanted)?.same;
