/**
 * What happens when: a manifest's schedule and the sizes of its streams go in, and for each position of a run comes
 * out the iteration that follows it: which graphs run, in which scope, on which minibatches, at what time. Pure, and
 * a position is plain JSON, so that a checkpoint holds it and a resumed run goes on as if it had never stopped.
 */
import type { TimeName } from '../../program/host.ts';
import type { StartEntry } from '../../program/stored.ts';
import type { Due, Length, LineDue, Manifest, Scope } from '../../program/manifest.ts';

/** How far a run has come. */
export interface Position {
  /** Iterations done, of the run and of the phase. */
  readonly iteration: number;
  readonly step: number;
  /** Index of the phase. */
  readonly phase: number;
  /** Minibatches taken from each stream since the run began. */
  readonly taken: Readonly<Record<string, number>>;
}

export interface Phase {
  readonly name: string | null;
  /** Iterations. */
  readonly steps: number;
  readonly body: Scope;
  /** Minibatches that an iteration takes from each stream. */
  readonly takes: Readonly<Record<string, number>>;
  /** The stream whose epochs `epoch` counts; null if the phase reads none, or several and none counts. */
  readonly clock: string | null;
  /** Tensors of the state that it begins with anew. */
  readonly starts: readonly StartEntry[];
}

export interface Schedule {
  readonly phases: readonly Phase[];
  /** Minibatches in an epoch of each stream. */
  readonly epoch: Readonly<Record<string, number>>;
  /** Iterations from the first to the spec's end. */
  readonly steps: number;
}

/** One run of a step graph. */
export interface StepRun {
  readonly graph: string;
  readonly updates: readonly string[];
  /** It runs so many times, on one part of the minibatch each; default: once, on the whole. */
  readonly parts: number;
  /** Ordinal of the scope within the iteration: what its draws are keyed by. */
  readonly scope: number;
  /** The minibatch of each stream, counted from the run's start. */
  readonly batches: Readonly<Record<string, number>>;
}

export type Time = Readonly<Record<TimeName, number>>;

export interface Iteration {
  readonly phase: Phase;
  readonly time: Time;
  readonly runs: readonly StepRun[];
  /** The position after it. */
  readonly next: Position;
}

/** A schedule that cannot be run with these streams; the message is a sentence for the author of the spec. */
export class ScheduleError extends Error {}

/** Lengths in iterations. `counts` are the rows of each stream. Throws ScheduleError. */
export function schedule(manifest: Manifest, counts: Readonly<Record<string, number>>): Schedule {
  const epoch = Object.fromEntries(
    manifest.streams.map(({ name, batch }) => [name, Math.floor(counts[name] / batch)]),
  );
  const drafts = manifest.schedule.map((entry) => ({ ...entry, takes: takenBy(entry.body) }));
  for (const { name, batch } of manifest.streams) {
    if (epoch[name] > 0 || !drafts.some(({ takes }) => name in takes)) continue;
    throw new ScheduleError(`${name} has ${counts[name]} rows, fewer than its batch of ${batch}`);
  }
  const known = drafts.map((draft) => draft.length && inSteps(draft.length, draft, epoch));
  const phases = drafts.map(({ name, body, takes, clock, starts = [] }, i) => {
    const steps = known[i] ?? rest(manifest.length, drafts, known, i, epoch);
    return { name, steps, body, takes, clock, starts };
  });
  return { phases, epoch, steps: phases.reduce((sum, phase) => sum + phase.steps, 0) };
}

/** Minibatches that one pass through a scope takes from each stream. */
function takenBy(scope: Scope): Record<string, number> {
  const takes: Record<string, number> = {};
  const add = (stream: string, count: number) => (takes[stream] = (takes[stream] ?? 0) + count);
  for (const stream of scope.reads) add(stream, 1);
  for (const action of scope.actions) {
    if (action.do !== 'repeat') continue;
    for (const [stream, count] of Object.entries(takenBy(action.scope))) add(stream, count * action.count);
  }
  return takes;
}

type Draft = Pick<Phase, 'name' | 'takes'>;

/** Iterations that take `length`, the last one perhaps in part. */
function inSteps(length: Length, phase: Draft, epoch: Schedule['epoch']): number {
  if (length.unit === 'steps') return length.count;
  return Math.ceil((length.count * epoch[length.of]) / takesOf(length.of, phase));
}

/** How many minibatches of a stream, whose epochs are counted, an iteration of the phase takes. */
function takesOf(stream: string, { name, takes }: Draft): number {
  if (stream in takes) return takes[stream];
  const where = name === null ? 'the schedule' : `phase ${name}`;
  throw new ScheduleError(
    `${where} is counted in epochs, but no update in it reads ${stream}: count it in steps`,
  );
}

