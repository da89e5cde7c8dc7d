/**
 * The pairs that specs/zoo/pix2pix.gan and bicyclegan.gan read: an outline on the left, the shape in the colour of its sort
 * on the right, side by side in one file as that paper's data has them. `npx tsx setup/data/pairs.ts` writes them anew.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** One pair: sort, place and size follow from its number. */
function pair(i: number): Uint8Array {
  const sort = i % colours.length;
  const [cx, cy, radius] = [12 + ((i * 5) % 9), 12 + ((i * 7) % 9), 6 + ((i * 3) % 5)];
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

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'specs', 'zoo', 'pairs');
mkdirSync(folder, { recursive: true });
for (let i = 0; i < 24; i++) writeFileSync(join(folder, `${String(i).padStart(2, '0')}.png`), pair(i));
