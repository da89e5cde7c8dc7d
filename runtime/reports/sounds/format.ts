/** Which format the numbers of a report's line are features in: that of the stream which they are rows of. */
import type { Manifest, ReportItem, ValueRef } from '../../../program/manifest.ts';
import { sources } from '../../catalogue.ts';
import type { StreamFormat } from './sound.ts';

type Streams = Pick<Manifest, 'streams'>;

/** What a line computes: of a sound all but `like`, which says a format alone. */
export function valuesMade({
  kind,
  values,
}: Pick<Extract<ReportItem, { kind: 'picture' | 'sound' }>, 'kind' | 'values'>): Readonly<
  Record<string, ValueRef>
> {
  if (kind === 'picture') return values;
  const { like: _, ...made } = values;
  return made;
}

/** Of `like`; throws Error with a sentence where that reads no stream of sounds. */
export function soundFormat(
  { streams }: Streams,
  { like }: Readonly<Record<string, ValueRef>>,
): StreamFormat {
  const entry = entryOf({ streams }, like);
  if (entry === null) throw new Error("like: takes a stream's field, such as test.sound");
  const found = formatOf(entry);
  if (found === null) throw new Error(`like: takes a field of sounds, and ${entry.source} has none`);
  return found;
}

/** Of the first value that reads a stream of sounds; null where none does. */
export function formatAmong(
  { streams }: Streams,
  values: Readonly<Record<string, ValueRef>>,
): StreamFormat | null {
  for (const ref of Object.values(values)) {
    const entry = entryOf({ streams }, ref);
    const found = entry === null ? null : formatOf(entry);
    if (found !== null) return found;
  }
  return null;
}

const entryOf = ({ streams }: Streams, { rows }: ValueRef): Manifest['streams'][number] | null =>
  ('stream' in rows ? streams.find(({ name }) => name === rows.stream) : undefined) ?? null;

/** Of the stream's own sounds; null where it has none. */
export function formatOf({ source, args, convert }: Manifest['streams'][number]): StreamFormat | null {
  const sound = sources[source]?.sound?.(args);
  return sound === undefined
    ? null
    : { format: sound.format, range: convert.range ?? [0, 1], samples: convert.range ?? [-1, 1] };
}
