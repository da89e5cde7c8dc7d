/**
 * Drawing on a raster: rectangles, discs with soft edges, lines, and text. In: a raster, changed in place, as it is
 * the caller's own until it is written; positions in pixels from the top left.
 */
import type { Raster } from '../../formats/png.ts';
import { glyphHeight, glyphRows, glyphWidth } from './font.ts';

export type Colour = readonly [number, number, number];

export const ink: Colour = [40, 44, 52];
export const faint: Colour = [214, 217, 222];
export const paper: Colour = [255, 255, 255];

/** Lays the colour over the pixel, `cover` of it (0 to 1); outside the raster nothing happens. */
function dab(on: Raster, x: number, y: number, colour: Colour, cover: number): void {
  if (x < 0 || y < 0 || x >= on.width || y >= on.height) return;
  const at = 3 * (y * on.width + x);
  for (let c = 0; c < 3; c++) on.data[at + c] = Math.round(on.data[at + c] * (1 - cover) + colour[c] * cover);
}

export function fillBox(
  on: Raster,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) dab(on, x + column, y + row, colour, 1);
  }
}

/** A disc round (x, y), which need not be whole; `cover` below 1 lets what lies under it show. */
export function fillDisc(on: Raster, x: number, y: number, radius: number, colour: Colour, cover = 1): void {
  for (let row = Math.floor(y - radius - 1); row <= y + radius + 1; row++) {
    for (let column = Math.floor(x - radius - 1); column <= x + radius + 1; column++) {
      const inside = radius + 0.5 - Math.hypot(column - x, row - y);
      if (inside > 0) dab(on, column, row, colour, cover * Math.min(1, inside));
    }
  }
}

/** A line between two points, `thickness` pixels wide. */
export function drawLine(
  on: Raster,
  from: readonly [number, number],
  to: readonly [number, number],
  colour: Colour,
  thickness = 1,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const reach = thickness / 2 + 1;
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  for (let y = Math.floor(top - reach); y <= bottom + reach; y++) {
    for (let x = Math.floor(left - reach); x <= right + reach; x++) {
      const along = Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / length ** 2));
      const away = Math.hypot(x - from[0] - along * dx, y - from[1] - along * dy);
      const inside = thickness / 2 + 0.5 - away;
      if (inside > 0) dab(on, x, y, colour, Math.min(1, inside));
    }
  }
}

/** Pixels that a text takes from left to right. */
export function textWidth(text: string, scale = 1): number {
  return Math.max(0, text.length * (glyphWidth + 1) - 1) * scale;
}

export function textHeight(scale = 1): number {
  return glyphHeight * scale;
}

/** Writes the text with its top left corner at (x, y). */
export function drawText(on: Raster, x: number, y: number, text: string, colour: Colour, scale = 1): void {
  Array.from(text).forEach((character, i) => {
    glyphRows(character).forEach((bits, row) => {
      for (let dot = 0; dot < glyphWidth; dot++) {
        if (((bits >> (glyphWidth - 1 - dot)) & 1) === 0) continue;
        fillBox(on, x + (i * (glyphWidth + 1) + dot) * scale, y + row * scale, scale, scale, colour);
      }
    });
  });
}
