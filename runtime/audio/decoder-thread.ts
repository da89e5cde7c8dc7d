/**
 * Compressed sounds decoded while the caller waits: sources count their rows when a spec is checked, which is at once, and
 * the decoders start asynchronously, in a thread. In: a file's bytes. Out: its samples, one channel.
 */
import { FileError } from '../formats/file-error.ts';
import type { Wave } from '../formats/wav.ts';
import type { CompressedKind } from './decode.ts';
import type { DecoderAnswer, DecoderRequest } from './decoder.ts';
import { waitingThread } from '../waiting-thread.ts';

/** Milliseconds after which a thread that doesn't answer is given up: a minute, and as long as a slow machine needs. */
const patience = (bytes: Uint8Array): number => 60_000 + bytes.length / 100;

const article: Readonly<Record<CompressedKind, string>> = { FLAC: 'a', Ogg: 'an', MP3: 'an' };

const thread = waitingThread<DecoderRequest, DecoderAnswer>(new URL('./decoder-entry.js', import.meta.url));

/** Throws FileError where the file is damaged or cut. */
export function decodeWaiting(kind: CompressedKind, bytes: Uint8Array, path: string): Wave {
  const answer = thread.ask({ kind, bytes }, patience(bytes));
  if (answer === null) throw new FileError(path, null, `the decoder of ${kind} does not answer`);
  if ('failure' in answer)
    throw new FileError(path, null, `${article[kind]} ${kind} file that is ${answer.failure}`);
  const { rate, samples } = answer.decoded;
  return { rate, samples: Float64Array.from(samples) };
}
