/**
 * How a picture of any size becomes one of the size that is wanted. In: both sizes and a way: `cover` cuts what goes
 * over the shape, `contain` shows all of it on black, `stretch` distorts. Out: what to cut out of the picture, and
 * where it goes.
 */
import type { Raster } from '../formats/png.ts';
import { luma } from './luma.ts';
import { resizePlane } from './resize.ts';

export const fits = ['cover', 'contain', 'stretch'] as const;
export type Fit = (typeof fits)[number];

export const isFit = (word: unknown): word is Fit => fits.some((fit) => fit === word);

/** [height, width]. */
export type Size = readonly [number, number];

export interface Box {
  readonly top: number;
  readonly left: number;
  readonly size: Size;
}

/** The central part of the picture that is shown. */
export function shownPart(from: Size, to: Size, fit: Fit): Box {
  return fit === 'cover' ? central(from, within(to, from)) : central(from, from);
}

/** Where it is shown. */
function placeOf(from: Size, to: Size, fit: Fit): Box {
  return fit === 'contain' ? central(to, within(from, to)) : central(to, to);
}

/** Share of the picture that `cover` cuts off. */
export function cutShare(from: Size, to: Size): number {
  const [height, width] = shownPart(from, to, 'cover').size;
  return 1 - (height * width) / (from[0] * from[1]);
}

/** The largest size of the shape of `shape` in `room`: whole pixels, at least one. */
function within(shape: Size, room: Size): Size {
  const scale = Math.min(room[0] / shape[0], room[1] / shape[1]);
  return [0, 1].map((axis) => Math.min(room[axis], Math.max(1, Math.round(shape[axis] * scale)))) as [
    number,
    number,
  ];
}

const central = (room: Size, size: Size): Box => ({
  top: (room[0] - size[0]) >> 1,
  left: (room[1] - size[1]) >> 1,
  size,
});

/** The picture fitted, as `channels` planes of bytes one after the other, into `out` at `at`; resized by area. */
export function fitInto(
  raster: Raster,
  to: Size,
  channels: number,
  fit: Fit,
  out: Uint8Array,
  at: number,
): void {
  const from: Size = [raster.height, raster.width];
  const [part, place] = [shownPart(from, to, fit), placeOf(from, to, fit)];
  out.fill(0, at, at + channels * to[0] * to[1]);
  for (let c = 0; c < channels; c++) {
    const plane = resizePlane(planeOf(raster, part, channels === 3 ? c : null), part.size, place.size);
    for (let y = 0; y < place.size[0]; y++) {
      const row = at + (c * to[0] + place.top + y) * to[1] + place.left;
      for (let x = 0; x < place.size[1]; x++) out[row + x] = Math.round(plane[y * place.size[1] + x]);
    }
  }
}

/** Numbers fitted likewise, each the nearest pixel's (as Pillow's NEAREST); what `contain` leaves free stays as it is in `out`. */
export function fitNearest(
  numbers: ArrayLike<number>,
  from: Size,
  to: Size,
  fit: Fit,
  out: Uint8Array,
  at: number,
): void {
  const [part, place] = [shownPart(from, to, fit), placeOf(from, to, fit)];
  const nearest = (i: number, axis: 0 | 1): number =>
    Math.floor(((i + 0.5) * part.size[axis]) / place.size[axis]);
  for (let y = 0; y < place.size[0]; y++)
    for (let x = 0; x < place.size[1]; x++) {
      const source = (part.top + nearest(y, 0)) * from[1] + part.left + nearest(x, 1);
      out[at + (place.top + y) * to[1] + place.left + x] = numbers[source];
    }
}

/** One colour of the part, or its gray. */
function planeOf({ width, data }: Raster, { top, left, size }: Box, colour: number | null): Float64Array {
  const plane = new Float64Array(size[0] * size[1]);
  for (let i = 0; i < plane.length; i++) {
    const from = 3 * ((top + Math.floor(i / size[1])) * width + left + (i % size[1]));
    plane[i] = colour === null ? luma(data[from], data[from + 1], data[from + 2]) : data[from + colour];
  }
  return plane;
}
