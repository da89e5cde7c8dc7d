/** How far work is that takes its time, before a run: a line that is drawn again on a terminal, elsewhere one now and then. */
import { printBytes } from '../compiler/bytes.ts';
import type { Watch } from '../runtime/data/pack.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two lines where nothing is drawn again, and where one is. */
const [plainPause, livePause] = [10_000, 200];

export interface Progress {
  readonly watch: Watch;
  /** Takes the drawn line away. */
  end(): void;
  /** Whether there was anything to do. */
  began(): boolean;
}

/** `say`: the line, of how much is done of how much. */
export function progress(say: (done: number, of: number) => string, terminal: Terminal): Progress {
  let said = performance.now();
  let [began, drawn] = [false, false];
  return {
    watch(done, of) {
      began = true;
      const now = performance.now();
      if (now - said < (terminal.live ? livePause : plainPause)) return;
      said = now;
      drawn = terminal.live;
      const text = say(done, of);
      terminal.err(terminal.live ? `\r\x1b[2K${text}` : `${text}\n`);
    },
    end() {
      if (drawn) terminal.err('\r\x1b[2K');
    },
    began: () => began,
  };
}

/** Of a source's files, while they are looked through. */
export function lookingAt(source: string, terminal: Terminal): Progress {
  return progress(
    (done, of) => `${source}(...): looking through ${printBytes(of)}, ${Math.floor((100 * done) / of)} %`,
    terminal,
  );
}
