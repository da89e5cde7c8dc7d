/**
 * How long a run would take on this machine, by trying. In: a program, its engine, counts of what the run does; out:
 * milliseconds of an iteration in each phase (three are timed after one that warms up), seconds of each report.
 * The run directory that it tries in is a temporary one and goes again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { runPage } from './run-page.ts';
import { reportSeconds } from './trial-reports.ts';

export interface PhaseTrial {
  readonly iterationMs: number;
  /** How many iterations were timed, and every graph that they ran. */
  readonly timed: number;
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

const timedIterations = 3;
/** Milliseconds that one graph of a report is run for, and that one line computes, before the rest is reckoned. */
const patience = 8_000;

/** Rejects with what a run would be refused with: no data, no engine. */
export async function tryRun(
  program: ProgramFiles,
  engine: EngineIdentity,
  info: Omit<NewRun, 'out'>,
  { phases, reports }: RunCounts,
): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-plan-'));
  const leave = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', leave);
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
      const { warmMs, ...phase } = await timePhase(session, state, from, iterations);
      warming += Math.max(0, warmMs - phase.iterationMs);
      times.push(phase);
    }
    const made = await timeReports(session, state, reports);
    const endMs = await timeEnd(run, state, start);
    const peakBytes = 1024 * process.resourceUsage().maxRSS;
    return { startMs: opened + warming, endMs, phases: times, reports: made, peakBytes };
  } finally {
    process.off('exit', leave);
    leave();
  }
}

async function timePhase(
  { trainer }: Session,
  state: State,
  from: Position,
  iterations: number,
): Promise<PhaseTrial & { readonly warmMs: number }> {
  let position = from;
  let applied: Applied = {};
  const one = async (): Promise<number> => {
    const begun = performance.now();
    const done = await runIteration(trainer, state, position, applied);
    [position, applied] = [done.iteration.next, done.applied];
    return performance.now() - begun;
  };
  const warmMs = await one();
  const wanted = Math.min(timedIterations, Math.max(1, iterations - 1));
  const graphs: string[] = [];
  let total = 0;
  for (let i = 0; i < wanted; i++) {
    graphs.push(...iterationAt(trainer.schedule, position).runs.map(({ graph }) => graph));
    total += await one();
  }
  return { warmMs, iterationMs: total / wanted, timed: wanted, graphs };
}

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
