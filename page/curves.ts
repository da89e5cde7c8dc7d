/**
 * Curves of bounded size, whatever the number of iterations. In: numbers by name, an iteration at a time; out: their means
 * over equal stretches of iterations. A stretch is one iteration at first, and doubles when there are too many.
 */

export interface Curves {
  /** Iterations that a point is the mean of. */
  readonly stride: number;
  /** The last iteration of each point's stretch that has numbers. */
  readonly iterations: readonly number[];
  /** By name, in the order of their first appearance; null: the stretch has none of it. */
  readonly series: ReadonlyMap<string, readonly (number | null)[]>;
}

interface Stretch {
  last: number;
  readonly sums: Map<string, { sum: number; count: number }>;
}

export interface CurveReader {
  /** Numbers of an iteration (from 1, never falling); those that are not finite are left out. */
  add(iteration: number, values: Iterable<readonly [string, number]>): void;
  curves(): Curves;
}

/** `most`: how many points a curve may have. */
export function curveReader(most = 1000): CurveReader {
  let stride = 1;
  let stretches = new Map<number, Stretch>();
  const names = new Set<string>();
  const widen = (): void => {
    stride *= 2;
    const wider = new Map<number, Stretch>();
    for (const [index, stretch] of stretches) {
      const half = Math.floor(index / 2);
      const before = wider.get(half);
      if (before === undefined) wider.set(half, stretch);
      else join(before, stretch);
    }
    stretches = wider;
  };
  return {
    add(iteration, values) {
      const index = Math.floor((iteration - 1) / stride);
      const stretch = stretches.get(index) ?? { last: iteration, sums: new Map() };
      stretches.set(index, stretch);
      const finite = [...values].filter(([, value]) => Number.isFinite(value));
      for (const [name] of finite) names.add(name);
      const sums = new Map(finite.map(([name, sum]) => [name, { sum, count: 1 }]));
      join(stretch, { last: iteration, sums });
      while (stretches.size > most) widen();
    },
    curves: () => ({
      stride,
      iterations: [...stretches.values()].map(({ last }) => last),
      series: new Map(
        [...names].map((name) => [name, [...stretches.values()].map(({ sums }) => mean(sums.get(name)))]),
      ),
    }),
  };
}

function join(into: Stretch, from: Stretch): void {
  into.last = Math.max(into.last, from.last);
  for (const [name, { sum, count }] of from.sums) {
    const known = into.sums.get(name);
    if (known === undefined) into.sums.set(name, { sum, count });
    else {
      known.sum += sum;
      known.count += count;
    }
  }
}

const mean = (found: { sum: number; count: number } | undefined): number | null =>
  found === undefined ? null : found.sum / found.count;
