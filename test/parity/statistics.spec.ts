/** Buffers by hand: running statistics of batch norm, vectors of spectral norm, averages of weights (LANGUAGE.md, "Meaning of a schedule"). */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import type { Source } from '../../grammar/source.ts';
import { close, compiled, run, statesAfter } from './recorded.ts';
import type { Recorded } from './train.ts';

const spec = (body: string, train: string, sample = 'sample z ~ normal[2] batch 48'): Source => ({
  path: 'test.gan',
  text: `gan Test
data ring = gaussians(modes: 8, rows: 64)
${sample}
${body}
train for 20 steps, batch 16 { ${train} }`,
});

type Matrix = readonly (readonly number[])[];

/** [rows, columns] of a recorded tensor. */
function matrix({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): Matrix {
  const columns = shape[1] ?? 1;
  return Array.from({ length: shape[0] }, (_, r) =>
    Array.from({ length: columns }, (_, c) => data[r * columns + c]),
  );
}

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, c) => row.reduce((sum, x, k) => sum + x * b[k][c], 0)));

/** Mean and unbiased variance of each column. */
function moments(rows: Matrix): { mean: number[]; variance: number[] } {
  const column = (c: number): number[] => rows.map((row) => row[c]);
  const mean = rows[0].map((_, c) => column(c).reduce((sum, x) => sum + x, 0) / rows.length);
  const variance = mean.map(
    (m, c) => column(c).reduce((sum, x) => sum + (x - m) ** 2, 0) / (rows.length - 1),
  );
  return { mean, variance };
}

describe('batch norm', () => {
  const networks = `
network N(x: vec[2]) -> vec[1] { x |> dense(3) |> batch_norm |> tanh |> dense(1) }
network G(z: vec[2]) -> vec[2] { z |> dense(2) }`;
  const own = 'update N to minimize square(N(ring.point) - 1) + square(N(z) - 2) with sgd(0.1)';

  /** What one application should leave: 0.9 running + 0.1 of the calls' statistics, weighted by rows. */
  function expected(at: Recorded, inputs: readonly string[]): { mean: number[]; variance: number[] } {
    const calls = inputs.map((name) => matrix(at.feeds[name]));
    const total = calls.reduce((sum, rows) => sum + rows.length, 0);
    const parts = calls.map((rows) => ({
      share: rows.length / total,
      ...moments(product(rows, matrix(at.state['N.dense_1.weight']))),
    }));
    const moved = (part: 'mean' | 'variance'): number[] =>
      Array.from(
        at.state[`N.batch_norm_1.${part}`].data,
        (before, c) => 0.9 * before + 0.1 * parts.reduce((sum, p) => sum + p.share * p[part][c], 0),
      );
    return { mean: moved('mean'), variance: moved('variance') };
  }

  function checkMoves(trained: Awaited<ReturnType<typeof run>>, inputs: readonly string[]): void {
    statesAfter(trained).forEach((after, i) => {
      const wanted = expected(trained.runs[i], inputs);
      close(after['N.batch_norm_1.mean'].data, wanted.mean, `mean after ${i}`);
      close(after['N.batch_norm_1.variance'].data, wanted.variance, `variance after ${i}`);
    });
  }

  it('moves once by the statistics of all calls, weighted by rows, with unbiased variance', async () => {
    checkMoves(await run(spec(networks.split('\nnetwork G')[0], own), 3), ['field:ring.point', 'draw:z']);
  });

  it('is moved by the update that names the network alone', async () => {
    const other = 'update G to minimize square(N(G(z))) with sgd(0.1)';
    checkMoves(await run(spec(networks, `${own} ${other}`), 2), ['field:ring.point', 'draw:z']);
  });

  it('equal calls count once, and the condition’s not at all', async () => {
    const twice =
      'update N to minimize square(N(ring.point) - 1) + N(ring.point) with sgd(0.1) when square(N(z)) >= 0';
    checkMoves(await run(spec(networks.split('\nnetwork G')[0], twice), 2), ['field:ring.point']);
  });
});

