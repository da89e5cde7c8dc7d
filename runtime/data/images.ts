/**
 * `images("faces/<label>/*.jpg", size: 64, labels: 10)`: a folder of JPEG, PNG or WebP files. Each is fitted to the size
 * (fit.ts) and kept as bytes. Arguments → records { image, label }; labels are the folders' names in natural order.
 */
import { relative } from 'node:path';
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readPicture } from '../formats/picture.ts';
import { endings, pictureHeader } from '../formats/picture-header.ts';
import { count, countOrNull, text, withDefaults } from './arguments.ts';
import { described, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { cutShare, fitInto, fits, isFit } from './fit.ts';
import type { Fit, Size } from './fit.ts';
import { classesOf, classesParam, givenClasses } from './labels.ts';
import { anyPacks, isPacked, makePack, mostHeld, openPack } from './pack.ts';
import type { PackPlan } from './pack.ts';
import { findFiles, findFolders, patternWords } from './pattern.ts';
import type { Found } from './pattern.ts';
import { balanced, checkExamples, exampleParams } from './selection.ts';
import type { OpenSource, Source } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const splits = ['all', 'fit', 'validate'];
/** Pixels on a side. */
const largest = 16384;
/** Pictures that are decoded at the same time: as many as the threads of Node's pool, and some that wait. */
const together = 8;

const params: readonly ParamSpec[] = [
  { name: 'files', type: 'string', doc: 'a pattern: `*` is any name, `<label>` a name that is a class' },
  {
    name: 'size',
    type: 'reals',
    doc: 'what pictures are made: 64 is 64 high and wide, [48, 64] is 48 high and 64 wide',
  },
  { name: 'channels', type: 'int', default: 3, doc: '3 for colours, 1 for gray' },
  {
    name: 'fit',
    type: 'choice',
    default: 'cover',
    choices: fits,
    doc: 'cover: what goes over the shape is cut off at both ends; contain: all of it is shown, on black; stretch: it is distorted',
  },
  {
    name: 'labels',
    type: 'int',
    default: null,
    doc: 'how many classes `<label>` names; default: those of `classes`',
  },
  classesParam('names at `<label>`'),
  {
    name: 'split',
    type: 'choice',
    default: 'all',
    choices: splits,
    doc: 'validate: the last tenth of each class; fit: the rest',
  },
  ...exampleParams,
];

interface Wanted {
  readonly pattern: string;
  readonly size: Size;
  readonly channels: 1 | 3;
  readonly fit: Fit;
  /** null: without labels. */
  readonly labels: number | null;
  readonly classes: readonly string[] | null;
  readonly split: string;
  readonly args: SourceArguments;
}

/** Throws Error with a sentence on arguments that can't be meant. */
function wanted(given: SourceArguments): Wanted {
  const args = withDefaults(params, given);
  const channels = count(args, 'channels', 1);
  if (channels !== 1 && channels !== 3) throw new Error(`channels is 1 or 3, not ${channels}`);
  const split = String(args.split);
  if (!splits.includes(split)) throw new Error(`split is one of ${splits.join(', ')}`);
  if (!isFit(args.fit)) throw new Error(`fit is one of ${fits.join(', ')}`);
  const pattern = text(args, 'files');
  const classes = givenClasses(args);
  const labels = countOrNull(args, 'labels', 2) ?? classes?.length ?? null;
  if (classes !== null && classes.length !== labels)
    throw new Error(`classes names ${classes.length} classes, where labels: says ${labels}`);
  checkPattern(pattern, labels);
  if (labels !== null) checkExamples(args, labels);
  else if (countOrNull(args, 'examples', 1) !== null) throw new Error('examples: needs labels to balance by');
  return { pattern, size: sizeOf(args), channels, fit: args.fit, labels, classes, split, args };
}

function checkPattern(pattern: string, labels: number | null): void {
  const words = patternWords(pattern);
  if (words.some((word) => word !== 'label') || words.length > 1) {
    throw new Error(`a pattern may name one <label>, not ${words.map((word) => `<${word}>`).join(', ')}`);
  }
  if (labels === null && words.length > 0)
    throw new Error('labels: must say how many classes <label> names, or classes: what they are called');
  if (labels !== null && words.length === 0) throw new Error('labels: needs a <label> in the pattern');
}

function sizeOf({ size }: SourceArguments): Size {
  const sizes: readonly unknown[] = Array.isArray(size) ? size : [size, size];
  const fine = (side: unknown): side is number =>
    Number.isInteger(side) && Number(side) >= 1 && Number(side) <= largest;
  const [height, width] = sizes;
  if (sizes.length === 2 && fine(height) && fine(width)) return [height, width];
  throw new Error(
    `size is a whole number from 1 to ${largest}, or two of them, [height, width], not ${JSON.stringify(size)}`,
  );
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const { channels, size, labels } = wanted(given);
  const image: FieldType = { kind: 'image', shape: [channels, ...size], range: [0, 1] };
  return labels === null ? { image } : { image, label: { kind: 'label', shape: [], classes: labels } };
}

// ---------------------------------------------------------------- files

interface Chosen {
  readonly files: readonly Found[];
  readonly labels: Uint32Array;
  readonly classes: readonly string[];
}

/** The files that the arguments choose, and their classes; no file where nothing fits the pattern. */
function choose({ pattern, labels: number, classes: given, split, args }: Wanted, folder: string): Chosen {
  const files = findFiles(pattern, folder);
  const none = { files: [], labels: new Uint32Array(), classes: [] };
  if (files.length === 0) return none;
  const classes =
    number === null
      ? ['']
      : classesOf(
          files.map(({ words }) => words.label),
          given,
          number,
          { path: inFolder(folder, pattern), word: 'folder', more: emptyOnes(pattern, folder, files) },
        );
  const index = new Map(classes.map((name, i) => [name, i]));
  const labels = Uint32Array.from(files, ({ words }) => index.get(words.label ?? '') ?? 0);
  const part = splitRows(split, labels, classes.length);
  const rows = number === null ? part : balanced(args, part, labels, number);
  return { files: Array.from(rows, (row) => files[row]), labels: rows.map((row) => labels[row]), classes };
}

/** Folders that would be classes, and hold no picture; '' where there are none. */
function emptyOnes(pattern: string, folder: string, files: readonly Found[]): string {
  const full = new Set(files.map(({ words }) => words.label));
  const empty = findFolders(pattern, folder).flatMap(({ words }) =>
    words.label === undefined || full.has(words.label) ? [] : [words.label],
  );
  return empty.length === 0 ? '' : `; no such file in ${[...new Set(empty)].join(', ')}`;
}

/** Rows of a split: of each class, in the order of names, the last tenth is for validation. */
function splitRows(split: string, labels: Uint32Array, classes: number): Uint32Array {
  const totals = new Array<number>(classes).fill(0);
  for (const label of labels) totals[label]++;
  const seen = new Array<number>(classes).fill(0);
  return Uint32Array.from(labels.keys()).filter((row) => {
    const label = labels[row];
    const validates = seen[label]++ >= totals[label] - Math.floor(totals[label] / 10);
    return split === 'all' || validates === (split === 'validate');
  });
}

/** What is odd about the files, as their first bytes tell it. */
function notices({ fit, size, labels: number }: Wanted, chosen: Chosen, folder: string): string[] {
  const [cut, misnamed]: [string[], string[]] = [[], []];
  for (const { path } of chosen.files) {
    const { kind, height, width } = pictureHeader(readBytes(path), path);
    const name = relative(folder, path);
    const share = cutShare([height, width], size);
    if (fit === 'cover' && share > 0.1) cut.push(`${name} (${Math.round(100 * share)} % of it)`);
    const ending = /\.([a-z]+)$/i.exec(path)?.[1].toLowerCase() ?? '';
    if (Object.values(endings).flat().includes(ending) && !endings[kind].includes(ending))
      misnamed.push(`${name} is a ${kind}`);
  }
  const missing = number === null ? [] : chosen.classes.filter((_, label) => !chosen.labels.includes(label));
  const of = `of ${chosen.files.length} pictures`;
  return [
    ...(missing.length === 0 ? [] : [`no picture of ${missing.join(', ')}`]),
    ...(cut.length === 0
      ? []
      : [
          `${cut.length} ${of} lose more than a tenth to the cut: ${few(cut)}; fit: contain shows them whole`,
        ]),
    ...(misnamed.length === 0
      ? []
      : [`${misnamed.length} ${of} are read by what they are, not by their names: ${few(misnamed)}`]),
  ];
}

const few = (list: readonly string[]): string =>
  list.slice(0, 3).join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');

// ---------------------------------------------------------------- source

const widthOf = ({ channels, size }: Wanted): number => channels * size[0] * size[1];
const isLarge = (what: Wanted, count: number): boolean => count * widthOf(what) > mostHeld();

/** A picture fitted, as bytes. */
async function fitted(what: Wanted, { path }: Found): Promise<Uint8Array> {
  const { size, channels, fit } = what;
  const bytes = new Uint8Array(widthOf(what));
  fitInto(await readPicture(readBytes(path), path), size, channels, fit, bytes, 0);
  return bytes;
}

/** All pictures fitted, one behind the other. */
async function decoded(what: Wanted, files: readonly Found[]): Promise<Uint8Array> {
  const width = widthOf(what);
  const data = new Uint8Array(files.length * width);
  for (let from = 0; from < files.length; from += together) {
    const some = await Promise.all(files.slice(from, from + together).map((file) => fitted(what, file)));
    some.forEach((bytes, i) => data.set(bytes, (from + i) * width));
  }
  return data;
}

function planOf(what: Wanted, { files, classes }: Chosen, folder: string): PackPlan {
  return {
    key: contentHash(what, files, classes),
    of: inFolder(folder, what.pattern),
    count: files.length,
    width: widthOf(what),
    together,
    record: (row) => fitted(what, files[row]),
  };
}

function contentHash(what: Wanted, files: readonly Found[], classes: readonly string[]): string {
  const content = files.map(({ path, words }) => [words.label ?? '', hashFile(path)]);
  return hashOf(JSON.stringify([what.size, what.channels, what.fit, classes, content]));
}

/** The images of the chosen files: in memory, or in a pack where they are too large or one is there. */
async function rowsOf(what: Wanted, chosen: Chosen, folder: string): Promise<Column> {
  const large = isLarge(what, chosen.files.length);
  if (!large && !anyPacks()) return { data: await decoded(what, chosen.files), divisor: 255 };
  const plan = planOf(what, chosen, folder);
  if (large) await makePack(plan);
  return { data: isPacked(plan.key) ? openPack(plan) : await decoded(what, chosen.files), divisor: 255 };
}

export const images: Source = {
  signature: {
    name: 'images',
    doc: 'JPEG, PNG and WebP files: { image: image[channels,size,size] in [0,1], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const what = wanted(given);
    const chosen = choose(what, folder);
    const { files, classes } = chosen;
    if (files.length === 0) return null;
    const asked = {
      hash: () => contentHash(what, files, classes),
      notices: () => notices(what, chosen, folder),
    };
    const onDisk = isLarge(what, files.length);
    return described(files.length, asked, {
      ...(what.labels !== null && { classes: { label: classes } }),
      ...(onDisk && { onDisk }),
    });
  },
  async open(given, folder): Promise<OpenSource> {
    const what = wanted(given);
    const types = fields(given);
    const chosen = choose(what, folder);
    if (chosen.files.length === 0) throw new FileError(inFolder(folder, what.pattern), null, 'no such files');
    const image = await rowsOf(what, chosen, folder);
    return tableSource(types, types.label ? { image, label: { data: chosen.labels } } : { image });
  },
  async pack(given, folder, { always, watch }) {
    const what = wanted(given);
    const chosen = choose(what, folder);
    const count = chosen.files.length;
    if (count === 0 || !(always || isLarge(what, count))) return null;
    await makePack(planOf(what, chosen, folder), watch);
    return { bytes: count * widthOf(what) };
  },
};
