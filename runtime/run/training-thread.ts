/** Starts the training thread and hands on what it says. In: a request; out: events, then how it ended. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { FromTraining, ToTraining, TrainingRequest } from './messages.ts';
import type { Outcome, TrainingEvent } from './training.ts';

export interface TrainingThread {
  /** Finish the iteration, write a checkpoint, end. */
  stop(): void;
  /** Rejects with ThreadError, or with what the thread died of. */
  readonly outcome: Promise<Outcome>;
}

/** An error of the thread; `kind` is its class's name there. */
export class ThreadError extends Error {
  readonly kind: string;
  constructor(kind: string, message: string, stack: string) {
    super(message);
    this.kind = kind;
    this.stack = stack;
  }
}

export function startTraining(
  request: TrainingRequest,
  listen: (event: TrainingEvent) => void,
): TrainingThread {
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
    workerData: request,
    // What a thread sets in a copy of the environment, libraries (TensorFlow) don't see.
    env: SHARE_ENV,
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    worker.on('message', (message: FromTraining) => {
      if (message.kind === 'event') listen(message.event);
      else if (message.kind === 'outcome') resolve(message.outcome);
      else reject(new ThreadError(message.name, message.message, message.stack));
    });
    worker.on('error', reject);
    worker.on('exit', (code) =>
      reject(new ThreadError('Error', `the training thread ended with code ${code}`, '')),
    );
  });
  return {
    stop: () => worker.postMessage({ kind: 'stop' } satisfies ToTraining),
    outcome,
  };
}
