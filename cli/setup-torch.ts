/** `ganc setup torch`: a Python with PyTorch for the target torch, made in the cache or one that is there. */
import { setUpTorch } from '../setup/torch/setup.ts';
import type { TorchSetUp } from '../setup/torch/setup.ts';
import type { ExitCode } from './exit.ts';
import { installing, type SetupCommand } from './installing.ts';
import type { Terminal } from './terminal.ts';

export const setupTorch = (options: SetupCommand, terminal: Terminal): Promise<ExitCode> =>
  installing(options, terminal, async (say, signal) => [
    outcome(await setUpTorch({ ...options, say, signal })),
  ]);

function outcome({ python, version, cards, cpu, card, kept }: TorchSetUp): string {
  const place = card === null ? 'no card' : `${card.toFixed(1)} ms on ${cards[0]}`;
  return `PyTorch ${version} ${kept ? 'was there already' : 'is ready'}: ${python}\na small training step takes ${cpu.toFixed(1)} ms on the CPU, ${place}`;
}
