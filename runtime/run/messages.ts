/** What the training thread and the thread that watches it say to each other. */
import type { Outcome, TrainingEvent } from './training.ts';

export interface TrainingRequest {
  /** The run directory. */
  readonly path: string;
  /** Stop after so many iterations, or epochs; null: where the spec ends. */
  readonly steps: number | null;
  readonly epochs: number | null;
  readonly device: string;
  readonly threads: number;
  /** Processes that share each batch: more than one for programs of the target torch alone. */
  readonly processes: number;
  readonly checkpointEvery: number | null;
  readonly keep: number;
  /** Whether rules of health look at the run. */
  readonly health: boolean;
  /** A state that doesn't fit the program starts anew. */
  readonly lenient: boolean;
  /** Made for this training: where that can't begin, the directory goes again. */
  readonly fresh: boolean;
  /** Milliseconds between two messages about iterations, each of which costs more than a small model's iteration; 0: all. */
  readonly pause: number;
}

/** What the training thread starts with. */
export interface TrainingStart {
  readonly request: TrainingRequest;
  /**
   * One number, 0; 1 asks it to stop. Shared memory, because a thread that computes for minutes (a metric) reads no
   * messages meanwhile.
   */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export type FromTraining =
  | { readonly kind: 'event'; readonly event: TrainingEvent }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** An error outside of training: `name` is its class, `message` a sentence if the class is one of ours. */
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly stack: string };
