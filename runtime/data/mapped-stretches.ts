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

/** Numbers that a field has for each frame, or for each recording. */
function widthOf({ frames }: Stretches, { channels }: StretchField, type: FieldType): number {
  if (channels === null) return 1;
  return frames === 'all' ? channels : fieldWidth(type) / frames;
}

/** What an index says of the field, beside what its numbers are. */
export const stretchEntry = (stretches: Stretches, field: StretchField, type: FieldType): object => ({
  of: field.of,
  ...(field.channels !== null && {
    frame: [field.channels, widthOf(stretches, field, type) / field.channels],
  }),
});

/** Recording after recording: [frames, channels, numbers of a channel], or the one number that it has. */
export function* recorded(
  manifest: Manifest,
  stretches: Stretches,
  field: StretchField,
  type: FieldType,
): Generator<Floats> {
  const width = widthOf(stretches, field, type);
  const { channels } = field;
  for (const [utterance, { frames }] of stretches.recordings.entries()) {
    const { data } = allocate(manifest.float, [channels === null ? 1 : frames * width]);
    field.read({ utterance, from: 0, frames }, data, 0);
    yield channels === null ? data : framesFirst(data, [channels, frames, width / channels]);
  }
}

/** [channels, frames, each] as [frames, channels, each]. */
function framesFirst(values: Floats, [channels, frames, each]: readonly [number, number, number]): Floats {
  const out = values.slice();
  for (let c = 0; c < channels; c++)
    for (let f = 0; f < frames; f++)
      for (let k = 0; k < each; k++) out[(f * channels + c) * each + k] = values[(c * frames + f) * each + k];
  return out;
}