describe('spectral norm', () => {
  const networks = `
network G(z: vec[2]) -> vec[2] { z |> dense(2) }
network D(x: vec[2]) -> vec[1] { x |> dense(3, spectral: true) |> tanh |> dense(1) }`;

  const unit = (x: readonly number[]): number[] => x.map((one) => one / (Math.hypot(...x) + 1e-12));

  /** One power iteration of Miyato et al. 2018, algorithm 1, on the layer's matrix [in, out]. */
  function iterated(at: Recorded): number[] {
    const weight = matrix(at.state['D.dense_1.weight']);
    const u = unit(Array.from(at.state['D.dense_1.singular'].data));
    const v = unit(weight.map((row) => row.reduce((sum, w, out) => sum + w * u[out], 0)));
    return unit(u.map((_, out) => weight.reduce((sum, row, i) => sum + row[out] * v[i], 0)));
  }

  it('makes one iteration for each applied update that names the network, however often it is called', async () => {
    const source = spec(
      networks,
      `
      update D to minimize D(G(z)) - D(ring.point) with sgd(0.1) when step >= 1
      update G to minimize -D(G(z)) with sgd(0.1)`,
    );
    const trained = await run(source, 3);
    const states = statesAfter(trained).map((state) => state['D.dense_1.singular'].data);
    close(states[0], trained.before['D.dense_1.singular'].data, 'skipped');
    close(states[1], iterated(trained.runs[1]), 'first');
    close(states[2], iterated(trained.runs[2]), 'second');
    assert.notDeepEqual(states[1], states[2]);
  });
});

describe('averages', () => {
  const body = `
network N(x: vec[2]) -> vec[1] { x |> dense(3) |> batch_norm |> tanh |> dense(1) }
report every 5 steps { metric size = mean(square(N.average(ring.point))) }`;

  it('start as copies and follow weights and running statistics where they stand', async () => {
    const update = 'update N to minimize square(N(ring.point) - 1) with adam(0.1)';
    const trained = await run(spec(body, `${update} average N decay 0.9`, ''), 4);
    const names = Object.keys(trained.before).filter((name) => name.startsWith('N.average.'));
    assert.lengthOf(names, 7, 'weights and running statistics');
    for (const name of names) {
      const of = name.replace('.average', '');
      close(trained.before[name].data, trained.before[of].data, `${name} at the start`);
      const [first, ...later] = statesAfter(trained);
      close(first[name].data, first[of].data, `${name} when the statement first ran`);
      let average = Array.from(first[of].data);
      for (const state of later) {
        average = average.map((a, i) => 0.9 * a + 0.1 * state[of].data[i]);
        close(state[name].data, average, name);
      }
    }
  });
});

describe('averages in a loss', () => {
  const networks = `network N(x: vec[2]) -> vec[1] { x |> dense(3, spectral: true) |> batch_norm |> tanh |> dense(1) }`;
  const update = (objective: string): string =>
    `update N to minimize ${objective} with sgd(0.1) average N decay 0.9`;
  const own = 'square(N(ring.point) - 1)';

  it('move neither statistics nor vectors, and stand still but for their statement', async () => {
    const [alone, beside] = await Promise.all(
      [own, `${own} + 0 * square(N.average(ring.point + z))`].map((objective) =>
        run(spec(networks, update(objective), 'sample z ~ normal[2]'), 3),
      ),
    );
    for (const [name, { data }] of Object.entries(alone.after)) close(beside.after[name].data, data, name);
  });

  it('are constants: what is subtracted changes the value and no gradient', async () => {
    const plain = networks.replace(', spectral: true', '');
    const [alone, less] = await Promise.all(
      ['N(ring.point)', 'N(ring.point) - N.average(ring.point)'].map((objective) =>
        run(spec(plain, update(`mean(${objective})`)), 1),
      ),
    );
    // On the first iteration the average is the network itself.
    assert.closeTo(less.runs[0].numbers['objective:update_1'], 0, 1e-12);
    for (const [name, { data }] of Object.entries(alone.after)) close(less.after[name].data, data, name);
  });
});

