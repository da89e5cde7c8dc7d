/**
 * Which of a program's inputs have the rows of minibatches: whoever takes a minibatch apart, ranks at once or one process part
 * after part, gives each part its own rows of them. In: updates and `set`s; out: the same with symbols for numbers of rows, and
 * a table of the draws.
 */
import { ofAllProcesses, ofOneProcess, ofPacks, packsOf, symbol, symbolsOf, type Dim } from '../ir/dim.ts';
import { isFed, type Node } from '../ir/node.ts';
import type { Symbols } from '../ir/opBuilder.ts';
import { drawName } from '../leaves.ts';
import type { Model } from '../model.ts';

/** Rows that meet, and batches that are of one size, are one number, whatever their stream or sample is called. */
const rowsName = ({ rows }: Model, name: string): string =>
  rowsPrefix + ([...rows.alike(name)].sort()[0] ?? name);

const rowsPrefix = 'N_';

/** The same for minibatches of any size. */
export const ofAnyRows = <T>(model: Model, one: { withRows(rowCount: (name: string) => Dim): T }): T =>
  one.withRows((name) => symbol(rowsName(model, name)));

/** The same for minibatches of the spec's batch, of what has symbols. */
export const ofBatch = <T>(
  { rows, batches }: Model,
  any: { withRows(rowCount: (name: string) => Dim): T },
): T => any.withRows((name) => rows.alike(name).flatMap((one) => batches.get(one) ?? [])[0] ?? symbol(name));

/** The sizes for symbols of `ofAnyRows`, in these nodes, where there are so many rows of each stream and sample. */
export function sizesOfRows(nodes: readonly Node[], rowCount: (name: string) => Dim): Symbols {
  const sizeOf = (name: string): Dim | undefined => {
    const [own, packs] = [ofOneProcess(name), ofPacks(name)];
    if (own !== undefined) return processesOf(sizeOf(own));
    if (packs !== undefined) return packed(sizeOf(packs[0]), packs[1]);
    return name.startsWith(rowsPrefix) ? rowCount(name.slice(rowsPrefix.length)) : undefined;
  };
  const own = nodes.flatMap(({ shape }) => shape.flatMap(symbolsOf));
  const names = new Set([...own, ...own.flatMap((name) => symbolsOf(ofAllProcesses(symbol(name))))]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const size = sizeOf(name);
      return size === undefined ? [] : [[name, size]];
    }),
  );
}

const processesOf = (size: Dim | undefined): Dim | undefined => size && ofAllProcesses(size);
const packed = (rows: Dim | undefined, by: number): Dim | undefined => rows && packsOf(rows, by);

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
