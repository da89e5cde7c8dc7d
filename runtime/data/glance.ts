/**
 * A look at a set of arrays that may be larger than memory: rows first, and a class for each in another. In: how the first rows are
 * read, and how all classes are gone through. Out: a Glance, as `ganc data look` shows it.
 */
import type { FieldType, SourceArguments } from '../../program/catalogue.ts';
import { countClasses, requireClasses } from './class-arrays.ts';
import type { ClassArray, ClassCells } from './class-arrays.ts';
import { rangeOf } from './selection.ts';
import type { Glance, RowRange } from './source.ts';
import { tableSource } from './table.ts';
import type { Column } from './table.ts';

export interface Glanced {
  readonly args: SourceArguments;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** The field of the values. */
  readonly field: string;
  /** Rows in the file. */
  readonly count: number;
  /** Those rows by themselves; null: they lie all over the file. */
  values(rows: RowRange): Promise<Column | null>;
  readonly labels: { readonly array: ClassArray; numbers(): AsyncIterable<ClassCells> } | null;
}

/** `most`: rows that are read. Rejects with FileError. */
export async function glanceAt(set: Glanced, most: number): Promise<Glance | null> {
  const { args, fields, field, count, labels } = set;
  if (labels !== null) requireClasses(labels.array, count);
  const rows = rangeOf(args, count);
  const first = { from: rows.from, to: Math.min(rows.to, rows.from + most) };
  const values = await set.values(first);
  if (values === null) return null;
  const counted = labels && (await countClasses(labels.numbers(), labels.array, rows, first.to - first.from));
  return {
    count: rows.to - rows.from,
    first: tableSource(fields, { [field]: values, ...(counted && { label: { data: counted.first } }) }),
    classes: counted === null ? {} : { label: counted.counts },
  };
}
