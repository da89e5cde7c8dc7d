/** A recurrent layer learns what only a memory can know: to say at the end what came first. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programFrom } from './host.ts';
import { trained } from './train.ts';

const spec = (cell: string): string => `
gan Memory
sample numbers ~ uniform[8](-1, 1)
sample first ~ uniform[1](-1, 1)
network R(x: seq[1, T]) -> vec[1] { x |> ${cell} |> dense(1) }
loss gap = mse(R(concat(reshape(first, 1, 1) |> flatten, numbers) |> reshape(1, 9)), first)
train for 300 steps, batch 32 {
  update R to minimize gap with adam(0.02)
}
`;

describe('recurrent layers learn', () => {
  for (const cell of ['gru(8, last: true)', 'lstm(8, last: true)']) {
    it(`${cell} remembers the first of nine numbers`, async () => {
      const program = programFrom({ path: 'memory.gan', text: spec(cell) }, { target: 'onnx' });
      const { logged } = await trained(program, 300);
      const mean = (from: number, to: number): number =>
        logged.slice(from, to).reduce((sum, { losses }) => sum + losses.gap, 0) / (to - from);
      assert.isAbove(mean(0, 10), 0.2, 'at first it knows nothing');
      assert.isBelow(mean(290, 300), 0.02);
    });
  }
});
