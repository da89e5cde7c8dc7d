/** Starts the training thread and hands on what it says. In: a request for a run that is locked (lock.ts); out: events, then how it ended. */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { FromTraining, TrainingRequest, TrainingStart } from './messages.ts';
import { removeRun } from './create-run.ts';
import type { Outcome, TrainingEvent } from './training.ts';

export interface TrainingThread {
  /** Finish the iteration, or give a report up; write a checkpoint, end. */
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
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
    workerData: { request, stop } satisfies TrainingStart,
    // What a thread sets in a copy of the environment, libraries (TensorFlow) don't see.
    env: SHARE_ENV,
  });
  let began = false;
  const outcome = new Promise<Outcome>((resolve, reject) => {
    worker.on('message', (message: FromTraining) => {
      if (message.kind === 'event') {
        began ||= message.event.kind === 'start';
        listen(message.event);
      } else if (message.kind === 'outcome') resolve(message.outcome);
      else reject(new ThreadError(message.name, message.message, message.stack));
    });
    worker.on('error', reject);
    worker.on('exit', (code) =>
      reject(new ThreadError('Error', `the training thread ended with code ${code}`, '')),
    );
  });
  const ended = outcome.catch((error: unknown) => {
    if (request.fresh && !began) removeRun(request.path);
    throw error;
  });
  return {
    stop: () => void Atomics.store(stop, 0, 1),
    outcome: ended,
  };
}
