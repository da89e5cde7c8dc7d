/**
 * The thread that trains: an engine's runs block the thread that calls them, so progress, Ctrl-C and the log live in
 * another one. In: workerData (a TrainingStart); out: FromTraining messages, the last one an outcome
 * or an error.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { diskError } from '../disk.ts';
import { healthWatch } from '../health/watch.ts';
import type { FromTraining, TrainingRequest, TrainingStart } from './messages.ts';
import { reporter } from '../reports/reports.ts';
import { trainByPython } from './python-training.ts';
import { openRun } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import { stopAt } from './schedule.ts';
import { openSession } from './session.ts';
import { train } from './training.ts';
import type { Outcome, Surroundings, TrainingEvent } from './training.ts';

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
  const around = surroundings();
  const run = openRun(request.path);
  const train = run.manifest.target === 'torch' ? trainByPython : trainHere;
  post({ kind: 'outcome', outcome: await train(run, request, around) });
}

async function trainHere(
  run: RunDirectory,
  request: TrainingRequest,
  around: Surroundings,
): Promise<Outcome> {
  const { path, steps, epochs, device, threads, checkpointEvery, keep, lenient, health } = request;
  const session = await openSession(run, { device, threads });
  const stop = stopAt(session.trainer.schedule, steps, epochs);
  const { manifest, streams } = session.trainer;
  const watch = health ? { health: healthWatch(manifest, streams) } : {};
  const { best: judge, patience } = run.info;
  const plan = { stop, checkpointEvery, keep, judge, patience, ...watch };
  return train(path, session.trainer, reporter(session.reports), plan, around, lenient);
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
