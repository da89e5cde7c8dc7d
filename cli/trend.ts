/**
 * How a number went, in eight characters: `▇▅▃▂▂▁▁▁`. In: its values one by one, any number of them; out: a sparkline over all
 * of them so far, each character the mean of an equal part, from the lowest part to the highest.
 */
const bars = '▁▂▃▄▅▆▇█';

/** Sums over equal parts are kept, at most so many; where they are full, neighbours are put together. */
const most = 64;

export interface Trend {
  /** Values that aren't finite are passed over. */
  add(value: number): void;
  /** Empty before there are two values for each character. */
  drawn(): string;
}

export function trend(): Trend {
  let sums: number[] = [];
  let size = 1;
  let last = { sum: 0, count: 0 };
  return {
    add(value) {
      if (!Number.isFinite(value)) return;
      last = { sum: last.sum + value, count: last.count + 1 };
      if (last.count < size) return;
      sums.push(last.sum);
      last = { sum: 0, count: 0 };
      if (sums.length < most) return;
      sums = Array.from({ length: most / 2 }, (_, i) => sums[2 * i] + sums[2 * i + 1]);
      size *= 2;
    },
    drawn() {
      if (sums.length < 2 * bars.length) return '';
      const parts = Array.from(bars, (_, i) => mean(sums.slice(...part(i, sums.length))));
      const [low, high] = [Math.min(...parts), Math.max(...parts)];
      const level = (value: number): number =>
        high === low ? 0 : Math.round(((value - low) / (high - low)) * (bars.length - 1));
      return parts.map((value) => bars[level(value)]).join('');
    },
  };
}

const part = (i: number, length: number): [number, number] => [
  Math.floor((i * length) / bars.length),
  Math.floor(((i + 1) * length) / bars.length),
];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
