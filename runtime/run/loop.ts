/**
 * One iteration after another. In: a program, an engine, streams, a state and a position; out: the next state and
 * position, and what the iteration's updates computed. Writes no file and asks no clock: given the same position and
 * state it does the same again, which is what makes a resumed run equal to one that never stopped.
 */
import type { GraphEntry, GraphOutput, Manifest } from '../../program/manifest.ts';
import type { Engine, State, Step, Tensor } from '../engines/engine.ts';
import { feeder, partOf } from './feeds.ts';
import type { Feeder, Part } from './feeds.ts';
import { broken } from './initial-state.ts';
import { nothingStored, startPhase, type StoredTensors } from './phase-starts.ts';
import { iterationAt } from './schedule.ts';
import type { Iteration, Position, Schedule, StepRun } from './schedule.ts';
import type { Need, Streams } from '../data/streams.ts';

export interface Trainer {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly streams: Streams;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly feeder: Feeder;
  /** The program's files of weights, where it has some. */
  readonly stored?: StoredTensors;
}

export function trainer(parts: Omit<Trainer, 'feeder'>): Trainer {
  return { ...parts, feeder: feeder(parts.manifest, parts.seed) };
}

/** How often each update has been applied. */
export type Applied = Readonly<Record<string, number>>;

/** What an iteration computed; where several runs computed a loss, the last one's value. */
export interface Logged {
  readonly losses: Readonly<Record<string, number>>;
  readonly objectives: Readonly<Record<string, number>>;
  /** Updates whose `when` let none of their runs pass. */
  readonly skipped: readonly string[];
}

export interface Done {
  readonly iteration: Iteration;
  readonly applied: Applied;
  readonly logged: Logged;
}

/** Which number stopped the run. */
export interface Failure {
  readonly iteration: number;
  /** null: no update of this iteration gave such a number, but weights had gone when they were to be saved. */
  readonly update: string | null;
  /** null: what the update minimises, an expression without a name. */
  readonly loss: string | null;
  readonly value: number;
  /** Networks whose weights (or moments, or statistics) were no longer finite first; empty if all were. */
  readonly networks: readonly string[];
  /** Whether they were so before the update that failed, or only after it. */
  readonly before: boolean;
}

/** A loss or an objective became NaN or infinite. */
export class Diverged extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(sentence(failure));
    this.failure = failure;
  }
}

function sentence({ iteration, update, loss, value, networks, before }: Failure): string {
  if (update === null)
    return `after iteration ${iteration}, the weights of ${networks.join(', ')} are not finite`;
  const what = loss === null ? `what ${update} minimises` : `the loss ${loss} of ${update}`;
  const where = `in iteration ${iteration}, ${what} became ${value}`;
  if (networks.length === 0) return `${where}; all weights are finite, so the loss itself overflowed`;
  const went = before ? 'was no longer finite before it' : 'is no longer finite after it';
  return `${where}; ${networks[0]} ${went}`;
}

/**
 * Runs the iteration that follows `position`, changing `state`. Throws Diverged, with the state as the step found it that
 * failed (as the update found it, where an engine applies updates in place). `ready`: called before the first step, with the
 * state as the phase has it that may begin here.
 */
export async function runIteration(
  trainer: Trainer,
  state: State,
  position: Position,
  applied: Applied,
  ready?: () => Promise<void>,
): Promise<Done> {
  const iteration = iterationAt(trainer.schedule, position);
  const { starts } = iteration.phase;
  if (iteration.time.step === 0 && starts.length > 0)
    await startPhase(starts, state, trainer.stored ?? nothingStored);
  await ready?.();
  const counts = { ...applied };
  const log = newLog();
  for (const [i, run] of iteration.runs.entries()) {
    await trainer.streams.prepare?.(needsOf(trainer.manifest, run), laterNeeds(trainer, iteration, i));
    const parts: Read[] = [];
    for (let index = 0; index < run.parts; index++) {
      const part = run.parts === 1 ? undefined : { index, of: run.parts };
      const step = await runStep(trainer, state, iteration, run, position.iteration, counts, part);
      parts.push(await committed(trainer, state, step, run, position.iteration + 1));
    }
    const read = ofParts(parts);
    for (const update of read.applied) counts[update] = (counts[update] ?? 0) + 1;
    log.add(read);
  }
  return { iteration, applied: counts, logged: log.logged() };
}

/** What a run reads of the streams. */
const needsOf = ({ graphs }: Manifest, { graph, batches }: StepRun): Need[] =>
  graphs[graph].inputs.flatMap(({ from }) =>
    from.kind === 'field' ? [{ ...from, ordinal: batches[from.stream] }] : [],
  );

