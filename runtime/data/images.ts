/**
 * `images("faces/<label>/*.png", size: 64, labels: 10)`: a folder of PNG files. Each is cut to its central square and
 * resized by area; kept as bytes. Arguments → records { image, label }; the labels are the folders' names in order.
 */
import type { FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readPng } from '../formats/png.ts';
import type { Raster } from '../formats/png.ts';
import { count, countOrNull, text, withDefaults } from './arguments.ts';
import { described, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { findFiles, patternWords } from './pattern.ts';
import type { Found } from './pattern.ts';
import { resizePlane } from './resize.ts';
import { balanced, checkExamples, exampleParams } from './selection.ts';
import type { OpenSource, Source } from './source.ts';
import { tableSource } from './table.ts';

const splits = ['all', 'fit', 'validate'];

const params: readonly ParamSpec[] = [
  { name: 'files', type: 'string', doc: 'a pattern: `*` is any name, `<label>` a name that is a class' },
  { name: 'size', type: 'int', doc: 'height and width after cutting and resizing' },
  { name: 'channels', type: 'int', default: 3, doc: '3 for colours, 1 for gray' },
  { name: 'labels', type: 'int', default: null, doc: 'how many classes `<label>` names' },
  { name: 'split', type: 'choice', default: 'all', choices: splits, doc: 'validate: the last tenth of each class; fit: the rest' }, // prettier-ignore
  ...exampleParams,
];

function fields(given: SourceArguments): Record<string, FieldType> {
  const args = withDefaults(params, given);
  const channels = count(args, 'channels', 1);
  if (channels !== 1 && channels !== 3) throw new Error(`channels is 1 or 3, not ${channels}`);
  if (!splits.includes(String(args.split))) throw new Error(`split is one of ${splits.join(', ')}`);
  const size = count(args, 'size', 1, 16384);
  const image: FieldType = { kind: 'image', shape: [channels, size, size], range: [0, 1] };
  const words = patternWords(text(args, 'files'));
  if (words.some((word) => word !== 'label') || words.length > 1) {
    throw new Error(`a pattern may name one <label>, not ${words.map((word) => `<${word}>`).join(', ')}`);
  }
  const labels = countOrNull(args, 'labels', 2);
  if (labels === null && words.length > 0) throw new Error('labels: must say how many classes <label> names');
  if (labels !== null && words.length === 0) throw new Error('labels: needs a <label> in the pattern');
  if (labels !== null) checkExamples(args, labels);
  else if (countOrNull(args, 'examples', 1) !== null) throw new Error('examples: needs labels to balance by');
  return labels === null ? { image } : { image, label: { kind: 'label', shape: [], classes: labels } };
}

interface Chosen {
  readonly files: readonly Found[];
  readonly labels: Uint32Array;
}

/** The files that the arguments choose, and their classes; [] where nothing fits the pattern. */
function choose(args: SourceArguments, folder: string): Chosen {
  const pattern = text(args, 'files');
  const files = findFiles(pattern, folder);
  const names = [...new Set(files.map(({ words }) => words.label ?? ''))].sort();
  const classes = countOrNull(args, 'labels', 2);
  if (files.length > 0 && classes !== null && names.length !== classes) {
    throw new FileError(inFolder(folder, pattern), null, `${names.length} classes (${names.slice(0, 12).join(', ')}), where labels: says ${classes}`); // prettier-ignore
  }
  const index = new Map(names.map((name, i) => [name, i]));
  const labels = Uint32Array.from(files, ({ words }) => index.get(words.label ?? '') ?? 0);
  const part = splitRows(String(args.split), labels, names.length);
  const rows = classes === null || files.length === 0 ? part : balanced(args, part, labels, classes);
  return { files: Array.from(rows, (row) => files[row]), labels: rows.map((row) => labels[row]) };
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

/** The central square of a picture, resized by area: channels × size × size bytes into `out` at `at`. */
function squareInto(
  { width, height, data }: Raster,
  size: number,
  channels: number,
  out: Uint8Array,
  at: number,
): void {
  // prettier-ignore
  const side = Math.min(width, height);
  const [left, top] = [(width - side) >> 1, (height - side) >> 1];
  for (let c = 0; c < channels; c++) {
    const plane = new Float64Array(side * side);
    for (let i = 0; i < plane.length; i++) {
      const from = 3 * ((top + Math.floor(i / side)) * width + left + (i % side));
      plane[i] = channels === 3 ? data[from + c] : 0.299 * data[from] + 0.587 * data[from + 1] + 0.114 * data[from + 2]; // prettier-ignore
    }
    resizePlane(plane, [side, side], [size, size]).forEach((value, i) => {
      out[at + c * size * size + i] = Math.round(value);
    });
  }
}

export const images: Source = {
  signature: {
    name: 'images',
    doc: 'PNG files, cut to squares: { image: image[channels,size,size] in [0,1], label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const args = withDefaults(params, given);
    const { files } = choose(args, folder);
    if (files.length === 0) return null;
    const content = () => files.map(({ path, words }) => [words.label ?? '', hashFile(path)]);
    return described(files.length, () => hashOf(JSON.stringify([args.size, args.channels, content()])));
  },
  open(given, folder): OpenSource {
    const args = withDefaults(params, given);
    const types = fields(args);
    const { files, labels } = choose(args, folder);
    if (files.length === 0) throw new FileError(inFolder(folder, text(args, 'files')), null, 'no such files');
    const [size, channels] = [count(args, 'size', 1, 16384), count(args, 'channels', 1)];
    const width = channels * size * size;
    const data = new Uint8Array(files.length * width);
    files.forEach(({ path }, i) =>
      squareInto(readPng(readBytes(path), path), size, channels, data, i * width),
    );
    const image = { data, divisor: 255 };
    return tableSource(types, types.label ? { image, label: { data: labels } } : { image });
  },
};
