/**
 * A run from where its directory stands to where it is to stop: iterations, reports when they are due, checkpoints. In: an
 * opened run directory and a trainer; out: files, events for whoever watches. Whatever happens, it can be resumed: every
 * number up to the newest checkpoint is that of a run never cut. A checkpoint stands before reports begin: they cost no work.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { removeUnfinished } from '../atomic.ts';
import { DiskError, makeFolder } from '../disk.ts';
import { Interrupted } from '../reports/pulse.ts';
import type { Reporter } from '../reports/result.ts';
import { newestCheckpoint, newestWhole, wholeCheckpoints, type Newest } from './checkpoint.ts';
import type { EngineIdentity } from '../engines/engine.ts';
import type { HealthLine, HealthWatch } from '../health/watch.ts';
import { keepUpTo, tell } from './health.ts';
import { initialState } from './initial-state.ts';
import { Diverged, runIteration, type Logged, type Trainer } from './loop.ts';
import { metricsFile } from './metrics-file.ts';
import { dueItems, report } from './reporting.ts';
import { say, type Run } from './run.ts';
import { amend, checkpointDue, save } from './saving.ts';
import { appendLog, inside, requirePresent, RunDirectoryError } from './run-directory.ts';
import { start, type Position } from './schedule.ts';
import { logIteration, remark, tellGoal } from './telling.ts';

export interface TrainingPlan {
  /** Stop after this iteration of the run. */
  readonly stop: number;
  /** A checkpoint each n iterations; null: each minute. */
  readonly checkpointEvery: number | null;
  /** How many of the newest checkpoints stay. */
  readonly keep: number;
  /** Which metric names the best checkpoint; default: the spec's first one whose direction is known. */
  readonly judge?: Judge;
  /** Stop so many iterations after the best checkpoint; default: never. */
  readonly patience?: number;
  /** Says whether the run is well; absent: nobody does. */
  readonly health?: HealthWatch;
}

/** A metric, and which way it improves. */
export interface Judge {
  readonly metric: string;
  readonly better: 'higher' | 'lower';
}

export type TrainingEvent =
  | { readonly kind: 'start'; readonly iteration: number; readonly stop: number }
  | {
      readonly kind: 'iteration';
      readonly iteration: number;
      readonly phase: string | null;
      readonly logged: Logged;
    }
  /** How far rows are that are written for a program to read by itself. */
  | { readonly kind: 'rows'; readonly field: string; readonly share: number }
  /** How far a report line is that takes long. */
  | { readonly kind: 'report'; readonly iteration: number; readonly name: string; readonly share: number }
  | { readonly kind: 'metric'; readonly iteration: number; readonly name: string; readonly value: number }
  | { readonly kind: 'file'; readonly iteration: number; readonly name: string; readonly path: string }
  | { readonly kind: 'checkpoint'; readonly iteration: number }
  /** What is going wrong; `rule` and `about` as in runtime/health. */
  | ({ readonly kind: 'health' } & HealthLine)
  | { readonly kind: 'log'; readonly text: string };

/** How a run ended. `stopped`: it was asked to, before its end. */
export type Outcome = { readonly iteration: number } & (
  { readonly kind: 'done' | 'stopped' } | { readonly kind: 'failed'; readonly reason: string }
);

/** What the loop asks of its surroundings: no result depends on the answers. */
export interface Surroundings {
  emit(event: TrainingEvent): void;
  stopRequested(): boolean;
  /** Milliseconds. */
  now(): number;
}

/** Milliseconds: of work that may be lost where a report is killed; between looks whether the directory is still there. */
const [worthSaving, betweenLooks] = [5_000, 2_000];

