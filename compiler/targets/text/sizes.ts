/** Sizes that are known only when a program runs, as code: read off the shapes of values that are at hand. */
import { ofOneProcess, ofPacks, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';

/** A value as it lies in a tensor: `axes[i]` is the node's axis that is found at axis i; none: a number of the host. */
export interface Lying {
  readonly code: string;
  readonly axes: readonly number[];
  readonly host?: true;
}

type Known = readonly (readonly [Node, Lying])[];

/**
 * The size as a number or an expression; throws if no value at hand has an axis that tells it. `quotient`: how whole numbers
 * are divided; `all`: rows of all processes that share a run, from those of one.
 */
export function sizeCode(
  dim: Dim,
  known: () => Known,
  quotient: '/' | '//',
  all: (rows: string) => string = (rows) => rows,
): string {
  if (typeof dim === 'number') return String(dim);
  const terms = Object.entries(dim.terms).map(([key, factor]) => {
    const product = productCode(key, known(), quotient, all);
    return factor === 1 ? product : `${factor} * ${product}`;
  });
  return [...terms, ...(dim.constant === 0 ? [] : [String(dim.constant)])].join(' + ').replace('+ -', '- ');
}

/** A product of symbols: read off one axis, else each by itself. */
function productCode(key: string, known: Known, quotient: string, all: (rows: string) => string): string {
  const found = axisCode(key, known, quotient);
  if (found !== undefined) return found;
  const symbols = key.split('*');
  if (symbols.length > 1) return symbols.map((name) => productCode(name, known, quotient, all)).join(' * ');
  const own = ofOneProcess(key);
  if (own !== undefined) return all(productCode(own, known, quotient, all));
  const packs = ofPacks(key);
  if (packs !== undefined) return `(${productCode(packs[0], known, quotient, all)} ${quotient} ${packs[1]})`;
  throw new Error(`nothing here tells the size ${key}`);
}

/** Of a value that has an axis of so many times this product. */
function axisCode(key: string, known: Known, quotient: string): string | undefined {
  for (const [node, { code, axes, host }] of known) {
    if (host) continue;
    for (const [at, axis] of axes.entries()) {
      const factor = factorOf(node.shape[axis], key);
      if (factor !== undefined)
        return factor === 1 ? `${code}.shape[${at}]` : `(${code}.shape[${at}] ${quotient} ${factor})`;
    }
  }
  return undefined;
}

/** By what the product is multiplied in a size that is made of nothing else. */
const factorOf = (dim: Dim, key: string): number | undefined =>
  typeof dim !== 'number' && onlyProduct(dim) === key ? dim.terms[key] : undefined;

/** Whether the sizes of `made` that only a run knows are among those of `read`. */
export function tells(read: readonly Node[], made: readonly Node[]): boolean {
  const known = new Set(read.flatMap(({ shape }) => shape.flatMap((dim) => onlyProduct(dim) ?? [])));
  const isTold = (key: string): boolean => {
    if (known.has(key)) return true;
    const symbols = key.split('*');
    if (symbols.length > 1) return symbols.every(isTold);
    const rows = ofOneProcess(key) ?? ofPacks(key)?.[0];
    return rows !== undefined && isTold(rows);
  };
  const needed = made.flatMap((node) => (node.op === 'extent' ? [node.attrs.dim] : node.shape));
  return needed.every((dim) => typeof dim === 'number' || Object.keys(dim.terms).every(isTold));
}

/** The product of symbols that an axis of this size tells: one of several terms tells none. */
function onlyProduct(dim: Dim): string | undefined {
  if (typeof dim === 'number' || dim.constant !== 0) return undefined;
  const keys = Object.keys(dim.terms);
  return keys.length === 1 ? keys[0] : undefined;
}
