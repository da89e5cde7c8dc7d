/**
 * A run from where its directory stands to where it is to stop: iterations, reports when they are due, checkpoints.
 * In: an opened run directory and a trainer; out: files in the directory, events for whoever watches. Whatever
 * happens, the directory can be resumed: every number in it up to the newest checkpoint is that of a run never cut.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportItem } from '../../program/manifest.ts';
import { removeUnfinished, writeFileAtomic } from '../atomic.ts';
import { newestCheckpoint, prune, writeCheckpoint } from './checkpoint.ts';
import type { Best } from './checkpoint.ts';
import type { EngineIdentity, State } from '../engines/engine.ts';
import { broken, initialState } from './initial-state.ts';
import { Diverged, runIteration } from './loop.ts';
import type { Applied, Done, Logged, Trainer } from './loop.ts';
import { metricsFile } from './metrics-file.ts';
import type { MetricsFile } from './metrics-file.ts';
import { appendLog, inside } from './run-directory.ts';
import { iterationAt, reportDue, start } from './schedule.ts';
import type { Position, Time } from './schedule.ts';

/** What a report gives: numbers, and files for pictures/ and sounds/ (several of one name in parts). */
export type ReportResult =
  | { readonly kind: 'metric'; readonly name: string; readonly value: number; readonly better: 'higher' | 'lower' | 'neither' }
  | { readonly kind: 'file'; readonly name: string; readonly extension: string; readonly part?: number; readonly bytes: Uint8Array }
  /** It could not be computed or drawn; a report is no reason to stop a run. */
  | { readonly kind: 'problem'; readonly name: string; readonly reason: string }; // prettier-ignore

/** What a report may ask of the run. */
export interface Moment {
  readonly state: State;
  readonly time: Time;
  readonly applied: Applied;
}

/** Runs these items, in order, and changes nothing. */
export type Reporter = (items: readonly ReportItem[], moment: Moment) => Promise<readonly ReportResult[]>;

export interface TrainingPlan {
  /** Stop after this iteration of the run. */
  readonly stop: number;
  /** A checkpoint each n iterations; null: each minute. */
  readonly checkpointEvery: number | null;
  /** How many of the newest checkpoints stay. */
  readonly keep: number;
}

export type TrainingEvent =
  | { readonly kind: 'start'; readonly iteration: number; readonly stop: number }
  | { readonly kind: 'iteration'; readonly iteration: number; readonly phase: string | null; readonly logged: Logged }
  | { readonly kind: 'metric'; readonly iteration: number; readonly name: string; readonly value: number }
  | { readonly kind: 'file'; readonly iteration: number; readonly name: string; readonly path: string }
  | { readonly kind: 'checkpoint'; readonly iteration: number }
  | { readonly kind: 'log'; readonly text: string }; // prettier-ignore

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

interface Run {
  readonly path: string;
  readonly trainer: Trainer;
  readonly reporter: Reporter;
  readonly plan: TrainingPlan;
  readonly around: Surroundings;
  readonly state: State;
  readonly metrics: MetricsFile;
  position: Position;
  applied: Applied;
  best: Best | null;
  /** How many of the engine's remarks were said. */
  remarked: number;
  /** The iteration of the newest checkpoint, and when it was written. */
  saved: { iteration: number; at: number };
}

/** Trains the run in `path` until the plan's stop. `lenient`: a state that doesn't fit the program starts anew. */
export async function train(
  path: string,
  trainer: Trainer,
  reporter: Reporter,
  plan: TrainingPlan,
  around: Surroundings,
  lenient = false,
): Promise<Outcome> {
  // prettier-ignore
  const run = await begin(path, trainer, reporter, plan, around, lenient);
  around.emit({ kind: 'start', iteration: run.position.iteration, stop: plan.stop });
  try {
    return await goOn(run);
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    const { iteration } = run.saved;
    const kept =
      iteration < 0 ? 'no checkpoint was written yet' : `the checkpoint of iteration ${iteration} is kept`;
    const reason = `training failed: ${error.message}; ${kept}`;
    say(run, reason);
    return { kind: 'failed', iteration: run.position.iteration, reason };
  } finally {
    run.metrics.close();
    await run.state.dispose();
  }
}

async function begin(
  path: string,
  trainer: Trainer,
  reporter: Reporter,
  plan: TrainingPlan,
  around: Surroundings,
  lenient: boolean,
): Promise<Run> {
  // prettier-ignore
  const places = inside(path);
  removeUnfinished(places.checkpoints);
  for (const folder of [places.pictures, places.sounds]) if (existsSync(folder)) removeUnfinished(folder);
  const checkpoint = newestCheckpoint(places.checkpoints);
  const state = await trainer.engine.start(initialState(trainer.manifest, trainer.seed, checkpoint?.values, lenient)); // prettier-ignore
  const position = checkpoint?.position ?? start;
  const run: Run = {
    path, trainer, reporter, plan, around, state, position,
    applied: checkpoint?.applied ?? {},
    remarked: 0,
    best: checkpoint?.best ?? null,
    metrics: metricsFile(places.metrics, checkpoint?.metricsBytes ?? 0),
    saved: { iteration: checkpoint ? position.iteration : -1, at: around.now() },
  }; // prettier-ignore
  if (checkpoint) say(run, `resumed after iteration ${position.iteration}`);
  else appendLog(path, `seed ${trainer.seed}, ${titleOf(trainer.engine)}`);
  return run;
}