/** Trains the run in `path` until the plan's stop. `lenient`: a state that doesn't fit the program starts anew. */
export async function train(
  path: string,
  trainer: Trainer,
  reporter: Reporter,
  plan: TrainingPlan,
  around: Surroundings,
  lenient = false,
): Promise<Outcome> {
  const run = await begin({ path, trainer, reporter, plan, around }, lenient);
  tellGoal(run);
  around.emit({ kind: 'start', iteration: run.position.iteration, stop: plan.stop });
  try {
    const outcome = await goOn(run);
    run.metrics.close();
    return outcome;
  } catch (error) {
    if (error instanceof Diverged || error instanceof DiskError) return failed(run, error);
    throw error;
  } finally {
    await trainer.streams.close?.();
    await run.state.dispose();
  }
}

function failed(run: Run, { message }: Error): Outcome {
  requirePresent(run.path);
  // By the disk, not by what was written: somebody may have taken it away.
  const kept = newestCheckpoint(inside(run.path).checkpoints)?.position.iteration;
  const left =
    kept !== undefined
      ? `the checkpoint of iteration ${kept} is kept`
      : run.saved.iteration < 0
        ? 'no checkpoint was written yet'
        : `no whole checkpoint is left in ${inside(run.path).checkpoints}`;
  const reason = `training failed: ${message}; ${left}`;
  // On a disk that is full or gone these fail for the same reason; whoever watches is told it all the same.
  for (const attempt of [() => run.metrics.close(), () => appendLog(run.path, reason)]) {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }
  run.around.emit({ kind: 'log', text: reason });
  return { kind: 'failed', iteration: run.position.iteration, reason };
}

async function begin(
  parts: Pick<Run, 'path' | 'trainer' | 'reporter' | 'plan' | 'around'>,
  lenient: boolean,
): Promise<Run> {
  const { path, trainer, around } = parts;
  const places = inside(path);
  const { checkpoint, problems } = whereItStands(path);
  for (const folder of [places.checkpoints, places.pictures, places.sounds])
    if (existsSync(folder)) removeUnfinished(folder);
  const values = initialState(trainer.manifest, trainer.seed, checkpoint?.values, lenient, trainer.stored);
  const state = await trainer.engine.start(values);
  const position = checkpoint?.position ?? start;
  const metrics = metricsFile(places.metrics, checkpoint?.metricsBytes ?? 0);
  const run: Run = {
    ...parts,
    state,
    position,
    metrics,
    whole: wholeCheckpoints(places.checkpoints),
    applied: checkpoint?.applied ?? {},
    remarked: 0,
    best: checkpoint?.best ?? null,
    unreported: checkpoint?.unreported ?? null,
    saved: { iteration: checkpoint ? position.iteration : -1, at: around.now() },
  };
  keepUpTo(path, checkpoint ? position.iteration : 0);
  for (const problem of problems) say(run, `a newer checkpoint is left out: ${problem}`);
  if (metrics.lacking > 0)
    say(
      run,
      `${places.metrics} lacks the last ${metrics.lacking} bytes that belong to the checkpoint: some iterations have no lines`,
    );
  if (checkpoint) say(run, `resumed after iteration ${position.iteration}`);
  else if (metrics.dropped > 0)
    say(run, 'no checkpoint was written before: starting from the first iteration');
  else appendLog(path, `seed ${trainer.seed}, ${titleOf(trainer.engine)}`);
  return run;
}

/** The newest whole checkpoint; none where none was written yet. Throws where some were, and none can be used. */
function whereItStands(path: string): Newest {
  const { checkpoints, metrics } = inside(path);
  const lines = statSync(metrics, { throwIfNoEntry: false })?.size ?? 0;
  if (!existsSync(checkpoints)) {
    if (lines > 0)
      throw new RunDirectoryError(
        `${checkpoints} is gone, and with it all that was trained: start a new run`,
      );
    makeFolder(checkpoints);
  }
  const found = newestWhole(checkpoints);
  if (found.checkpoint !== null) return found;
  if (found.problems.length === 0) {
    if (!wasSaved(path)) return found;
    throw new RunDirectoryError(
      `${checkpoints} is empty, and with it all is gone that was trained: put a checkpoint back from a copy, or start a new run`,
    );
  }
  throw new RunDirectoryError(
    `${path} has no whole checkpoint to go on from:\n${found.problems.map((problem) => `  ${problem}`).join('\n')}\n` +
      'Put one back from a copy, or start a new run; this one is left as it is.',
  );
}

