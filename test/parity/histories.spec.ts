/** A history against what the manual says, worked out here row by row from the draws that a run was fed, in float64. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { programFrom } from './host.ts';
import { close, run, statesAfter } from './recorded.ts';

const size = 6;
const source = {
  path: 'test.gan',
  text: `gan Test
data ring = gaussians(modes: 8, rows: 64)
history old of { x: ring.point } size ${size} chance 0.5
network E(x: vec[2]) -> vec[2] { x |> dense(2) }
loss error = mean(old.x) + 0 * mean(E(ring.point))
train for 20 steps, batch 4 { update E to minimize error with sgd(0.1) }`,
};

describe('a history', () => {
  it('gives earlier rows by chance, and keeps those of now in their slots: of several the last', async () => {
    const made = await run(source, 8);
    const after = statesAfter(made);
    let earlier = 0;
    const kept = new Map<number, readonly number[]>();
    made.runs.forEach((at, i) => {
      const feed = (name: string): number[] => Array.from(at.feeds[name].data);
      const points = feed('field:ring.point');
      const [slots, coins] = [feed('draw:old/slot'), feed('draw:old/coin')];
      const rows = slots.map((slot, row) => {
        const now = points.slice(2 * row, 2 * row + 2);
        const takes = kept.has(slot) && coins[row] < 0.5;
        earlier += Number(takes);
        return { slot, now, writes: takes || !kept.has(slot), given: takes ? kept.get(slot)! : now };
      });
      const mean = rows.flatMap(({ given }) => given).reduce((sum, x) => sum + x, 0) / (2 * rows.length);
      assert.closeTo(at.numbers['objective:update_1'], mean, 1e-12, `iteration ${i}`);
      for (const { slot, now, writes } of rows) if (writes) kept.set(slot, now);
      const stored = Array.from({ length: size }, (_, slot) => [...(kept.get(slot) ?? [0, 0])]).flat();
      close(after[i].old_x.data, stored, `kept after ${i}`);
    });
    assert.isAbove(earlier, 5);
  });

  it('tells of no loss beside those of updates', async () => {
    const { runs } = await run(source, 1);
    assert.sameMembers(Object.keys(runs[0].numbers), ['loss:update_1.error', 'objective:update_1']);
    for (const target of ['onnx', 'tfjs', 'torch'] as const) {
      const { graphs } = programFrom(source, { target }).manifest;
      const told = Object.values(graphs).flatMap(({ outputs }) =>
        outputs.flatMap(({ to }) => ('update' in to ? [to.update] : [])),
      );
      assert.sameMembers([...new Set(told)], ['update_1'], target);
    }
  });
});