/** What the whole leaves to phase `i`, the one without a length. */
function rest(
  whole: Length,
  drafts: readonly Draft[],
  known: readonly (number | null)[],
  i: number,
  epoch: Schedule['epoch'],
): number {
  if (whole.unit === 'steps') {
    return Math.max(
      0,
      known.reduce<number>((left, steps) => left - (steps ?? 0), whole.count),
    );
  }
  const { of } = whole;
  const used = drafts.reduce((sum, draft, j) => sum + (known[j] ?? 0) * (draft.takes[of] ?? 0), 0);
  return Math.max(0, Math.ceil((whole.count * epoch[of] - used) / takesOf(of, drafts[i])));
}

// ---------------------------------------------------------------- iterations

export const start: Position = { iteration: 0, step: 0, phase: 0, taken: {} };

/** Past the spec's end the last phase goes on, at progress 1. */
export function iterationAt(schedule: Schedule, position: Position): Iteration {
  const { phases, epoch } = schedule;
  let { phase: index, step } = position;
  while (step >= phases[index].steps && index + 1 < phases.length) [index, step] = [index + 1, 0];
  const phase = phases[index];
  const taken = { ...position.taken };
  const runs: StepRun[] = [];
  let scopes = 0;
  const enter = (scope: Scope, fresh: boolean, outer: Pick<StepRun, 'scope' | 'batches'>): void => {
    const batches = { ...outer.batches };
    for (const stream of scope.reads) {
      batches[stream] = taken[stream] ?? 0;
      taken[stream] = batches[stream] + 1;
    }
    const here = { scope: fresh ? scopes++ : outer.scope, batches };
    for (const action of scope.actions) {
      if (action.do === 'repeat') {
        for (let pass = 0; pass < action.count; pass++) enter(action.scope, action.fresh, here);
      } else if (action.every === null || duringPhase(action.every, phase, step, epoch)) {
        const { graph, updates, parts = 1 } = action;
        runs.push({ graph, updates, parts, ...here });
      }
    }
  };
  enter(phase.body, true, { scope: 0, batches: {} });
  const next = { iteration: position.iteration + 1, step: step + 1, phase: index, taken };
  return { phase, time: timeAt(phase, step, epoch), runs, next };
}

function timeAt(phase: Phase, step: number, epoch: Schedule['epoch']): Time {
  const takes = phase.clock === null ? 0 : (phase.takes[phase.clock] ?? 0);
  const epochs = takes === 0 ? 0 : (step * takes) / epoch[phase.clock!];
  return {
    step,
    epoch: Math.floor(epochs),
    epochs,
    progress: phase.steps === 0 ? 1 : Math.min(1, step / phase.steps),
  };
}

/** Whether the iteration from `step` to the next completes an n-th step or epoch of the phase. */
function duringPhase(every: Length, phase: Phase, step: number, epoch: Schedule['epoch']): boolean {
  if (every.unit === 'steps') return (step + 1) % every.count === 0;
  const takes = takesOf(every.of, phase);
  return passes(every.count * epoch[every.of], step * takes, (step + 1) * takes);
}

/** When a line of a report is due: a line's own `every` takes the place of its report's, moments and all. */
export const dueOf = ({ every, at }: LineDue, report: Due): Due => (every === null ? report : { every, at });

/** Whether a report is due after the iteration that led from one position to the next: counted over the whole run. */
export function reportDue(
  { every, at = [] }: Due,
  { epoch }: Schedule,
  before: Position,
  after: Position,
): boolean {
  // In iterations, or in minibatches of the stream whose epochs are counted.
  const goal = ({ count, of }: Length): number => (of === null ? count : count * epoch[of]);
  const way = ({ of }: Length, { iteration, taken }: Position): number =>
    of === null ? iteration : (taken[of] ?? 0);
  const reached = (moment: Length): boolean =>
    way(moment, before) < goal(moment) && way(moment, after) >= goal(moment);
  return passes(goal(every), way(every, before), way(every, after)) || at.some(reached);
}

/** Whether a multiple of `period` lies in (from, to]. */
function passes(period: number, from: number, to: number): boolean {
  return Math.floor(to / period) > Math.floor(from / period);
}

/** Iterations after which a run stops: the spec's own number, or `--steps`, or `--epochs` (of the first phase's clock, through all phases). */
export function stopAt(schedule: Schedule, steps: number | null, epochs: number | null): number {
  if (steps !== null) return steps;
  if (epochs === null) return schedule.steps;
  const clock = schedule.phases[0].clock;
  if (clock === null) throw new ScheduleError('no stream counts the epochs of the first phase: use --steps');
  let left = epochs * schedule.epoch[clock];
  let iterations = 0;
  for (const [i, phase] of schedule.phases.entries()) {
    const takes = phase.takes[clock] ?? 0;
    const needed = takes === 0 ? Infinity : Math.ceil(left / takes);
    const last = i + 1 === schedule.phases.length;
    if (needed <= phase.steps || (last && takes > 0)) return iterations + needed;
    iterations += phase.steps;
    left -= phase.steps * takes;
  }
  return iterations;
}