/** Whether a checkpoint was ever written, by what was said: these lines follow one. */
function wasSaved(path: string): boolean {
  const { log } = inside(path);
  return (
    existsSync(log) &&
    /^(first checkpoint|resumed|stopped|done) after iteration [1-9]/m.test(readFileSync(log, 'utf8'))
  );
}

const titleOf = ({ name, device, version, threads }: EngineIdentity): string =>
  `${name} ${device} ${version}, threads: ${threads}`;

async function goOn(run: Run): Promise<Outcome> {
  const { plan, around } = run;
  let looked = around.now();
  if (run.unreported !== null && !(await reported(run, run.unreported))) return stoppedAt(run);
  while (run.position.iteration < plan.stop) {
    // Before an iteration, not after: a run that has ended so is resumed by whoever repeats a command.
    if (impatient(run)) return noBetter(run);
    const before = run.position;
    const done = await runIteration(run.trainer, run.state, before, run.applied, async () =>
      plan.health?.before(before.iteration + 1, run.state),
    );
    const applied = { before: run.applied, now: done.applied };
    run.position = done.iteration.next;
    run.applied = done.applied;
    logIteration(run, done);
    const { iteration } = run.position;
    tell(run, (await plan.health?.after(iteration, done.logged, run.state, applied)) ?? null);
    remark(run);
    if (around.now() - looked > betweenLooks) {
      requirePresent(run.path);
      looked = around.now();
    }
    const stopped = around.stopRequested();
    if (!(await reported(run, before, stopped))) return stoppedAt(run);
    if (stopped && run.position.iteration < plan.stop) return stoppedAt(run);
  }
  say(run, `done after iteration ${run.position.iteration}`);
  return { kind: 'done', iteration: run.position.iteration };
}

/** Whether the best checkpoint, by the metric that names it now, is older than the plan has patience for. */
const impatient = ({ plan: { judge, patience }, best, position }: Run): boolean =>
  best !== null &&
  patience !== undefined &&
  (judge === undefined || judge.metric === best.metric) &&
  position.iteration - best.iteration >= patience;

/** Done before the end, with a checkpoint of it. */
async function noBetter(run: Run): Promise<Outcome> {
  const { iteration } = run.position;
  if (run.saved.iteration < iteration) await save(run);
  const { metric, iteration: at } = run.best!;
  say(run, `done after iteration ${iteration}: ${metric} was best after iteration ${at}`);
  return { kind: 'done', iteration };
}

function stoppedAt(run: Run): Outcome {
  const { iteration } = run.position;
  const later = run.unreported === null ? '' : '; its reports come when it goes on';
  say(run, `stopped after iteration ${iteration}, as asked${later}`);
  return { kind: 'stopped', iteration };
}

/**
 * What follows an iteration: a checkpoint where one is due, then the reports that are. False where those are still to
 * come, because the run was asked to stop: `stopped` says that it was before they began.
 */
async function reported(run: Run, before: Position, stopped = false): Promise<boolean> {
  const { position, plan, around } = run;
  const ended = position.iteration === plan.stop;
  const items = dueItems(run, before, ended);
  run.unreported = items.length > 0 ? before : null;
  const late = items.length > 0 && around.now() - run.saved.at > worthSaving;
  if (run.saved.iteration < position.iteration && (ended || stopped || late || checkpointDue(run)))
    await save(run);
  if (items.length === 0) return true;
  if (stopped) return false;
  const { best } = run;
  try {
    await report(run, items);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    if (run.saved.iteration < position.iteration) await save(run);
    return false;
  }
  run.unreported = null;
  if (run.saved.iteration === position.iteration) await amend(run);
  else if (run.best !== best) await save(run);
  return true;
}
