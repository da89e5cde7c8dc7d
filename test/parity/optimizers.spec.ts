/** Arguments of optimizers, against numbers worked out from the gradients of the same run. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { close, run } from './recorded.ts';
import { gan, gradientsAt, isBias } from './small-gan.ts';

describe('optimizer arguments', () => {
  const after = async (
    optimizer: string,
    change: (w: number, g: number, decayed: boolean, norm: number) => number,
  ) => {
    // Biases start at 0, where a decay does nothing: a phase before moves them.
    const source = gan(
      `phase before for 1 steps { update G to minimize generator_loss with sgd(1) }
       phase then { update G to minimize 30 * generator_loss with ${optimizer} update D to minimize discriminator_loss with sgd(0) }`,
    );
    const { runs, after } = await run(source, 1);
    const [, at] = runs;
    const gradients = gradientsAt(source, 'update_2', at);
    const norm = Math.hypot(...Object.values(gradients).flatMap((g) => Array.from(g)));
    for (const [name, g] of Object.entries(gradients)) {
      const { data } = at.state[name];
      assert(
        data.every((w) => Math.abs(w) > 1e-4),
        `${name} is decayed from near 0`,
      );
      close(
        after[name].data,
        data.map((w, i) => change(w, g[i], !isBias(name), norm)),
        name,
      );
    }
  };

  it('weight_decay adds to the gradient of weights, not of biases', () =>
    after('sgd(0.1, weight_decay: 0.3)', (w, g, decayed) => w - 0.1 * (g + (decayed ? 0.3 * w : 0))));

  it('clip_norm is over all weights, of the loss’s gradient, before decay', () =>
    after(
      'sgd(0.1, weight_decay: 0.3, clip_norm: 0.5)',
      (w, g, decayed, norm) => w - 0.1 * ((g * 0.5) / norm + (decayed ? 0.3 * w : 0)),
    ));

  it('clip_norm leaves short gradients alone', () =>
    after('sgd(0.1, clip_norm: 1e6)', (w, g) => w - 0.1 * g));

  it('clip_gradients cuts each element', () =>
    after('sgd(0.1, clip_gradients: 0.2)', (w, g) => w - 0.1 * Math.max(-0.2, Math.min(0.2, g))));

  it('clip_weights cuts every weight after the step, biases too', () =>
    after('sgd(0.1, clip_weights: 0.05)', (w, g) => Math.max(-0.05, Math.min(0.05, w - 0.1 * g))));

  it('adam decays in the gradient, adamw beside it', async () => {
    await after('adam(0.1, weight_decay: 0.3)', (w, g, decayed) => {
      const whole = g + (decayed ? 0.3 * w : 0);
      return w - (0.1 * whole) / (Math.abs(whole) + 1e-8);
    });
    await after(
      'adamw(0.1, weight_decay: 0.3)',
      (w, g, decayed) => w * (decayed ? 1 - 0.1 * 0.3 : 1) - (0.1 * g) / (Math.abs(g) + 1e-8),
    );
  });
});
