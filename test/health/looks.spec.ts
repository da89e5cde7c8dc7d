/** What rules of health look at. */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { looks } from '../../runtime/health/looks.ts';
import type { Tensors } from '../../runtime/engines/engine.ts';
import { host } from '../parity/host.ts';

const spec = `gan Two
data ring = gaussians(modes: 4)
network A(x: vec[2]) -> logits[4] { x |> dense(4) }
network B(x: vec[2]) -> logits[4] { x |> dense(4) }
train for 4 steps, batch 4 {
  phase first for 1 steps { update A to minimize cross_entropy(A(ring.point), ring.label) with sgd(0.1) }
  phase second {
    initialize B from A
    update B to minimize cross_entropy(B(ring.point), ring.label) with sgd(0.1)
  }
}
`;

describe('looks of health', () => {
  it('take what a phase starts with for no step of its updates, and the steps behind it for some', async () => {
    const { program, diagnostics } = compile({ path: 'two.gan', text: spec }, host, { target: 'reference' });
    assert.isDefined(program, diagnostics.map(({ what }) => what).join());
    const { manifest } = program!;
    const [{ name: first }, { name: second }] = manifest.updates;
    /** Weights that are all the same number. */
    const state = (value: number): { read(names: readonly string[]): Promise<Tensors> } => ({
      read: (names) =>
        Promise.resolve(
          Object.fromEntries(
            manifest.state
              .filter(({ name }) => names.includes(name))
              .map(({ name, shape }) => {
                const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
                return [name, { shape, data }];
              }),
          ),
        ),
    });
    const look = looks(manifest);
    const moved = async (before: number, now: number): Promise<readonly string[]> => {
      await look.before(state(1));
      const found = await look.after(2, state(2), {
        before: { [first]: 1, [second]: before },
        now: { [first]: 1, [second]: now },
      });
      return found.steps.map(({ network }) => network);
    };
    assert.deepEqual(await moved(0, 1), []);
    assert.deepEqual(await moved(1, 2), ['B']);
  });
});
