/** How many numbers a shape has, where symbolic sizes stand for given ones. */
import { substituteDim, type Dim } from './dim.ts';

/** What symbols stand for: rows (`N`), lengths (`T`). Those that are not named count as 1. */
export type Sizes = Readonly<Record<string, number>>;

export const numbers = (shape: readonly Dim[], sizes: Sizes = {}): number =>
  shape.reduce<number>((product, dim) => product * sized(dim, sizes), 1);

function sized(dim: Dim, sizes: Sizes): number {
  if (typeof dim === 'number') return dim;
  const symbols = Object.keys(dim.terms).flatMap((key) => key.split('*'));
  const value = substituteDim(dim, Object.fromEntries(symbols.map((name) => [name, sizes[name] ?? 1])));
  return typeof value === 'number' ? value : 1;
}
