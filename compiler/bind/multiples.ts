/**
 * Lengths that a network divides: `T/4` in a signature makes `T` a multiple of 4. In: signatures; out: variables that say
 * so, and what the lengths of all networks are multiples of.
 */
import { mulDims, symbol } from '../ir/dim.ts';
import { dimOf, lcm, multiplicities, type Variables } from './dims.ts';
import type { Names } from './names.ts';
import { dimsIn } from './types.ts';

/** The least length that every network can take: `seq[80, T]` with a result of T / 4, or `seq[80, 4 * T]`. */
export function lengthsBy(names: Names): number {
  const sound = [...names.networks.values()].filter(({ broken }) => !broken);
  const all = sound.flatMap(({ declaration: { parameters, result } }) => {
    // One without a type is a syntax error of its own.
    const taken = parameters.flatMap(({ type }) => (type === undefined ? [] : dimsIn(type)));
    const factors = multiplicities([...taken, ...dimsIn(result)], names);
    return taken.flatMap((dim) => {
      const size = dimOf(dim, names, symbolic(factors));
      return typeof size === 'object' ? Object.values(size.terms) : [];
    });
  });
  return all.filter((by) => Number.isInteger(by) && by > 0).reduce(lcm, 1);
}

/** `T`, or where it must be a multiple of 4, four times `T/4`. */
export function symbolic(factors: ReadonlyMap<string, number>): Variables {
  return new Map(
    [...factors].map(([name, by]) => [name, by === 1 ? symbol(name) : mulDims(by, symbol(`${name}/${by}`))]),
  );
}
