/** Which format the numbers of a report's line are features in: that of the stream which they are rows of. */
import type { Manifest, ReportItem, ValueRef } from '../../../program/manifest.ts';
import { sources } from '../../catalogue.ts';
import type { SoundFormat } from '../../audio/features.ts';
import type { LineFormat, StreamFormat } from './sound.ts';

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

/** Of `like` and of `bands`; throws Error with a sentence where either reads no stream of sounds, or they are of other frames. */
export function soundFormat(
  { streams }: Streams,
  { like, bands }: Readonly<Record<string, ValueRef>>,
): LineFormat {
  const found = formatGiven({ streams }, 'like', like);
  if (bands === undefined) return { ...found, bands: null };
  const wanted = formatGiven({ streams }, 'bands', bands);
  if (wanted.format.mel === null)
    throw new Error('bands: takes features that are log_mel, not log_magnitude');
  const [own, other] = [framing(found.format), framing(wanted.format)];
  if (own !== other)
    throw new Error(`bands: takes features of the same frames as those of like: (${own}), not ${other}`);
  return { ...found, bands: wanted };
}

function formatGiven({ streams }: Streams, param: string, ref: ValueRef): StreamFormat {
  const entry = entryOf({ streams }, ref);
  if (entry === null) throw new Error(`${param}: takes a stream's field, such as test.sound`);
  const found = formatOf(entry);
  if (found === null) throw new Error(`${param}: takes a field of sounds, and ${entry.source} has none`);
  return found;
}

/** What is the same of features that differ in their channels alone, as a text. */
export const framing = ({ rate, shape: { window, hop }, emphasis }: SoundFormat): string =>
  [
    `window ${(1000 * window) / rate} ms`,
    `hop ${(1000 * hop) / rate} ms`,
    `emphasis ${emphasis}`,
    `${rate} Hz`,
  ].join(', ');

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
