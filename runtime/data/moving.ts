/**
 * Pictures that a training sees a little otherwise in each pass over them: mirrored, cut out of a larger one at another
 * place, in other colours. In: a source of the larger pictures; out: one of those that are wanted. What happens to a row depends on the row
 * and the pass alone, so that a resume, and each of several processes, sees the same; all pictures of a row change alike.
 * Whoever reads without a pass, as reports do, sees the middle as it is. ganc_torch/pictures.py does the same.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { draws } from '../random.ts';
import { count } from './arguments.ts';
import { changeOf, colourParams, coloursOf, recolour, recolours } from './colours.ts';
import type { Change, Colours } from './colours.ts';
import type { Size } from './fit.ts';
import { fieldWidth, rowCount } from './source.ts';
import type { Affine, OpenSource } from './source.ts';

export const movingParams: readonly ParamSpec[] = [
  {
    name: 'mirror',
    type: 'bool',
    default: false,
    doc: 'whether a picture is mirrored, left to right, in half of the passes over the rows; in updates only',
  },
  {
    name: 'jitter',
    type: 'int',
    default: 0,
    doc: 'pictures are made so many pixels higher and wider, and each pass cuts `size` out at another place; reports see the middle',
  },
  ...colourParams,
];

export interface Moving {
  readonly mirror: boolean;
  readonly jitter: number;
  readonly colours: Colours;
  /** Fields of images whose colours mean something else: masks (default: none). */
  readonly uncoloured?: readonly string[];
}

/** What pictures that move are made of, for programs that move them by themselves (mapped.ts). */
export interface Moved {
  /** The larger pictures. */
  readonly of: OpenSource;
  readonly how: Moving;
  /** Fields that move; what makes of their numbers those that are wanted, null: nothing. */
  readonly fields: Readonly<Record<string, Affine | null>>;
}

/** Throws Error with a sentence. */
export const movingOf = (args: SourceArguments): Moving => ({
  mirror: args.mirror === true,
  jitter: count(args, 'jitter', 0, 1024),
  colours: coloursOf(args),
});

/** What pictures are made before they are moved. */
export const larger = ([height, width]: Size, { jitter }: Moving): Size => [height + jitter, width + jitter];

/** Numbers from [0, 1) for a row in a pass; `key` tells what they are for. */
function drawn(key: string, row: number, pass: number, many: number): Float64Array {
  const out = new Float64Array(many);
  draws({ seed: 0, key, iteration: pass, scope: 0 }, 'uniform', 1, many, out, { rowOf: () => row });
  return out;
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

function placeOf(row: number, pass: number | undefined, { mirror, jitter }: Moving): Place {
  if (pass === undefined) return { top: jitter >> 1, left: jitter >> 1, mirrored: false };
  const [down, right, side] = drawn('pictures', row, pass, 3);
  return {
    top: Math.floor(down * (jitter + 1)),
    left: Math.floor(right * (jitter + 1)),
    mirrored: mirror && side < 0.5,
  };
}

function colourOf(row: number, pass: number | undefined, { colours }: Moving): Change {
  return pass === undefined || !recolours(colours) ? [] : changeOf(colours, drawn('colours', row, pass, 4));
}

/** Whether passes change the field's colours. */
export const isColoured = ({ colours, uncoloured }: Moving, field: string): boolean =>
  recolours(colours) && uncoloured?.includes(field) !== true;

/** `fields`: the types that are wanted; those of images are smaller than the source's by the jitter. */
export function moving(
  source: OpenSource,
  fields: Readonly<Record<string, FieldType>>,
  how: Moving,
): OpenSource {
  if (!how.mirror && how.jitter === 0 && !recolours(how.colours)) return source;
  const { recipe: of } = source;
  const images = Object.keys(fields).filter((name) => fields[name].kind === 'image');
  const moved = { of: source, how, fields: Object.fromEntries(images.map((name) => [name, null])) };
  return {
    ...source,
    fields,
    moved,
    ...(of && { recipe: { kind: 'moved', of, fields, how } }),
    read(field, rows, out, pass) {
      if (fields[field]?.kind !== 'image') return source.read(field, rows, out, pass);
      const [channels, height, width] = fields[field].shape.map(Number);
      const size = channels * height * width;
      const whole = new Float64Array(fieldWidth(source.fields[field]));
      const shown = new Float64Array(size);
      const coloured = isColoured(how, field);
      for (let i = 0; i < rowCount(rows); i++) {
        const row = rows instanceof Uint32Array ? rows[i] : rows.from + i;
        source.read(field, { from: row, to: row + 1 }, whole);
        cut(whole, [channels, height, width], placeOf(row, pass, how), how.jitter, shown);
        if (coloured) recolour(shown, channels, colourOf(row, pass, how));
        out.set(shown, i * size);
      }
    },
  };
}

/** The part of the larger picture at the place, into `out`. */
function cut(
  whole: Float64Array,
  [channels, height, width]: readonly [number, number, number],
  { top, left, mirrored }: Place,
  jitter: number,
  out: Float64Array,
): void {
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++) {
      const from = (c * (height + jitter) + top + y) * (width + jitter) + left;
      const to = (c * height + y) * width;
      for (let x = 0; x < width; x++) out[to + x] = whole[from + (mirrored ? width - 1 - x : x)];
    }
}
