/** What all of `ganc setup` share: lines as it goes, Ctrl-C that ends it, and what is said then. */
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface SetupCommand {
  readonly gpu: boolean;
  /** For torch: an interpreter that has PyTorch. */
  readonly python?: string;
  readonly force: boolean;
  readonly quiet: boolean;
}

/** `install` gives back the lines that say what is there now. */
export async function installing(
  { quiet }: SetupCommand,
  terminal: Terminal,
  install: (say: (line: string) => void, signal: AbortSignal) => Promise<readonly string[]>,
): Promise<ExitCode> {
  const aborted = new AbortController();
  const unlisten = terminal.onInterrupt(() => aborted.abort());
  const say = (line: string): void => {
    if (!quiet) terminal.err(`${line}\n`);
  };
  try {
    for (const line of await install(say, aborted.signal)) say(line);
    return exitCodes.fine;
  } catch (error) {
    if (aborted.signal.aborted) throw new Exit(exitCodes.interrupted, 'interrupted; nothing was installed');
    throw error;
  } finally {
    unlisten();
  }
}
