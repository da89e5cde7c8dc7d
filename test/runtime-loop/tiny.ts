/**
 * A program small enough to follow by hand, for the tests of the loop: y = w · x + b fitted by gradient descent with
 * momentum, its graphs written as plain functions. Update_1 fits; update_2 (`when fit < limit`) counts into a buffer.
 */
import type { Manifest, PhaseEntry, StreamEntry } from '../../program/manifest.ts';
import type { Engine, Tensor, Tensors } from '../../runtime/engines/engine.ts';
import { hostEngine } from '../../runtime/engines/host-engine.ts';
import type { HostEngine } from '../../runtime/engines/host-engine.ts';
import { schedule } from '../../runtime/run/schedule.ts';
import { trainer } from '../../runtime/run/loop.ts';
import type { Trainer } from '../../runtime/run/loop.ts';
import { draws } from '../../runtime/random.ts';
import { streams } from '../../runtime/data/streams.ts';
import type { OpenSource } from '../../runtime/data/source.ts';

export const rowCount = 50;
const truth = { w: [2, -1], b: 0.5 };

export const stream = (name: string, batch: number): StreamEntry => ({
  name,
  source: 'points',
  args: {},
  fields: { x: { kind: 'vec', shape: [2] }, y: { kind: 'scalar', shape: [] } },
  convert: {},
  batch,
  description: { count: rowCount, hash: 'ab12' },
});

const both: PhaseEntry = {
  name: null,
  length: null,
  clock: 'points',
  body: {
    reads: ['points'],
    actions: [
      { do: 'step', graph: 'fit', updates: ['update_1'], every: null },
      { do: 'step', graph: 'count', updates: ['update_2'], every: null },
    ],
  },
};

const weight = (name: string, shape: number[], role: 'weight' | 'moment' | 'buffer' = 'weight') => ({
  name,
  role,
  network: name.startsWith('C.') ? 'C' : 'L',
  shape,
  initial:
    role === 'weight'
      ? ({ kind: 'normal', mean: 0, std: 0.1 } as const)
      : ({ kind: 'constant', value: 0 } as const),
});

const update = (name: string, network: string, conditional: boolean) => ({
  name,
  networks: [network],
  text: `minimize fit with sgd(0.1)`,
  losses: ['fit'],
  conditional,
});

/** `changes` replaces what a test is about. */
export function tinyManifest(changes: Partial<Manifest> = {}): Manifest {
  const field = (name: string, shape: number[]) =>
    ({ name, shape, from: { kind: 'field', stream: 'points', field: name } }) as const;
  const state = (name: string, shape: number[]) =>
    ({ name, shape, from: { kind: 'state', state: name } }) as const;
  const into = (name: string, shape: number[]) =>
    ({ name: `${name}'`, shape, to: { kind: 'state', state: name } }) as const;
  return {
    format: 2,
    language: '0.2',
    name: 'Line',
    spec: { path: 'line.gan', text: 'gan Line\n' },
    profile: null,
    params: { rate: 0.1 },
    target: 'tiny',
    float: 'float32',
    networks: [
      { name: 'L', signature: '(x: vec[2]) -> real', weights: 3 },
      { name: 'C', signature: '() -> real', weights: 0 },
    ],
    state: [
      weight('L.w', [2]),
      weight('L.b', []),
      weight('update_1.L.w.m', [2], 'moment'),
      weight('C.seen', [], 'buffer'),
    ],
    streams: [stream('points', 8)],
    losses: ['fit'],
    updates: [update('update_1', 'L', false), update('update_2', 'C', true)],
    graphs: {
      fit: {
        inputs: [
          field('x', [8, 2]),
          field('y', [8]),
          state('L.w', [2]),
          state('L.b', []),
          state('update_1.L.w.m', [2]),
          { name: 'noise', shape: [8], from: { kind: 'draw', key: 'noise', distribution: 'normal' } },
          {
            name: 'rate',
            shape: [],
            from: {
              kind: 'scalar',
              value: { op: 'div', args: [0.1, { op: 'add', args: [1, { time: 'progress' }] }] },
            },
          },
          { name: 'times', shape: [], from: { kind: 'scalar', value: { applied: 'update_1' } } },
        ],
        outputs: [
          into('L.w', [2]),
          into('L.b', []),
          into('update_1.L.w.m', [2]),
          { name: 'fit', shape: [], to: { kind: 'loss', loss: 'fit', update: 'update_1' } },
          { name: 'goal', shape: [], to: { kind: 'objective', update: 'update_1' } },
        ],
      },
      count: {
        inputs: [
          field('x', [8, 2]),
          field('y', [8]),
          state('L.w', [2]),
          state('L.b', []),
          state('C.seen', []),
          { name: 'limit', shape: [], from: { kind: 'scalar', value: 0.5 } },
        ],
        outputs: [
          into('C.seen', []),
          { name: 'fit', shape: [], to: { kind: 'loss', loss: 'fit', update: 'update_2' } },
          { name: 'applied', shape: [], to: { kind: 'applied', update: 'update_2' } },
        ],
      },
      guess: {
        inputs: [
          { name: 'x', shape: ['N', 2], from: { kind: 'field', stream: 'points', field: 'x' } },
          { name: 'y', shape: ['N'], from: { kind: 'field', stream: 'points', field: 'y' } },
          state('L.w', [2]),
          state('L.b', []),
        ],
        outputs: [{ name: 'error', shape: ['N'], to: { kind: 'value', name: 'error' } }],
      },
    },
    length: { count: 40, unit: 'steps', of: null },
    schedule: [both],
    reports: [],
    bytes: { weights: 12, optimizer: 8, activations: 64 },
    ...changes,
  };
}

