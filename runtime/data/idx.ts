/**
 * `idx(images: "a-images-idx3-ubyte.gz", labels: "a-labels-idx1-ubyte.gz")`: any pair of IDX files of bytes, plain or
 * gzipped: Fashion-MNIST, EMNIST, ... Arguments → records { image, label }, checked against the files.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readIdx } from '../formats/idx.ts';
import { count, countOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { checkLabels } from './labels.ts';
import { balanced, checkExamples, checkRange, exampleParams, rangeParams, rangeRows } from './selection.ts';
import type { OpenSource, SyncSource } from './source.ts';
import { tableSource } from './table.ts';

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
  return { image };
}

function files(args: SourceArguments, folder: string): { images: string; labels: string | null } {
  const labels = textOrNull(args, 'labels');
  return {
    images: inFolder(folder, text(args, 'images')),
    labels: labels === null ? null : inFolder(folder, labels),
  };
}

function readImages(path: string, wanted: readonly number[]): Uint8Array {
  const { data } = readIdx(readBytes(path), path, (shape) => {
    const sizes = wanted[0] === 1 && shape.length === 3 ? wanted.slice(1) : wanted;
    if (shape.slice(1).join() === sizes.join()) return;
    throw new FileError(
      path,
      'byte 4',
      `rows of ${shape.slice(1).join(' × ')}, where the arguments say ${sizes.join(' × ')}`,
    );
  });
  if (!(data instanceof Uint8Array))
    throw new FileError(path, 'byte 2', 'images must be unsigned bytes (08)');
  return data;
}

function readLabels(path: string, classes: number, rows: number): ArrayLike<number> {
  const { data } = readIdx(readBytes(path), path, (shape) => {
    if (shape.length === 1 && shape[0] === rows) return;
    throw new FileError(path, 'byte 4', `${shape.join(' × ')} labels for ${rows} images`);
  });
  return checkLabels(data, classes, path);
}

function open(given: SourceArguments, folder: string): OpenSource {
  const args = withDefaults(params, given);
  const types = fields(args);
  const paths = files(args, folder);
  const shape = imageShape(args);
  const images = readImages(paths.images, shape);
  const total = images.length / (shape[0] * shape[1] * shape[2]);
  const rows = rangeRows(args, total);
  const image = { data: images, divisor: 255 };
  if (paths.labels === null) return tableSource(types, { image }, rows);
  const classes = count(args, 'classes', 2);
  const labels = readLabels(paths.labels, classes, total);
  return tableSource(types, { image, label: { data: labels } }, balanced(args, rows, labels, classes));
}

export const idx: SyncSource = {
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
        ['size', 'width', 'channels', 'classes', 'skip', 'take', 'examples', 'seed'].map(
          (name) => args[name],
        ),
      ),
    );
    return { count: open(args, folder).count, hash };
  },
  open,
};
