/**
 * `npz("faces.npz", values: "x", shape: [3, 64, 64], range: [0, 1], label: "y", labels: 10)`: arrays of a NumPy
 * archive. Arguments → records { image | seq | values, label }, by the length of `shape`; checked against the file.
 */
import type { FieldKind, FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { FileError } from '../formats/file-error.ts';
import { readNpz } from '../formats/npz.ts';
import type { NpyArray } from '../formats/npy.ts';
import { count, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { fileExists, hashFile, hashOf, inFolder, readBytes } from './files.ts';
import { checkLabels } from './labels.ts';
import { checkRange, rangeParams, rangeRows } from './selection.ts';
import type { SyncSource } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const params: readonly ParamSpec[] = [
  { name: 'file', type: 'string', doc: 'the .npz file' },
  { name: 'values', type: 'string', doc: 'the name of the array, rows first' },
  { name: 'shape', type: 'reals', doc: 'of a row: [C, H, W] is an image, [C, T] a seq, [N] a vec' },
  {
    name: 'range',
    type: 'reals',
    default: null,
    doc: 'bytes are scaled to it; other numbers must lie in it',
  },
  {
    name: 'label',
    type: 'string',
    default: null,
    doc: 'the name of the array of class numbers, or of one-hot rows',
  },
  { name: 'labels', type: 'int', default: 10, doc: 'how many classes' },
  ...rangeParams,
];

const kinds: Readonly<Record<number, readonly [string, FieldKind]>> = {
  1: ['values', 'vec'],
  2: ['seq', 'seq'],
  3: ['image', 'image'],
};

/** The field's name and type, by the arguments. */
function valueField(args: SourceArguments): [string, FieldType] {
  const { shape } = args;
  const sizes = Array.isArray(shape) ? (shape as readonly number[]) : [];
  const kind = kinds[sizes.length];
  if (kind === undefined || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new Error('shape is a list of one to three sizes: [N], [C, T] or [C, H, W]');
  }
  const type = { kind: kind[1], shape: sizes };
  const range = rangeOrNull(args, 'range');
  return [kind[0], range === null ? type : { ...type, range }];
}

function fields(given: SourceArguments): Record<string, FieldType> {
  const args = withDefaults(params, given);
  text(args, 'file');
  text(args, 'values');
  checkRange(args);
  const record = Object.fromEntries([valueField(args)]);
  if (textOrNull(args, 'label') === null) return record;
  return { ...record, label: { kind: 'label', shape: [], classes: count(args, 'labels', 2) } };
}

function valueColumn({ shape, data }: NpyArray, name: string, type: FieldType, path: string): Column {
  if (shape.slice(1).join() !== type.shape.join()) {
    throw new FileError(
      path,
      `array ${name}`,
      `rows of ${shape.slice(1).join(' × ') || 'one number'}, where shape: says ${type.shape.join(' × ')}`,
    );
  }
  const width = Math.max(1, data.length / Math.max(1, shape[0]));
  const rowOf = (place: number): string => `array ${name}, row ${Math.floor(place / width)}`;
  const wild = data instanceof Uint8Array ? -1 : data.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) throw new FileError(path, rowOf(wild), `${data[wild]}, where numbers must be finite`);
  if (type.range === undefined) return { data };
  const [low, high] = type.range;
  if (data instanceof Uint8Array) {
    if (low === 0) return { data, divisor: 255 / high };
    return { data: Float32Array.from(data, (value) => low + (value / 255) * (high - low)) };
  }
  const bad = data.findIndex((value) => !(value >= low && value <= high));
  if (bad < 0) return { data };
  throw new FileError(path, rowOf(bad), `${data[bad]} is outside the range [${low}, ${high}]`);
}

/** Class numbers as they are; of one-hot rows, where the 1 is. Throws FileError unless there are `rows`. */
function labelColumn(
  { shape, data }: NpyArray,
  path: string,
  classes: number,
  rows: number,
): ArrayLike<number> {
  const isOneHot = shape.length === 2 && shape[1] === classes;
  const count = isOneHot ? shape[0] : data.length;
  if (count !== rows) throw new FileError(path, null, `${count} labels for ${rows} rows`);
  if (!isOneHot) return checkLabels(data, classes, path);
  return Uint32Array.from({ length: shape[0] }, (_, row) => {
    const cells = data.subarray(row * classes, (row + 1) * classes);
    const at = cells.indexOf(1);
    if (at >= 0 && cells.every((cell, i) => cell === Number(i === at))) return at;
    throw new FileError(
      path,
      `row ${row}`,
      `[${cells.slice(0, 8).join(', ')}${classes > 8 ? ', …' : ''}] is not one-hot: a single 1 among zeros`,
    );
  });
}

export const npz: SyncSource = {
  signature: {
    name: 'npz',
    doc: 'Arrays of a NumPy .npz file: { image, seq or values, by the length of shape; label: label[labels] }.',
    params,
    fields,
  },
  describe(given, folder) {
    const args = withDefaults(params, given);
    const path = inFolder(folder, text(args, 'file'));
    if (!fileExists(path)) return null;
    const { file: _, ...rest } = args;
    return { count: npz.open(args, folder).count, hash: hashOf(hashFile(path), JSON.stringify(rest)) };
  },
  open(given, folder) {
    const args = withDefaults(params, given);
    const types = fields(args);
    const path = inFolder(folder, text(args, 'file'));
    const name = text(args, 'values');
    const labelName = textOrNull(args, 'label');
    const arrays = readNpz(readBytes(path), path, labelName === null ? [name] : [name, labelName]);
    const values = arrays.get(name)!;
    const [field, type] = valueField(args);
    const columns: Record<string, Column> = { [field]: valueColumn(values, name, type, path) };
    if (labelName !== null) {
      const [place, classes] = [`${path}, array ${labelName}`, count(args, 'labels', 2)];
      columns.label = { data: labelColumn(arrays.get(labelName)!, place, classes, values.shape[0]) };
    }
    return tableSource(types, columns, rangeRows(args, values.shape[0]));
  },
};
