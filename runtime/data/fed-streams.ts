/**
 * One row of a stream from outside the data: sounds from files, classes from numbers, in the place of the source's
 * rows. In: a stream of the manifest and a text for each of its fields that is needed. Out: streams with this one row,
 * for reports; nothing of the data itself is opened.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest, StreamEntry } from '../../program/manifest.ts';
import { readRecording, Unusable } from '../audio/recording.ts';
import { resampled } from '../audio/resample.ts';
import { spectrogram } from '../audio/features.ts';
import { sources } from '../catalogue.ts';
import { readBytes } from './files.ts';
import { shapeAt } from './source.ts';
import { allocate } from '../engines/engine.ts';
import type { Tensor } from '../engines/engine.ts';
import type { Streams } from './streams.ts';

/** What is fed can't be what the field holds; the message is a sentence. */
export class FeedError extends Error {}

/**
 * `given`: for each field a sound file's path, the number of a class, or the row itself, [channels, frames] in the stream's range.
 * Throws FeedError, or FileError for a file that is no sound.
 */
export function fedStreams(
  manifest: Pick<Manifest, 'streams' | 'float'>,
  stream: string,
  given: Readonly<Record<string, string | Tensor>>,
): Streams {
  const entry = manifest.streams.find(({ name }) => name === stream)!;
  const rows = Object.entries(given).map(
    ([field, row]) => [field, typeof row === 'string' ? fed(entry, field, row) : row] as const,
  );
  const values = new Map(rows);
  const lengths = lengthsOf(entry, values);
  return {
    counts: Object.fromEntries(manifest.streams.map(({ name }) => [name, Number(name === stream)])),
    batch: () => {
      throw new FeedError('minibatches are the data’s: what is fed is a single row');
    },
    slice(name, _from, _to, field) {
      const value = name === stream ? values.get(field) : undefined;
      if (value === undefined) throw new FeedError(`nothing is fed to ${name}.${field}`);
      const tensor = allocate(manifest.float, [1, ...shapeAt(entry.fields[field], lengths)]);
      tensor.data.set(value.data);
      return tensor;
    },
    lengths: () => lengths,
  };
}

/** One row of the field, without its axis of rows. */
function fed(entry: StreamEntry, field: string, text: string): Tensor {
  if (!Object.hasOwn(entry.fields, field)) {
    throw new FeedError(
      `${entry.name} has no field ${field}; it has ${Object.keys(entry.fields).join(', ')}`,
    );
  }
  const type = entry.fields[field];
  if (type.kind === 'label') return { shape: [], data: Float64Array.of(classOf(type, field, text)) };
  return soundFrom(entry, field, text);
}

function classOf({ classes = 0 }: FieldType, field: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < classes && text.trim() !== '') return number;
  throw new FeedError(`${field} is a class from 0 to ${classes - 1}, not ${JSON.stringify(text)}`);
}

function soundFrom(entry: StreamEntry, field: string, path: string): Tensor {
  const sound = sources[entry.source]?.sound?.(entry.args);
  if (sound === undefined || !sound.fields.includes(field)) {
    throw new FeedError(`${entry.name}.${field} is no sound: only sounds and classes can be fed`);
  }
  const { channels, frames, data } = spectrogram(samplesFrom(path, sound.format.rate), sound.format);
  const [, length] = entry.fields[field].shape;
  if (typeof length === 'number' && length !== frames) {
    throw new FeedError(
      `${entry.name} holds segments of ${length} frames, and ${path} has ${frames}: let the line read a stream with frames: all`,
    );
  }
  const [low, high] = entry.convert.range ?? [0, 1];
  return { shape: [channels, frames], data: data.map((x) => low + x * (high - low)) };
}

function samplesFrom(path: string, rate: number): Float64Array {
  try {
    const recording = readRecording(readBytes(path), path, false);
    return resampled(recording.samples, recording.rate, rate);
  } catch (error) {
    if (error instanceof Unusable)
      throw new FeedError(`${path} is ${error.message}: there is nothing to convert`);
    throw error;
  }
}

/** What the symbols in the fields' shapes stand for, which two fields may share. */
function lengthsOf(entry: StreamEntry, values: ReadonlyMap<string, Tensor>): Record<string, number> {
  const lengths: Record<string, number> = {};
  for (const [field, { shape }] of values) {
    entry.fields[field].shape.forEach((size, axis) => {
      if (typeof size !== 'string') return;
      if ((lengths[size] ?? shape[axis]) !== shape[axis]) {
        throw new FeedError(
          `${entry.name}.${field} is as long as the fields beside it: ${lengths[size]} frames, not ${shape[axis]}`,
        );
      }
      lengths[size] = shape[axis];
    });
  }
  return lengths;
}
