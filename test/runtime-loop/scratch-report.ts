/** Reports of the tiny program: graphs, metrics and pictures whose numbers are known, and a note of each run. */
import type { HostExpr } from '../../program/host.ts';
import type { GraphEntry, Manifest, ReportItem, ValueRef } from '../../program/manifest.ts';
import type { Engine, State, Tensors } from '../../runtime/engines/engine.ts';
import type { Metric } from '../../runtime/reports/metrics/metric.ts';
import { traverse } from '../../runtime/reports/pictures/traverse.ts';
import type { Picture } from '../../runtime/reports/pictures/picture.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import type { ReportContext } from '../../runtime/reports/values.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { schedule } from '../../runtime/run/schedule.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { Moment, ReportResult } from '../../runtime/reports/result.ts';
import { tinyEngine, tinyManifest, tinyRows } from './tiny.ts';

/** More than two chunks of rows, the last one partial. */
export const rowsInData = 600;

export const data: ValueRef = { graph: 'guess', output: 'error', rows: { stream: 'points' } };
export const same: ValueRef = { ...data, output: 'twice' };
export const drawn: ValueRef = { graph: 'noise', output: 'z', rows: { samples: true } };
export const graphs: Record<string, GraphEntry> = {
  ...tinyManifest().graphs,
  guess: {
    inputs: tinyManifest().graphs.guess.inputs,
    outputs: [data, same].map(({ output }) => ({
      name: output,
      shape: ['N'],
      to: { kind: 'value', name: output },
    })),
  },
  noise: {
    inputs: [
      { name: 'z', shape: ['N', 2], from: { kind: 'draw', key: 'z', distribution: 'normal' } },
      { name: 'class', shape: ['N'], from: { kind: 'given', name: 'class' } },
    ],
    outputs: [{ name: 'z', shape: ['N', 2], to: { kind: 'value', name: 'z' } }],
  },
  statistics: {
    inputs: [{ name: 'x', shape: ['N', 2], from: { kind: 'field', stream: 'points', field: 'x' } }],
    outputs: [{ name: 'mean', shape: [2], to: { kind: 'state', state: 'L.w' } }],
  },
};

export const metric = (
  name: string,
  fn: string,
  values: Record<string, ValueRef>,
  value: HostExpr = { set: 0 },
): ReportItem => ({
  kind: 'metric',
  name,
  every: null,
  sets: [{ fn, values, options: {} }],
  value,
  rows: 300,
});

export const metrics: Record<string, Metric> = {
  sum: {
    signature: { name: 'sum', doc: '', params: [], better: 'lower' },
    compute: (values) =>
      Object.values(values).reduce((all, { data }) => all + Array.from(data).reduce((a, b) => a + b, 0), 0),
  },
  rows: {
    signature: { name: 'rows', doc: '', params: [], better: 'neither' },
    compute: ({ value }) => value.shape[0],
  },
};

export interface Spy {
  readonly calls: { graph: string; feeds: Tensors; fetches: readonly string[] }[];
  readonly engine: Engine;
}

/** The tiny engine with the report graphs, and a note of each run. */
export function spy(): Spy {
  const calls: Spy['calls'] = [];
  const guess = (feeds: Tensors): Tensors => {
    const [w, b] = [feeds['L.w'].data, feeds['L.b'].data[0]];
    const error = Float32Array.from(feeds.y.data, (y, i) =>
      Math.abs(w[0] * feeds.x.data[2 * i] + w[1] * feeds.x.data[2 * i + 1] + b - y),
    );
    return {
      error: { shape: [error.length], data: error },
      twice: { shape: [error.length], data: error.map((e) => 2 * e) },
    };
  };
  const statistics = ({ x }: Tensors): Tensors => {
    const mean = [0, 1].map(
      (j) => Array.from(x.data).reduce((sum, v, i) => sum + (i % 2 === j ? v : 0), 0) / x.shape[0],
    );
    return { mean: { shape: [2], data: Float32Array.from(mean) } };
  };
  const noise = ({ z }: Tensors): Tensors => ({ z: { shape: z.shape, data: z.data.slice() } });
  const inner = tinyEngine({ guess, statistics, noise }, tinyManifest({ graphs }));
  return {
    calls,
    engine: {
      ...inner,
      async start(values) {
        const state = await inner.start(values);
        const report: State['report'] = (graph, feeds, fetches, replaced) => {
          calls.push({ graph, feeds, fetches });
          return state.report(graph, feeds, fetches, replaced);
        };
        return { ...state, report };
      },
    },
  };
}

export const pictures: Record<string, Picture> = {
  traverse: { ...traverse, draw: (values) => ({ png: Buffer.from(Object.values(values)[0].data.buffer) }) },
  dump: {
    signature: { ...traverse.signature, name: 'dump' },
    draw: (values) => ({ png: Buffer.from(JSON.stringify(Object.values(values)[0].shape)) }),
  },
};

export function reportContext(seed = 1): ReportContext {
  const manifest: Manifest = tinyManifest({ graphs });
  const rows = streams(manifest, { points: tinyRows(rowsInData) }, seed);
  return {
    manifest,
    streams: rows,
    schedule: schedule(manifest, rows.counts),
    seed,
    metrics,
    pictures,
  };
}

export const weights = initialState(tinyManifest(), 1);
export const moment = async ({ engine }: Pick<Spy, 'engine'> = spy()): Promise<Moment> => ({
  state: await engine.start(weights),
  time: { step: 3, epoch: 0, epochs: 0, progress: 0 },
  applied: {},
});

export const runItems = async (
  items: readonly ReportItem[],
  seen = spy(),
  seed = 1,
): Promise<readonly ReportResult[]> => reporter(reportContext(seed))(items, await moment(seen));
export const value = (result: ReportResult): number => (result.kind === 'metric' ? result.value : NaN);

/** What the metric must be, without chunks. */
export function expectedSum(w = weights['L.w'].data, b = weights['L.b'].data[0]): number {
  const rows = tinyRows(rowsInData);
  const [x, y] = [new Float32Array(2 * rowsInData), new Float32Array(rowsInData)];
  rows.read('x', { from: 0, to: rowsInData }, x);
  rows.read('y', { from: 0, to: rowsInData }, y);
  return y.reduce(
    (sum, target, i) => sum + Math.fround(Math.abs(w[0] * x[2 * i] + w[1] * x[2 * i + 1] + b - target)),
    0,
  );
}
