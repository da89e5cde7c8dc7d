/**
 * Whole lines of a file that may be larger than memory or than a text can be, and may grow. In: the file, and from which byte to
 * which. Out: its lines, those of a part at a time, and where they end. What follows the last end of a line is none yet.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface LinePart {
  /** Without their ends. */
  readonly lines: readonly string[];
  /** The byte behind the last of them: where to read on. */
  readonly end: number;
}

const chunk = 1 << 20;

/** Throws the system's errors: whether there need be such a file is known to whoever asks. */
export function* linesIn(path: string, from = 0, to = Infinity): Generator<LinePart> {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(chunk);
    let [end, rest] = [from, Buffer.alloc(0)];
    for (;;) {
      const at = end + rest.length;
      const count = readSync(file, bytes, 0, Math.max(0, Math.min(chunk, to - at)), at);
      if (count === 0) return;
      const joined = Buffer.concat([rest, bytes.subarray(0, count)]);
      const length = joined.lastIndexOf(0x0a) + 1;
      end += length;
      rest = joined.subarray(length);
      if (length > 0) yield { lines: joined.toString('utf8', 0, length - 1).split('\n'), end };
    }
  } finally {
    closeSync(file);
  }
}
