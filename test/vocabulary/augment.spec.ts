/**
 * Differentiable augmentation: what known draws do to known images, against the formulas of Zhao et al.'s code written out
 * pixel by pixel; what stays, what is refused.
 */
import { assert } from 'chai';
import { printType } from '../../compiler/types.ts';
import { close } from './close.ts';
import { Workbench } from './workbench.ts';

const [channels, height, width] = [3, 6, 5];
const off = { brightness: 0, saturation: 0, contrast: 0, translate: 0, cutout: 0 };
const pixel = (n: number, c: number, y: number, x: number): number =>
  Math.sin(1.3 * n + 2.1 * c + 0.7 * y * y + 1.9 * x + 0.4) * 0.9;

/** [row][channel][y][x] → list. */
function image(of: (n: number, c: number, y: number, x: number) => number): number[] {
  const out: number[] = [];
  for (let n = 0; n < 2; n++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out.push(of(n, c, y, x));
  return out;
}

/** Two images augmented by two draws in [0, 1) each. */
function augmented(args: Record<string, number>, draws: Record<string, [number, number]>): number[] {
  const bench = new Workbench({ sizes: { data: 2 } });
  bench.set('x', [2, channels, height, width], image(pixel));
  const x = bench.input('x', [channels, height, width], { range: [-1, 1] });
  const { node } = bench.tensor('augment', { x, ...args });
  for (const [name, two] of Object.entries(draws)) bench.set(`augment_1/${name}`, [2], two);
  return [...bench.run(node)[0].data];
}

const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('vocabulary: augment', () => {
  it('brightness adds up to a share of the range either way: rand - 0.5 for [-1, 1]', () => {
    const draws: [number, number] = [0.9, 0.25];
    close(
      augmented({ ...off, brightness: 0.25 }, { brightness: draws }),
      image((n, c, y, x) => pixel(n, c, y, x) + draws[n] - 0.5),
    );
  });

  it('saturation is about the mean of the channels, by 2 · rand; contrast about that of the image, by rand + 0.5', () => {
    const draws: [number, number] = [0.8, 0.1];
    close(
      augmented({ ...off, saturation: 1 }, { saturation: draws }),
      image((n, c, y, x) => {
        const grey = mean(range(channels).map((k) => pixel(n, k, y, x)));
        return (pixel(n, c, y, x) - grey) * 2 * draws[n] + grey;
      }),
    );
    const level = [0, 1].map((n) =>
      mean(
        range(channels).flatMap((c) =>
          range(height).flatMap((y) => range(width).map((x) => pixel(n, c, y, x))),
        ),
      ),
    );
    close(
      augmented({ ...off, contrast: 0.5 }, { contrast: draws }),
      image((n, c, y, x) => (pixel(n, c, y, x) - level[n]) * (draws[n] + 0.5) + level[n]),
    );
  });

  it('translation is by whole pixels, -most..most with equal chances, zeros from outside', () => {
    // A third of 6 is 2 rows, of 5 it is round(1.67) = 2 columns.
    for (const [right, down] of [
      [0, 0.999],
      [0.19, 0.5],
      [0.41, 0.21],
      [0.61, 0.79],
    ]) {
      const [dx, dy] = [right, down].map((u) => Math.floor(5 * u) - 2);
      close(
        augmented({ ...off, translate: 1 / 3 }, { right: [right, 0.5], down: [down, 0.5] }),
        image((n, c, y, x) => {
          const [sx, sy] = n === 0 ? [x + dx, y + dy] : [x, y];
          return sx < 0 || sx >= width || sy < 0 || sy >= height ? 0 : pixel(n, c, sy, sx);
        }),
      );
    }
  });

  it('the box of cutout stands about any pixel, and over the edge', () => {
    // Half of 6 is 3 rows (odd: six middles), of 5 it is round(2.5) = 3 columns.
    for (const [row, column] of [
      [0, 0.99],
      [0.5, 0.5],
      [0.99, 0.2],
    ]) {
      const [my, mx] = [Math.floor(row * 6), Math.floor(column * 5)];
      close(
        augmented({ ...off, cutout: 0.5 }, { row: [row, 0], column: [column, 0] }),
        image((n, c, y, x) => {
          const [cy, cx] = n === 0 ? [my, mx] : [0, 0];
          return Math.abs(y - cy) <= 1 && Math.abs(x - cx) <= 1 ? 0 : pixel(n, c, y, x);
        }),
      );
    }
    // A third of 6 is 2 rows, an even number: middles lie between 0 and 6, the box before each and on it.
    const hole = augmented({ ...off, cutout: 1 / 3 }, { row: [0.999, 0], column: [0, 0] });
    close(
      hole,
      image((n, c, y, x) => {
        const inside = n === 0 ? y >= 5 && x <= 0 : y <= 0 && x <= 0;
        return inside ? 0 : pixel(n, c, y, x);
      }),
    );
  });

  it('by default does all of it, each image by its own draws, and keeps no range', () => {
    const middle: [number, number] = [0.5, 0.9];
    const names = ['brightness', 'saturation', 'contrast', 'right', 'down', 'row', 'column'];
    const out = augmented({}, Object.fromEntries(names.map((name) => [name, middle])));
    const half = out.length / 2;
    // Draws of 0.5 change no colour and move nothing: only the box is gone.
    const first = image(pixel).slice(0, half);
    const kept = out.slice(0, half).filter((x, i) => x !== 0 && Math.abs(x - first[i]) < 1e-6).length;
    assert.equal(kept, channels * (height * width - 9));
    assert.notDeepEqual(out.slice(half), image(pixel).slice(half));
    const bench = new Workbench();
    const x = bench.input('x', [3, 4, 4], { range: [0.2, 1] });
    assert.equal(printType(bench.tensor('augment', { x }).type), 'image[3, 4, 4]');
    const placed = bench.tensor('augment', { x, ...off, translate: 0.3 });
    assert.equal(printType(placed.type), 'image[3, 4, 4] in [0, 1]');
  });

  it('acts as strongly as a number of the graph says', () => {
    const draws: Record<string, [number, number]> = {};
    for (const name of ['brightness', 'saturation', 'contrast', 'right', 'down', 'row', 'column'])
      draws[name] = [0.2, 0.9];
    const most = { brightness: 0.1, saturation: 0.4, contrast: 0.3, translate: 0.3, cutout: 0.4 };
    const bench = new Workbench({ sizes: { data: 2 } });
    bench.set('x', [2, channels, height, width], image(pixel));
    const x = bench.input('x', [channels, height, width]);
    const given = Object.entries(most).map(([name, value]) => {
      bench.set(name, [], [value]);
      return [name, bench.input(name, [], { rows: null })] as const;
    });
    const { node } = bench.tensor('augment', { x, ...Object.fromEntries(given) });
    for (const [name, two] of Object.entries(draws)) bench.set(`augment_1/${name}`, [2], two);
    close([...bench.run(node)[0].data], augmented(most, draws));
  });

  it('is the image itself in reports and where nothing is asked for; refuses what is no image with rows', () => {
    const still = new Workbench({ mode: 'report' });
    const x = still.input('x', [1, 4, 4]);
    assert.equal(still.tensor('augment', { x }), x);
    const bench = new Workbench();
    const own = bench.input('x', [1, 4, 4]);
    assert.equal(bench.tensor('augment', { x: own, ...off, saturation: 1 }), own, 'grey has no colours');
    assert.equal(bench.mistake('augment', { x: bench.input('v', [16]) }).name, 'shape');
    assert.equal(bench.mistake('augment', { x: bench.input('w', [1, 4, 4], { rows: null }) }).name, 'noRows');
  });
});
