/** What tests hand to metrics: tables and lists of numbers, normal draws; and a metric's value of them. */
import { metrics } from '../../runtime/catalogue.ts';
import type { Values } from '../../runtime/reports/metrics/metric.ts';
import { draws } from '../../runtime/random.ts';

export const table = (rows: number[][]): Values => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
});
export const list = (values: number[]): Values => ({
  data: Float64Array.from(values),
  shape: [values.length],
});

export function normals(key: string, rows: number, width: number): Float64Array {
  const out = new Float64Array(rows * width);
  draws({ seed: 1, key, iteration: 0, scope: 0 }, 'normal', rows, width, out);
  return out;
}

/** Of a metric that doesn't wait for products. */
export function compute(
  name: string,
  values: Record<string, Values>,
  options: Record<string, number> = {},
): number {
  const value = metrics[name].compute(values, options);
  if (typeof value === 'number') return value;
  throw new Error(`${name} waits for products`);
}

/** Of any metric. */
export const computed = async (
  name: string,
  values: Record<string, Values>,
  options: Record<string, number> = {},
): Promise<number> => metrics[name].compute(values, options);
