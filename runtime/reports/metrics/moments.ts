/** `mean(x)`, which a metric is unless it says another, and `std(x)`: moments of all numbers of all rows. */
import type { Gaussian } from './gaussian.ts';
import type { Metric, Reducer, Values } from './metric.ts';

/** Keeps the mean of all numbers. */
function meanReducer(): Reducer {
  let [sum, count] = [0, 0];
  return {
    add({ data }) {
      for (let i = 0; i < data.length; i++) sum += data[i];
      count += data.length;
    },
    values: () => ({ data: Float64Array.of(sum / count), shape: [1] }),
  };
}

/** Keeps the Gaussian of all numbers: a chunk's squares are taken round its own mean, then joined. */
function stdReducer(): Reducer & { gaussian(): Gaussian } {
  let [count, middle, squares] = [0, 0, 0];
  const gaussian = (): Gaussian => ({
    rows: count,
    mean: Float64Array.of(middle),
    covariance: Float64Array.of(squares / (count - 1)),
  });
  return {
    add({ data }) {
      if (data.length === 0) return;
      let [sum, own] = [0, 0];
      for (let i = 0; i < data.length; i++) sum += data[i];
      const mean = sum / data.length;
      for (let i = 0; i < data.length; i++) own += (data[i] - mean) ** 2;
      const total = count + data.length;
      squares += own + (count * data.length * (mean - middle) ** 2) / total;
      middle += ((mean - middle) * data.length) / total;
      count = total;
    },
    gaussian,
    values: () => ({ data: new Float64Array(0), shape: [count], gaussian: gaussian() }),
  };
}

export const mean: Metric = {
  signature: {
    name: 'mean',
    doc: 'The mean of all rows.',
    params: [{ name: 'value', type: 'value', doc: 'what to average' }],
    better: 'neither',
  },
  reduce: { value: meanReducer },
  compute({ value }) {
    const reducer = meanReducer();
    reducer.add(value);
    return reducer.values().data[0];
  },
};

function stdOf(value: Values): Gaussian {
  const reducer = stdReducer();
  reducer.add(value);
  return reducer.gaussian();
}

export const std: Metric = {
  signature: {
    name: 'std',
    doc: 'The standard deviation of all numbers of all rows; near 0 for a generator that makes one thing.',
    params: [{ name: 'value', type: 'value', doc: 'whose spread' }],
    better: 'neither',
  },
  reduce: { value: stdReducer },
  compute({ value }) {
    const { rows, covariance } = value.gaussian ?? stdOf(value);
    return rows < 2 ? 0 : Math.sqrt((covariance[0] * (rows - 1)) / rows);
  },
};
