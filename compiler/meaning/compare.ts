/**
 * Two meanings, side by side. In: items of both; out: what was added, taken away and changed, in the order of the sections.
 * What the texts are doesn't count, only what they mean; where texts are equal and meanings are not, the names in them say why.
 */
import {
  sections,
  type Definition,
  type Item,
  type Meaning,
  type Part,
  type Said,
  type Section,
} from './meaning.ts';
import type { Rename } from './renames.ts';
import { alignedParts } from './align.ts';
import { none, plain } from './subject.ts';

/** What a name in a text stands for on either side; null: it isn't there. */
export interface Where {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Detail {
  /** `rate`, a layer whose size changed; null: a part (a layer, a summand, a statement) that did itself. */
  readonly what: string | null;
  /** null: it was added. */
  readonly before: string | null;
  /** null: it was taken away. */
  readonly after: string | null;
  readonly where: readonly Where[];
}

export interface Change {
  readonly section: Section;
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of what was added or removed. */
  readonly summary: string | null;
  readonly details: readonly Detail[];
}

export interface Difference {
  /** Whether both mean the same. */
  readonly same: boolean;
  readonly changes: readonly Change[];
  /** The same under another name: counted as no change. */
  readonly renames: readonly Named[];
  /** Params that one of them has: what they change is among the changes. */
  readonly params: readonly {
    readonly name: string;
    readonly side: 'before' | 'after';
    readonly value: string;
  }[];
}

export type Named = Omit<Rename, 'what'> & { readonly what: string };

export function compare(a: Meaning, b: Meaning, renames: readonly Rename[]): Difference {
  const pairs = paired(a.items, b.items);
  const found = pairs.map(([before, after]) => changeOf(before, after, a, b));
  const all = [...paramChanges(a, b), ...found.flatMap((change) => change ?? [])];
  const changes = sections.flatMap((section) => all.filter((change) => change.section === section));
  const lines = pairs.flatMap(([before, after]): Named[] => {
    const retitled = before !== null && after !== null && before.key !== after.key;
    return retitled && before.section === 'reports'
      ? [{ what: 'line of a report', before: before.name, after: after.name }]
      : [];
  });
  return {
    same: changes.length === 0,
    changes,
    renames: [...renames, ...lines],
    params: oneSided(a, b),
  };
}

// ---------------------------------------------------------------- which is which

type Pair = readonly [Item | null, Item | null];

/** By their keys, then by what they have in common; the first spec's order, what the second adds at its end. */
function paired(ours: readonly Item[], theirs: readonly Item[]): Pair[] {
  const partners = new Map<Item, Item>();
  const taken = new Set<Item>();
  const join = (a: Item, b: Item | undefined): void => {
    if (b === undefined) return;
    partners.set(a, b);
    taken.add(b);
  };
  for (const a of ours)
    join(
      a,
      theirs.find((b) => b.section === a.section && b.key === a.key),
    );
  const left = ours.filter((a) => !partners.has(a));
  const most = Math.max(0, ...left.map(({ kin }) => kin.length));
  for (let rank = 0; rank < most; rank++) {
    for (const a of left) {
      if (partners.has(a) || rank >= a.kin.length) continue;
      join(
        a,
        theirs.find((b) => !taken.has(b) && b.section === a.section && b.kin.includes(a.kin[rank])),
      );
    }
  }
  return [
    ...ours.map((a): Pair => [a, partners.get(a) ?? null]),
    ...theirs.filter((b) => !taken.has(b)).map((b): Pair => [null, b]),
  ];
}

// ---------------------------------------------------------------- what changed

function changeOf(before: Item | null, after: Item | null, a: Meaning, b: Meaning): Change | null {
  const { section, name, summary } = (before ?? after)!;
  if (before === null) return { section, name, change: 'added', summary, details: [] };
  if (after === null) return { section, name, change: 'removed', summary, details: [] };
  const told = factDetails(before, after, false, a, b);
  const parts = partDetails(before, after, a, b);
  const all = [...told, ...parts];
  const details = all.length > 0 ? all : factDetails(before, after, true, a, b);
  return details.length === 0 ? null : { section, name, change: 'changed', summary: null, details };
}

function factDetails(before: Item, after: Item, rest: boolean, a: Meaning, b: Meaning): Detail[] {
  const keys = new Set([...before.facts, ...after.facts].map(({ key }) => key));
  return [...keys].flatMap((key): Detail[] => {
    const [x, y] = [before, after].map(({ facts }) => facts.find((fact) => fact.key === key));
    if (((x ?? y)!.rest ?? false) !== rest || same(x, y)) return [];
    return [detail(key, x ?? plain(none), y ?? plain(none), a, b)];
  });
}

/** What one side lacks (an argument of another optimizer) is as if it were not given. */
function same(x: Said | undefined, y: Said | undefined): boolean {
  const [a, b] = [x, y].map((said) => (said === undefined ? none : said.same));
  return a === null || b === null || a === b;
}

function partDetails(before: Item, after: Item, a: Meaning, b: Meaning): Detail[] {
  const [ours, theirs] = [elsewhere(before.parts, after.parts), elsewhere(after.parts, before.parts)];
  const aligned = alignedParts(ours, theirs, before.ordered);
  return aligned.map(([x, y]) => partDetail(x, y, a, b));
}

/** Without those that only one side has and another item tells of. */
const elsewhere = (parts: readonly Part[], others: readonly Part[]): Part[] =>
  parts.filter((part) => part.elsewhere !== true || others.some((other) => other.same === part.same));

/** Of a layer whose text is as it was, what comes out alone is told. */
function partDetail(x: Part | null, y: Part | null, a: Meaning, b: Meaning): Detail {
  const resized = x !== null && y !== null && x.text === y.text && x.size !== y.size;
  if (resized) return { what: x.text, before: sizeText(x), after: sizeText(y), where: [] };
  const [before, after] = [x, y].map((part) => part && { ...part, text: withSize(part) });
  return detail(null, before, after, a, b);
}

const sizeText = ({ size }: Part): string => size || '1';
const withSize = ({ text, size }: Part): string => (size ? `${text} → ${size}` : text);

function detail(what: string | null, x: Said | null, y: Said | null, a: Meaning, b: Meaning): Detail {
  const alike = x !== null && y !== null && x.text === y.text;
  const names = alike ? [...new Set([...(x.names ?? []), ...(y.names ?? [])])] : [];
  return { what, before: x?.text ?? null, after: y?.text ?? null, where: whereOf(names, a, b) };
}

/** Of these names, and of those that stand behind them, what is not written as it was. */
function whereOf(names: readonly string[], a: Meaning, b: Meaning): Where[] {
  const seen = new Set(names);
  const found: Where[] = [];
  for (const name of seen) {
    const [x, y] = [a, b].map(({ definitions }): Definition | undefined => definitions.get(name));
    if (x === undefined && y === undefined) continue;
    if (x?.text !== y?.text) found.push({ name, before: x?.text ?? null, after: y?.text ?? null });
    for (const inner of [...(x?.names ?? []), ...(y?.names ?? [])]) seen.add(inner);
  }
  return found.filter((one) => !found.some((other) => renamed(one, other)));
}

/** Whether one text went under two names. */
const renamed = (x: Where, y: Where): boolean =>
  (x.after === null && y.before === null && x.before === y.after) ||
  (x.before === null && y.after === null && x.after === y.before);

// ---------------------------------------------------------------- params

function paramChanges(a: Meaning, b: Meaning): Change[] {
  return [...a.params].flatMap(([name, before]): Change[] => {
    const after = b.params.get(name);
    if (after === undefined || after === before) return [];
    const details = [{ what: null, before, after, where: [] }];
    return [{ section: 'params', name, change: 'changed', summary: null, details }];
  });
}

const oneSided = (a: Meaning, b: Meaning): Difference['params'] => [
  ...[...a.params].flatMap(([name, value]) =>
    b.params.has(name) ? [] : [{ name, side: 'before' as const, value }],
  ),
  ...[...b.params].flatMap(([name, value]) =>
    a.params.has(name) ? [] : [{ name, side: 'after' as const, value }],
  ),
];
