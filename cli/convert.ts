/**
 * `ganc convert RUN --from words.wav --voice other.wav --out converted.wav`: `ganc sample` with names for what voice
 * conversion feeds. `--from` is the `sound` of the stream that the spec's sound line reads; `--voice` its `other`, a
 * recording, or its `other_speaker`, the number of a speaker of the training set, whichever the line reads.
 */
import { linesOf, openedRun } from './chosen.ts';
import type { Shown } from './chosen.ts';
import { valuesMade } from '../runtime/reports/sounds/format.ts';
import { fieldsRead } from './feed.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { sample } from './sample.ts';
import type { SampleOptions } from './sample.ts';
import type { Terminal } from './terminal.ts';
import { vocode } from './vocode.ts';

export interface ConvertOptions extends Omit<SampleOptions, 'count' | 'seed' | 'feed'> {
  readonly from: string;
  readonly voice: string;
  /** A run that makes sound of the features; else Griffin-Lim does. */
  readonly vocoder?: string;
}

interface Line {
  readonly item: Shown;
  /** What is fed with the voice: `other` or `other_speaker`. */
  readonly voice: string;
}

/** Without a name, the spec's only sound that is made of one recording and another's voice. */
export async function convert(
  path: string,
  name: string | undefined,
  { from, voice, vocoder, out = 'converted.wav', ...options }: ConvertOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = conversions(path);
  const fitting = lines.filter(({ item }) => name === undefined || item.name === name);
  if (fitting.length !== 1) {
    const names = lines.map(({ item }) => item.name).join(', ');
    const none = "a conversion reads a stream's sound, and its other or other_speaker";
    const what = name === undefined ? 'which sound?' : `no conversion is called ${name}`;
    throw new Exit(
      exitCodes.usage,
      `${what} ${lines.length === 0 ? `${path} has none: ${none}` : `(there are ${names})`}`,
    );
  }
  const [line] = fitting;
  const feed = { sound: from, [line.voice]: voice };
  return vocoder === undefined
    ? sample(path, line.item.name, { ...options, out, feed }, terminal)
    : vocode(path, line.item, feed, { ...options, out, vocoder }, terminal);
}

/** The spec's sound lines that a recording and a voice are enough for. */
function conversions(path: string): Line[] {
  const { manifest } = openedRun(path);
  return linesOf(manifest).flatMap((item) => {
    if (item.kind !== 'sound') return [];
    const { fields } = fieldsRead(manifest, Object.values(valuesMade(item)), item.name);
    const voice = fields.find((field) => field === 'other' || field === 'other_speaker');
    return voice !== undefined && fields.includes('sound') && fields.length === 2 ? [{ item, voice }] : [];
  });
}
