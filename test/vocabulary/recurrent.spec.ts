/** Recurrent layers' values against their definitions, written out step by step. */
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

describe('vocabulary: recurrent layers', () => {
  it('gru and rnn step by step', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    const x = bench.input('x', [1, 3]);
    const [gru, rnn] = ['gru', 'rnn'].map((name) => bench.tensor(name, { x, units: 1, both: true }).node);
    const [g, r] = bench.run(gru, rnn);
    const at = (name: string): Float64Array => bench.values.get(name)!.data;
    const sigma = (v: number): number => 1 / (1 + Math.exp(-v));
    const steps = [...at('x')];
    const gruStates = (prefix: string, inputs: readonly number[]): number[] => {
      const [w, u, p, q] = ['weight', 'recurrent_weight', 'bias', 'recurrent_bias'].map((n) =>
        at(`gru.${prefix}${n}`),
      );
      let h = 0;
      return inputs.map((v) => {
        const [reset, keep] = [0, 1].map((i) => sigma(v * w[i] + p[i] + h * u[i] + q[i]));
        const fresh = Math.tanh(v * w[2] + p[2] + reset * (h * u[2] + q[2]));
        return (h = (1 - keep) * fresh + keep * h);
      });
    };
    close(g.data, [...gruStates('', steps), ...gruStates('back_', steps.toReversed()).toReversed()]);
    const rnnStates = (prefix: string, inputs: readonly number[]): number[] => {
      const [w, u, p, q] = ['weight', 'recurrent_weight', 'bias', 'recurrent_bias'].map(
        (n) => at(`rnn.${prefix}${n}`)[0],
      );
      let h = 0;
      return inputs.map((v) => (h = Math.tanh(v * w + p + h * u + q)));
    };
    close(r.data, [...rnnStates('', steps), ...rnnStates('back_', steps.toReversed()).toReversed()]);
  });
});
