/**
 * The thread that trains: an engine's runs block the thread that calls them, so progress, Ctrl-C and the log live in
 * another one. In: workerData (a TrainingStart); out: FromTraining messages, the last one an outcome
 * or an error.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { diskError } from '../disk.ts';
import { lock } from './lock.ts';
import type { FromTraining, TrainingStart } from './messages.ts';
import { reporter } from '../reports/reports.ts';
import { openRun } from './run-directory.ts';
import { stopAt } from './schedule.ts';
import { openSession } from './session.ts';
import { train } from './training.ts';
import type { Surroundings, TrainingEvent } from './training.ts';

const { request, stop: asked } = workerData as TrainingStart;
const post = (message: FromTraining): void => parentPort?.postMessage(message);

function surroundings(): Surroundings {
  let said = -Infinity;
  const due = (event: TrainingEvent): boolean => {
    if (event.kind !== 'iteration') return true;
    const now = performance.now();
    if (now - said < request.pause) return false;
    said = now;
    return true;
  };
  return {
    emit: (event) => due(event) && post({ kind: 'event', event }),
    stopRequested: () => Atomics.load(asked, 0) !== 0,
    now: () => performance.now(),
  };
}

async function work(): Promise<void> {
  const { path, steps, epochs, device, threads, checkpointEvery, keep, lenient } = request;
  const around = surroundings();
  const run = openRun(path);
  const unlock = lock(path);
  try {
    const session = await openSession(run, { device, threads });
    const stop = stopAt(session.trainer.schedule, steps, epochs);
    const plan = { stop, checkpointEvery, keep };
    const outcome = await train(path, session.trainer, reporter(session.reports), plan, around, lenient);
    post({ kind: 'outcome', outcome });
  } finally {
    unlock();
  }
}

try {
  await work();
} catch (error) {
  const given = error instanceof Error ? error : new Error(String(error));
  const known = diskError(given) ?? given;
  const { message, stack = '' } = known;
  post({ kind: 'error', name: known.constructor.name, message, stack });
} finally {
  parentPort?.close();
}
