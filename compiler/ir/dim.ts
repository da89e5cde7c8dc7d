/**
 * Sizes. Most are numbers; where a program must work for any number of rows or any length, a size is a polynomial
 * with integer coefficients over symbols (`N`, `T`): what layers do to sizes (scale, add, fold together) stays exact.
 * A canonical form makes equality structural.
 */

/** Symbol products ("N", "N*T", sorted) to coefficients; `constant` apart; never empty of terms (else it is a number). */
export interface Polynomial {
  readonly terms: Readonly<Record<string, number>>;
  readonly constant: number;
}
export type Dim = number | Polynomial;
export type Shape = readonly Dim[];

export const symbol = (name: string): Dim => ({ terms: { [name]: 1 }, constant: 0 });

function termsOf(dim: Dim): Record<string, number> {
  return typeof dim === 'number' ? { '': dim } : { ...dim.terms, '': dim.constant };
}

function normal(terms: Record<string, number>): Dim {
  const kept: Record<string, number> = {};
  for (const key of Object.keys(terms).sort()) if (key !== '' && terms[key] !== 0) kept[key] = terms[key];
  const constant = terms[''] ?? 0;
  return Object.keys(kept).length === 0 ? constant : { terms: kept, constant };
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const sum = termsOf(a);
  for (const [key, coefficient] of Object.entries(termsOf(b))) sum[key] = (sum[key] ?? 0) + coefficient;
  return normal(sum);
}

/** Most products have a number in them. The 0 added makes 0 of -0. */
function scaled(dim: Dim, by: number): Dim {
  if (typeof dim === 'number') return dim * by + 0;
  if (by === 0 || by === 1) return by === 0 ? 0 : dim;
  const terms: Record<string, number> = {};
  for (const key in dim.terms) terms[key] = dim.terms[key] * by;
  return { terms, constant: dim.constant * by + 0 };
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number') return scaled(b, a);
  if (typeof b === 'number') return scaled(a, b);
  const product: Record<string, number> = {};
  for (const [ka, ca] of Object.entries(termsOf(a))) {
    for (const [kb, cb] of Object.entries(termsOf(b))) {
      const key = [...ka.split('*'), ...kb.split('*')].filter(Boolean).sort().join('*');
      product[key] = (product[key] ?? 0) + ca * cb;
    }
  }
  return normal(product);
}

/** Places from the first to the last of so many that are `gap` apart, both included: a kernel's with dilation, windows' with a stride. */
export function reachOf(count: number, gap?: number): number;
export function reachOf(count: Dim, gap?: number): Dim;
export function reachOf(count: Dim, gap = 1): Dim {
  return addDims(mulDims(addDims(count, -1), gap), 1);
}

export const subDims = (a: Dim, b: Dim): Dim => addDims(a, mulDims(-1, b));

/** By a number that divides every coefficient. The product with 1 / n would be rounded: 49 · (1 / 49) is less than 1. */
function quotient(dim: Dim, n: number): Dim {
  if (typeof dim === 'number') return dim / n + 0;
  const terms = Object.entries(dim.terms).map(([key, c]) => [key, c / n] as const);
  return { terms: Object.fromEntries(terms), constant: dim.constant / n + 0 };
}

/** a / b where it is exact for every value of the symbols, else undefined. */
export function divDims(a: Dim, b: Dim): Dim | undefined {
  if (typeof b !== 'number') return sameDim(a, b) ? 1 : divByMonomial(a, b);
  if (b === 0 || Object.values(termsOf(a)).some((c) => c % b !== 0)) return undefined;
  return quotient(a, b);
}

function divByMonomial(a: Dim, b: Polynomial): Dim | undefined {
  const [key, ...more] = Object.keys(b.terms);
  if (more.length > 0 || b.constant !== 0) return undefined;
  const out: Record<string, number> = {};
  for (const [ka, ca] of Object.entries(termsOf(a))) {
    if (ca === 0) continue;
    const rest = ka.split('*');
    for (const factor of key.split('*')) {
      const at = rest.indexOf(factor);
      if (at < 0) return undefined;
      rest.splice(at, 1);
    }
    if (ca % b.terms[key] !== 0) return undefined;
    out[rest.join('*')] = ca / b.terms[key];
  }
  return normal(out);
}