/** What the runs after the i-th read, until the end of the iteration that follows. */
function* laterNeeds({ manifest, schedule }: Trainer, { runs, next }: Iteration, i: number): Iterable<Need> {
  for (const run of runs.slice(i + 1)) yield* needsOf(manifest, run);
  for (const run of iterationAt(schedule, next).runs) yield* needsOf(manifest, run);
}

/** What the step computed, whose state is now the state: all of it is finite. */
async function committed(
  trainer: Trainer,
  state: State,
  step: Step,
  run: StepRun,
  iteration: number,
): Promise<Read> {
  const read = readOutputs(trainer.manifest.graphs[run.graph], step.numbers, run);
  const bad = read.numbers.find(({ value }) => !Number.isFinite(value));
  if (bad) throw new Diverged(await diagnose(trainer, state, step, run, { ...bad, iteration }));
  await step.commit();
  return read;
}

/** Runs one step graph, on a part of the minibatch or all of it; the next state is pending. */
function runStep(
  { manifest, streams, feeder }: Trainer,
  state: State,
  iteration: Iteration,
  run: StepRun,
  number: number,
  counts: Applied,
  part: Part | undefined,
): Promise<Step> {
  const whole = (stream: string, field: string): Tensor => streams.batch(stream, run.batches[stream], field);
  const feeds = feeder.feeds(manifest.graphs[run.graph], {
    field: (stream, field) =>
      part === undefined ? whole(stream, field) : partOf(whole(stream, field), part),
    drawn: { iteration: number, scope: run.scope, part },
    host: { time: iteration.time, applied: (update) => (counts[update] ?? 0) + 1 },
    sizes: {},
  });
  return state.step(run.graph, feeds);
}

// ---------------------------------------------------------------- what came out

interface Read {
  readonly numbers: readonly {
    readonly update: string;
    readonly loss: string | null;
    readonly value: number;
  }[];
  readonly applied: readonly string[];
  readonly skipped: readonly string[];
}

function readOutputs(graph: GraphEntry, values: Step['numbers'], run: StepRun): Read {
  const number = ({ name }: GraphOutput): number => values[name];
  const computed = graph.outputs.filter(({ name }) => Object.hasOwn(values, name));
  const numbers = computed.flatMap((output): Read['numbers'] => {
    const { to } = output;
    if (to.kind === 'loss') return [{ update: to.update, loss: to.loss, value: number(output) }];
    if (to.kind === 'objective') return [{ update: to.update, loss: null, value: number(output) }];
    return [];
  });
  const skipped = computed.flatMap((output) =>
    output.to.kind === 'applied' && number(output) === 0 ? [output.to.update] : [],
  );
  return { numbers, skipped, applied: run.updates.filter((update) => !skipped.includes(update)) };
}

/** The means over parts of what they computed of their rows. */
function ofParts(parts: readonly Read[]): Read {
  const [first] = parts;
  const numbers = first.numbers.map((one, i) => ({
    ...one,
    value: parts.reduce((sum, part) => sum + part.numbers[i].value, 0) / parts.length,
  }));
  return { ...first, numbers };
}

function newLog(): { add(read: Read): void; logged(): Logged } {
  const losses: Record<string, number> = {};
  const objectives: Record<string, number> = {};
  const skipped = new Set<string>();
  const applied = new Set<string>();
  return {
    add(read) {
      for (const { update, loss, value } of read.numbers) {
        if (loss === null) objectives[update] = value;
        else losses[loss] = value;
      }
      for (const update of read.skipped) skipped.add(update);
      for (const update of read.applied) applied.add(update);
    },
    logged: () => ({ losses, objectives, skipped: [...skipped].filter((update) => !applied.has(update)) }),
  };
}

/** The state is looked at as the step found it, then as the step left it. */
async function diagnose(
  { manifest }: Trainer,
  state: State,
  step: Step,
  run: StepRun,
  bad: Omit<Failure, 'networks' | 'before'>,
): Promise<Failure> {
  const before = broken(manifest, await state.read());
  if (before.length > 0) return { ...bad, networks: before, before: true };
  const after = broken(manifest, await step.next());
  const order = manifest.updates.filter(({ name }) => run.updates.includes(name)).flatMap((u) => u.networks);
  const first = [...new Set(order)].filter((network) => after.includes(network));
  return { ...bad, networks: first.length > 0 ? first : after, before: false };
}
