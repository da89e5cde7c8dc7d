/** Moments to kill a run at. In: a stream of random numbers; out: moments that it decides, half of them in a checkpoint's write. */
import type { Moment } from './kill.ts';

/** Milliseconds that a process has for its first file and its first iteration, about; later is no harm. */
const startUp = 1_500;
/** Milliseconds of training before a kill, at most. */
const longest = 600;
/** Microseconds that a small checkpoint takes to be written, about. */
const writing = 3_000;

/** The next moment of the stream. */
export function momentOf(pick: (below: number) => number): Moment {
  const kind = pick(10);
  if (kind < 5) return { at: 'write', nth: 1 + pick(12), after: pick(writing) / 1000 };
  return kind < 9 ? { at: 'iteration', after: pick(longest) } : { at: 'start', after: pick(startUp) };
}
