/**
 * How long a run would take on this machine, by trying. In: a program, its engine, counts of what the run does; out:
 * milliseconds of an iteration in each phase, once it takes as long as the ones before it; seconds of each report.
 * The run directory that it tries in is a temporary one and goes again.
 */
import { join } from 'node:path';
import type { EngineIdentity, State } from '../runtime/engines/engine.ts';
import { reporter } from '../runtime/reports/reports.ts';
import { writeCheckpoint } from '../runtime/run/checkpoint.ts';
import type { RunCounts } from '../runtime/run/counts.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { runIteration, type Applied } from '../runtime/run/loop.ts';
import { newRun, type NewRun, type ProgramFiles } from '../runtime/run/new-run.ts';
import { inside } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { iterationAt, start, type Position } from '../runtime/run/schedule.ts';
import { openSession, type Session } from '../runtime/run/session.ts';
import { peakBytes } from './peak.ts';
import { runPage } from './run-page.ts';
import { reportSeconds } from './trial-reports.ts';
import { removeTemporary, temporaryFolder } from '../runtime/temporary.ts';

export interface PhaseTrial {
  readonly iterationMs: number;
  /** How many iterations it is the mean of, and every graph that they ran. */
  readonly timed: number;
  readonly graphs: readonly string[];
}

/** One iteration that was tried. */
export interface Tried {
  readonly ms: number;
  readonly graphs: readonly string[];
}

export interface Trial {
  /** What was there before the trial (the command and its compiler), opening engine and data, what iterations took to warm up. */
  readonly startMs: number;
  /** The last checkpoint and the page. */
  readonly endMs: number;
  readonly phases: readonly PhaseTrial[];
  /** Of each report that is made of other lines than those before it, once. */
  readonly reports: readonly { readonly times: number; readonly seconds: number }[];
  /** What the process held at most, in bytes. */
  readonly peakBytes: number;
}

/** Iterations whose mean is taken. */
const together = 3;
/** Times in a row that they may be no faster. */
const patientFor = 2;
/** Milliseconds after which no more iterations are tried. */
const longest = 10_000;
/** Milliseconds that one graph of a report is run for, and that one line computes, before the rest is reckoned. */
const patience = 8_000;

/** Rejects with what a run would be refused with: no data, no engine. */
export async function tryRun(
  program: ProgramFiles,
  engine: EngineIdentity,
  info: Omit<NewRun, 'out'>,
  { phases, reports }: RunCounts,
): Promise<Trial> {
  const folder = temporaryFolder('plan');
  try {
    const run = newRun(program, engine, { ...info, out: join(folder, 'run') });
    const session = await openSession(run, engine);
    const { trainer } = session;
    const state = await trainer.engine.start(
      initialState(trainer.manifest, info.seed, undefined, false, trainer.stored),
    );
    // The command's own start is a run's too; it is what this process has done so far.
    const opened = performance.now();
    let warming = 0;
    const times: PhaseTrial[] = [];
    for (const { from, iterations } of phases) {
      const { warmingMs, ...phase } = await timePhase(session, state, from, iterations);
      warming += warmingMs;
      times.push(phase);
    }
    const made = await timeReports(session, state, reports);
    const endMs = await timeEnd(run, state, start);
    return { startMs: opened + warming, endMs, phases: times, reports: made, peakBytes: peakBytes() };
  } finally {
    removeTemporary(folder);
  }
}

async function timePhase(
  { trainer }: Session,
  state: State,
  from: Position,
  iterations: number,
): Promise<Warmed> {
  let position = from;
  let applied: Applied = {};
  const one = async (): Promise<Tried> => {
    const graphs = iterationAt(trainer.schedule, position).runs.map(({ graph }) => graph);
    const begun = performance.now();
    const done = await runIteration(trainer, state, position, applied);
    [position, applied] = [done.iteration.next, done.applied];
    return { ms: performance.now() - begun, graphs };
  };
  return warmed(one, iterations);
}

/** `warmingMs`: what iterations took more before they took as long as they will. */
interface Warmed extends PhaseTrial {
  readonly warmingMs: number;
}

/**
 * Tries an iteration a few at a time until they no longer become faster, twice in a row, and believes the fastest: engines take
 * memory, and compilers what they compile, over a dozen iterations. No more than there are, nor for longer than ten seconds.
 */
export async function warmed(one: () => Promise<Tried>, iterations: number): Promise<Warmed> {
  const all = [await one()];
  const size = Math.min(together, Math.max(1, iterations - 1));
  const few = async (): Promise<Tried[]> => {
    const next: Tried[] = [];
    while (next.length < size) next.push(await one());
    all.push(...next);
    return next;
  };
  let best = await few();
  for (let slower = 0; slower < patientFor && all.length + size <= iterations && sumMs(all) <= longest;) {
    const next = await few();
    slower = meanMs(next) < 0.95 * meanMs(best) ? 0 : slower + 1;
    if (meanMs(next) < meanMs(best)) best = next;
  }
  const iterationMs = meanMs(best);
  const warmingMs = Math.max(0, sumMs(all) - all.length * iterationMs);
  return { iterationMs, timed: size, graphs: best.flatMap(({ graphs }) => graphs), warmingMs };
}

const sumMs = (tried: readonly Tried[]): number => tried.reduce((sum, { ms }) => sum + ms, 0);

const meanMs = (tried: readonly Tried[]): number => sumMs(tried) / tried.length;

/** After the last iteration: its checkpoint, and the run's page. */
async function timeEnd(run: RunDirectory, state: State, position: Position): Promise<number> {
  const begun = performance.now();
  const progress = { position, applied: {}, best: null, metricsBytes: 0, unreported: null };
  writeCheckpoint(inside(run.path).checkpoints, await state.read(), progress);
  await runPage(run).end();
  return performance.now() - begun;
}

async function timeReports(
  { trainer, reports: context }: Session,
  state: State,
  reports: RunCounts['reports'],
): Promise<Trial['reports']> {
  const { time } = iterationAt(trainer.schedule, start);
  const timing = { now: () => performance.now(), patience };
  const found: { times: number; seconds: number }[] = [];
  for (const { items, times } of reports) {
    const seconds = await reportSeconds(reporter(context), items, { state, time, applied: {} }, timing);
    found.push({ times, seconds });
  }
  return found;
}
