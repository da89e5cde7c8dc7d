/** Wiring bugs about what a run keeps: moments, running statistics, checkpoints. Shown on compiled programs. */
import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { shell } from '../cli/shell.ts';
import { host } from '../parity/host.ts';
import { close, compiled, run, statesAfter } from '../parity/recorded.ts';
import { referenceEngine } from '../parity/train.ts';
import { changed, gan, gradientsAt, source } from './hand.ts';

describe('bug 5: one optimizer for two players', () => {
  const train = `
    update D to minimize discriminator_loss with adam(0.01)
    update G to minimize generator_loss with adam(0.02) when step >= 1
    update G to minimize mean(square(fake)) with adam(0.03)`;
  const of = source(gan(train).text.replace('network G', 'shared network G'));

  it('moments are kept for each update and weight, and for nothing else', () => {
    const { manifest } = compiled(of);
    const weights = (network: string): string[] =>
      manifest.state.filter((s) => s.role === 'weight' && s.network === network).map(({ name }) => name);
    const wanted = [
      ['update_1', 'D'],
      ['update_2', 'G'],
      ['update_3', 'G'],
    ].flatMap(([update, network]) =>
      weights(network).flatMap((name) => ['mean', 'square'].map((slot) => `${update}.${name}.${slot}`)),
    );
    const moments = manifest.state.filter(({ role }) => role === 'moment').map(({ name }) => name);
    assert.sameMembers(moments, wanted);
  });

  it('they follow the gradients of their own update, and its own count of steps', async () => {
    const made = await run(of, 3);
    assert.deepEqual(made.applied, { update_1: 3, update_2: 2, update_3: 3 });
    const name = 'G.dense_2.bias';
    const states = statesAfter(made);
    let [first, second] = [0, 0];
    made.runs.forEach((at, i) => {
      const applied = i >= 1;
      // D has moved when update_2 takes its gradient
      const moved = Object.fromEntries(
        Object.keys(at.state)
          .filter((n) => n.startsWith('D.'))
          .map((n) => [n, Float64Array.from(states[i][n].data)]),
      );
      const g = gradientsAt(of, 'update_2', at, moved)[name][0];
      if (applied) [first, second] = [0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g];
      close([states[i][`update_2.${name}.mean`].data[0]], [first], `mean after ${i}`);
      close([states[i][`update_2.${name}.square`].data[0]], [second], `square after ${i}`);
    });
  });
});

const normed = (train: string, loss = 'bce(D(ring.point), 1) + bce(D(fake), 0)') =>
  source(`gan Normed
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> batch_norm |> tanh |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(5) |> batch_norm |> tanh |> dropout(0.3) |> dense(1) }
let fake = G(z)
loss seen = bce(D(ring.point), 1)
loss discriminator_loss = ${loss}
loss generator_loss = bce(D(fake), 1)
train for 20 steps, batch 16 { ${train} }
report every 10 steps { metric score = norm(D(ring.point)) }`);

describe('bug 8: whose statistics batch norm keeps', () => {
  it('they move with the update that names the network, and with no other', async () => {
    const made = await run(
      normed(`
        phase judging for 3 steps { update D to minimize discriminator_loss + 0 * seen with sgd(0.1) }
        phase forging { update G to minimize generator_loss with sgd(0.1) }`),
      3,
    );
    const statistics = (network: string): string[] =>
      ['mean', 'variance'].map((part) => `${network}.batch_norm_1.${part}`);
    const moved = (from: number, to: number): string[] => {
      const states = [...made.runs.map(({ state }) => state), made.after];
      return changed(states[from], states[to]).filter((name) => /batch_norm_1\.(mean|variance)$/.test(name));
    };
    assert.sameMembers(moved(0, 3), statistics('D'));
    assert.sameMembers(moved(3, 6), statistics('G'));
  });

  it('real and generated rows are normalised apart, unless they are stacked', async () => {
    const both = (loss: string) =>
      normed(
        'update D to minimize discriminator_loss + 0 * seen with sgd(0.1) update G to minimize generator_loss with sgd(0.1)',
        loss,
      );
    const shown = 'D(stack(ring.point, 30 * fake))';
    const of = {
      alone: both('bce(D(ring.point), 1) + bce(D(fake), 0)'),
      apart: both('bce(D(ring.point), 1) + bce(D(30 * fake), 0)'),
      stacked: both(`bce(part(${shown}, 0), 1) + bce(part(${shown}, 1), 0)`),
    };
    const logged = async (name: keyof typeof of): Promise<Record<string, number>> =>
      (await run(withoutDropout(of[name]), 1)).logged[0].losses;
    const [alone, apart, stacked] = [await logged('alone'), await logged('apart'), await logged('stacked')];
    assert.equal(apart.seen, alone.seen, 'what else D sees does not touch the real rows');
    assert.notEqual(apart.discriminator_loss, alone.discriminator_loss);
    assert.isAbove(
      Math.abs(stacked.discriminator_loss - apart.discriminator_loss),
      1e-3,
      'one batch, one set of statistics',
    );
  });
});

const withoutDropout = ({ text }: { text: string }) => source(text.replace(' |> dropout(0.3)', ''));