const titleOf = ({ name, device, version, threads }: EngineIdentity): string =>
  `${name} ${device} ${version}, threads: ${threads}`;

async function goOn(run: Run): Promise<Outcome> {
  const { plan, around } = run;
  let breathed = around.now();
  while (run.position.iteration < plan.stop) {
    const before = run.position;
    const done = await runIteration(run.trainer, run.state, before, run.applied);
    run.position = done.iteration.next;
    run.applied = done.applied;
    logIteration(run, done);
    const ended = run.position.iteration === plan.stop;
    const improved = await report(run, dueItems(run, before, ended));
    remark(run);
    const stopped = around.stopRequested();
    if (ended || stopped || improved || checkpointDue(run)) await save(run);
    if (stopped && !ended) {
      say(run, `stopped after iteration ${run.position.iteration}, as asked`);
      return { kind: 'stopped', iteration: run.position.iteration };
    }
    // An engine may answer at once: let a request to stop arrive.
    if (around.now() - breathed > 20) {
      await new Promise((resolve) => setImmediate(resolve));
      breathed = around.now();
    }
  }
  say(run, `done after iteration ${run.position.iteration}`);
  return { kind: 'done', iteration: run.position.iteration };
}

function say(run: Run, text: string): void {
  appendLog(run.path, text);
  run.around.emit({ kind: 'log', text });
}

/** What the engine found out about itself while it ran. */
function remark(run: Run): void {
  const remarks = run.trainer.engine.remarks?.() ?? [];
  for (const text of remarks.slice(run.remarked)) say(run, text);
  run.remarked = remarks.length;
}

function logIteration(run: Run, { iteration, logged }: Done): void {
  const { iteration: number } = run.position;
  const phase = iteration.phase.name;
  run.metrics.append({ iteration: number, ...(phase === null ? {} : { phase }), ...logged });
  run.around.emit({ kind: 'iteration', iteration: number, phase, logged });
}

// ---------------------------------------------------------------- reports

/** A line's own `every` takes the place of its report's; at the end all of them are due. */
function dueItems(run: Run, before: Position, ended: boolean): ReportItem[] {
  const { manifest, schedule } = run.trainer;
  return manifest.reports.flatMap(({ every, items }) =>
    items.filter((item) => ended || reportDue(item.every ?? every, schedule, before, run.position)),
  );
}

/** Whether the spec's first metric is better than it ever was. */
async function report(run: Run, items: readonly ReportItem[]): Promise<boolean> {
  if (items.length === 0) return false;
  const iteration = run.position.iteration;
  const before = run.best;
  const { time } = iterationAt(run.trainer.schedule, run.position);
  const moment = { state: run.state, time, applied: run.applied };
  for (const result of await run.reporter(items, moment)) {
    if (result.kind === 'metric') {
      const { name, value } = result;
      run.metrics.append({ iteration, metric: name, value });
      say(run, `iteration ${iteration}: ${name} ${round(value)}`);
      run.around.emit({ kind: 'metric', iteration, name, value });
      run.best = better(run, result);
    } else if (result.kind === 'problem') {
      say(run, `iteration ${iteration}: no ${result.name}: ${result.reason}`);
    } else {
      const { name, extension, part } = result;
      const [medium, folder] = extension === 'wav' ? (['sound', 'sounds'] as const) : (['picture', 'pictures'] as const); // prettier-ignore
      const number = String(iteration).padStart(8, '0');
      const file = `${name}-${number}${part === undefined ? '' : `-${part}`}.${extension}`;
      const path = join(inside(run.path)[folder], file);
      mkdirSync(inside(run.path)[folder], { recursive: true });
      writeFileAtomic(path, result.bytes);
      run.metrics.append({ iteration, [medium]: name, file: `${folder}/${file}` });
      run.around.emit({ kind: 'file', iteration, name, path });
    }
  }
  return run.best !== before;
}

const round = (value: number): string => String(Number(value.toPrecision(6)));

function better(
  run: Run,
  { name, value, better: sense }: Extract<ReportResult, { kind: 'metric' }>,
): Best | null {
  const first = run.trainer.manifest.reports
    .flatMap(({ items }) => items)
    .find(({ kind }) => kind === 'metric');
  if (first?.kind !== 'metric' || first.name !== name || sense === 'neither' || Number.isNaN(value))
    return run.best;
  const known = run.best?.metric === name ? run.best.value : null;
  const improves = known === null || (sense === 'higher' ? value > known : value < known);
  return improves ? { metric: name, value, iteration: run.position.iteration } : run.best;
}

// ---------------------------------------------------------------- checkpoints

function checkpointDue({ plan, position, saved, around }: Run): boolean {
  if (plan.checkpointEvery !== null) return position.iteration % plan.checkpointEvery === 0;
  return around.now() - saved.at > 60_000;
}

/** A checkpoint is good, or there is none: weights that are not finite are never saved. */
async function save(run: Run): Promise<void> {
  const { position, applied, best, metrics } = run;
  const state = await run.state.read();
  const networks = broken(run.trainer.manifest, state);
  if (networks.length > 0) throw new Diverged({ iteration: position.iteration, update: null, loss: null, value: NaN, networks, before: false }); // prettier-ignore
  const folder = inside(run.path).checkpoints;
  writeCheckpoint(folder, state, { position, applied, best, metricsBytes: metrics.flush() });
  prune(folder, run.plan.keep, best);
  run.saved = { iteration: position.iteration, at: run.around.now() };
  run.around.emit({ kind: 'checkpoint', iteration: position.iteration });
}
