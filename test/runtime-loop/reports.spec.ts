import { assert } from 'chai';
import type { HostExpr } from '../../program/host.ts';
import type { ReportItem } from '../../program/manifest.ts';
import { draws } from '../../runtime/random.ts';
import { sampleValue } from '../../runtime/reports/values.ts';
import type { Metric } from '../../runtime/reports/metrics/metric.ts';
import { GivenUp } from '../../runtime/reports/pulse.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { streams } from '../../runtime/data/streams.ts';
import { tinyManifest, tinyRows } from './tiny.ts';
import {
  data,
  drawn,
  expectedSum,
  graphs,
  metric,
  metrics,
  moment,
  reportContext,
  rowsInData,
  runItems,
  same,
  spy,
  value,
} from './scratch-report.ts';

describe('reports', () => {
  it('take a metric over the whole stream, in order, with its last partial batch', async () => {
    const seen = spy();
    const [result] = await runItems([metric('error', 'sum', { value: data })], seen);
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
    const [a, b, c] = (await runItems(lines, seen)).map(value);
    assert.closeTo(b, 2 * a, 1e-9 * b);
    assert.equal(c, rowsInData);
    assert.lengthOf(seen.calls, 3);
    assert.deepEqual(seen.calls[0].fetches, ['error', 'twice']);
  });

  it('go on where what a line computes is given up: its values stay, and so do its other calls', async () => {
    const seen = spy();
    const slow: Metric = {
      ...metrics.sum,
      compute(_values, _options, pulse) {
        pulse!(0.5);
        return 1;
      },
    };
    const context = { ...reportContext(), metrics: { ...metrics, slow } };
    const call = (fn: string) => ({ fn, values: { value: data }, options: {} });
    const both: ReportItem = {
      ...(metric('both', 'slow', { value: data }) as Extract<ReportItem, { kind: 'metric' }>),
      sets: [call('slow'), call('rows')],
      value: { set: 1 },
    };
    const pulse = (_name: string, share: number): void => {
      if (share === 0.5) throw new GivenUp();
    };
    const lines = [both, metric('rows', 'rows', { value: data })];
    const made = await reporter(context)(lines, { ...(await moment(seen)), pulse });
    assert.deepEqual(made.map(value), [rowsInData, rowsInData]);
    assert.lengthOf(seen.calls, 3);
  });

  it('tell which part of a line is made: its values by name, then the metric', async () => {
    const told: [string, number][] = [];
    const pulsing: Metric = {
      ...metrics.sum,
      compute(values, options, pulse) {
        for (const share of [0, 0.5]) pulse!(share);
        return metrics.sum.compute(values, options);
      },
    };
    const context = { ...reportContext(), metrics: { ...metrics, pulsing } };
    const line = metric('fd', 'pulsing', { value: data });
    const pulse = (name: string, share: number): void => void told.push([name, share]);
    await reporter(context)([line], { ...(await moment()), pulse });
    const names = [...new Set(told.map(([name]) => name))];
    assert.deepEqual(names, ['fd: rows of value', 'fd']);
    for (const name of names) {
      const shares = told.flatMap(([one, share]) => (one === name ? [share] : []));
      assert.deepEqual(
        shares,
        [...shares].sort((a, b) => a - b),
      );
    }
  });

  it('put arithmetic round a metric, and know which way it improves', async () => {
    const turned: HostExpr = { op: 'sub', args: [1, { set: 0 }] };
    const results = await runItems([
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
      ...reportContext(),
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
    const shown = (await runItems([picture(64), picture(9999)])).map(
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
    const [result] = await runItems([item], seen);
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
    const given = { ...reportContext(), metrics: failing };
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
    const results = await reporter(reportContext())(
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
