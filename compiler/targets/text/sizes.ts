/** Sizes that are known only when a program runs, as code: read off the shapes of values that are at hand. */
import { symbolsOf, type Dim } from '../../ir/dim.ts';
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
 * are divided.
 */
export function sizeCode(dim: Dim, known: () => Known, quotient: '/' | '//'): string {
  if (typeof dim === 'number') return String(dim);
  const terms = Object.entries(dim.terms).map(([key, factor]) => {
    const product = key
      .split('*')
      .map((name) => symbolCode(name, known(), quotient))
      .join(' * ');
    return factor === 1 ? product : `${factor} * ${product}`;
  });
  return [...terms, ...(dim.constant === 0 ? [] : [String(dim.constant)])].join(' + ').replace('+ -', '- ');
}

function symbolCode(name: string, known: Known, quotient: string): string {
  for (const [node, { code, axes, host }] of known) {
    if (host) continue;
    for (const [at, axis] of axes.entries()) {
      const dim = node.shape[axis];
      if (typeof dim === 'number' || dim.constant !== 0 || symbolsOf(dim).join() !== name) continue;
      const factor = dim.terms[name];
      if (factor !== undefined)
        return factor === 1 ? `${code}.shape[${at}]` : `(${code}.shape[${at}] ${quotient} ${factor})`;
    }
  }
  throw new Error(`nothing here tells the size ${name}`);
}

/** Whether the sizes of `made` that only a run knows are among those of `read`. */
export function tells(read: readonly Node[], made: readonly Node[]): boolean {
  const symbolsIn = (nodes: readonly Node[]): string[] =>
    nodes.flatMap(({ shape }) => shape.flatMap((dim) => symbolsOf(dim)));
  const known = new Set(symbolsIn(read));
  return symbolsIn(made).every((name) => known.has(name));
}
