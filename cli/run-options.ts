/** What `ganc run` is asked for, new or with --resume. */
import type { DeviceName } from '../runtime/engines/engine.ts';
import type { Processes } from '../runtime/run/session.ts';
import type { Judge } from '../runtime/run/training.ts';
import type { Target } from './program.ts';

export interface RunOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly strict: boolean;
  /** Parts that a minibatch is computed in, each of the spec's batch. */
  readonly accumulate?: number;
  readonly seed?: number;
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly epochs?: number;
  readonly steps?: number;
  /** Whether the run directory gets its page. */
  readonly report: boolean;
  /** Whether it writes event files for TensorBoard. */
  readonly tensorboard: boolean;
  /** Whether rules of health look at it. */
  readonly health: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly out?: string;
  readonly resume?: string;
  readonly force: boolean;
  readonly checkpointEvery?: number;
  readonly keep: number;
  /** Which metric names the best checkpoint. */
  readonly best?: Judge;
  /** Iterations without a better one after which the run is done. */
  readonly patience?: number;
  readonly threads?: number;
  /** Processes that share each batch. */
  readonly nproc?: Processes;
}
