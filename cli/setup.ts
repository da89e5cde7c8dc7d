/** `ganc setup tensorflow`: the real TensorFlow for the tfjs target, built against a current libtensorflow. */
import { setUpTensorflow } from '../setup/tensorflow/setup.ts';
import type { SetUp } from '../setup/tensorflow/setup.ts';
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

export async function setup(options: SetupCommand, terminal: Terminal): Promise<ExitCode> {
  const aborted = new AbortController();
  const unlisten = terminal.onInterrupt(() => aborted.abort());
  const say = (line: string): void => {
    if (!options.quiet) terminal.err(`${line}\n`);
  };
  try {
    const variant = options.gpu ? 'cuda' : 'cpu';
    const done = await setUpTensorflow({ variant, force: options.force, say, signal: aborted.signal });
    for (const line of outcome(done)) say(line);
    return exitCodes.fine;
  } catch (error) {
    if (aborted.signal.aborted) throw new Exit(exitCodes.interrupted, 'interrupted; nothing was installed');
    throw error;
  } finally {
    unlisten();
  }
}

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
