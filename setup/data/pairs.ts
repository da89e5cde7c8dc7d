/**
 * The pairs that specs/zoo/pix2pix.gan and bicyclegan.gan read: an outline on the left, the shape in the colour of its sort
 * on the right, side by side in one file as that paper's data has them. `npx tsx setup/data/pairs.ts [--count 24]
 * [--from 0] [--out FOLDER]` writes them anew, or more of them elsewhere (specs/zoo/trained/cyclegan.gan).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';

const size = 32;
const colours = [
  [204, 51, 51],
  [51, 153, 51],
  [51, 85, 204],
] as const;

/** How far inside the shape a place lies; below 0 outside. */
function depth(sort: number, x: number, y: number, radius: number): number {
  if (sort === 0) return radius - Math.hypot(x, y);
  if (sort === 1) return radius - Math.max(Math.abs(x), Math.abs(y));
  return radius - Math.abs(x) - Math.abs(y);
}

/** A place in [0, 1) on each of three axes, evenly spread over the numbers (the R3 sequence, Roberts 2018). */
const spread = (i: number): number[] =>
  [0.8191725134, 0.6710436067, 0.5497004779].map((step) => (i * step) % 1);

/** One pair: sort, place and size follow from its number. */
function pair(i: number): Uint8Array {
  const sort = i % colours.length;
  const [x0, y0, size0] = spread(i + 1);
  const [cx, cy, radius] = [11.5 + 9 * x0, 11.5 + 9 * y0, 6 + 5 * size0];
  const { width, height, data } = blankRaster(2 * size, size, [255, 255, 255]);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const inside = depth(sort, x - cx, y - cy, radius);
      const paint = (at: number, colour: readonly number[]): void => data.set(colour, 3 * (y * width + at));
      if (inside >= 0 && inside < 1.5) paint(x, [0, 0, 0]);
      if (inside >= 0) paint(x + size, colours[sort]);
    }
  return writePng({ width, height, data });
}

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '24' },
    from: { type: 'string', default: '0' },
    out: { type: 'string', default: join(here, '..', '..', 'specs', 'zoo', 'pairs') },
  },
});
const [first, count] = [Number(values.from), Number(values.count)];
const digits = String(first + count - 1).length;
mkdirSync(values.out, { recursive: true });
for (let i = first; i < first + count; i++)
  writeFileSync(join(values.out, `${String(i).padStart(digits, '0')}.png`), pair(i));
