/**
 * Which of a program's inputs have the rows of minibatches: whoever takes a minibatch apart, ranks at once or one process part
 * after part, gives each part its own rows of them. In: updates and `set`s; out: the same with symbols for numbers of rows, and
 * a table of the draws.
 */
import { symbol, symbolsOf, type Dim } from '../ir/dim.ts';
import { isFed, type Node } from '../ir/node.ts';
import { drawName } from '../leaves.ts';
import type { Model } from '../model.ts';

/** Rows that meet, and batches that are of one size, are one number, whatever their stream or sample is called. */
const rowsName = ({ rows }: Model, name: string): string => `N_${[...rows.alike(name)].sort()[0] ?? name}`;

/** The same for minibatches of any size. */
export const ofAnyRows = <T>(model: Model, one: { withRows(rowCount: (name: string) => Dim): T }): T =>
  one.withRows((name) => symbol(rowsName(model, name)));

/** Draws whose rows are those of minibatches, and how many minibatches stand one below the other in each. */
export const blocksOf = (nodes: readonly Node[]): Record<string, number> =>
  Object.fromEntries(
    nodes.filter(isFed).flatMap((node) => {
      if (node.op !== 'draw' || !hasRows(node)) return [];
      const blocks = blocksIn(node);
      return blocks === undefined ? [] : [[drawName(node.attrs.key), blocks]];
    }),
  );

/** Draws whose rows are those of minibatches of two sizes, one below the other: no part of each is a part of them. */
export const mixedIn = (nodes: readonly Node[]): Node[] =>
  nodes.filter((node) => node.op === 'draw' && hasRows(node) && blocksIn(node) === undefined);

const hasRows = ({ shape: [rows] }: Node): boolean => rows !== undefined && symbolsOf(rows).length > 0;

function blocksIn({ shape: [rows] }: Node): number | undefined {
  if (typeof rows === 'number') return undefined;
  const factors = Object.values(rows.terms);
  return factors.length === 1 && rows.constant === 0 ? factors[0] : undefined;
}
