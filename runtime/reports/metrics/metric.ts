/**
 * What a metric is: the half that the compiler sees, and the half that computes. In: all rows of each argument and
 * the options. Out: one number. Distributions come as probabilities [N, K] (or their mean), labels as class numbers.
 */
import type { MetricSignature, Option } from '../../../program/catalogue.ts';
import type { Product } from '../../engines/product.ts';
import type { Pulse } from '../pulse.ts';
import type { Gaussian } from './gaussian.ts';

/** Rows first. */
export interface Values {
  readonly data: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
  /** Where rows have lengths of their own: how much of the last axis is each row's; the rest is 0. */
  readonly lengths?: readonly number[];
  /** The Gaussian fitted to rows that were let go as they came: `data` is empty then. */
  readonly gaussian?: Gaussian;
}

/** Takes rows in chunks and keeps what a metric needs of them. */
export interface Reducer {
  add(rows: Values): void;
  values(): Values;
}

export interface Metric {
  readonly signature: MetricSignature;
  /** Whether it takes rows of lengths of their own; those of others are refused before they come to it. */
  readonly anyLength?: true;
  /** Arguments of which less than all rows is kept: 60,000 images would fill a machine's memory. */
  readonly reduce?: Readonly<Record<string, () => Reducer>>;
  /**
   * By the parameters' names. Throws Error with a sentence on values that it can't compare; NaN in gives NaN. What may
   * take longer than a moment calls `pulse`; what compares all pairs of rows waits for the engine's products of them.
   */
  compute(
    values: Readonly<Record<string, Values>>,
    options: Readonly<Record<string, Option>>,
    pulse?: Pulse,
    product?: Product,
  ): number | Promise<number>;
}

/** Numbers in a row. */
export function rowWidth({ shape }: Pick<Values, 'shape'>): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

/** Throws unless all have the same number of rows, at least one; says which they are. */
export function commonRows(values: Readonly<Record<string, Values>>): number {
  const counts = Object.values(values).map(({ shape }) => shape[0]);
  if (counts[0] > 0 && counts.every((count) => count === counts[0])) return counts[0];
  throw new Error(`${Object.keys(values).join(' and ')} have ${counts.join(' and ')} rows`);
}

/**
 * Steps as rows: a seq [N, C, T] becomes [N·T, C], all steps of a row one after another; where rows have lengths of
 * their own, only those steps. What a metric of steps compares: scores of each step against a class of each step.
 */
export function stepsAsRows({ data, shape, lengths }: Values): Values {
  const [rows, channels, steps] = shape;
  const own = Array.from({ length: rows }, (_, row) => lengths?.[row] ?? steps);
  const total = own.reduce((sum, length) => sum + length, 0);
  const turned = new Float64Array(total * channels);
  let at = 0;
  own.forEach((length, row) => {
    for (let t = 0; t < length; t++)
      for (let c = 0; c < channels; c++) turned[at++] = data[(row * channels + c) * steps + t];
  });
  return { data: turned, shape: [total, channels] };
}

/** Whether values are seqs: one class for each step, not for each row. */
export const hasSteps = ({ shape }: Values): boolean => shape.length === 3;

/** Throws unless both are seqs with as many steps, row by row. */
export function commonSteps(values: Readonly<Record<string, Values>>): void {
  const [a, b] = Object.values(values).map((value) => (hasSteps(value) ? value.shape[2] : null));
  const [p, q] = Object.values(values).map(({ lengths }) => lengths);
  if (a !== null && a === b && p?.join() === q?.join()) return;
  const name = (steps: number | null): string => (steps === null ? 'no steps' : `${steps} steps`);
  throw new Error(`${Object.keys(values).join(' and ')} have ${name(a)} and ${name(b)}`);
}

/** A class for each row: [N] holds class numbers, [N, K] a score for each class (the first of the highest counts). */
export function classNumbers(values: Values): Int32Array {
  const width = rowWidth(values);
  const { data, shape } = values;
  if (width === 1) return Int32Array.from(data.subarray(0, shape[0]), Math.round);
  return Int32Array.from({ length: shape[0] }, (_, row) => {
    let best = 0;
    for (let k = 1; k < width; k++) if (data[row * width + k] > data[row * width + best]) best = k;
    return best;
  });
}

/** Whether every number is finite. */
export function allFinite({ data }: Values): boolean {
  return data.every((x: number) => Number.isFinite(x));
}

/** Throws where rows have lengths of their own, which few functions can compare; `fn` is the one that can't. */
export function sameLengths(values: Readonly<Record<string, Values>>, fn: string): void {
  const uneven = Object.entries(values).find(([, { lengths }]) => lengths !== undefined);
  if (uneven === undefined) return;
  throw new Error(
    `${fn} takes rows of one length, and those of ${uneven[0]} differ: take their mean over time, or segments of one length`,
  );
}
