/** Which format a sound line's numbers are features in: that of the stream which its `like` reads. */
import type { Manifest, ValueRef } from '../../../program/manifest.ts';
import { sources } from '../../catalogue.ts';
import type { StreamFormat } from './sound.ts';

/** Throws Error with a sentence where `like` reads no stream of sounds. */
export function soundFormat(
  { streams }: Pick<Manifest, 'streams'>,
  { like }: Readonly<Record<string, ValueRef>>,
): StreamFormat {
  const name = 'stream' in like.rows ? like.rows.stream : null;
  const entry = streams.find((stream) => stream.name === name);
  if (entry === undefined) throw new Error("like: takes a stream's field, such as test.sound");
  const sound = sources[entry.source]?.sound?.(entry.args);
  if (sound === undefined) throw new Error(`like: takes a field of sounds, and ${entry.source} has none`);
  return { format: sound.format, range: entry.convert.range ?? [0, 1] };
}