describe('bug 9: training mode where it should be evaluation', () => {
  it('a report uses running statistics and no dropout: a row’s value does not depend on its batch', async () => {
    const of = normed(
      'update D to minimize discriminator_loss + 0 * seen with sgd(0.1) update G to minimize generator_loss with sgd(0.1)',
    );
    const program = compiled(of);
    const { after } = await run(of, 5);
    const [name, graph] = Object.entries(program.manifest.graphs).find(([key]) => key.startsWith('report'))!;
    assert.notInclude(JSON.stringify(graph.inputs), '"draw"', 'nothing is drawn');
    const state = await referenceEngine(program).start(after);
    const values = async (rows: readonly number[]): Promise<number[]> => {
      const points = { shape: [rows.length / 2, 2], data: Float64Array.from(rows) };
      const field = graph.inputs.find(({ from }) => from.kind === 'field')!;
      const outputs = await state.report(name, { [field.name]: points }, ['score.0.value']);
      return Array.from(outputs['score.0.value'].data);
    };
    const rows = [0.3, -1, 2, 0.5, -7, 4];
    const apart = [
      await values(rows.slice(0, 2)),
      await values(rows.slice(2, 4)),
      await values(rows.slice(4)),
    ];
    close(await values(rows), apart.flat(), 'three at once');
    // by hand, for the first row
    const w = (part: string): number[] => Array.from(after[`D.${part}`].data);
    const h = [0, 1, 2, 3, 4].map((c) => {
      const x = rows[0] * w('dense_1.weight')[c] + rows[1] * w('dense_1.weight')[5 + c];
      const unit = (x - w('batch_norm_1.mean')[c]) / Math.sqrt(w('batch_norm_1.variance')[c] + 1e-5);
      return Math.tanh(unit * w('batch_norm_1.gain')[c] + w('batch_norm_1.bias')[c]) * w('dense_2.weight')[c];
    });
    close([apart[0][0]], [Math.abs(h.reduce((sum, x) => sum + x, w('dense_2.bias')[0]))], 'by hand');
  });

  it('there is no mode to set', () => {
    const of = normed(
      'update D to minimize discriminator_loss + 0 * seen with sgd(0.1) update G to minimize generator_loss with sgd(0.1)',
    );
    for (const line of ['norm(D.eval(ring.point))', 'norm(D(ring.point, train: false))']) {
      const { diagnostics } = checkSpec(source(of.text.replace('norm(D(ring.point))', line)), host);
      assert.lengthOf(diagnostics, 1, line);
    }
  });
});

describe('bug 13: a resumed run that has forgotten something', () => {
  const { write, path, run: ganc } = shell();
  /** Moments, statistics, an average, a weight that fades in, phases, a turn every third step. */
  const spec = `gan Kept
data ring = gaussians(rows: 100)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8, spectral: true) |> leaky_relu |> dropout(0.2) |> dense(1) }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))
train for 16 steps, batch 16 {
  phase alone for 5 steps { update D to minimize game.discriminator with adam(0.01) }
  phase play {
    update D to minimize game.discriminator with adam(0.01)
    every 3 update G to minimize ramp(0, 1, over: 8 steps) * game.generator with rmsprop(0.01)
    average G decay 0.9
  }
}
report every 4 steps { metric near = mse(G.average(z), ring.point) }
`;

  /** The lines of iterations; a run that is cut also reports where it ends. */
  const losses = (name: string): string[] =>
    readFileSync(inside(path(name)).metrics, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"losses"'));

  it('the checkpoint is derived from the spec, and the run goes on to the bit', async () => {
    write('kept.gan', spec);
    const common = ['--threads', '1', '--quiet', '--steps'];
    const start = async (name: string, steps: string): Promise<void> => {
      const { code, err } = await ganc(['run', path('kept.gan'), '--out', path(name), ...common, steps]);
      assert.equal(code, 0, err);
    };
    await start('whole', '16');
    // within each phase, and between two of G's turns
    for (const cut of ['3', '7']) {
      await start(`cut-${cut}`, cut);
      const { code, err } = await ganc(['run', '--resume', path(`cut-${cut}`), '--steps', '16', '--quiet']);
      assert.equal(code, 0, err);
      const [found, wanted] = [`cut-${cut}`, 'whole'].map((name) =>
        newestCheckpoint(inside(path(name)).checkpoints)!,
      );
      assert.sameMembers(Object.keys(found.values), Object.keys(wanted.values));
      for (const [name, { data }] of Object.entries(wanted.values))
        assert.deepEqual(found.values[name].data, data, name);
      assert.deepEqual(found.applied, wanted.applied);
      assert.deepEqual(found.position, wanted.position);
      assert.deepEqual(losses(`cut-${cut}`), losses('whole'));
    }
  });

  it('it holds weights, statistics, power iteration vectors, averages, moments and counts', () => {
    const { values, applied } = newestCheckpoint(inside(path('whole')).checkpoints)!;
    for (const name of [
      'G.dense_1.weight',
      'G.batch_norm_1.mean',
      'G.batch_norm_1.variance',
      'D.dense_1.singular',
      'G.average.dense_1.weight',
      'G.average.batch_norm_1.variance',
      'update_1.D.dense_1.weight.mean',
      'update_2.D.dense_1.weight.square',
      'update_3.G.dense_1.weight.square',
    ])
      assert.property(values, name);
    assert.deepInclude(applied, { update_1: 5, update_2: 11, update_3: 3 });
  });
});
