import { assert } from 'chai';
import type { HostExpr } from '../../program/host.ts';
import type { GraphEntry, Manifest, ReportItem, ValueRef } from '../../program/manifest.ts';
import type { Engine, State, Tensors } from '../../runtime/engines/engine.ts';
import type { Metric } from '../../runtime/reports/metrics/metric.ts';
import { traverse } from '../../runtime/reports/pictures/traverse.ts';
import type { Picture } from '../../runtime/reports/pictures/picture.ts';
import { draws } from '../../runtime/random.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { sampleValue } from '../../runtime/reports/values.ts';
import type { ReportContext } from '../../runtime/reports/values.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { schedule } from '../../runtime/run/schedule.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { Moment, ReportResult } from '../../runtime/run/training.ts';
import { tinyEngine, tinyManifest, tinyRows } from './tiny.ts';

/** More than two chunks of rows, the last one partial. */
const rowsInData = 600;

const data: ValueRef = { graph: 'guess', output: 'error', rows: { stream: 'points' } };
const same: ValueRef = { ...data, output: 'twice' };
const drawn: ValueRef = { graph: 'noise', output: 'z', rows: { samples: true } };
const graphs: Record<string, GraphEntry> = {
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

const metric = (
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

const metrics: Record<string, Metric> = {
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

interface Spy {
  readonly calls: { graph: string; feeds: Tensors; fetches: readonly string[] }[];
  readonly engine: Engine;
}

/** The tiny engine with the report graphs, and a note of each run. */
function spy(): Spy {
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

const pictures: Record<string, Picture> = {
  traverse: { ...traverse, draw: (values) => ({ png: Buffer.from(Object.values(values)[0].data.buffer) }) },
  dump: {
    signature: { ...traverse.signature, name: 'dump' },
    draw: (values) => ({ png: Buffer.from(JSON.stringify(Object.values(values)[0].shape)) }),
  },
};

function context(seed = 1): ReportContext {
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

const weights = initialState(tinyManifest(), 1);
const moment = async ({ engine }: Pick<Spy, 'engine'> = spy()): Promise<Moment> => ({
  state: await engine.start(weights),
  time: { step: 3, epoch: 0, epochs: 0, progress: 0 },
  applied: {},
});

const run = async (items: readonly ReportItem[], seen = spy(), seed = 1): Promise<readonly ReportResult[]> =>
  reporter(context(seed))(items, await moment(seen));
const value = (result: ReportResult): number => (result.kind === 'metric' ? result.value : NaN);

/** What the metric must be, without chunks. */
function expectedSum(w = weights['L.w'].data, b = weights['L.b'].data[0]): number {
  const rows = tinyRows(rowsInData);
  const [x, y] = [new Float32Array(2 * rowsInData), new Float32Array(rowsInData)];
  rows.read('x', { from: 0, to: rowsInData }, x);
  rows.read('y', { from: 0, to: rowsInData }, y);
  return y.reduce(
    (sum, target, i) => sum + Math.fround(Math.abs(w[0] * x[2 * i] + w[1] * x[2 * i + 1] + b - target)),
    0,
  );
}

describe('reports', () => {
  it('take a metric over the whole stream, in order, with its last partial batch', async () => {
    const seen = spy();
    const [result] = await run([metric('error', 'sum', { value: data })], seen);
    assert.closeTo(value(result), expectedSum(), 1e-2);
    assert.deepEqual(
      seen.calls.map(({ feeds }) => feeds.y.shape[0]),
      [256, 256, 88],
    );
  });

  it('run a graph once over the same rows, whichever lines ask', async () => {
    const seen = spy();
    const lines = [
      metric('a', 'sum', { value: data }),
      metric('b', 'sum', { value: same }),
      metric('c', 'rows', { value: data }),
    ];
    const [a, b, c] = (await run(lines, seen)).map(value);
    assert.closeTo(b, 2 * a, 1e-9 * b);
    assert.equal(c, rowsInData);
    assert.lengthOf(seen.calls, 3);
    assert.deepEqual(seen.calls[0].fetches, ['error', 'twice']);
  });

  it('put arithmetic round a metric, and know which way it improves', async () => {
    const turned: HostExpr = { op: 'sub', args: [1, { set: 0 }] };
    const results = await run([
      metric('a', 'sum', { value: data }),
      metric('b', 'sum', { value: data }, turned),
      metric('c', 'rows', { value: data }),
    ]);
    assert.equal(value(results[1]), 1 - value(results[0]));
    assert.deepEqual(
      results.map((r) => r.kind === 'metric' && r.better),
      ['lower', 'higher', 'neither'],
    );
  });

  it('draw as many samples as asked, the same at every report, whatever the chunks', async () => {
    const given = {
      ...context(),
      manifest: tinyManifest({
        graphs: { ...graphs, noise: { ...graphs.noise, inputs: graphs.noise.inputs.slice(0, 1) } },
      }),
    };
    const z = await sampleValue(given, await moment(), drawn, 300);
    const wanted = new Float32Array(600);
    draws({ seed: 1, key: 'z', iteration: 0xffffffff, scope: 0 }, 'normal', 300, 2, wanted);
    assert.deepEqual(z.shape, [300, 2]);
    assert.deepEqual([...z.data], [...wanted]);
    assert.deepEqual(
      [...(await sampleValue(given, await moment(), drawn, 10)).data],
      [...wanted.subarray(0, 20)],
    );
    assert.notDeepEqual(
      [...(await sampleValue({ ...given, seed: 2 }, await moment(), drawn, 10)).data],
      [...wanted.subarray(0, 20)],
    );
  });

  it('show the first rows of a stream, no more than there are', async () => {
    const picture = (rows: number): ReportItem => ({
      kind: 'picture',
      name: 'p',
      every: null,
      fn: 'dump',
      values: { images: data },
      varied: {},
      options: {},
      rows,
    });
    const shown = (await run([picture(64), picture(9999)])).map(
      (r) => r.kind === 'file' && Buffer.from(r.bytes).toString(),
    );
    assert.deepEqual(shown, ['[64]', `[${rowsInData}]`]);
  });

  it('feed a traversal: a class for each row of the graph, all with the draws of one', async () => {
    const seen = spy();
    const item: ReportItem = {
      kind: 'picture',
      name: 't',
      every: null,
      fn: 'traverse',
      values: { images: drawn },
      varied: { columns: { input: 'class', classes: 3 } },
      options: {},
      rows: 2,
    };
    const [result] = await run([item], seen);
    const [{ feeds }] = seen.calls;
    assert.deepEqual([...feeds.class.data], [0, 1, 2, 0, 1, 2]);
    const z = [...feeds.z.data];
    assert.deepEqual(z.slice(0, 2), z.slice(4, 6));
    assert.notDeepEqual(z.slice(0, 2), z.slice(6, 8));
    assert(result.kind === 'file' && result.extension === 'png');
  });

  it('go on where a metric cannot be computed, and say why', async () => {
    const failing = {
      ...metrics,
      rows: {
        ...metrics.rows,
        compute: () => {
          throw new Error('a and b have 3 and 4 rows');
        },
      },
    };
    const given = { ...context(), metrics: failing };
    const lines = [metric('a', 'rows', { value: data }), metric('b', 'sum', { value: data })];
    const [a, b] = await reporter(given)(lines, await moment());
    assert.deepEqual(a, { kind: 'problem', name: 'a', reason: 'a and b have 3 and 4 rows' });
    assert.equal(b.kind, 'metric');
  });

  it('recalibrate for the lines below, and leave the run as it was', async () => {
    const seen = spy();
    const recalibrate: ReportItem = {
      kind: 'recalibrate',
      network: 'L',
      every: null,
      length: { count: 10, unit: 'steps', of: null },
      graph: 'statistics',
      stream: 'points',
    };
    const now = await moment(seen);
    const weight = async (): Promise<number[]> => [...(await now.state.read(['L.w']))['L.w'].data];
    const before = await weight();
    const results = await reporter(context())(
      [metric('a', 'sum', { value: data }), recalibrate, metric('b', 'sum', { value: data })],
      now,
    );
    const batches = seen.calls.filter(({ graph }) => graph === 'statistics');
    assert.lengthOf(batches, 10);
    const rows = streams(tinyManifest(), { points: tinyRows(rowsInData) }, 1);
    const all = Array.from({ length: 10 }, (_, i) => [...rows.batch('points', i, 'x').data]).flat();
    const mean = [0, 1].map(
      (j) => all.reduce((sum, v, i) => sum + (i % 2 === j ? v : 0), 0) / (all.length / 2),
    );
    assert.closeTo(value(results[0]), expectedSum(), 1e-2);
    assert.closeTo(value(results[1]), expectedSum(Float32Array.from(mean)), 1e-2);
    assert.notEqual(value(results[0]), value(results[1]));
    assert.deepEqual(await weight(), before);
  });
});
