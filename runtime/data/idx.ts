/**
 * `idx(images: "a-images-idx3-ubyte.gz", labels: "a-labels-idx1-ubyte.gz")`: any pair of IDX files of bytes, plain or
 * gzipped: Fashion-MNIST, EMNIST, ... Arguments → records { image, label }, checked against the files. Images that are larger than
 * memory are packed (records.ts); labels are held.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { idxFile, idxRows, readIdx } from '../formats/idx.ts';
import type { IdxFile } from '../formats/idx.ts';
import { fillFrom } from '../formats/row-pieces.ts';
import { count, countOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { glanceAt } from './glance.ts';
import type { Glanced } from './glance.ts';
import { checkLabels } from './labels.ts';
import { keyed } from './pack.ts';
import type { PackPlan } from './pack.ts';
import { areReadAtOnce, isLarge, packRecords, recordsOf } from './records.ts';
import {
  checkExamples,
  checkRange,
  choiceOfClasses,
  classesKept,
  classParams,
  exampleParams,
  rangeParams,
  rangeRows,
  selected,
} from './selection.ts';
import type { Glance, OpenSource, RowRange, Source } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const params: readonly ParamSpec[] = [
  {
    name: 'images',
    type: 'string',
    doc: 'the file of images: bytes, rows × height × width, or rows × channels × height × width',
  },
  { name: 'labels', type: 'string', default: null, doc: 'the file of labels: bytes, one a row' },
  { name: 'size', type: 'int', default: 28, doc: 'the height' },
  { name: 'width', type: 'int', default: null, doc: 'the width, where it is not the height' },
  { name: 'channels', type: 'int', default: 1, doc: 'colours' },
  { name: 'classes', type: 'int', default: 10, doc: 'how many classes the labels name' },
  ...rangeParams,
  ...classParams,
  ...exampleParams,
];

function imageShape(args: SourceArguments): [number, number, number] {
  const size = count(args, 'size', 1);
  return [count(args, 'channels', 1), size, countOrNull(args, 'width', 1) ?? size];
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const args = withDefaults(params, given);
  const classes = count(args, 'classes', 2);
  text(args, 'images');
  checkRange(args);
  checkExamples(args, classes);
  const image: FieldType = { kind: 'image', shape: imageShape(args), range: [0, 1] };
  if (textOrNull(args, 'labels') !== null) return { image, label: { kind: 'label', shape: [], classes } };
  if (countOrNull(args, 'examples', 1) !== null) throw new Error('examples: needs labels: to balance by');
  if (classesKept(args, classes) !== null) throw new Error('only and without: need labels: to choose by');
  return { image };
}

function files(args: SourceArguments, folder: string): { images: string; labels: string | null } {
  const labels = textOrNull(args, 'labels');
  return {
    images: inFolder(folder, text(args, 'images')),
    labels: labels === null ? null : inFolder(folder, labels),
  };
}

/** Throws FileError unless it holds rows of bytes, each of the shape. */
function imagesFile(path: string, wanted: readonly number[]): IdxFile {
  const file = idxFile(path);
  const sizes = wanted[0] === 1 && file.shape.length === 3 ? wanted.slice(1) : wanted;
  if (file.shape.slice(1).join() !== sizes.join())
    throw new FileError(
      path,
      'byte 4',
      `rows of ${file.shape.slice(1).join(' × ')}, where the arguments say ${sizes.join(' × ')}`,
    );
  if (!file.ofBytes) throw new FileError(path, 'byte 2', 'images must be unsigned bytes (08)');
  return file;
}

function readLabels(path: string, classes: number, rows: number): ArrayLike<number> {
  const { data } = readIdx(readBytes(path), path, (shape) => {
    if (shape.length === 1 && shape[0] === rows) return;
    throw new FileError(path, 'byte 4', `${shape.join(' × ')} labels for ${rows} images`);
  });
  return checkLabels(data, classes, path);
}

interface Looked {
  readonly plan: PackPlan;
  readonly labels: ArrayLike<number> | null;
  /** Those of the file that are wanted. */
  readonly rows: Uint32Array;
}

