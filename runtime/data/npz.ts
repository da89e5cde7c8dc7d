/**
 * `npz("faces.npz", values: "x", shape: [3, 64, 64], range: [0, 1], label: "y", labels: 10)`: arrays of a NumPy
 * archive. Arguments → records { image | seq | values, label }, by the length of `shape`; checked against the file. Values that are
 * larger than memory are packed (npz-values.ts); labels are held.
 */
import type { FieldKind, FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { readNpzFile, storedArray } from '../formats/npz.ts';
import { count, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { classNumbers, requireClasses } from './class-arrays.ts';
import type { ClassArray } from './class-arrays.ts';
import { fileExists, hashFile, hashOf, inFolder } from './files.ts';
import { glanceAt } from './glance.ts';
import type { Glanced } from './glance.ts';
import { firstValues, heldValues, packedValues, storedValues } from './npz-values.ts';
import type { PackedValues, Values } from './npz-values.ts';
import { numbersIn } from './npz-rows.ts';
import { areReadAtOnce, isLarge, packRecords, recordsOf } from './records.ts';
import { checkRange, rangeParams, rangeRows } from './selection.ts';
import type { Glance, OpenSource, Source } from './source.ts';
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
  return { ...record, label: { kind: 'label', shape: [], classes: classesOf(args) } };
}

const classesOf = (args: SourceArguments): number => count(args, 'labels', 2);

/** The classes that are wanted of an array of the sizes. */
const classArray = (path: string, name: string, shape: readonly number[], classes: number): ClassArray => ({
  path: `${path}, array ${name}`,
  shape,
  classes,
});

/** A class for each of so many rows. Throws FileError. */
function labelColumn(path: string, name: string, classes: number, rows: number): ArrayLike<number> {
  const { shape, data } = readNpzFile(path, [name]).get(name)!;
  const array = classArray(path, name, shape, classes);
  requireClasses(array, rows);
  return classNumbers(data, array);
}

/** What of the file is wanted. */
const valuesIn = (args: SourceArguments, folder: string): Values => ({
  path: inFolder(folder, text(args, 'file')),
  name: text(args, 'values'),
  type: valueField(args)[1],
});

interface Looked {
  readonly wanted: Values;
  readonly packed: PackedValues;
  readonly rows: Uint32Array;
  readonly labels: ArrayLike<number> | null;
}

/** Reads the sizes of the values, and the labels. Throws FileError. */
function look(args: SourceArguments, folder: string): Looked {
  const wanted = valuesIn(args, folder);
  const array = storedValues(wanted);
  const [count] = array.header.shape;
  const name = textOrNull(args, 'label');
  const labels = name === null ? null : labelColumn(wanted.path, name, classesOf(args), count);
  return { wanted, packed: packedValues(array, wanted), rows: rangeRows(args, count), labels };
}

/** The source, once its values are there. */
function opened(args: SourceArguments, { labels, rows }: Looked, values: Column): OpenSource {
  const columns: Record<string, Column> = { [valueField(args)[0]]: values };
  if (labels !== null) columns.label = { data: labels };
  return tableSource(fields(args), columns, rows);
}

async function glance(given: SourceArguments, folder: string, most: number): Promise<Glance | null> {
  const args = withDefaults(params, given);
  const wanted = valuesIn(args, folder);
  const values = storedValues(wanted);
  const name = textOrNull(args, 'label');
  const labels = name === null ? null : storedArray(wanted.path, name);
  const set: Glanced = {
    args,
    fields: fields(args),
    field: valueField(args)[0],
    count: values.header.shape[0],
    values: (rows) => firstValues(values, wanted, rows),
    labels: labels && {
      array: classArray(wanted.path, name!, labels.header.shape, classesOf(args)),
      numbers: () => numbersIn(labels),
    },
  };
  return glanceAt(set, most);
}

export const npz: Source = {
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
    const looked = look(args, folder);
    const { plan } = looked.packed;
    if (areReadAtOnce(plan)) heldValues(looked.wanted);
    const onDisk = isLarge(plan);
    return {
      count: looked.rows.length,
      hash: hashOf(hashFile(path), JSON.stringify(rest)),
      ...(onDisk && { onDisk }),
    };
  },
  open(given, folder) {
    const args = withDefaults(params, given);
    const looked = look(args, folder);
    const { plan, column } = looked.packed;
    if (areReadAtOnce(plan)) return opened(args, looked, heldValues(looked.wanted));
    return recordsOf(plan).then((data) => opened(args, looked, { ...column, data }));
  },
  async pack(given, folder, how) {
    const args = withDefaults(params, given);
    const there = fileExists(inFolder(folder, text(args, 'file')));
    return packRecords(there ? look(args, folder).packed.plan : null, how);
  },
  glance,
};
