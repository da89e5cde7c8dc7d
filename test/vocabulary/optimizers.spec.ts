/** Optimizers against updates computed by hand, in float64; initializers; every item's documentation. */
import { assert } from 'chai';
import { evaluateHost } from '../../program/host.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import { fansOf, initializers, roleOf } from '../../compiler/vocabulary/initializers.ts';
import { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import { train } from './train-one.ts';
import { vocabulary } from './workbench.ts';

const close = (got: readonly number[], wanted: readonly number[]): void => {
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) => assert.closeTo(got[i], value, 1e-12, `step ${i + 1}`));
};

/** Kingma & Ba's algorithm 1, as written. */
function adamByHand(
  rate: number,
  beta1: number,
  beta2: number,
  gradients: readonly number[],
  decay = 0,
): number[] {
  let [weight, m, v] = [1, 0, 0];
  return gradients.map((g, t) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const [mHat, vHat] = [m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))];
    weight = weight - rate * decay * weight - (rate * mHat) / (Math.sqrt(vHat) + 1e-8);
    return weight;
  });
}

describe('optimizers', () => {
  const gradients = [0.5, -2, 0.25, 0];

  it("sgd, with momentum, and with Nesterov's", () => {
    close(train('sgd', { rate: 0.1 }, [0.5, -2]), [0.95, 1.15]);
    close(train('sgd', { rate: 0.1, momentum: 0.9 }, [0.5, -2]), [0.95, 0.95 - 0.1 * (0.45 - 2)]);
    const [v1, v2] = [0.5, 0.45 - 2];
    const first = 1 - 0.1 * (0.5 + 0.9 * v1);
    close(train('sgd', { rate: 0.1, momentum: 0.9, nesterov: true }, [0.5, -2]), [
      first,
      first - 0.1 * (-2 + 0.9 * v2),
    ]);
    assert.deepEqual(optimizers.sgd.slots({ momentum: 0 }), []);
  });

  it('rmsprop, epsilon outside the root', () => {
    let [weight, s] = [1, 0];
    const wanted = gradients.map((g) => {
      s = 0.9 * s + 0.1 * g * g;
      return (weight -= (0.01 * g) / (Math.sqrt(s) + 1e-8));
    });
    close(train('rmsprop', { rate: 0.01 }, gradients), wanted);
  });

  it('adam, by its betas one by one or as a list', () => {
    close(train('adam', { rate: 0.01 }, gradients), adamByHand(0.01, 0.9, 0.999, gradients));
    close(train('adam', { rate: 2e-4, beta1: 0.5 }, gradients), adamByHand(2e-4, 0.5, 0.999, gradients));
    close(train('adam', { rate: 0.1, betas: [0, 0.9] }, gradients), adamByHand(0.1, 0, 0.9, gradients));
  });

  it('adamw decays beside the step, and spares biases', () => {
    const args = { rate: 0.01, weight_decay: 0.1 };
    close(train('adamw', args, gradients), adamByHand(0.01, 0.9, 0.999, gradients, 0.1));
    close(train('adamw', args, gradients, false), adamByHand(0.01, 0.9, 0.999, gradients));
  });

  it('the rate may change with time', () => {
    const { rate } = optimizers.adam.scalars(
      { rate: { time: 'progress' }, beta1: 0.5, beta2: 0.9 },
      { applied: 'u' },
    );
    const time = { step: 0, epoch: 0, epochs: 0, progress: 0.25 };
    assert.closeTo(evaluateHost(rate, { time, applied: () => 2 }), 0.25 / 0.75, 1e-15);
  });
});

describe('initializers', () => {
  it('fans of a matrix [in, out] and of a kernel [out, in, places...]', () => {
    assert.deepEqual(fansOf([3, 5]), { in: 3, out: 5 });
    assert.deepEqual(fansOf([8, 3, 4, 4]), { in: 48, out: 128 });
  });

  it('weights as told, biases 0, gains 1', () => {
    const { normal, glorot_uniform, he_normal, constant } = initializers;
    assert.deepEqual(normal.initial({ mean: 0, std: 0.02 }, [3, 5], 'weight'), {
      kind: 'normal',
      mean: 0,
      std: 0.02,
    });
    assert.deepEqual(normal.initial({ mean: 0, std: 0.02 }, [5], 'bias'), { kind: 'constant', value: 0 });
    assert.deepEqual(normal.initial({ mean: 0, std: 0.02 }, [5], 'back_recurrent_bias'), {
      kind: 'constant',
      value: 0,
    });
    assert.deepEqual(normal.initial({ mean: 0, std: 0.02 }, [5], 'gain'), { kind: 'constant', value: 1 });
    const high = Math.sqrt(6 / 8);
    assert.deepEqual(glorot_uniform.initial({}, [3, 5], 'weight'), { kind: 'uniform', low: -high, high });
    assert.deepEqual(he_normal.initial({}, [2, 8], 'weight'), { kind: 'normal', mean: 0, std: 1 });
    assert.deepEqual(constant.initial({ value: 7 }, [2], 'weight'), { kind: 'constant', value: 7 });
    assert.deepEqual(['weight', 'back_recurrent_weight', 'recurrent_bias', 'gain'].map(roleOf), [
      'weight',
      'weight',
      'bias',
      'gain',
    ]);
  });
});

describe('vocabulary: documentation', () => {
  const items: Readonly<Record<string, { doc: string; params: readonly ParamSpec[] }>> = {
    ...vocabulary,
    ...optimizers,
    ...initializers,
  };
  for (const [name, { doc, params }] of Object.entries(items))
    it(name, () => {
      assert.match(doc, /\S.*[.)]$/s, 'a sentence');
      const names = params.map((param) => param.name);
      assert.sameMembers([...new Set(names)], names, 'parameters have names of their own');
      for (const param of params) {
        assert.isNotEmpty(param.doc, param.name);
        if (param.type === 'choice') assert.isNotEmpty(param.choices, param.name);
      }
      const optional = params.map((param) => param.default !== undefined);
      assert.deepEqual(
        optional,
        [...optional].sort((p, q) => Number(p) - Number(q)),
        'required ones come first',
      );
    });
});
