/**
 * `--feed sound=words.wav`: what a report line reads, from the command line in the place of the data. In: the line's
 * values and the texts. Out: streams of one row. Whatever is missing, too much or misspelt is a sentence.
 */
import type { Manifest, ValueRef } from '../program/manifest.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { FeedError, fedStreams } from '../runtime/data/fed-streams.ts';
import type { Streams } from '../runtime/data/streams.ts';
import type { Tensor } from '../runtime/engines/engine.ts';
import { Exit, exitCodes } from './exit.ts';

/** Texts of the command line, or a row that is at hand. */
export type Feeds = Readonly<Record<string, string | Tensor>>;

/** The only stream that the values read, and its fields that they need. Throws Exit where they read several, or none. */
export function fieldsRead(
  { graphs }: Pick<Manifest, 'graphs'>,
  values: readonly ValueRef[],
  line: string,
): { readonly stream: string; readonly fields: readonly string[] } {
  const read = values.flatMap(({ graph }) =>
    graphs[graph].inputs.flatMap(({ from }) => (from.kind === 'field' ? [from] : [])),
  );
  const streams = [...new Set(read.map(({ stream }) => stream))];
  if (streams.length !== 1) {
    const what = streams.length === 0 ? 'no data' : `several streams (${streams.join(', ')})`;
    throw new Exit(exitCodes.usage, `${line} reads ${what}: only a line that reads one stream can be fed`);
  }
  return { stream: streams[0], fields: [...new Set(read.map(({ field }) => field))] };
}

/** Names may be written with the stream (`test.sound`) or without it. */
export function fedFor(manifest: Manifest, values: readonly ValueRef[], line: string, feeds: Feeds): Streams {
  const { stream, fields } = fieldsRead(manifest, values, line);
  const given = Object.fromEntries(
    Object.entries(feeds).map(([name, row]) => [name.replace(new RegExp(`^${stream}\\.`), ''), row]),
  );
  const reads = `${line} reads ${fields.map((field) => `${stream}.${field}`).join(', ')}`;
  for (const name of Object.keys(given)) {
    if (fields.includes(name)) continue;
    const near = nearest(name, fields);
    throw new Exit(
      exitCodes.usage,
      `${line} does not read ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${reads})`,
    );
  }
  const missing = fields.filter((field) => !Object.hasOwn(given, field));
  if (missing.length > 0) throw new Exit(exitCodes.usage, `${reads}: feed ${missing.join(' and ')} too`);
  try {
    return fedStreams(manifest, stream, given);
  } catch (error) {
    if (error instanceof FeedError) throw new Exit(exitCodes.usage, error.message);
    throw error;
  }
}