/** Rows that any process makes alike: y = truth + what the draws add. */
export function tinyRows(count = rowCount): OpenSource {
  const x = new Float64Array(2 * count);
  draws({ seed: 7, key: 'points', iteration: 0, scope: 0 }, 'normal', count, 2, x);
  return {
    count,
    fields: stream('points', 1).fields,
    read(field, rows, out) {
      const which =
        rows instanceof Uint32Array
          ? rows
          : Uint32Array.from({ length: rows.to - rows.from }, (_, i) => rows.from + i);
      for (let i = 0; i < which.length; i++) {
        const [a, b] = [x[2 * which[i]], x[2 * which[i] + 1]];
        if (field === 'x') out.set([a, b], 2 * i);
        else out[i] = truth.w[0] * a + truth.w[1] * b + truth.b;
      }
    },
  };
}

const scalar = (value: number): Tensor => ({ shape: [], data: Float32Array.of(value) });

function residuals(feeds: Tensors): { r: number[]; loss: number } {
  const [x, y, w, b] = [feeds.x.data, feeds.y.data, feeds['L.w'].data, feeds['L.b'].data[0]];
  const r = Array.from(y, (target, i) => w[0] * x[2 * i] + w[1] * x[2 * i + 1] + b - target);
  return { r, loss: r.reduce((sum, e) => sum + e * e, 0) / r.length };
}

/** The gradient is taken with noisy targets, so that draws matter to the result. */
function fit(feeds: Tensors): Tensors {
  const { r, loss } = residuals(feeds);
  const { x, noise, rate } = feeds;
  const moment = feeds['update_1.L.w.m'].data;
  const gradient = [0, 1].map((j) =>
    r.reduce((sum, e, i) => sum + (2 * (e + 0.01 * noise.data[i]) * x.data[2 * i + j]) / r.length, 0),
  );
  const m = Float32Array.from(gradient, (g, j) => 0.5 * moment[j] + g);
  const w = feeds['L.w'].data.map((value, j) => value - rate.data[0] * m[j]);
  const mean = r.reduce((sum, e) => sum + e, 0) / r.length;
  return {
    "L.w'": { shape: [2], data: w },
    "update_1.L.w.m'": { shape: [2], data: m },
    "L.b'": scalar(feeds['L.b'].data[0] - rate.data[0] * 2 * mean),
    fit: scalar(loss),
    goal: scalar(loss),
  };
}

function count(feeds: Tensors): Tensors {
  const { loss } = residuals(feeds);
  const applied = loss < feeds.limit.data[0];
  return {
    "C.seen'": scalar(feeds['C.seen'].data[0] + Number(applied)),
    fit: scalar(loss),
    applied: scalar(Number(applied)),
  };
}

function guess(feeds: Tensors): Tensors {
  const { r } = residuals(feeds);
  return { error: { shape: [r.length], data: Float32Array.from(r, Math.abs) } };
}

/** Runs `graphs`, writes where it is told to, and fails when an input's buffer is to be written. */
export function tinyEngine(
  graphs: Record<string, (feeds: Tensors) => Tensors> = { fit, count, guess },
  manifest = tinyManifest(),
): HostEngine {
  return hostEngine(manifest, { name: 'tiny', version: '1', device: 'cpu', threads: 1 }, (graph) => ({
    run(feeds, fetches, into = {}) {
      const read = new Set(Object.values(feeds).map((tensor) => tensor.data));
      const made = graphs[graph](feeds);
      const out: Record<string, Tensor> = {};
      for (const name of fetches) {
        if (into[name] && read.has(into[name].data)) throw new Error(`${name} is written over an input`);
        into[name]?.data.set(made[name].data);
        out[name] = into[name] ?? made[name];
      }
      return out;
    },
  }));
}

export function tinyTrainer(manifest = tinyManifest(), seed = 1, engine: Engine = tinyEngine()): Trainer {
  const data = streams(
    manifest,
    Object.fromEntries(manifest.streams.map(({ name }) => [name, tinyRows()])),
    seed,
  );
  return trainer({ manifest, engine, streams: data, schedule: schedule(manifest, data.counts), seed });
}
