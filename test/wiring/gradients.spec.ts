/** Wiring bugs about gradients that cannot be written in a spec: shown on compiled programs, in float64. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { printGraph } from '../../compiler/ir/print.ts';
import { updateGradients, valuesAt } from '../parity/gradients.ts';
import { programFrom } from '../parity/host.ts';
import { close, run } from '../parity/recorded.ts';
import type { Recorded } from '../parity/train.ts';
import { changed, descended, gan, gradientsAt, source, type Weights } from './hand.ts';

const both =
  'update D to minimize discriminator_loss with sgd(0.1) update G to minimize generator_loss with sgd(0.2)';
const detached = 'loss discriminator_loss = bce(D(ring.point), 1) + bce(D(stop(fake)), 0)';
const withStop = (train: string) => source(gan(train).text.replace(/loss discriminator_loss = .*/, detached));

function sameWeights(found: Recorded['state'], wanted: Weights): void {
  for (const [name, data] of Object.entries(wanted)) close(found[name].data, data, name);
}

describe('bug 1: the fake in the discriminator’s step', () => {
  const rarely =
    'update D to minimize discriminator_loss with adam(0.01) every 20 update G to minimize generator_loss with adam(0.01)';

  it('training D leaves every tensor of G as it is, to the bit', async () => {
    const { before, after } = await run(gan(rarely), 4);
    const moved = changed(before, after);
    assert.isNotEmpty(moved.filter((name) => name.startsWith('D.')));
    assert.isEmpty(moved.filter((name) => !/^(D|update_1\.D)\./.test(name)));
  });

  it('D’s step is the same graph with and without a `stop`: nothing in it goes back into G', () => {
    const [found, apart] = [gan(rarely), withStop(rarely)].map(
      (of) => programFrom(of, { target: 'onnx' }).graphs.step_1,
    );
    assert.include(Object.keys(found).join(), 'D.dense_1.weight');
    assert.notInclude(Object.keys(found).join(), 'G.');
    assert.equal(printGraph(found), printGraph(apart));
  });

  it('with a `stop` written out, training gives the same numbers', async () => {
    const [plain, stopped] = [await run(gan(both), 4), await run(withStop(both), 4)];
    assert.isNotEmpty(changed(plain.before, plain.after));
    assert.isEmpty(changed(plain.after, stopped.after));
  });
});

describe('bug 2: going back through what a step has changed', () => {
  it('G’s step asks D as D’s step has left it', async () => {
    const of = gan(both);
    const { runs, after } = await run(of, 1);
    const wanted = descended(of, runs[0], { update_1: 0.1, update_2: 0.2 });
    sameWeights(after, wanted);
    const stale = descended(of, runs[0], { update_1: 0.1, update_2: 0.2 }, true);
    assert.isAbove(Math.abs(stale['G.dense_1.weight'][0] - wanted['G.dense_1.weight'][0]), 1e-6);
  });
});

/** Three losses over one forward pass, as people write them with `retain_graph`. */
const vaeGan = (train: string) =>
  source(`gan VaeGan
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[3]
network Enc(x: vec[2]) -> normal[3] {
  let h = x |> dense(5) |> tanh
  normal(h |> dense(3), log_variance: h |> dense(3))
}
network Dec(z: vec[3]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network Dis(x: vec[2]) -> { like: vec[4], real: logit } {
  let h = x |> dense(4) |> tanh
  { like: h, real: h |> dense(1) }
}
let code = Enc(ring.point)
let seen = Dis(ring.point)
let back = Dis(Dec(code.draw))
let dream = Dis(Dec(z))
loss reconstruction = 0.5 * sum(square(seen.like - back.like))
loss discriminator_loss = bce(seen.real, 1) + bce(dream.real, 0) + bce(back.real, 0)
loss generator_loss = bce(dream.real, 1) + bce(back.real, 1)
train for 20 steps, batch 16 { ${train} }`);

describe('bug 10: going back twice', () => {
  const three = `
    update Enc to minimize kl(code) + reconstruction with sgd(0.1)
    update Dec to minimize 0.3 * reconstruction + generator_loss with sgd(0.2)
    update Dis to minimize discriminator_loss with sgd(0.05)`;
  const rates = { update_1: 0.1, update_2: 0.2, update_3: 0.05 };

  it('three updates share a forward pass, and each gets its gradient as if it were alone', async () => {
    const of = vaeGan(`together { ${three} }`);
    const { runs, after } = await run(of, 1);
    const wanted = descended(of, runs[0], rates, true);
    assert.lengthOf(Object.keys(wanted), 6 + 4 + 4);
    sameWeights(after, wanted);
  });

  it('the same one after the other, each at the weights that it finds', async () => {
    const of = vaeGan(three);
    const { runs, after } = await run(of, 1);
    sameWeights(after, descended(of, runs[0], rates));
  });
});

