/**
 * Pictures decoded while the caller waits: sources count their rows when a spec is checked, which is at once, and the
 * decoder works asynchronously, in a thread. In: files. Out: of each, why it can't be read.
 */
import { waitingThread } from '../waiting-thread.ts';
import { FileError } from './file-error.ts';
import type { LookAnswer, LookRequest } from './picture-looker.ts';

/** Files that are decoded at the same time. */
const together = 8;

/** Milliseconds after which a thread that doesn't answer is given up: a minute, and as long as a slow machine needs. */
const patience = (bytes: number): number => 60_000 + bytes / 100;

const thread = waitingThread<LookRequest, LookAnswer>(new URL('./picture-entry.js', import.meta.url));

/** null: it can be read. `watch` hears of bytes. Throws FileError where none can be, for the decoder is missing. */
export function unreadable(
  files: readonly { readonly path: string; readonly size: number }[],
  watch: (done: number) => void,
): (string | null)[] {
  const reasons: (string | null)[] = [];
  let done = 0;
  for (let at = 0; at < files.length; at += together) {
    const part = files.slice(at, at + together);
    const bytes = part.reduce((sum, { size }) => sum + size, 0);
    const answer = thread.ask(
      part.map(({ path }) => path),
      patience(bytes),
    );
    if (answer === null) throw new FileError(part[0].path, null, 'the decoder of pictures does not answer');
    if ('failure' in answer) throw new FileError(part[0].path, null, answer.failure);
    reasons.push(...answer.reasons);
    watch((done += bytes));
  }
  return reasons;
}
