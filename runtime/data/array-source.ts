/**
 * Sources of files of arrays: `npz("faces.npz", values: "x", shape: [3, 64, 64], range: [0, 1], label: "y", labels: 10)`. In: a format
 * (row-array.ts). Out: a source whose arguments give records { image | seq | values, label }, by the length of `shape`; checked against
 * the file. Values that are larger than memory are packed (array-values.ts); labels are held.
 */
import type { FieldKind, FieldType, ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { requireRoom } from '../formats/room.ts';
import { count, rangeOrNull, text, textOrNull, withDefaults } from './arguments.ts';
import { firstValues, heldValues, packedValues, requireShape } from './array-values.ts';
import type { PackedValues, Values } from './array-values.ts';
import { classNumbers, requireClasses } from './class-arrays.ts';
import type { ClassArray, ClassCells } from './class-arrays.ts';
import { fileExists, hashFile, hashOf, inFolder } from './files.ts';
import { glanceAt } from './glance.ts';
import { areReadAtOnce, isLarge, packRecords, recordsOf } from './records.ts';
import type { ArrayFormat, RowArray } from './row-array.ts';
import { checkRange, rangeOf, rangeParams, rangeRows } from './selection.ts';
import type { Glance, OpenSource, Source } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

const paramsOf = ({ file, array }: ArrayFormat): readonly ParamSpec[] => [
  { name: 'file', type: 'string', doc: file },
  { name: 'values', type: 'string', isName: true, doc: `the name of the ${array}, rows first` },
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
    isName: true,
    default: null,
    doc: `the name of the ${array} of class numbers, or of one-hot rows`,
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

/** Throws Error with a sentence on arguments that can't be meant. */
function fieldsOf(args: SourceArguments): Record<string, FieldType> {
  text(args, 'file');
  text(args, 'values');
  checkRange(args);
  const record = Object.fromEntries([valueField(args)]);
  if (textOrNull(args, 'label') === null) return record;
  return { ...record, label: { kind: 'label', shape: [], classes: classesOf(args) } };
}

const classesOf = (args: SourceArguments): number => count(args, 'labels', 2);

/** The array of classes, and which of them are wanted. */
interface Labels {
  readonly array: RowArray;
  readonly wanted: ClassArray;
}

interface Looked {
  readonly values: Values;
  readonly packed: PackedValues;
  readonly labels: Labels | null;
}

/** Reads the sizes of the arrays. Throws FileError. */
function look(format: ArrayFormat, args: SourceArguments, folder: string): Looked {
  const path = inFolder(folder, text(args, 'file'));
  const values = { path, array: format.open(path, text(args, 'values')), type: valueField(args)[1] };
  requireShape(values);
  const name = textOrNull(args, 'label');
  const labels = name === null ? null : labelsIn(path, format.open(path, name), classesOf(args));
  return { values, packed: packedValues(values, format.name), labels };
}

/** The same where all rows are wanted: each is known by its number. Throws FileError where those are more than memory holds. */
function lookAtAll(format: ArrayFormat, args: SourceArguments, folder: string): Looked {
  const looked = look(format, args, folder);
  const { path, array } = looked.values;
  requireRoom(4 * array.shape[0], path, array.called);
  return looked;
}

const labelsIn = (path: string, array: RowArray, classes: number): Labels => ({
  array,
  wanted: { path: `${path}, ${array.called}`, shape: array.shape, classes },
});

/** A class for each row of the values. Throws FileError. */
function classesFor({ labels, values }: Looked): ArrayLike<number> | null {
  if (labels === null) return null;
  requireClasses(labels.wanted, values.array.shape[0]);
  return classNumbers(labels.array.all().data, labels.wanted);
}

/** The source, once its values and classes are there. */
function opened(args: SourceArguments, looked: Looked, column: Column): OpenSource {
  const classes = classesFor(looked);
  const columns: Record<string, Column> = { [valueField(args)[0]]: column };
  if (classes !== null) columns.label = { data: classes };
  return tableSource(fieldsOf(args), columns, rangeRows(args, looked.values.array.shape[0]));
}

/** All numbers in C order. */
async function* numbersIn(array: RowArray): AsyncGenerator<ClassCells> {
  for await (const { data } of array.rows(0)) yield data;
}

const glanceOf = (args: SourceArguments, { values, labels }: Looked, most: number): Promise<Glance | null> =>
  glanceAt(
    {
      args,
      fields: fieldsOf(args),
      field: valueField(args)[0],
      count: values.array.shape[0],
      values: (rows) => firstValues(values, rows),
      labels: labels && { array: labels.wanted, numbers: () => numbersIn(labels.array) },
    },
    most,
  );

/** The source that reads such files. */
export function arraySource(format: ArrayFormat): Source {
  const params = paramsOf(format);
  const filled = (given: SourceArguments): SourceArguments => withDefaults(params, given);
  const pathOf = (args: SourceArguments, folder: string): string => inFolder(folder, text(args, 'file'));
  return {
    signature: {
      name: format.name,
      doc: format.doc,
      params,
      fields: (given) => fieldsOf(filled(given)),
    },
    describe(given, folder) {
      const args = filled(given);
      const path = pathOf(args, folder);
      if (!fileExists(path)) return null;
      const { file: _, ...rest } = args;
      const looked = lookAtAll(format, args, folder);
      const { plan } = looked.packed;
      const rows = rangeOf(args, plan.count);
      classesFor(looked);
      if (areReadAtOnce(plan)) heldValues(looked.values);
      return {
        count: rows.to - rows.from,
        hash: hashOf(hashFile(path), JSON.stringify(rest)),
        ...(isLarge(plan) && { onDisk: true }),
      };
    },
    open(given, folder) {
      const args = filled(given);
      const looked = lookAtAll(format, args, folder);
      const { plan, column } = looked.packed;
      if (areReadAtOnce(plan)) return opened(args, looked, heldValues(looked.values));
      return recordsOf(plan).then((data) => opened(args, looked, { ...column, data }));
    },
    async pack(given, folder, how) {
      const args = filled(given);
      const isThere = fileExists(pathOf(args, folder));
      return packRecords(isThere ? lookAtAll(format, args, folder).packed.plan : null, how);
    },
    async glance(given, folder, rows) {
      const args = filled(given);
      return glanceOf(args, look(format, args, folder), rows);
    },
  };
}