describe('states', () => {
  const networks = `state k: real = 0.25
network N(x: vec[2]) -> vec[1] { x |> dense(1) }`;
  const number = (at: Recorded['state']): number => at.k.data[0];
  const mean = (at: Recorded): number => {
    const [x, w] = [matrix(at.feeds['field:ring.point']), matrix(at.state['N.dense_1.weight'])];
    const made = product(x, w).map(([y]) => y + at.state['N.dense_1.bias'].data[0]);
    return made.reduce((sum, y) => sum + y, 0) / made.length;
  };

  it('are set where they stand, at the weights as they are; later statements read the new value', async () => {
    const train = `set k to 0.5 * k + mean(N(ring.point), over: rows)
      update N to minimize k * mean(N(ring.point)) with sgd(0.1)
      set k to k + 1`;
    const made = await run(spec(networks, train), 3);
    statesAfter(made).forEach((after, i) => {
      const at = made.runs[i];
      const set = 0.5 * number(at.state) + mean(at);
      assert.closeTo(number(after), set + 1, 1e-12);
      // The gradient of mean(N) by the bias is 1: it moved by the k of its own moment, which no gradient flows into.
      const [before, bias] = [at.state, after].map((state) => state['N.dense_1.bias'].data[0]);
      assert.closeTo(bias, before - 0.1 * set, 1e-12);
      assert.closeTo(at.numbers['loss:set_2.k'], set + 1, 1e-12);
    });
  });

  it('keep their value where a condition does not hold, which is then logged', async () => {
    const train = 'update N to minimize square(N(ring.point)) with sgd(0.1) set k to 2 * k when k < 0.6';
    const made = await run(spec(networks, train), 4);
    assert.deepEqual(statesAfter(made).map(number), [0.5, 1, 1, 1]);
    assert.deepEqual(
      made.runs.map(({ numbers }) => numbers['loss:set_1.k']),
      [0.5, 1, 1, 1],
    );
    assert.equal(made.applied.set_1, 2);
  });

  it('in `together` read weights and states on entry, as its updates and conditions do', async () => {
    const train = `together {
        set k to 0.5 * k + mean(N(ring.point), over: rows)
        update N to minimize k * mean(N(ring.point)) with sgd(0.1) when k > 0
        set other to k when k > 0
      }`;
    const made = await run(spec(`${networks}\nstate other: real = 7`, train), 2);
    const states = statesAfter(made);
    states.forEach((after, i) => {
      const at = made.runs[i];
      const k = number(at.state);
      assert.closeTo(number(after), 0.5 * k + mean(at), 1e-12);
      assert.equal(after.other.data[0], k > 0 ? k : at.state.other.data[0]);
      const [before, bias] = [at.state, after].map((state) => state['N.dense_1.bias'].data[0]);
      assert.closeTo(bias, k > 0 ? before - 0.1 * k : before, 1e-12);
      assert.closeTo(at.numbers['loss:set_1.k'], number(after), 1e-12);
    });
    assert.equal(states[0].other.data[0], 0.25);
  });

  it('run in each pass of a repeat, and when their turn comes', async () => {
    const train = `repeat 3 { set k to k + 1 } every 2 set k to k + 10
      update N to minimize square(N(ring.point)) with sgd(0.1)`;
    const made = await run(spec(networks, train), 2);
    assert.equal(number(made.after), 0.25 + 6 + 10);
  });
});

describe('draws', () => {
  const networks = `
network E(z: vec[2]) -> vec[2] { z |> dropout(0.5) |> dense(2) }
network F(z: vec[2]) -> vec[2] { z |> dense(2) }`;
  const masks = (train: string): string[] => {
    const { manifest } = compiled(
      spec(networks, train.replace('minimize', 'minimize mean(square(F(ring.point))) +')),
    );
    const [, ...more] = Object.values(manifest.graphs);
    assert.isEmpty(more, 'one step');
    return manifest.graphs.step_1.inputs.map(({ name }) => name).filter((name) => name.includes('mask'));
  };

  it('are one for an expression, wherever it is written and whichever update computes it', () => {
    const first = 'update E to minimize mse(E(z), z) + mean(square(E(z))) with sgd(0.1)';
    const second = 'update F to minimize mse(F(E(z)), z) with sgd(0.1)';
    assert.lengthOf(masks(`${first} ${second}`), 1);
  });

  it('are others for other arguments, and for `again`', () => {
    assert.lengthOf(masks('update E, F to minimize mse(E(z), E(F(z))) with sgd(0.1)'), 2);
    assert.lengthOf(masks('update E, F to minimize mse(E(z), F(again(E(z)))) with sgd(0.1)'), 2);
  });
});
