/**
 * How long a run would take on this machine, by trying. In: a program, its engine, counts of what the run does; out:
 * milliseconds of an iteration in each phase (three are timed after one that warms up), seconds of each report line.
 * The run directory that it tries in is a temporary one and goes again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportItem } from '../program/manifest.ts';
import type { EngineIdentity, State } from '../runtime/engines/engine.ts';
import { Interrupted } from '../runtime/reports/pulse.ts';
import { reporter } from '../runtime/reports/reports.ts';
import type { RunCounts } from '../runtime/run/counts.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { runIteration, type Applied } from '../runtime/run/loop.ts';
import { newRun, type NewRun, type ProgramFiles } from '../runtime/run/new-run.ts';
import { iterationAt, type Position } from '../runtime/run/schedule.ts';
import { openSession, type Session } from '../runtime/run/session.ts';

export interface PhaseTrial {
  readonly iterationMs: number;
  /** How many iterations were timed, and every graph that they ran. */
  readonly timed: number;
  readonly graphs: readonly string[];
}

export interface Trial {
  /** Opening engine and data, and the iterations that warmed up. */
  readonly startMs: number;
  readonly phases: readonly PhaseTrial[];
  /** Of each group of report lines that are due equally often, once. */
  readonly reports: readonly { readonly times: number; readonly seconds: number }[];
  /** What the process held at most, in bytes. */
  readonly peakBytes: number;
}

const timedIterations = 3;
/** Milliseconds after which a report line is given up, and its time reckoned from the part that was done. */
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
    const begun = performance.now();
    const run = newRun(program, engine, { ...info, out: join(folder, 'run') });
    const session = await openSession(run, engine);
    const { trainer } = session;
    const state = await trainer.engine.start(
      initialState(trainer.manifest, info.seed, undefined, false, trainer.stored),
    );
    const opened = performance.now() - begun;
    let warming = 0;
    const times: PhaseTrial[] = [];
    for (const { from, iterations } of phases) {
      const { warmMs, ...phase } = await timePhase(session, state, from, iterations);
      warming += Math.max(0, warmMs - phase.iterationMs);
      times.push(phase);
    }
    const lines = await timeReports(session, state, reports);
    const peakBytes = 1024 * process.resourceUsage().maxRSS;
    return { startMs: opened + warming, phases: times, reports: lines, peakBytes };
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

/** Lines that are due equally often are made together, as a run makes them: they share what they compute. */
async function timeReports(
  session: Session,
  state: State,
  reports: RunCounts['reports'],
): Promise<Trial['reports']> {
  const groups = new Map<number, ReportItem[]>();
  for (const { item, times } of reports) groups.set(times, [...(groups.get(times) ?? []), item]);
  const found: { times: number; seconds: number }[] = [];
  for (const [times, items] of groups) {
    let left: readonly ReportItem[] = items;
    let seconds = 0;
    while (left.length > 0) {
      const part = await timeLines(session, state, left);
      seconds += part.seconds;
      left = left.slice(part.done);
    }
    found.push({ times, seconds });
  }
  return found;
}

const nameOf = (item: ReportItem): string =>
  item.kind === 'recalibrate' ? `recalibrate ${item.network}` : item.name;

/** Up to the first line that takes long, whose time is reckoned from the part that was done when patience ended. */
async function timeLines(
  { trainer, reports }: Session,
  state: State,
  items: readonly ReportItem[],
): Promise<{ readonly done: number; readonly seconds: number }> {
  const begun = performance.now();
  const current = { at: 0, begun, share: 0 };
  const { time } = iterationAt(trainer.schedule, { iteration: 0, step: 0, phase: 0, taken: {} });
  const pulse = (name: string, share: number): void => {
    const at = items.findIndex((item, i) => i >= current.at && nameOf(item) === name);
    const now = performance.now();
    if (at > current.at) Object.assign(current, { at, begun: now });
    current.share = share;
    if (now - current.begun > patience && share > 0) throw new Interrupted();
  };
  try {
    await reporter(reports)(items, { state, time, applied: {}, pulse });
    return { done: items.length, seconds: (performance.now() - begun) / 1000 };
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const before = current.begun - begun;
    const line = (performance.now() - current.begun) / current.share;
    return { done: current.at + 1, seconds: (before + line) / 1000 };
  }
}
