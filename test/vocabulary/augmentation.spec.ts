/**
 * Images moved at random: what a motion by known draws does to known pixels, against reading the image at the places
 * that its affine map names; where nothing moves; what is refused.
 */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

interface Draws {
  readonly turn?: number;
  readonly scale?: number;
  readonly right?: number;
  readonly down?: number;
  readonly shear?: number;
}
const reach = { degrees: 30, translate: 2, scale: 0.2 };
const slanting = { ...reach, shear: 20 };

/** One image moved by draws in [0, 1): 0.5 is no motion. */
function moved(pixels: readonly number[], size: readonly [number, number], draws: Draws, low = 0): number[] {
  const bench = new Workbench({ sizes: { data: 1 } });
  bench.set('x', [1, 1, ...size], pixels);
  const x = bench.input('x', [1, ...size], low === 0 ? {} : { range: [low, 1] });
  const { node } = bench.tensor('random_affine', { x, ...(draws.shear === undefined ? reach : slanting) });
  for (const name of ['turn', 'scale', 'right', 'down'] as const)
    bench.set(`random_affine_1/${name}`, [1], [draws[name] ?? 0.5]);
  if (draws.shear !== undefined) bench.set('random_affine_1/shear', [1], [draws.shear]);
  return [...bench.run(node)[0].data];
}

const picture = Array.from({ length: 49 }, (_, i) => Math.sin(i * 1.7) ** 2);

/** A plane is read exactly by straight interpolation, whatever the motion: f(x, y) = x + 10 y about the middle. */
const middle = 3;
const plane = Array.from({ length: 49 }, (_, i) => (i % 7) - middle + 10 * (Math.floor(i / 7) - middle));

describe('vocabulary: random_affine', () => {
  it('shifts by whole pixels, and what comes in from outside is the low end of the range', () => {
    close(moved(picture, [7, 7], {}), picture);
    const left = moved([1, 2, 3, 4, 5, 6], [2, 3], { right: 0.75 });
    close(left, [2, 3, 0, 5, 6, 0]);
    const up = moved([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [2, 3], { down: 0.75 }, -1);
    close(up, [0.4, 0.5, 0.6, -1, -1, -1]);
    close(moved([1, 2, 3, 4], [1, 4], { right: 0.625 }), [1.5, 2.5, 3.5, 2]);
  });

  for (const shear of [undefined, 0.7])
    it(`reads each place at scale · turn${shear === undefined ? '' : ' · slant'} · (x, y) + shift from the middle`, () => {
      const draws = {
        turn: 0.8,
        scale: 0.1,
        right: 0.6,
        down: 0.45,
        ...(shear === undefined ? {} : { shear }),
      };
      const got = moved(plane, [7, 7], draws);
      const tangent = Math.tan(Math.PI / 6) * (2 * draws.turn - 1);
      const slant = Math.tan(Math.PI / 9) * (2 * (shear ?? 0.5) - 1);
      const [cos, sin] = [1 / Math.hypot(1, tangent), tangent / Math.hypot(1, tangent)];
      const s = 1 + reach.scale * (2 * draws.scale - 1);
      const [right, down] = [draws.right, draws.down].map((u) => reach.translate * (2 * u - 1));
      for (const [column, y] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [-1, 1],
        [1, -1],
        [-1, -1],
      ]) {
        const x = column + slant * y;
        assert.closeTo(
          got[(y + middle) * 7 + column + middle],
          s * (cos * x - sin * y) + right + 10 * (s * (sin * x + cos * y) + down),
          1e-9,
          `(${column}, ${y})`,
        );
      }
    });

  it('keeps type and range; each channel moves alike, each row by its own draws', () => {
    const bench = new Workbench({ sizes: { data: 2 } });
    const x = bench.input('x', [3, 4, 5], { range: [0, 1] });
    const value = bench.tensor('random_affine', { x, ...reach });
    assert.equal(printType(value.type), 'image[3, 4, 5] in [0, 1]');
    const one = Array.from({ length: 20 }, (_, i) => (i * 7) % 5);
    bench.set('x', [2, 3, 4, 5], [...one, ...one, ...one, ...one, ...one, ...one]);
    for (const name of ['turn', 'scale', 'right', 'down'])
      bench.set(`random_affine_1/${name}`, [2], [0.3, 0.9]);
    const data = [...bench.run(value.node)[0].data];
    const channel = (i: number): number[] => data.slice(i * 20, (i + 1) * 20);
    assert.deepEqual([channel(1), channel(2), channel(4)], [channel(0), channel(0), channel(3)]);
    assert.notDeepEqual(channel(3), channel(0));
  });

  it('is the image itself in reports, and where no motion is asked for', () => {
    for (const mode of ['report', 'recalibrate'] as const) {
      const still = new Workbench({ mode });
      const x = still.input('x', [1, 4, 4]);
      assert.equal(still.tensor('random_affine', { x, ...reach }), x);
    }
    const bench = new Workbench();
    const x = bench.input('x', [1, 4, 4]);
    assert.equal(bench.tensor('random_affine', { x }), x);
  });

  it('moves as far as a number of the graph says, as by the same number known when compiling', () => {
    const bench = new Workbench({ sizes: { data: 1 } });
    bench.set('x', [1, 1, 7, 7], picture);
    const x = bench.input('x', [1, 7, 7]);
    const given = Object.entries(reach).map(([name, most]) => {
      bench.set(name, [], [most]);
      return [name, bench.input(name, [], { rows: null })] as const;
    });
    const { node, type } = bench.tensor('random_affine', { x, ...Object.fromEntries(given) });
    const draws = { turn: 0.8, scale: 0.1, right: 0.6, down: 0.45 };
    for (const [name, draw] of Object.entries(draws)) bench.set(`random_affine_1/${name}`, [1], [draw]);
    close(bench.run(node)[0].data, moved(picture, [7, 7], draws));
    assert.equal(type.hidden, null);
    const secret = bench.input('secret', [], { rows: null, hidden: 'label' });
    assert.equal(bench.tensor('random_affine', { x, degrees: secret }).type.hidden, 'label');
  });

  it('refuses what is no image with rows', () => {
    const bench = new Workbench();
    assert.equal(bench.mistake('random_affine', { x: bench.input('v', [16]) }).name, 'shape');
    assert.equal(
      bench.mistake('random_affine', { x: bench.input('w', [1, 4, 4], { rows: null }) }).name,
      'noRows',
    );
  });
});
