/**
 * Which weights of another network a network can start with: those of the same leaf name and shape. In: the weights of a
 * spec, a network, whose weights it is to get; out: what fits, and what does not, in words. The checker complains by it,
 * the program is made by it.
 */
import { averageName } from '../leaves.ts';
import type { Names, OriginUse, WeightInfo, Weights } from '../bind/names.ts';
import type { PhaseInfo, StartInfo } from '../model.ts';

export interface Fitting {
  /** A weight or buffer, and the full name of the tensor that it takes. */
  readonly pairs: readonly { readonly weight: WeightInfo; readonly from: string }[];
  /** What stays as it would be: `dense_2.weight [64, 10]: there [64, 12]`. */
  readonly left: readonly string[];
  /** Leaves that only the other one has. */
  readonly foreign: readonly string[];
}

/** Under its network: `dense_1.weight`. */
const leaf = ({ name, network }: WeightInfo): string => name.slice(network.length + 1);

export function fitting(weights: Weights, network: string, origin: OriginUse): Fitting {
  const own = [...(weights.get(network)?.values() ?? [])];
  const whose = `${origin.network ?? network}${origin.average ? '.average' : ''}`;
  const there = leavesOf(weights, origin, whose);
  const pair = (weight: WeightInfo) => ({ weight, from: `${whose}.${leaf(weight)}` });
  if (there === null) return { pairs: own.map(pair), left: [], foreign: [] };
  const fits = ({ shape }: WeightInfo, other: readonly number[] | undefined): boolean =>
    other?.join() === shape.join();
  const names = new Set(own.map(leaf));
  return {
    pairs: own.filter((weight) => fits(weight, there.get(leaf(weight)))).map(pair),
    left: own
      .filter((weight) => !fits(weight, there.get(leaf(weight))))
      .map((weight) => `${leaf(weight)} ${sized(weight.shape)}: ${elsewhere(there.get(leaf(weight)))}`),
    foreign: [...there]
      .filter(([name]) => !names.has(name))
      .map(([name, shape]) => `${name} ${sized(shape)}`),
  };
}

const sized = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const elsewhere = (shape: readonly number[] | undefined): string =>
  shape === undefined ? 'not there' : `there ${sized(shape)}`;

/** Shapes by leaf name; null: nobody knows yet. */
function leavesOf(
  weights: Weights,
  { network, stored, average }: OriginUse,
  whose: string,
): Map<string, readonly number[]> | null {
  if (stored === null) {
    const own = [...(weights.get(network!)?.values() ?? [])];
    return new Map(own.map((weight) => [leaf(weight), weight.shape]));
  }
  if (stored.found === null) return null;
  const inside = Object.entries(stored.found.tensors).filter(([name]) => name.startsWith(`${whose}.`));
  const leaves = inside.map(([name, shape]) => [name.slice(whose.length + 1), shape] as const);
  return new Map(average ? leaves : leaves.filter(([name]) => !name.startsWith('average.')));
}

/** All that the two do not have in common, in words. */
export const unlike = ({ left, foreign }: Fitting): string[] => [
  ...left,
  ...foreign.map((one) => `${one}: only there`),
];

/** Of what a network takes partly, what it does not take: a sentence, or nothing. */
export function leftBy(weights: Weights, network: string, origin: OriginUse): string[] {
  const all = unlike(fitting(weights, network, origin));
  const whose = origin.stored?.path ?? origin.network;
  return all.length === 0 ? [] : [`${network} takes not all of ${whose}: ${all.join('; ')}`];
}

/** Every network that starts with another one's weights, by a declaration or in a phase. */
export const startsIn = ({
  names,
  schedule,
}: {
  readonly names: Pick<Names, 'starts'>;
  readonly schedule: { readonly phases: readonly Pick<PhaseInfo, 'starts'>[] } | null;
}): Pick<StartInfo, 'network' | 'origin'>[] => [
  ...[...names.starts].map(([network, origin]) => ({ network, origin })),
  ...(schedule?.phases ?? []).flatMap(({ starts }) => starts),
];

/** The networks that a run or a file holds weights of. */
export const networksIn = (tensors: Readonly<Record<string, unknown>>): string[] => [
  ...new Set(Object.keys(tensors).map((name) => name.split('.', 1)[0])),
];

/**
 * The weight whose start a weight's own is, where declarations say so: through `initialize A from B` and `initialize B
 * from C` to C's; or the tensor of a run or a file, whose number is `stored`'s.
 */
export function rootOf(
  weights: Weights,
  starts: ReadonlyMap<string, OriginUse>,
  weight: WeightInfo,
): { readonly weight: WeightInfo } | { readonly origin: OriginUse; readonly of: string } {
  const origin = starts.get(weight.network);
  if (origin === undefined) return { weight };
  const from = fitting(weights, weight.network, origin).pairs.find((pair) => pair.weight === weight)?.from;
  if (from === undefined) return { weight };
  if (origin.stored !== null) return { origin, of: from };
  const other = [...weights.get(origin.network!)!.values()].find(
    (one) => (origin.average ? averageName(one) : one.name) === from,
  )!;
  return rootOf(weights, starts, other);
}
