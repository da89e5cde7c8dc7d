/**
 * "Meaning of a schedule" (LANGUAGE.md), each sentence against numbers worked out here: by the reference engine in
 * float64, from what its runs were fed, what they gave, and gradients taken separately.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { updateGradients, valuesAt } from './gradients.ts';
import { close, compiled, run } from './recorded.ts';
import { changed, dataOf, gan, gradientsAt } from './small-gan.ts';

describe('scopes', () => {
  it('each pass of a repeat has a batch and draws of its own', async () => {
    const source = gan(
      'repeat 3 { update D to minimize discriminator_loss with sgd(0.1) } update G to minimize generator_loss with sgd(0.1)',
    );
    const { runs } = await run(source, 2);
    assert.lengthOf(runs, 8);
    const draws = runs.map((one) => dataOf(one, 'draw:z').join());
    assert.equal(new Set(draws).size, 8, 'draws');
    const batches = runs
      .filter((one) => 'field:ring.point' in one.feeds)
      .map((one) => dataOf(one, 'field:ring.point').join());
    assert.lengthOf(batches, 6);
    assert.equal(new Set(batches).size, 6, 'batches: 6 × 16 rows of a shuffled 64');
  });

  it('`fresh: false` keeps the iteration’s', async () => {
    const source = gan(
      'update G to minimize generator_loss with sgd(0.1) repeat 3 fresh: false { update D to minimize discriminator_loss with sgd(0.1) }',
    );
    const { runs } = await run(source, 2);
    const [first, second] = [runs.slice(0, 4), runs.slice(4)];
    for (const iteration of [first, second]) {
      assert.equal(new Set(iteration.map((one) => dataOf(one, 'draw:z').join())).size, 1);
      assert.equal(new Set(iteration.slice(1).map((one) => dataOf(one, 'field:ring.point').join())).size, 1);
    }
    assert.notDeepEqual(dataOf(first[1], 'draw:z'), dataOf(second[1], 'draw:z'));
    assert.notDeepEqual(dataOf(first[1], 'field:ring.point'), dataOf(second[1], 'field:ring.point'));
  });

  it('a stream is read by the scope that its updates stand in, and by no other', () => {
    const { manifest } = compiled(
      gan(
        'update G to minimize generator_loss with sgd(0.1) repeat 2 fresh: false { repeat 3 { update D to minimize discriminator_loss with sgd(0.1) } }',
      ),
    );
    const [{ body }] = manifest.schedule;
    assert.deepEqual(body.reads, []);
    const outer = body.actions[1];
    assert(outer.do === 'repeat' && !outer.fresh);
    assert.deepEqual(outer.scope.reads, []);
    const inner = outer.scope.actions[0];
    assert(inner.do === 'repeat' && inner.fresh);
    assert.deepEqual(inner.scope.reads, ['ring']);
  });

  it('a stream that only a `when` reads advances with it, skipped or not', async () => {
    const source = gan(
      'update G to minimize generator_loss with sgd(0.1) when norm(other.point) > 1e9',
      'data other = gaussians(modes: 3, rows: 64) \nnetwork E(x: vec[2]) -> vec[1] { x |> dense(1) }',
    ).text;
    const whole = {
      path: 'test.gan',
      text: source.replace(
        'train for 20 steps, batch 16 {',
        'train for 20 steps, batch 16 { update D to minimize discriminator_loss with sgd(0.1) update E to minimize square(E(z |> G)) with sgd(0.1)',
      ),
    };
    const program = compiled(whole);
    assert.sameMembers([...program.manifest.schedule[0].body.reads], ['ring', 'other']);
    const { runs, applied } = await run(whole, 3);
    assert.equal(new Set(runs.map((one) => dataOf(one, 'field:other.point').join())).size, 3);
    assert.deepEqual(applied, { update_1: 3, update_2: 3 });
  });

  it('a stream advances whether or not `every` skips its update', async () => {
    const source = gan(
      'update G to minimize generator_loss with sgd(0.1) every 3 update D to minimize discriminator_loss with sgd(0.1)',
    );
    const { runs } = await run(source, 6);
    const batches = runs.filter(({ feeds }) => 'field:ring.point' in feeds);
    assert.deepEqual(
      batches.map(({ iteration }) => iteration),
      [2, 5],
    );
    // Rows 3 × 16 … 4 × 16 of the first pass are the third batch, then the second pass's second.
    const always = await run(
      gan(
        'update G to minimize generator_loss with sgd(0.1) update D to minimize discriminator_loss with sgd(0)',
      ),
      6,
    );
    assert.deepEqual(dataOf(batches[0], 'field:ring.point'), dataOf(always.runs[2], 'field:ring.point'));
    assert.deepEqual(dataOf(batches[1], 'field:ring.point'), dataOf(always.runs[5], 'field:ring.point'));
  });
});

describe('updates', () => {
  const both =
    'update D to minimize discriminator_loss with sgd(0.1) update G to minimize generator_loss with sgd(0.2)';

  it('follow each other: the second sees the weights that the first left', async () => {
    const source = gan(both);
    const { runs, after } = await run(source, 1);
    const [first] = runs;
    const d = gradientsAt(source, 'update_1', first);
    for (const [name, g] of Object.entries(d))
      close(
        after[name].data,
        first.state[name].data.map((w, i) => w - 0.1 * g[i]),
        name,
      );
    const moved = Object.fromEntries(Object.keys(d).map((name) => [name, after[name]]));
    const g = gradientsAt(source, 'update_2', first, moved);
    for (const [name, gradient] of Object.entries(g))
      close(
        after[name].data,
        first.state[name].data.map((w, i) => w - 0.2 * gradient[i]),
        name,
      );
  });

  it('in `together`, all gradients and conditions are taken at the weights on entry', async () => {
    const source = gan(`together { ${both.replace('sgd(0.2)', 'sgd(0.2) when discriminator_loss > 1')} }`);
    const { runs, after } = await run(source, 1);
    for (const [update, rate] of [
      ['update_1', 0.1],
      ['update_2', 0.2],
    ] as const)
      for (const [name, g] of Object.entries(gradientsAt(source, update, runs[0])))
        close(
          after[name].data,
          runs[0].state[name].data.map((w, i) => w - rate * g[i]),
          name,
        );
    // D's giant step changes what the discriminator's loss is: a condition taken after it would differ.
    const entry = valuesAt([updateGradients(source).update_1.objective], runs[0])[0][0];
    const when = `update D to minimize discriminator_loss with sgd(50) update G to minimize generator_loss with sgd(0.2) when discriminator_loss < ${(entry + 0.1).toFixed(3)}`;
    assert.deepEqual((await run(gan(`together { ${when} }`), 1)).applied, { update_1: 1, update_2: 1 });
    assert.deepEqual((await run(gan(when), 1)).applied, { update_1: 1 });
  });

  it('change the networks they name, and nothing else', async () => {
    const { before, after } = await run(
      gan(
        'update G to minimize generator_loss with adam(0.1) update D to minimize discriminator_loss with adam(0)',
      ),
      2,
    );
    const weights = changed(before, after).filter((name) => !name.startsWith('update_'));
    assert.isNotEmpty(weights);
    for (const name of weights) assert.match(name, /^G\./);
  });

  it('`maximize` is the same with the sign turned', async () => {
    const up = await run(
      gan(
        'update D to minimize discriminator_loss with sgd(0.1) update G to maximize -generator_loss with adam(0.01)',
      ),
      3,
    );
    const down = await run(
      gan(
        'update D to minimize discriminator_loss with sgd(0.1) update G to minimize generator_loss with adam(0.01)',
      ),
      3,
    );
    for (const name of Object.keys(down.after)) close(up.after[name].data, down.after[name].data, name);
    assert.closeTo(up.logged[0].objectives.update_2, -down.logged[0].objectives.update_2, 1e-14);
  });

  it('skipped, change no weight, moment, statistic, average or count', async () => {
    const more =
      'network N(x: vec[2]) -> vec[1] { x |> dense(3) |> batch_norm |> tanh |> dense(1, spectral: true) }';
    const body = `${both} update N to minimize mean(square(N(ring.point) - 1)) with adam(0.01) when step >= 2`;
    const source = gan(body, more);
    const { before, runs, after, applied, logged } = await run(source, 3);
    assert.deepEqual(applied, { update_1: 3, update_2: 3, update_3: 1 });
    assert.deepEqual(
      logged.map(({ skipped }) => skipped),
      [['update_3'], ['update_3'], []],
    );
    const own = (name: string): boolean => /^(N|update_3)\./.test(name);
    assert.isEmpty(changed(before, runs[2].state).filter(own));
    const moved = changed(before, after).filter(own);
    for (const part of ['mean', 'variance', 'singular', 'gain', 'square'])
      assert(
        moved.some((name) => name.endsWith(part)),
        part,
      );
    // Adam's first step, with the corrections of a first step: w - rate · g / (|g| + epsilon).
    for (const [name, g] of Object.entries(gradientsAt(source, 'update_3', runs[2])))
      close(
        after[name].data,
        before[name].data.map((w, i) => w - (0.01 * g[i]) / (Math.abs(g[i]) + 1e-8)),
        name,
      );
  });

  it('log the losses that they compute, each as its own', async () => {
    const source = gan(
      'update D to minimize discriminator_loss + 1e-3 * generator_loss with sgd(0.1) update G to minimize generator_loss with sgd(0.1)',
    );
    const { manifest } = compiled(source);
    assert.deepEqual(
      manifest.updates.map(({ losses }) => losses),
      [['discriminator_loss', 'generator_loss'], ['generator_loss']],
    );
    const { runs, logged } = await run(source, 1);
    const { numbers } = runs[0];
    assert.notEqual(numbers['loss:update_1.generator_loss'], numbers['loss:update_2.generator_loss']);
    assert.equal(
      logged[0].losses.generator_loss,
      numbers['loss:update_2.generator_loss'],
      'the last one is logged',
    );
  });
});
