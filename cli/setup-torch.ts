/** `ganc setup torch`: a Python with PyTorch for the target torch, made in the cache or one that is there. */
import { setUpTorch } from '../setup/torch/setup.ts';
import type { TorchSetUp } from '../setup/torch/setup.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { SetupCommand } from './setup.ts';
import type { Terminal } from './terminal.ts';

export async function setupTorch(options: SetupCommand, terminal: Terminal): Promise<ExitCode> {
  const aborted = new AbortController();
  const unlisten = terminal.onInterrupt(() => aborted.abort());
  const say = (line: string): void => {
    if (!options.quiet) terminal.err(`${line}\n`);
  };
  try {
    say(outcome(await setUpTorch({ ...options, say, signal: aborted.signal })));
    return exitCodes.fine;
  } catch (error) {
    if (aborted.signal.aborted) throw new Exit(exitCodes.interrupted, 'interrupted; nothing was installed');
    throw error;
  } finally {
    unlisten();
  }
}

function outcome({ python, version, cards, cpu, card, kept }: TorchSetUp): string {
  const place = card === null ? 'no card' : `${card.toFixed(1)} ms on ${cards[0]}`;
  return `PyTorch ${version} ${kept ? 'was there already' : 'is ready'}: ${python}\na small training step takes ${cpu.toFixed(1)} ms on the CPU, ${place}`;
}