/** Reads the images' head, and the labels. Throws FileError. */
function look(args: SourceArguments, folder: string): Looked {
  const paths = files(args, folder);
  const shape = imageShape(args);
  const images = imagesFile(paths.images, shape);
  // The pack is of all rows: parts of a set share it.
  const plan = keyed(() => hashOf('idx', hashFile(paths.images)), {
    of: paths.images,
    count: images.shape[0],
    width: shape.reduce((a, b) => a * b, 1),
    parts: () => idxRows(images),
  });
  const rows = rangeRows(args, plan.count);
  if (paths.labels === null) return { plan, labels: null, rows };
  const classes = count(args, 'classes', 2);
  const labels = readLabels(paths.labels, classes, plan.count);
  return { plan, labels, rows: selected(args, rows, labels, classes) };
}

/** The source, once its images are there. */
function opened(args: SourceArguments, { labels, rows }: Looked, data: Column['data']): OpenSource {
  const image = { data, divisor: 255 };
  const columns: Record<string, Column> = labels === null ? { image } : { image, label: { data: labels } };
  return tableSource(fields(args), columns, rows);
}

/** All images, in memory. */
const heldImages = ({ of }: PackPlan): Uint8Array => readIdx(readBytes(of), of).data as Uint8Array;

/** Some rows by themselves, for which no more is read than stands up to there. Rejects with FileError. */
async function firstImages(file: IdxFile, { from, to }: RowRange): Promise<Column> {
  const width = file.shape.slice(1).reduce((a, b) => a * b, 1);
  const data = await fillFrom(idxRows(file), from * width, new Uint8Array((to - from) * width));
  return { data, divisor: 255 };
}

/** null: rows are chosen by all labels, or labels are no bytes. */
async function glance(given: SourceArguments, folder: string, most: number): Promise<Glance | null> {
  const args = withDefaults(params, given);
  const paths = files(args, folder);
  const images = imagesFile(paths.images, imageShape(args));
  const labels = paths.labels === null ? null : idxFile(paths.labels);
  if (
    args.examples !== null ||
    classesKept(args, count(args, 'classes', 2)) !== null ||
    labels?.ofBytes === false
  )
    return null;
  const set: Glanced = {
    args,
    fields: fields(args),
    field: 'image',
    count: images.shape[0],
    values: (rows) => firstImages(images, rows),
    labels: labels && {
      array: { path: labels.path, shape: labels.shape, classes: count(args, 'classes', 2) },
      numbers: () => idxRows(labels),
    },
  };
  return glanceAt(set, most);
}

export const idx: Source = {
  signature: {
    name: 'idx',
    doc: 'A pair of IDX files, plain or gzipped: { image: image[channels,size,size] in [0,1], label: label[classes] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const args = withDefaults(params, given);
    const { images, labels } = files(args, folder);
    if (!fileExists(images) || (labels !== null && !fileExists(labels))) return null;
    const hash = hashOf(
      hashFile(images),
      labels === null ? '' : hashFile(labels),
      JSON.stringify(
        // Classes are chosen since 0.2: a set without a choice is the set that it was.
        [
          ...['size', 'width', 'channels', 'classes', 'skip', 'take', 'examples', 'seed'].map(
            (name) => args[name],
          ),
          ...choiceOfClasses(args),
        ],
      ),
    );
    const looked = look(args, folder);
    if (areReadAtOnce(looked.plan)) heldImages(looked.plan);
    return { count: looked.rows.length, hash, ...(isLarge(looked.plan) && { onDisk: true }) };
  },
  open(given, folder) {
    const args = withDefaults(params, given);
    const looked = look(args, folder);
    if (areReadAtOnce(looked.plan)) return opened(args, looked, heldImages(looked.plan));
    return recordsOf(looked.plan).then((data) => opened(args, looked, data));
  },
  async pack(given, folder, how) {
    const args = withDefaults(params, given);
    const there = fileExists(files(args, folder).images);
    return packRecords(there ? look(args, folder).plan : null, how);
  },
  glance,
};
