/**
 * `spectrograms(test.sound, test.other, converted)`: sets of sequences under each other, each band of lines one row of
 * the data and what became of it: time to the right, channels upwards. In: several [N, channels, frames]. Out: a PNG.
 */
import { writePng } from '../../formats/png.ts';
import { blankRaster } from '../../formats/png.ts';
import type { Raster } from '../../formats/png.ts';
import type { Values } from '../metrics/metric.ts';
import { paper } from './canvas.ts';
import type { Colour } from './canvas.ts';
import { rangeParam } from './grid.ts';
import type { Picture } from './picture.ts';
import { shownRange } from './sheet.ts';

/** A line is at least so high: channels are enlarged by a whole factor. */
const lineHeight = 128;
const [gap, bandGap, margin] = [3, 12, 8];

/** From quiet to loud: each lighter than the one before, also in gray. */
const scale: readonly Colour[] = [
  [8, 8, 24],
  [48, 18, 92],
  [122, 32, 106],
  [196, 60, 76],
  [240, 126, 42],
  [252, 206, 84],
  [252, 252, 226],
];

function colourAt(share: number): Colour {
  const x = (scale.length - 1) * (share > 0 ? Math.min(1, share) : 0);
  const i = Math.min(scale.length - 2, Math.floor(x));
  const mix = (c: 0 | 1 | 2): number => Math.round(scale[i][c] + (x - i) * (scale[i + 1][c] - scale[i][c]));
  return [mix(0), mix(1), mix(2)];
}

function checked(values: readonly Values[]): void {
  for (const { shape } of values) {
    if (shape.length !== 3)
      throw new Error(`spectrograms shows sequences, not values of shape [${shape.join(', ')}]`);
  }
}

const factorOf = ({ shape }: Values): number => Math.max(1, Math.round(lineHeight / shape[1]));

/** The sets' lines for each row, one below the other, all in one range. */
export function drawSpectrograms(sets: readonly Values[], range: readonly [number, number]): Raster {
  const rows = Math.min(...sets.map(({ shape }) => shape[0]));
  const heights = sets.map((set) => set.shape[1] * factorOf(set) + gap);
  const band = heights.reduce((a, b) => a + b, 0) - gap + bandGap;
  const across = Math.max(2, Math.floor(lineHeight / 64));
  const width = Math.max(...sets.map(({ shape }) => shape[2])) * across;
  const sheet = blankRaster(2 * margin + width, 2 * margin + rows * band - bandGap, paper);
  for (let row = 0; row < rows; row++) {
    let top = margin + row * band;
    sets.forEach((set, i) => {
      drawLine(sheet, set, row, top, across, range);
      top += heights[i];
    });
  }
  return sheet;
}

function drawLine(
  sheet: Raster,
  set: Values,
  row: number,
  top: number,
  across: number,
  [low, high]: readonly [number, number],
): void {
  const [, channels, longest] = set.shape;
  const factor = factorOf(set);
  for (let f = 0; f < (set.lengths?.[row] ?? longest); f++) {
    for (let c = 0; c < channels; c++) {
      const colour = colourAt((set.data[(row * channels + c) * longest + f] - low) / (high - low));
      for (let y = 0; y < factor; y++) {
        for (let x = 0; x < across; x++) {
          const pixel = (top + (channels - 1 - c) * factor + y) * sheet.width + margin + f * across + x;
          sheet.data.set(colour, 3 * pixel);
        }
      }
    }
  }
}

export const spectrograms: Picture = {
  signature: {
    name: 'spectrograms',
    medium: 'picture',
    doc: 'Sets of sequences, one under the other, row by row: time to the right, channels upwards.',
    params: [
      { name: 'sequences', type: 'values', doc: 'the sets to compare' },
      { name: 'rows', type: 'int', interval: '[1, ∞)', default: 4, doc: 'how many rows to show' },
      rangeParam,
    ],
  },
  anyLength: true,
  draw(values, options) {
    const sets = Object.values(values);
    checked(sets);
    return { png: writePng(drawSpectrograms(sets, shownRange(options, sets))) };
  },
};
