/**
 * `pairs("sketches/*.png", "photos/*.jpg", size: 256)`: pictures that belong together, joined by their files' names, or
 * `pairs("both/*.jpg", size: 256)`: a left and a right half of one file. Each is fitted to the size as images are.
 * Arguments → records { a, b, label }; a row is one record, so that a pair is read and packed as one.
 */
import { relative } from 'node:path';
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError, ofEach } from '../formats/file-error.ts';
import { readMask } from '../formats/mask.ts';
import { readPicture } from '../formats/picture.ts';
import type { Raster } from '../formats/png.ts';
import { text, textOrNull, withDefaults } from './arguments.ts';
import {
  chosenOf,
  classedOf,
  classedParams,
  emptyFolders,
  labelWords,
  missingClasses,
} from './classed-files.ts';
import type { Chosen, Classed } from './classed-files.ts';
import { described, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { checkJoin, joined } from './joined.ts';
import type { Joined, Pair } from './joined.ts';
import type { Size } from './fit.ts';
import { larger, moving, movingOf, movingParams } from './moving.ts';
import type { Moving } from './moving.ts';
import type { PackPlan } from './pack.ts';
import { makeMask, masksOf, masksParam } from './masks.ts';
import {
  bytesOf,
  channelsOf,
  firstThree,
  fitOf,
  fitParam,
  headOf,
  make,
  pictureFiles,
  pictureNotices,
  picturePlan,
  sizeOf,
  sizeParam,
} from './pictures.ts';
import type { Head, Made } from './pictures.ts';
import { isLarge, packRecords, recordsOf } from './records.ts';
import type { OpenSource, Source } from './source.ts';
import { tableSource } from './table.ts';

const params: readonly ParamSpec[] = [
  {
    name: 'files',
    type: 'string',
    doc: 'a pattern: `*` is any name, `<label>` a name that is a class; of the pictures of `a`, or of files that hold both, `a` on the left and `b` on the right',
  },
  {
    name: 'others',
    type: 'string',
    default: null,
    doc: 'a pattern of the pictures of `b`, with as many `*`: files where the same stands there are a pair',
  },
  sizeParam,
  {
    name: 'channels',
    type: 'reals',
    default: 3,
    doc: '3 for colours, 1 for gray; [1, 3] for a in gray and b in colours',
  },
  fitParam,
  masksParam,
  ...classedParams,
  ...movingParams,
];

interface Wanted extends Classed {
  readonly a: Made;
  readonly b: Made;
  /** Classes of b, where it is a mask. */
  readonly masks: number | null;
  /** Of the fields: what is made is larger where it is moved. */
  readonly shown: Size;
  readonly moving: Moving;
  readonly files: string;
  /** null: one file holds both. */
  readonly others: string | null;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  const [files, others] = [text(args, 'files'), textOrNull(args, 'others')];
  if (others !== null) checkJoin(files, others);
  const words = [...labelWords(files), ...(others === null ? [] : labelWords(others))];
  const both: readonly unknown[] = Array.isArray(args.channels)
    ? args.channels
    : [args.channels, args.channels];
  if (both.length !== 2) throw new Error('channels is 1 or 3, or two of these, of a and of b');
  const masks = masksOf(args);
  if (masks !== null && others === null)
    throw new Error('masks: needs a second pattern, of the files that are masks');
  if (masks !== null && Array.isArray(args.channels))
    throw new Error('with masks:, channels is that of a: 1 or 3');
  const [shown, moves] = [sizeOf(args), movingOf(args)];
  const made = { size: larger(shown, moves), fit: fitOf(args) };
  const [a, pictures] = both.map((channels): Made => ({ ...made, channels: channelsOf(channels) }));
  const b: Made = masks === null ? pictures : { ...made, channels: 1 };
  const moving = masks === null ? moves : { ...moves, uncoloured: ['b'] };
  return { a, b, masks, shown, moving, files, others, ...classedOf(args, words) };
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { a, b, masks, labels, shown } = wanted(given);
  const image = ({ channels }: Made): FieldType => ({
    kind: 'image',
    shape: [channels, ...shown],
    range: [0, 1],
  });
  // Without a range, so that `in [-1, 1]` of the pictures leaves the classes' 0 and 1 alone.
  const both = {
    a: image(a),
    b: masks === null ? image(b) : { kind: 'image' as const, shape: [masks, ...shown] },
  };
  return labels === null ? both : { ...both, label: { kind: 'label', shape: [], classes: labels } };
}

// ---------------------------------------------------------------- files

type Found = Chosen<Pair> & Pick<Joined, 'alone'>;

/** The pairs that the arguments choose; none where nothing fits the patterns. */
function choose(what: Wanted, folder: string): Found {
  const { files, others } = what;
  const found = pictureFiles(files, folder);
  const partners = others === null ? found : pictureFiles(others, folder);
  const [a, b] = [found.files, partners.files];
  const { pairs, alone } =
    others === null
      ? { pairs: a.map(({ path, words }) => ({ words, a: path, b: path })), alone: [] }
      : joined([files, others], [a, b], folder);
  const noPictures = others === null ? found.others : [...found.others, ...partners.others];
  const empty = (): string[] => emptyFolders(files, folder, a);
  return { ...chosenOf(pairs, what, inFolder(folder, files), empty), alone: [...alone, ...noPictures] };
}

/** Left and right; of an odd number of columns the last one is neither's. */
function halves({ width, height, data }: Raster): readonly [Raster, Raster] {
  const half = Math.max(1, width >> 1);
  const [left, right] = [0, Math.min(half, width - half)].map((from): Raster => {
    const part = new Uint8Array(3 * half * height);
    for (let y = 0; y < height; y++) {
      const at = 3 * (y * width + from);
      part.set(data.subarray(at, at + 3 * half), 3 * y * half);
    }
    return { width: half, height, data: part };
  });
  return [left, right];
}

/** Both pictures, or the picture and its mask, made as they are wanted. */
async function record(what: Wanted, { a, b }: Pair, bytes: Uint8Array): Promise<Uint8Array> {
  const behind = bytesOf(what.a);
  const picture = await readPicture(readBytes(a), a);
  const [left, right] = a === b ? halves(picture) : [picture, null];
  make(left, what.a, bytes, 0);
  if (what.masks !== null) {
    const place = { masks: what.masks, path: b };
    makeMask(readMask(readBytes(b), b), what.b, place, bytes, behind);
  } else make(right ?? (await readPicture(readBytes(b), b)), what.b, bytes, behind);
  return bytes;
}

function planOf(what: Wanted, { rows, classes }: Found, folder: string): PackPlan {
  const width = bytesOf(what.a) + bytesOf(what.b);
  return picturePlan(() => contentHash(what, rows, classes), {
    of: inFolder(folder, what.files),
    count: rows.length,
    width,
    record: (row) => record(what, rows[row], new Uint8Array(width)),
  });
}

function contentHash(
  { a, b, masks, others }: Wanted,
  pairs: readonly Pair[],
  classes: readonly string[],
): string {
  const content = pairs.map((pair) => [pair.words.label ?? '', hashFile(pair.a), hashFile(pair.b)]);
  const made = [a, b, others !== null, classes, content, ...(masks === null ? [] : [masks])];
  return hashOf('pairs', JSON.stringify(made));
}

/** What is odd about the files. */
function notices(what: Wanted, found: Found, folder: string): string[] {
  const missing = what.labels === null ? [] : missingClasses(found);
  const single = what.others === null;
  const heads = ofEach(found.rows, ({ a, b }) => (single ? [headOf(a)] : [headOf(a), headOf(b)]));
  return [
    ...(missing.length === 0 ? [] : [`no pair of ${missing.join(', ')}`]),
    ...(single ? [] : unlike(heads, folder)),
    ...pictureNotices(heads.flat(), what.a, folder, single),
  ];
}

/** Pictures of two shapes are cut at different places. */
function unlike(pairs: readonly (readonly Head[])[], folder: string): string[] {
  const shape = ({ width, height }: Head): number => width / height;
  const found = pairs.filter(([a, b]) => Math.abs(shape(a) / shape(b) - 1) > 0.02);
  if (found.length === 0) return [];
  const names = firstThree(found.map(([{ path }]) => relative(folder, path)));
  return [
    `${found.length} of ${pairs.length} pairs have pictures of two shapes: ${names}; what is cut or stretched differs`,
  ];
}

// ---------------------------------------------------------------- source

/** Throws FileError where there is no pair. */
function requirePairs({ files }: Wanted, { rows, alone }: Found, folder: string): void {
  if (rows.length > 0) return;
  const why = alone.length === 0 ? 'no such files' : `no pair: ${firstThree(alone)}`;
  throw new FileError(inFolder(folder, files), null, why);
}

export const pairs: Source = {
  signature: {
    name: 'pairs',
    doc: 'Pictures joined by file name, with masks too, or two in one file: { a: image[channels,size,size] in [0,1], b: image[channels,size,size] in [0,1], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const what = wanted(given);
    const found = choose(what, folder);
    if (found.rows.length === 0 && found.alone.length === 0) return null;
    requirePairs(what, found, folder);
    const plan = planOf(what, found, folder);
    const asked = { hash: () => plan.key, notices: () => notices(what, found, folder) };
    const onDisk = isLarge(plan);
    return described(plan.count, asked, {
      ...(what.labels !== null && { classes: { label: found.classes } }),
      ...(found.alone.length > 0 && { skipped: found.alone }),
      ...(onDisk && { onDisk }),
    });
  },
  async open(given, folder): Promise<OpenSource> {
    const what = wanted(given);
    const found = choose(what, folder);
    requirePairs(what, found, folder);
    const data = await recordsOf(planOf(what, found, folder));
    const [a, from] = [{ data, divisor: 255 }, bytesOf(what.a)];
    const columns = { a, b: what.masks === null ? { ...a, from } : { data, from, oneHot: what.masks } };
    const types = fields(given);
    const of = (name: 'a' | 'b'): FieldType => ({
      ...types[name],
      shape: [types[name].shape[0], ...what[name].size],
    });
    const made = { ...types, a: of('a'), b: of('b') };
    const all = types.label ? { ...columns, label: { data: found.labels } } : columns;
    return moving(tableSource(made, all), types, what.moving);
  },
  async pack(given, folder, how) {
    const what = wanted(given);
    const found = choose(what, folder);
    return packRecords(found.rows.length === 0 ? null : planOf(what, found, folder), how);
  },
};