/** ceil(a / n): exact where every symbol's coefficient is a multiple of n, else undefined. */
export function ceilDivDim(a: Dim, n: number): Dim | undefined {
  if (typeof a === 'number') return Math.ceil(a / n);
  if (Object.values(a.terms).some((c) => c % n !== 0)) return undefined;
  return addDims(quotient({ terms: a.terms, constant: 0 }, n), Math.ceil(a.constant / n));
}

/** The least that a size can be where its symbols are 1 or more; undefined where it falls as one of them grows. */
export function leastDim(dim: Dim): number | undefined {
  if (typeof dim === 'number') return dim;
  const coefficients = Object.values(dim.terms);
  if (coefficients.some((c) => c < 0)) return undefined;
  return coefficients.reduce((sum, c) => sum + c, dim.constant);
}

/** The size as a number. Throws where it has symbols. */
export function knownDim(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  throw new Error(`no number for the size ${Object.keys(dim.terms).join(', ')}`);
}
export const knownShape = (shape: Shape): number[] => shape.map(knownDim);
export const isKnown = (shape: Shape): shape is readonly number[] =>
  shape.every((dim) => typeof dim === 'number');

export function sameDim(a: Dim, b: Dim): boolean {
  // A polynomial is never a number: it has terms.
  if (a === b || typeof a === 'number' || typeof b === 'number') return a === b;
  return printDim(a) === printDim(b);
}
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]));
}
export const product = (shape: Shape): Dim => shape.reduce<Dim>(mulDims, 1);

/** The size with numbers (or other sizes) for its symbols; symbols without one stay. */
export function substituteDim(dim: Dim, values: Readonly<Record<string, Dim>>): Dim {
  if (typeof dim === 'number') return dim;
  return Object.entries(dim.terms).reduce<Dim>(
    (sum, [key, coefficient]) =>
      addDims(
        sum,
        key.split('*').reduce<Dim>((p, name) => mulDims(p, values[name] ?? symbol(name)), coefficient),
      ),
    dim.constant,
  );
}

export function symbolsOf(dim: Dim): string[] {
  return typeof dim === 'number' ? [] : [...new Set(Object.keys(dim.terms).flatMap((key) => key.split('*')))];
}

/** What `all` is put before: a size that counts the rows of all processes where the rest counts those of one. */
const everywhere = 'all ';
/** Rows of all processes, where a size with symbols counts those of one. */
export const ofAllProcesses = (dim: Dim): Dim =>
  substituteDim(dim, Object.fromEntries(symbolsOf(dim).map((name) => [name, symbol(everywhere + name)])));
/** The symbol of one process's rows, of one that counts those of all. */
export const ofOneProcess = (name: string): string | undefined =>
  name.startsWith(everywhere) ? name.slice(everywhere.length) : undefined;

/** So many rows in packs of `by`: a part of a size that has no number is a size of its own, as many as there are. */
export const packsOf = (rows: Dim, by: number): Dim =>
  divDims(rows, by) ?? symbol(`${printDim(rows).replaceAll('*', ' ')}/${by}`);
/** The symbol of the rows in packs, and how many are in one, by the symbol of the packs. */
export function ofPacks(name: string): readonly [rows: string, by: number] | undefined {
  const [, rows, by] = /^(.+)\/(\d+)$/.exec(name) ?? [];
  return rows === undefined ? undefined : [rows, Number(by)];
}

/** `2*N + 1`, `128`, `T`: also the canonical key. */
export function printDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  const terms = Object.entries(dim.terms).map(([key, c]) => (c === 1 ? key : `${c}*${key}`));
  return [...terms, ...(dim.constant === 0 ? [] : [String(dim.constant)])]
    .join(' + ')
    .replaceAll('+ -', '- ');
}
export const printShape = (shape: Shape): string => `[${shape.map(printDim).join(', ')}]`;
