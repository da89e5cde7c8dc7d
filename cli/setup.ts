/** `ganc setup tensorflow`: the real TensorFlow for the tfjs target, built against a current libtensorflow. */
import { setUpTensorflow } from '../setup/tensorflow/setup.ts';
import type { SetUp } from '../setup/tensorflow/setup.ts';
import type { ExitCode } from './exit.ts';
import { installing, type SetupCommand } from './installing.ts';
import type { Terminal } from './terminal.ts';

export const setup = (options: SetupCommand, terminal: Terminal): Promise<ExitCode> =>
  installing(options, terminal, async (say, signal) => {
    const variant = options.gpu ? 'cuda' : 'cpu';
    return outcome(await setUpTensorflow({ variant, force: options.force, say, signal }));
  });

function outcome({ home, tensorflow, cuda, losses, kept, unlinked }: SetUp): string[] {
  const bytes = Object.values(home.files).reduce((sum, size) => sum + size, 0);
  const [before, after] = losses.map((loss) => loss.toFixed(3));
  return [
    `TensorFlow ${tensorflow} (${home.variant}) ${kept ? 'was there already' : 'is ready'}: ${home.path}, ${Math.round(bytes / 1e6)} MB`,
    `it trained a step on ${cuda ? 'a CUDA device' : 'the CPU'}: loss ${before}, then ${after}`,
    ...(home.variant === 'cuda' && !cuda ? ['no card answers yet; `ganc doctor` says what is missing'] : []),
    ...(unlinked === null
      ? []
      : [`programs that import tfjs-node-gpu themselves will not find it: ${unlinked}`]),
  ];
}
