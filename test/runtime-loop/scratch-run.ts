/** A run of the tiny program with reports, in a directory. */
import type { Manifest, ReportItem } from '../../program/manifest.ts';
import { thisMachine } from '../../runtime/run/machine.ts';
import { createRun } from '../../runtime/run/create-run.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import type { RunDirectory, RunInfo } from '../../runtime/run/run-directory.ts';
import { train } from '../../runtime/run/training.ts';
import type { Moment, Reporter, ReportResult } from '../../runtime/reports/result.ts';
import type { Outcome, Surroundings, TrainingEvent, TrainingPlan } from '../../runtime/run/training.ts';
import type { Trainer } from '../../runtime/run/loop.ts';
import { tinyEngine, tinyManifest, tinyTrainer } from './tiny.ts';
import { checkpoints, iterationOf, newestCheckpoint } from '../../runtime/run/checkpoint.ts';

export const tinyInfo = (manifest: Manifest): Omit<RunInfo, 'program'> => ({
  format: 2,
  seed: 1,
  set: {},
  profile: null,
  params: manifest.params,
  device: 'cpu',
  folder: '.',
  data: {},
  machine: thisMachine(tinyEngine()),
});

const metric: ReportItem = { kind: 'metric', name: 'error', every: null, sets: [], value: 0, rows: 0 };
const picture: ReportItem = {
  kind: 'picture',
  name: 'weights',
  fn: 'grid',
  values: {},
  varied: {},
  options: {},
  every: { count: 14, unit: 'steps', of: null },
  rows: 4,
};

/** The tiny program with a report every 7 steps: a metric, and a picture every 14. */
export const reporting = (changes: Partial<Manifest> = {}): Manifest =>
  tinyManifest({
    reports: [{ every: { count: 7, unit: 'steps', of: null }, items: [metric, picture] }],
    ...changes,
  });

/** The metric is the distance of w from the truth; the picture is its bytes. */
export async function tinyReporter(items: readonly ReportItem[], { state }: Moment): Promise<ReportResult[]> {
  const [a, b] = (await state.read(['L.w']))['L.w'].data;
  return items.map(({ kind }) =>
    kind === 'metric'
      ? { kind, name: 'error', value: Math.hypot(a - 2, b + 1), better: 'lower' }
      : { kind: 'file', name: 'weights', extension: 'txt', bytes: Buffer.from(`${a} ${b}`) },
  );
}

export function newRun(path: string, manifest = reporting()): RunDirectory {
  return createRun(path, manifest, { 'steps/fit.txt': Buffer.from('fit') }, tinyInfo(manifest));
}

export interface Trained {
  readonly outcome: Outcome;
  readonly events: readonly TrainingEvent[];
}

/** Trains a run in this process; the clock ticks once a look, so that nothing depends on the real one. */
export async function trainTiny(
  path: string,
  plan: Partial<TrainingPlan> = {},
  around: Partial<Surroundings> = {},
  trainer: Trainer = tinyTrainer(reporting()),
): Promise<Trained> {
  const events: TrainingEvent[] = [];
  let ticks = 0;
  const outcome = await train(
    path,
    trainer,
    tinyReporter,
    { stop: 40, checkpointEvery: 5, keep: 2, ...plan },
    {
      emit: (event) => events.push(event),
      stopRequested: () => false,
      now: () => ticks++,
      ...around,
    },
  );
  return { outcome, events };
}

/** Trains with a reporter of the test's own. */
export const withReporter = (
  run: string,
  reporter: Reporter,
  stop: number,
  around: Partial<Surroundings> = {},
) =>
  train(
    run,
    tinyTrainer(reporting()),
    reporter,
    { stop, checkpointEvery: null, keep: 2 },
    {
      emit: () => undefined,
      stopRequested: () => false,
      now: () => 0,
      ...around,
    },
  );

/** A run that was trained so far. */
export async function trainedTo(path: string, stop = 10): Promise<string> {
  newRun(path);
  await trainTiny(path, { stop });
  return path;
}

export const folderOf = (run: string): string => inside(run).checkpoints;
export const iterations = (run: string): number[] => checkpoints(folderOf(run)).map(iterationOf);
export const weights = (run: string): unknown => newestCheckpoint(folderOf(run))!.values;
