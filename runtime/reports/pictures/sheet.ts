/**
 * Sheets of images: tiles in a grid with thin lines between them, each pixel a whole number of pixels large, with
 * labels for rows and columns where they mean something. In: rows of values [N, C, H, W] and the range that they
 * live in. Out: a raster.
 */
import type { Values } from '../metrics/metric.ts';
import { blankRaster } from '../../formats/png.ts';
import type { Raster } from '../../formats/png.ts';
import { drawText, ink, paper, textHeight, textWidth } from './canvas.ts';
import type { Options } from './picture.ts';

export interface Labels {
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Lines of tiles that belong together: a wider gap follows them. */
  readonly band?: number;
}

/** A tile at least so large is shown pixel by pixel; smaller ones are enlarged. */
const tileSize = 56;
const gap = 2;
const margin = 8;

/** [N, C, H, W] of values that are images; [N, H, W] is gray. Throws on anything else. */
function imageShape({ shape }: Values): readonly [number, number, number, number] {
  if (shape.length === 3) return [shape[0], 1, shape[1], shape[2]];
  const [rows, channels, height, width] = shape;
  if (shape.length === 4 && (channels === 1 || channels === 3)) return [rows, channels, height, width];
  throw new Error(`only images of 1 or 3 channels can be shown, not values of shape [${shape.join(', ')}]`);
}

/**
 * The range that values are shown in: the option `range`, which the compiler fills in from the value's type; without
 * one, [-1, 1] if anything is negative, else [0, 1].
 */
export function shownRange(options: Options, values: readonly Values[]): readonly [number, number] {
  const { range } = options;
  if (Array.isArray(range) && range.length === 2) return [Number(range[0]), Number(range[1])];
  return values.some(({ data }) => data.some((x: number) => x < 0)) ? [-1, 1] : [0, 1];
}

/** `cells`: for each place of the grid, row by row, a set of values and a row of it; null leaves it empty. */
export function drawSheet(
  cells: readonly ({ readonly of: Values; readonly row: number } | null)[],
  columns: number,
  range: readonly [number, number],
  labels: Labels = {},
): Raster {
  const sizes = cells.flatMap((cell) => (cell === null ? [] : [imageShape(cell.of)]));
  if (sizes.length === 0) throw new Error('there are no images to show');
  const [height, width] = [
    Math.max(...sizes.map((size) => size[2])),
    Math.max(...sizes.map((size) => size[3])),
  ];
  const scale = Math.max(1, Math.round(tileSize / Math.max(height, width)));
  const [tileHeight, tileWidth] = [height * scale + gap, width * scale + gap];
  const left = labels.rows ? margin + Math.max(...labels.rows.map((text) => textWidth(text))) : 0;
  const top = labels.columns ? margin + textHeight() : 0;
  const [startX, startY] = [left + margin, top + margin];
  const count = Math.ceil(cells.length / columns);
  const wide = (line: number): number => (labels.band ? Math.floor(line / labels.band) * margin : 0);
  const sheet = blankRaster(
    startX + columns * tileWidth - gap + margin,
    startY + count * tileHeight + wide(count - 1) - gap + margin,
    paper,
  );
  cells.forEach((cell, i) => {
    const line = Math.floor(i / columns);
    const [x, y] = [startX + (i % columns) * tileWidth, startY + line * tileHeight + wide(line)];
    if (cell !== null) drawTile(sheet, x, y, scale, cell.of, cell.row, range);
  });
  labels.rows?.forEach((text, row) => {
    const y = startY + row * tileHeight + Math.floor((height * scale - textHeight()) / 2);
    drawText(sheet, left - textWidth(text), y, text, ink);
  });
  const size = labels.columns?.every((text) => textWidth(text) <= width * scale) ? 13 : 10;
  labels.columns?.forEach((text, column) => {
    const x = startX + column * tileWidth + Math.floor((width * scale - textWidth(text, size)) / 2);
    drawText(sheet, x, top - textHeight(size), text, ink, size);
  });
  return sheet;
}

/** One row's image by itself, pixel by pixel. Throws on values that are no image. */
export function rasterOf(of: Values, row: number, range: readonly [number, number]): Raster {
  const [, , height, width] = imageShape(of);
  const raster = blankRaster(width, height, paper);
  drawTile(raster, 0, 0, 1, of, row, range);
  return raster;
}

/** One row's image, each pixel `scale` pixels wide, with its top left corner at (left, top). */
export function drawTile(
  sheet: Raster,
  left: number,
  top: number,
  scale: number,
  of: Values,
  row: number,
  range: readonly [number, number],
): void {
  const [, channels, height, width] = imageShape(of);
  const plane = height * width;
  const start = row * channels * plane;
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const pixel = start + Math.floor(y / scale) * width + Math.floor(x / scale);
      const to = 3 * ((top + y) * sheet.width + left + x);
      for (let c = 0; c < 3; c++)
        sheet.data[to + c] = toByte(of.data[pixel + (channels === 3 ? c * plane : 0)], range);
    }
  }
}

/** 0 to 255 for values in the range; beyond it they are clipped, and NaN is black. */
export function toByte(value: number, [low, high]: readonly [number, number]): number {
  const share = (value - low) / (high - low);
  return share > 0 ? Math.round(255 * Math.min(1, share)) : 0;
}
