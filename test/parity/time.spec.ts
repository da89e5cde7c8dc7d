/** Numbers that change with time, and what is due when: against gradients times rates worked out here. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { close, compiled, run, statesAfter } from './recorded.ts';
import { gan, gradientsAt, graphOf } from './small-gan.ts';

describe('time', () => {
  const rates = async (
    rate: string,
    wanted: readonly number[],
    train = (update: string) => update,
  ): Promise<void> => {
    const source = gan(
      train(
        `update G to minimize generator_loss with sgd(${rate}) update D to minimize discriminator_loss with sgd(0)`,
      ),
    );
    const made = await run(source, wanted.length);
    const states = statesAfter(made);
    made.runs.forEach((one, i) => {
      const update = graphOf(compiled(source), 'update_1') === one.graph ? 'update_1' : 'update_3';
      for (const [name, g] of Object.entries(gradientsAt(source, update, one)))
        close(
          states[i][name].data,
          one.state[name].data.map((w, j) => w - wanted[i % wanted.length] * g[j]),
          `${name} in ${i}`,
        );
    });
  };

  it('step and progress count iterations', async () => {
    await rates('0.1 * (step + 1)', [0.1, 0.2, 0.3]);
    await rates('0.1 * (1 - progress)', [0.1, 0.095, 0.09]);
  });
  it('ramp and stepped', async () => {
    await rates('ramp(0.1, 0.3, over: 4 steps)', [0.1, 0.15, 0.2, 0.25, 0.3, 0.3]);
    await rates('stepped(0.1, then: 0.4, at: 2 steps)', [0.1, 0.1, 0.4, 0.4]);
  });
  it('epoch counts passes of the stream', () => rates('0.1 + epoch', [0.1, 0.1, 0.1, 0.1, 1.1, 1.1]));
  it('a ramp over epochs rises within them, by minibatches taken', () =>
    rates('ramp(0.1, 0.3, over: 2 epochs)', [0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.3]));
  it('each phase begins anew', () =>
    rates('0.1 * (step + 1)', [0.1, 0.2, 0.3], (u) => `phase a for 3 steps { ${u} } phase b { ${u} }`));

  it('`every n` runs each n-th iteration, `every n epochs` each n-th pass', async () => {
    const due = async (every: string, iterations: number): Promise<number[]> => {
      const source = gan(
        `update D to minimize discriminator_loss with sgd(0) every ${every} update G to minimize generator_loss with sgd(0.1)`,
      );
      const { runs, applied } = await run(source, iterations);
      const graph = graphOf(compiled(source), 'update_2');
      const found = runs.filter((one) => one.graph === graph).map(({ iteration }) => iteration);
      assert.equal(applied.update_2, found.length);
      return found;
    };
    assert.deepEqual(await due('2', 6), [1, 3, 5]);
    assert.deepEqual(await due('3 steps', 7), [2, 5]);
    assert.deepEqual(await due('1 epochs', 9), [3, 7]); // 64 rows in batches of 16
    assert.deepEqual(await due('2 epochs', 17), [7, 15]);
  });
});
