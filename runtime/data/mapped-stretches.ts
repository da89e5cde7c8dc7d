/**
 * Rows that are stretches of recordings, as files (ganc_torch/stretches.py reads them): in, what such rows are made of; out,
 * recordings whole, frame after frame, and where in them rows lie. What stands beside a row is not in them: it is drawn in each
 * pass.
 */
import type { FieldType } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { allocate, type Floats } from '../engines/engine.ts';
import { fieldWidth } from './source.ts';
import type { StretchField, Stretches } from './stretches.ts';

/** [recordings, 3]: frames, class of the speaker, what is said; [rows, 2]: recording, first frame. Both int32. */
export function stretchTables({ recordings, segments, texts }: Stretches): Record<string, Uint8Array> {
  const heard = recordings.flatMap(({ frames, speaker }, i) => [frames, speaker, texts?.[i] ?? 0]);
  const rows = segments.flatMap(({ utterance, from }) => [utterance, from]);
  const bytes = (numbers: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(numbers).buffer);
  return { recordings: bytes(heard), segments: bytes(rows) };
}

/** What an index says of them. */
export const stretchRule = ({ recordings, frames, to }: Stretches): object => ({
  recordings: recordings.length,
  frames: frames === 'all' ? null : frames,
  to: to ?? null,
});

const framesIn = ({ recordings }: Stretches): number =>
  recordings.reduce((sum, { frames }) => sum + frames, 0);

/** Numbers that a field has for each frame, or for each recording. */
function widthOf({ frames }: Stretches, { channels }: StretchField, type: FieldType): number {
  if (channels === null) return 1;
  return frames === 'all' ? channels : fieldWidth(type) / frames;
}

/** How many numbers all recordings have of the field. */
export function numbersOf(stretches: Stretches, field: StretchField, type: FieldType): number {
  const places = field.channels === null ? stretches.recordings.length : framesIn(stretches);
  return places * widthOf(stretches, field, type);
}

/** What an index says of the field, beside what its numbers are. */
export const stretchEntry = (stretches: Stretches, field: StretchField, type: FieldType): object => ({
  of: field.of,
  ...(field.channels !== null && {
    frame: [field.channels, widthOf(stretches, field, type) / field.channels],
  }),
});

/** [frames of all recordings, channels, numbers of a channel]; of what a recording has one of, [recordings]. */
export function recordedValues(
  manifest: Manifest,
  stretches: Stretches,
  field: StretchField,
  type: FieldType,
): Floats {
  const { data } = allocate(manifest.float, [numbersOf(stretches, field, type)]);
  const width = widthOf(stretches, field, type);
  const { channels } = field;
  let at = 0;
  stretches.recordings.forEach(({ frames }, utterance) => {
    const many = channels === null ? 1 : frames * width;
    const one = allocate(manifest.float, [many]).data;
    field.read({ utterance, from: 0, frames }, one, 0);
    if (channels === null) data[at] = one[0];
    else framesFirst(one, [channels, frames, width / channels], data, at);
    at += many;
  });
  return data;
}

/** [channels, frames, each] as [frames, channels, each], into `out` at `at`. */
function framesFirst(
  values: Floats,
  [channels, frames, each]: readonly [number, number, number],
  out: Floats,
  at: number,
): void {
  for (let c = 0; c < channels; c++)
    for (let f = 0; f < frames; f++)
      for (let k = 0; k < each; k++)
        out[at + (f * channels + c) * each + k] = values[(c * frames + f) * each + k];
}
