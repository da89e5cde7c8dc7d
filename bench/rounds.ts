/**
 * Interleaved measurement: in each round every contender has one turn, in random order, so that a machine that drifts
 * drifts for all. Ratios are taken within a round; what is told of them is the median and the quartiles.
 */

export interface Contender {
  readonly name: string;
  /** One turn: milliseconds for one unit of work. */
  turn(): Promise<number>;
}

/** One row a round, a column a contender. */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
  told: (round: number) => void,
): Promise<number[][]> {
  const rows: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const row: number[] = [];
    for (const at of shuffled(contenders.length)) {
      row[at] = await contenders[at].turn();
      // Threads that still spin for more work would take the next one's cores.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    rows.push(row);
    told(round + 1);
  }
  return rows;
}

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Quartiles, between neighbours where they fall between. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