describe('bug 12: gradients that pile up', () => {
  it('an update adds nothing to the gradient of a network that it passes through', async () => {
    const of = vaeGan(`
      update Dec to minimize generator_loss with sgd(0.2)
      update Enc to minimize kl(code) + reconstruction with sgd(0.1)
      update Dis to minimize discriminator_loss with sgd(0.05)`);
    const made = await run(of, 3);
    // each iteration from the state that it found: nothing is left over from the one before
    const states = [...made.runs.slice(1).map(({ state }) => state), made.after];
    made.runs.forEach((at, i) =>
      sameWeights(states[i], descended(of, at, { update_1: 0.2, update_2: 0.1, update_3: 0.05 })),
    );
    assert.lengthOf(made.runs, 3);
  });

  it('a shared network gets the gradient of each of its updates once', async () => {
    const of = source(
      gan(
        'update D to minimize discriminator_loss with sgd(0.1) update G to minimize generator_loss with sgd(0.2) update G to minimize mean(square(fake)) with sgd(0.3)',
      ).text.replace('network G', 'shared network G'),
    );
    const { runs, after } = await run(of, 1);
    const rates = { update_1: 0.1, update_2: 0.2, update_3: 0.3 };
    sameWeights(after, descended(of, runs[0], rates));
  });
});

describe('bug 15: gradient penalties', () => {
  const penalised = (init = '') =>
    source(`gan Penalty
data ring = gaussians(modes: 8, rows: 64)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(5) |> tanh |> dense(2) }
network C(x: vec[2]) -> logit { x |> dense(5) |> tanh |> dense(1) }
${init}
loss penalty = gradient_penalty(C, ring.point, G(z))
train for 20 steps, batch 16 {
  update C to minimize mean(C(G(z))) - mean(C(ring.point)) + penalty with sgd(0.1)
  every 20 update G to minimize -mean(C(G(z))) with sgd(0.1)
}`);

  /** |dC/dx| at each row of the recorded run, by the chain rule. */
  function slopes({ state, feeds }: Recorded): { norms: number[]; gradients: number[][] } {
    const real = feeds['field:ring.point'].data;
    const place = Object.entries(feeds).find(([name]) => name.endsWith('/place'))![1].data;
    const layer = (x: readonly number[], name: string): number[] => {
      const { shape, data } = state[`${name}.weight`];
      return Array.from(state[`${name}.bias`].data, (bias, c) =>
        x.reduce((sum, value, i) => sum + value * data[i * shape[1] + c], bias),
      );
    };
    const gradients = Array.from(place, (u, r) => {
      const z = Array.from(feeds['draw:z'].data.slice(4 * r, 4 * r + 4));
      const fake = layer(layer(z, 'G.dense_1').map(Math.tanh), 'G.dense_2');
      const x = fake.map((value, i) => real[2 * r + i] + u * (value - real[2 * r + i]));
      const back = layer(x, 'C.dense_1').map(
        (h, j) => (1 - Math.tanh(h) ** 2) * state['C.dense_2.weight'].data[j],
      );
      return [0, 1].map((i) =>
        back.reduce((sum, g, j) => sum + g * state['C.dense_1.weight'].data[i * 5 + j], 0),
      );
    });
    return { gradients, norms: gradients.map((g) => Math.hypot(...g)) };
  }

  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

  it('the norm is each row’s own, over all its axes', async () => {
    const { runs, logged } = await run(penalised(), 2);
    runs.forEach((at, i) => {
      const { norms, gradients } = slopes(at);
      const found = logged[i].losses.penalty;
      assert.closeTo(found, mean(norms.map((n) => (n - 1) ** 2)), 1e-12);
      const overBatch = (Math.hypot(...gradients.flat()) - 1) ** 2;
      const overPixels = mean(gradients.flat().map((g) => (Math.abs(g) - 1) ** 2));
      for (const wrong of [overBatch, overPixels]) assert.isAbove(Math.abs(found - wrong), 1e-3);
    });
  });

  it('it is differentiated again: the critic’s weights follow its slope', async () => {
    const of = penalised();
    const [at] = (await run(of, 1)).runs;
    const { objective } = updateGradients(of).update_1;
    const found = gradientsAt(of, 'update_1', at);
    for (const name of ['C.dense_1.weight', 'C.dense_1.bias', 'C.dense_2.weight']) {
      const { shape, data } = at.state[name];
      const bent = (i: number, by: number): number =>
        valuesAt([objective], at, {
          [name]: { shape, data: Float64Array.from(data, (w, j) => (i === j ? w + by : w)) },
        })[0][0];
      const wanted = Array.from(data, (_, i) => (bent(i, 1e-5) - bent(i, -1e-5)) / 2e-5);
      found[name].forEach((g, i) => assert.closeTo(g, wanted[i], 1e-7, `${name}[${i}]`));
      assert.isAbove(Math.hypot(...found[name]), 1e-3, name);
    }
  });

  it('it is finite where the slope is 0', async () => {
    const { runs, after, logged } = await run(penalised('initialize C with zeros()'), 2);
    assert.deepEqual(slopes(runs[0]).norms, Array<number>(16).fill(0));
    assert.deepEqual(
      logged.map(({ losses }) => losses.penalty),
      [1, 1],
    );
    for (const [name, { data }] of Object.entries(after)) assert(data.every(Number.isFinite), name);
  });
});
