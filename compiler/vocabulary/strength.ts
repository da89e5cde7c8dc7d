/**
 * How strongly something drawn acts: the most that an image is turned by, the deviation of noise. In: arguments that are
 * numbers known when compiling, numbers that change with time, or single numbers without rows, such as a state; out: what
 * draws are multiplied by. A number that is known stays one, so that a 0 leaves its part of the program out.
 */
import type { Node } from '../ir/node.ts';
import type { TensorType } from '../types.ts';
import type { Args, Call } from './builtin.ts';

export type Strength = number | Node;

/** Those of these parameters by name, and the type of what they act on, hidden where one of them is. */
export function strengths<N extends string>(
  args: Args,
  type: TensorType,
  names: readonly N[],
): { readonly most: Readonly<Record<N, Strength>>; readonly type: TensorType } {
  const found = names.map((name) => {
    const given = args.value(name);
    return given.sort === 'number' && typeof given.value === 'number' ? given.value : args.tensor(name);
  });
  const hidden = found.flatMap((one) => (typeof one === 'number' ? [] : [one.type.hidden]));
  const most = found.map((one, i) => [names[i], typeof one === 'number' ? one : one.node] as const);
  return {
    most: Object.fromEntries(most) as Record<N, Strength>,
    type: { ...type, hidden: type.hidden ?? hidden.find((name) => name !== null) ?? null },
  };
}

export const times = ({ b }: Call, most: Strength, factor: number): Strength =>
  typeof most === 'number' ? most * factor : b.mul(most, factor);

/** 1 - x. */
export const rest = ({ b }: Call, x: Strength): Strength => (typeof x === 'number' ? 1 - x : b.sub(1, x));

/** The tangent of an angle in degrees. */
export function tangentOf({ b }: Call, degrees: Strength): Strength {
  if (typeof degrees === 'number') return Math.tan((degrees * Math.PI) / 180);
  const angle = b.mul(degrees, Math.PI / 180);
  return b.div(b.sin(angle), b.cos(angle));
}
