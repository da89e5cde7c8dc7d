/**
 * What a data source is: one object with two halves. The compiler sees `signature` (the record's type, from the
 * arguments alone) and `describe` (a look at the files); a run sees `open`. An open source holds its rows in memory,
 * images as bytes, or, where they are too many, in a pack on the disk (pack.ts), and converts those that a batch asks for.
 */
import type {
  DataDescription,
  FieldType,
  SourceArguments,
  SourceSignature,
} from '../../program/catalogue.ts';
import type { Drawn } from './drawn.ts';
import type { Moved, Moving } from './moving.ts';
import type { Stored, Watch } from './pack.ts';
import type { SoundFormat } from '../audio/features.ts';
import type { FrameLayout, Packed } from './recordings.ts';
import type { Stretches } from './stretches.ts';
import type { RowsOf } from './utterances.ts';

/** Rows from one to before another. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Which rows to read: these, in this order, or a range. */
export type Rows = Uint32Array | RowRange;

export type NumberArray = Float32Array | Float64Array | Int32Array;

export interface OpenSource {
  readonly count: number;
  readonly fields: Readonly<Record<string, FieldType>>;
  /**
   * Fills `out` with the field's values of the rows, row after row, in the field's shape; labels as class numbers.
   * Throws on a field it lacks, a row out of range, or an `out` too short. Rows of a length of their own stand one
   * behind the other, each in its own shape. `pass`, from 0: how often a run has gone through the rows before, for
   * sources that draw anew what stands beside a row (default: 0).
   */
  read(field: string, rows: Rows, out: NumberArray, pass?: number): void;
  /** What the lengths in the fields' shapes (`T`) are in this row; only of sources that have such fields. */
  lengths?(row: number): Readonly<Record<string, number>>;
  /** How rows of minibatches are drawn; absent: each pass has all rows once, in an order of its own. */
  readonly drawn?: Drawn;
  /** Of rows that are stretches of recordings: what they are made of. */
  readonly stretches?: Stretches;
  /** Of pictures that are others in each pass: what they are made of. */
  readonly moved?: Moved;
  /** How another thread opens the same rows; absent where they can't be opened twice without taking twice the memory. */
  readonly recipe?: Recipe;
}

/** What makes numbers of one range those of another. */
export interface Affine {
  readonly scale: number;
  readonly shift: number;
}

type Fields = Readonly<Record<string, FieldType>>;

/** A column of a table, as plain data: numbers, or where records are. */
export interface StoredColumn {
  readonly data: ArrayLike<number> | Stored;
  /** What the bytes of records are (default: numbers by themselves, 0 to 255). */
  readonly as?: 'float32' | 'float64';
  /** Divides what is stored: 255 for bytes that stand for [0, 1]. */
  readonly divisor?: number;
  /** Of records that hold several fields: the byte at which this one begins (default: 0). */
  readonly from?: number;
  /** What is stored are class numbers, of which so many channels are made: 1 in that of its class, else 0. */
  readonly oneHot?: number;
}

/** An open source as plain data, of which reopened.ts makes it again. */
export type Recipe =
  | {
      readonly kind: 'table';
      readonly fields: Fields;
      readonly columns: Readonly<Record<string, StoredColumn>>;
      readonly selected: Uint32Array | null;
    }
  | { readonly kind: 'moved'; readonly of: Recipe; readonly fields: Fields; readonly how: Moving }
  | SoundsRecipe
  | { readonly kind: 'converted'; readonly of: Recipe; readonly fields: Fields };

/** Sounds whose frames are in a pack. */
export interface SoundsRecipe {
  readonly kind: 'sounds';
  readonly stored: Stored;
  readonly layout: FrameLayout;
  readonly places: readonly Packed[];
  readonly rows: RowsOf;
}

export interface Packing {
  readonly always: boolean;
  readonly watch?: Watch;
}

/** What a look shows of a set, most of which it does not read. */
export interface Glance {
  /** How many rows there are. */
  readonly count: number;
  /** The first of them, by themselves. */
  readonly first: OpenSource;
  /** By the fields of labels: how many of all rows are of each class. */
  readonly classes: Readonly<Record<string, readonly number[]>>;
}

export interface Source {
  readonly signature: SourceSignature;
  /**
   * Row count and content hash; null when the files aren't there. Paths are relative to `folder`, the spec's. `watch` is
   * told how much of a large file is looked through.
   */
  describe(args: SourceArguments, folder: string, watch?: Watch): DataDescription | null;
  /** Loads the data, checked as a whole: a FileError names file and place. Decoders may take their time in threads. */
  open(args: SourceArguments, folder: string): OpenSource | Promise<OpenSource>;
  /**
   * Of sources whose rows can be packed (pack.ts): makes the pack unless it is there, and says how large it is; null where
   * rows fit in memory, unless `always`.
   */
  pack?(args: SourceArguments, folder: string, how: Packing): Promise<{ readonly bytes: number } | null>;
  /**
   * Of sources whose files may be so large that opening them takes long: the first rows, so many at most, and the classes of all,
   * in flat memory; null where that can't be had for less than all of it. Rejects with FileError.
   */
  glance?(args: SourceArguments, folder: string, rows: number): Promise<Glance | null>;
  /** Of sources of sound: which fields are, and how their features are made and become sound again. */
  sound?(args: SourceArguments): { readonly format: SoundFormat; readonly fields: readonly string[] };
}

/** A source that decodes nothing in threads: it is open at once. */
export interface SyncSource extends Source {
  open(args: SourceArguments, folder: string): OpenSource;
}

export function rowCount(rows: Rows): number {
  return rows instanceof Uint32Array ? rows.length : rows.to - rows.from;
}

/** Numbers in one row of the field: a label or a scalar is one. */
export function fieldWidth(type: FieldType): number {
  return type.shape.reduce<number>((width, size) => {
    if (typeof size === 'string') throw new Error(`the length ${size} differs from row to row`);
    return width * size;
  }, 1);
}

/** The field's shape in a row whose lengths are known; throws if one of them is missing. */
export function shapeAt({ shape }: FieldType, lengths: Readonly<Record<string, number>>): number[] {
  return shape.map((size) => {
    if (typeof size === 'number') return size;
    if (Object.hasOwn(lengths, size)) return lengths[size];
    throw new Error(`the length ${size} differs from row to row`);
  });
}
