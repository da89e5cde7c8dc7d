/**
 * Drawing on a raster: rectangles, discs with soft edges, and text in one alphabet. In: a raster, changed in place, as it is
 * the caller's own until it is written; positions in pixels from the top left.
 */
import type { Raster } from '../../formats/png.ts';
import { glyphOf } from './font.ts';
import type { TextSize } from './font.ts';

export type Colour = readonly [number, number, number];

export const ink: Colour = [40, 44, 52];
export const faint: Colour = [214, 217, 222];
export const paper: Colour = [255, 255, 255];

const usualSize: TextSize = 13;
/** How high capitals are, as a share of the size. */
const capitals = 0.73;

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

/** Pixels that a text takes from left to right. */
export function textWidth(text: string, size: TextSize = usualSize): number {
  return Math.ceil(Array.from(text).reduce((sum, character) => sum + glyphOf(character, size).advance, 0));
}

/** The text, or as much of its beginning as these pixels hold, with dots behind it. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = text;
  while (kept !== '' && textWidth(`${kept}…`) > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** Of its capitals. */
export function textHeight(size: TextSize = usualSize): number {
  return Math.round(capitals * size);
}

/** Writes the text with the top left corner of its capitals at (x, y). */
export function drawText(
  on: Raster,
  x: number,
  y: number,
  text: string,
  colour: Colour,
  size: TextSize = usualSize,
): void {
  eachDot(text, size, (along, down, cover) => dab(on, x + along, y + down, colour, cover));
}

/** Writes the text from below upwards: its capitals begin at (x, y), which is their bottom left corner when read so. */
export function drawUpwards(
  on: Raster,
  x: number,
  y: number,
  text: string,
  colour: Colour,
  size: TextSize = usualSize,
): void {
  eachDot(text, size, (along, down, cover) => dab(on, x + down, y - along, colour, cover));
}

/** The pixels of a text, from the top left corner of its capitals. */
function eachDot(
  text: string,
  size: TextSize,
  dot: (along: number, down: number, cover: number) => void,
): void {
  let start = 0;
  for (const character of text) {
    const { advance, width, cover } = glyphOf(character, size);
    const [left, top] = [Math.round(start) - 2, textHeight(size) - size];
    cover.forEach((share, i) => {
      if (share > 0) dot(left + (i % width), top + Math.floor(i / width), share / 255);
    });
    start += advance;
  }
}
