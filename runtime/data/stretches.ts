/**
 * Fields of rows that are stretches of recordings. In: the recordings, where rows are and what stands beside each in a pass
 * (utterances.ts), what each field reads there. Out: an open source, which also tells all that as plain rule, for programs that
 * hold the recordings and draw what stands beside a row by themselves (mapped.ts, ganc_torch/stretches.py).
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Recorded, Stretch, Utterance } from './recordings.ts';
import { rowCount } from './source.ts';
import type { NumberArray, OpenSource } from './source.ts';

/** Frames of a row, or all of its recording's. */
export type RowFrames = number | 'all';

/** A stretch of a recording. */
export interface Segment extends Stretch {
  /** Place among the recordings. */
  readonly utterance: number;
}

/** The row itself, or what stands beside it: of its speaker, of another, of another who says the same. */
export type Beside = 'own' | 'same' | 'other' | 'parallel';

export type SegmentOf = (row: number, pass: number) => Segment;

export interface StretchField {
  readonly of: Beside;
  /** Of what has something for each frame; null: one number for its recording. */
  readonly channels: number | null;
  /** Writes what the field has there, [channels, ...], into `out` at `at`; gives how many numbers it wrote. */
  read(segment: Segment, out: NumberArray, at: number): number;
}

/** What a source of such rows is made of. */
export interface Stretches {
  readonly recordings: readonly Recorded[];
  readonly segments: readonly Segment[];
  readonly frames: RowFrames;
  /** What is said in each recording, as a number: where something stands beside a row that says the same. */
  readonly texts?: readonly number[];
  /** The class of all others; absent: who the other is, is drawn. */
  readonly to?: number;
  readonly fields: Readonly<Record<string, StretchField>>;
}

/** Writes one row of a field, in its shape, into `out` at `at`; gives how many numbers it wrote. */
export type FieldReader = (row: number, out: NumberArray, at: number, pass: number) => number;

/** `beside`: where what the fields are of lies; `fixed`: readers of fields that no pass changes. */
export function stretchSource(
  fields: Readonly<Record<string, FieldType>>,
  stretches: Stretches,
  beside: Readonly<Partial<Record<Beside, SegmentOf>>>,
  fixed: Readonly<Record<string, FieldReader>> = {},
): OpenSource {
  const { segments, frames } = stretches;
  const own: SegmentOf = (row) => segments[row];
  const places = { own, ...beside };
  const readers = Object.entries(stretches.fields).map(([name, { of, read }]) => {
    const reader: FieldReader = (row, out, at, pass) => read(places[of]!(row, pass), out, at);
    return [name, reader] as const;
  });
  const lengths = (row: number): Record<string, number> => ({
    T: segments[row].frames,
    ...(beside.same && { S: beside.same(row, 0).frames }),
    ...(beside.other && { O: beside.other(row, 0).frames }),
  });
  const all = { ...Object.fromEntries(readers), ...fixed };
  const rows = rowSource(fields, segments.length, all, frames === 'all' ? lengths : undefined);
  return { ...rows, stretches };
}

/** `lengths`: of each row the frames that the symbols in the fields' shapes stand for. */
function rowSource(
  fields: Readonly<Record<string, FieldType>>,
  count: number,
  readers: Readonly<Record<string, FieldReader>>,
  lengths?: (row: number) => Readonly<Record<string, number>>,
): OpenSource {
  const read: OpenSource['read'] = (field, rows, out, pass = 0) => {
    const reader = readers[field];
    if (!Object.hasOwn(readers, field))
      throw new Error(`no field ${field}; there are ${Object.keys(fields).join(', ')}`);
    let at = 0;
    for (let i = 0; i < rowCount(rows); i++) {
      const row = rows instanceof Uint32Array ? rows[i] : rows.from + i;
      if (!(row >= 0 && row < count)) throw new Error(`row ${row} of ${count}`);
      at += reader(row, out, at, pass);
      if (at > out.length)
        throw new Error(`${rowCount(rows)} rows of ${field} do not fit in ${out.length} numbers`);
    }
  };
  return { count, fields, read, ...(lengths && { lengths }) };
}

// ---------------------------------------------------------------- fields of recordings

/** The features of the row. */
export function soundField(utterances: readonly Utterance[], channels: number): StretchField {
  const read: StretchField['read'] = (segment, out, at) =>
    utterances[segment.utterance].sound(segment, out, at);
  return { of: 'own', channels, read };
}

/** The samples of the row, from its first frame's centre on. */
export function waveField(utterances: readonly Utterance[]): StretchField {
  const read: StretchField['read'] = (segment, out, at) =>
    utterances[segment.utterance].samples(segment, out, at);
  return { of: 'own', channels: 1, read };
}

/** One class of the row's recording. */
export function classField(utterances: readonly Utterance[], of: 'speaker' | 'word'): StretchField {
  const read: StretchField['read'] = ({ utterance }, out, at) => {
    out[at] = utterances[utterance][of];
    return 1;
  };
  return { of: 'own', channels: null, read };
}

/** Who speaks, and what stands beside the row. */
export function pairedFields(
  utterances: readonly Utterance[],
  sound: StretchField,
): Readonly<Record<string, StretchField>> {
  const speaker = classField(utterances, 'speaker');
  const [same, other]: StretchField[] = [
    { ...sound, of: 'same' },
    { ...sound, of: 'other' },
  ];
  return { speaker, same, other, other_speaker: { ...speaker, of: 'other' } };
}
