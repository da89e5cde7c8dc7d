/**
 * What layers and blocks are called in their network: by kind and place in the body (`conv_2`), or by a name of their own
 * (`name: head`), which stays when other layers are put in. Under it the weights stand in checkpoints: `D.head.weight`.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import type * as ast from '../../grammar/ast.ts';
import type { Span } from '../../grammar/source.ts';
import type { Given } from '../bind/match.ts';
import { kinds } from '../errors.ts';
import type { NetworkScope } from './context.ts';

/** What a layer is called, and where it says so. */
export interface OwnName {
  readonly name: string;
  readonly span: Span;
}

/**
 * The place of the next layer or block of a kind: `conv_1`, `conv_2`, ... in the order of the body, or its own name.
 * Layers with a name do not count.
 */
export function placeOf({ counts, taken }: NetworkScope, kind: string, own?: OwnName): string {
  const count = (counts.get(kind) ?? 0) + (own === undefined ? 1 : 0);
  counts.set(kind, count);
  const place = own?.name ?? `${kind}_${count}`;
  if (taken.has(place)) throw twice(place, own?.span);
  if (place === 'average') throw average(own?.span);
  taken.add(place);
  return place;
}

const twice = (place: string, span: Span | undefined): Mistake =>
  new Mistake(
    kinds.duplicateName,
    {
      what: `two layers are called \`${place}\` here`,
      why: 'Weights are stored under the name of their layer.',
      hint: 'Give one of them another `name:`.',
    },
    span,
  );

const average = (span: Span | undefined): Mistake =>
  new Mistake(
    kinds.duplicateName,
    {
      what: 'a layer cannot be called `average`',
      why: "`N.average` is the network's average.",
      hint: 'Give it another `name:`.',
    },
    span,
  );

/** Where the state of a network or block is, averaged or not: `G.down_1`, `G.average.down_1`. */
export const statePath = ({ name, averaged, path }: NetworkScope): string =>
  averaged ? `${name}.average${path.slice(name.length)}` : path;

/** A block's own name, `name: first`, apart from its arguments; one that has a parameter `name` takes it as any other. */
export function ownName(
  { parameters }: ast.BlockDecl,
  given: readonly Given[],
): { own: OwnName | undefined; rest: readonly Given[] } {
  if (parameters.some(({ name }) => name.name === 'name')) return { own: undefined, rest: given };
  const at = given.findIndex(({ name }) => name?.name === 'name');
  if (at < 0) return { own: undefined, rest: given };
  const { expr, span } = given[at];
  if (expr?.kind !== 'Name') throw noWord(span);
  return { own: { name: expr.name, span: expr.span }, rest: given.toSpliced(at, 1) };
}

const noWord = (span: Span): Mistake =>
  new Mistake(
    kinds.badArgument,
    { what: '`name` takes a word', hint: 'Write `name: head`, without quotes.' },
    span,
  );
