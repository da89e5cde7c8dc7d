/**
 * What the run's page needs of an embedding to show each point: where it lies in the plane, the codes for another layout (UMAP,
 * which the page computes when asked), the class, a small picture of the row. In: codes, classes, what is shown; out: plain data.
 */
import { blankRaster, writePng } from '../../formats/png.ts';
import type { Raster } from '../../formats/png.ts';
import type { Values } from '../metrics/metric.ts';
import { rowWidth } from '../metrics/metric.ts';
import type { Pulse } from '../pulse.ts';
import { paper } from './canvas.ts';
import { principalAxes } from './principal.ts';
import { drawTile, shownRange } from './sheet.ts';
import { colourAt } from './strips.ts';

export interface Points {
  /** First and second coordinate of each row, one behind the other. */
  readonly plane: readonly number[];
  /** The codes, `width` numbers a row: as they are, or along their first principal axes where they are wider. */
  readonly codes: readonly number[];
  readonly width: number;
  /** What the codes are called: `E(test.image)`. */
  readonly name: string;
  /** What the classes are called as a whole, `test.label`, and each of them; null: there are none. */
  readonly classes: { readonly name: string; readonly names: readonly string[] } | null;
  /** The class of each row; all 0 without classes. */
  readonly groups: readonly number[];
  readonly thumbnails: Thumbnails | null;
}

/** Pictures of all rows in one PNG, row by row from the top left. */
export interface Thumbnails {
  /** Base64. */
  readonly png: string;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** What they show: `test.image`. */
  readonly name: string;
}

/** A page holds so many points, codes of so many numbers, pictures so large, all of them in so many bytes. */
export const most = { rows: 2000, width: 16, side: 48, frames: 128, bytes: 1_500_000 };

/** Steps of orthogonal iteration: the span of the axes matters here, not each of them. */
const steps = 8;

export function pointsOf(
  codes: Values,
  plane: Float64Array,
  about: Pick<Points, 'name' | 'classes'> & { readonly groups: Int32Array },
  pulse?: Pulse,
): Omit<Points, 'thumbnails'> {
  const own = rowWidth(codes);
  const rows = Math.min(codes.shape[0], most.rows);
  const width = Math.min(own, most.width);
  const kept =
    own === width ? codes.data : principalAxes(codes, own, { count: width, steps, ...(pulse && { pulse }) });
  return {
    name: about.name,
    classes: about.classes,
    width,
    plane: Array.from(plane.subarray(0, 2 * rows), short),
    codes: Array.from(kept.subarray(0, width * rows), short),
    groups: Array.from(about.groups.subarray(0, rows)),
  };
}

/** Four digits: less than a pixel. What is not finite becomes null in JSON, and no point. */
const short = (value: number): number => Number(value.toPrecision(4));

/** Of images or sequences of one length; null where they would take too much room. Throws Error with a sentence on others. */
export function thumbnailsOf(shown: Values, name: string): Thumbnails | null {
  const [height, width] = shown.shape.slice(-2);
  if (shown.shape.length < 3 || shown.shape.length > 4)
    throw new Error(`show: takes images or sequences, not values of shape [${shown.shape.join(', ')}]`);
  const image = shown.shape.length === 4;
  const factors = image
    ? both(Math.ceil(Math.max(height, width) / most.side))
    : ([Math.ceil(width / most.frames), Math.ceil(height / most.side)] as const);
  const [wide, tall] = [Math.ceil(width / factors[0]), Math.ceil(height / factors[1])];
  const rows = Math.min(shown.shape[0], most.rows);
  const columns = Math.ceil(Math.sqrt(rows));
  const sheet = blankRaster(columns * wide, Math.ceil(rows / columns) * tall, paper);
  const draw = image ? imageInto(shown) : sequenceInto(shown);
  for (let row = 0; row < rows; row++) {
    const at = [(row % columns) * wide, Math.floor(row / columns) * tall] as const;
    copyScaled(draw(row), sheet, at, factors);
  }
  const png = Buffer.from(writePng(sheet));
  if (png.length > most.bytes) return null;
  return { png: png.toString('base64'), width: wide, height: tall, columns, name };
}

const imageInto = (shown: Values): ((row: number) => Raster) => {
  const range = shownRange({}, [shown]);
  const [height, width] = shown.shape.slice(-2);
  return (row) => {
    const raster = blankRaster(width, height, paper);
    drawTile(raster, 0, 0, 1, shown, row, range);
    return raster;
  };
};

/** Frames to the right, channels upwards, in the colours of spectrograms. */
const sequenceInto = (shown: Values): ((row: number) => Raster) => {
  const [low, high] = shownRange({}, [shown]);
  const [, channels, frames] = shown.shape;
  return (row) => {
    const raster = blankRaster(frames, channels, paper);
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < frames; f++) {
        const value = shown.data[(row * channels + c) * frames + f];
        raster.data.set(colourAt((value - low) / (high - low)), 3 * ((channels - 1 - c) * frames + f));
      }
    }
    return raster;
  };
};

const both = (factor: number): readonly [number, number] => [factor, factor];

/** Each pixel the mean of so many across and down, as far as there are so many. */
function copyScaled(
  from: Raster,
  to: Raster,
  [left, top]: readonly [number, number],
  [across, down]: readonly [number, number],
): void {
  for (let y = 0; y * down < from.height; y++) {
    for (let x = 0; x * across < from.width; x++) {
      const right = Math.min(from.width, (x + 1) * across);
      const bottom = Math.min(from.height, (y + 1) * down);
      for (let c = 0; c < 3; c++) {
        let [sum, count] = [0, 0];
        for (let v = y * down; v < bottom; v++) {
          for (let u = x * across; u < right; u++, count++) sum += from.data[3 * (v * from.width + u) + c];
        }
        to.data[3 * ((top + y) * to.width + left + x) + c] = Math.round(sum / count);
      }
    }
  }
}
