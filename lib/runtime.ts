/**
 * The package `ganc/runtime`: training, and looking at what was trained. In: a program (compile's, or a folder's); out: a
 * run directory, which the command reads as well, events on the way, pictures, sounds and values. Engines other than
 * onnxruntime are optional: what is missing is said by an EngineError, with the command that brings it.
 *
 *     import { train } from 'ganc/runtime';
 *     const stop = new AbortController();
 *     const { path, outcome } = await train(program, { steps: 1000, signal: stop.signal, onEvent: console.log });
 */
import { choose, opened } from '../cli/chosen.ts';
import { defaultThreads } from '../cli/machine.ts';
import { metrics, pictures } from '../runtime/catalogue.ts';
import { EngineError } from '../runtime/engines/engine.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { reporter } from '../runtime/reports/reports.ts';
import { sampleValue } from '../runtime/reports/values.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { Values } from '../runtime/reports/metrics/metric.ts';
import { stateToRead } from '../runtime/run/initial-state.ts';
import { dataNow } from '../runtime/run/data-now.ts';
import { withNew, withTrainable } from '../runtime/run/lock.ts';
import { builtInfo, layoutFor, layoutOf, newRun, ownDevice } from '../runtime/run/new-run.ts';
import type { ProgramFiles } from '../runtime/run/new-run.ts';
import { dataChanges } from '../runtime/run/resume.ts';
import { machineDifferences, thisMachine } from '../runtime/run/machine.ts';
import { replaceInfo, RunDirectoryError } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { iterationAt, ScheduleError } from '../runtime/run/schedule.ts';
import { chooseEngine, openSession } from '../runtime/run/session.ts';
import type { TrainingRequest } from '../runtime/run/messages.ts';
import { startTraining } from '../runtime/run/training-thread.ts';
import type { Moment, ReportResult } from '../runtime/reports/result.ts';
import type { Outcome, TrainingEvent } from '../runtime/run/training.ts';
import type { Manifest } from '../program/manifest.ts';

export type { DeviceName, Manifest, Outcome, ProgramFiles, ReportResult, TrainingEvent, Values };
export { EngineError, RunDirectoryError, ScheduleError };

export interface WatchOptions {
  /** Stop after so many iterations of the run, whatever the spec says; an Error where `epochs` is given too. */
  readonly steps?: number;
  readonly epochs?: number;
  /** A checkpoint each n iterations; default: each minute, and at the end. */
  readonly checkpointEvery?: number;
  /** How many of the newest checkpoints stay, beside the best; default: 2. */
  readonly keep?: number;
  /** Whether rules of health look at the run, each hundred iterations; default: true. */
  readonly health?: boolean;
  /** Aborted, it ends training after the iteration that is under way, with a checkpoint: the outcome is `stopped`. */
  readonly signal?: AbortSignal;
  /** Called with everything that happens, in order; each iteration is an event. What it throws ends the run as an abort does, and is thrown on. */
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Milliseconds between two events about iterations, where all of them would be too many; default: 0. */
  readonly pause?: number;
}

export interface TrainOptions extends WatchOptions {
  /** Which random numbers; default: 1. */
  readonly seed?: number;
  /** Default: cpu for onnx, auto for tfjs, webgpu for what was compiled for it. */
  readonly device?: DeviceName;
  /** Threads of the engine; default: one a core. */
  readonly threads?: number;
  /** The run directory, which must not be there yet; default: the first free runs/<name>-<n>. */
  readonly out?: string;
}

export interface ResumeOptions extends WatchOptions {
  /** Go on although data, engine or processor changed, which may change results. */
  readonly force?: boolean;
}

export interface Trained {
  /** The run directory. */
  readonly path: string;
  /** `done`, `stopped` (by the signal) or `failed` (with the reason), and the run's iteration. */
  readonly outcome: Outcome;
}

/**
 * Trains a program into a new run directory. Rejects with EngineError where the device isn't there, RunDirectoryError where
 * `out` is taken or data is missing. Training that diverges is no error: its outcome is `failed`.
 */
export async function train(program: ProgramFiles, options: TrainOptions = {}): Promise<Trained> {
  requireOneLength(options);
  const { manifest } = program;
  const { device = ownDevice(manifest), seed = 1, threads = defaultThreads(), out = null } = options;
  const engine = await chooseEngine(manifest, device, threads);
  if (layoutFor(manifest.target, engine.device) !== layoutOf(manifest))
    throw new EngineError(
      `the program was laid out for another device: compile it with device: '${engine.device}'`,
    );
  const run = newRun(program, engine, { ...builtInfo(manifest), seed, device, out });
  return withNew(run, () => watched(run, options, { fresh: true, lenient: false }));
}

/**
 * Goes on with a run where its newest checkpoint left it, by the program that it holds. Rejects with RunDirectoryError for
 * what is no run, is being trained, or has data, an engine or a processor now that it was not started with.
 */
export async function resume(path: string, options: ResumeOptions = {}): Promise<Trained> {
  requireOneLength(options);
  return withTrainable(path, (run) => goneOn(run, options));
}

async function goneOn(run: RunDirectory, options: ResumeOptions): Promise<Trained> {
  const { force = false } = options;
  const { machine: then, folder, data } = run.info;
  const engine = await chooseEngine(run.manifest, then.device as DeviceName, then.threads, then.processes);
  const machine = thisMachine(engine);
  const found = dataNow(run.manifest, folder);
  const changes = [...machineDifferences(then, machine), ...dataChanges(data, found)];
  if (changes.length > 0 && !force)
    throw new RunDirectoryError(
      `${run.path} is not what it was started with:\n  ${changes.join('\n  ')}\nforce: true goes on all the same`,
    );
  const taken = changes.length === 0 ? run : replaceInfo(run, { ...run.info, machine, data: found });
  return watched(taken, options, { fresh: false, lenient: force });
}

/** Before anything is made or written. Throws Error. */
function requireOneLength({ steps, epochs }: WatchOptions): void {
  if (steps !== undefined && epochs !== undefined) throw new Error('give steps or epochs, not both');
}

async function watched(
  run: RunDirectory,
  options: WatchOptions,
  how: Pick<TrainingRequest, 'fresh' | 'lenient'>,
): Promise<Trained> {
  const {
    steps = null,
    epochs = null,
    checkpointEvery = null,
    keep = 2,
    health = true,
    pause = 0,
    signal,
    onEvent,
  } = options;
  const { device, threads, processes = 1 } = run.info.machine;
  const place = { path: run.path, device, threads, processes };
  const request = { ...place, steps, epochs, checkpointEvery, keep, health, pause, ...how };
  let thrown: { readonly error: unknown } | null = null;
  const thread = startTraining(request, (event) => {
    if (thrown) return;
    try {
      onEvent?.(event);
    } catch (error) {
      thrown = { error };
      thread.stop();
    }
  });
  const stop = (): void => thread.stop();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    const outcome = await thread.outcome;
    if (thrown) throw (thrown as { readonly error: unknown }).error;
    return { path: run.path, outcome };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

export interface LookOptions {
  /** Which checkpoint: an iteration or `best`; default: the newest. */
  readonly checkpoint?: number | 'best';
  /** Default: cpu. */
  readonly device?: DeviceName;
  /** Default: 1. */
  readonly threads?: number;
}

export interface SampleOptions extends LookOptions {
  /** How many rows; default: as many as the spec shows, 64 of a value. */
  readonly count?: number;
  /** Other samples than the run's own. */
  readonly seed?: number;
}

export type Sampled = { readonly iteration: number } & (
  | {
      /** PNG files, or WAV files (one for each row). */
      readonly kind: 'picture' | 'sound';
      readonly name: string;
      readonly files: readonly Uint8Array[];
    }
  /** Row-major: [rows, ...]. */
  | { readonly kind: 'value'; readonly name: string; readonly value: Values }
);

/**
 * A picture, a sound or a value of a run's reports, from one of its checkpoints; `path` is a run directory, or a checkpoint
 * in it. Without a name, the spec's only picture or sound. Rejects with an Error that says what names there are.
 */
export async function sample(path: string, name?: string, options: SampleOptions = {}): Promise<Sampled> {
  return looking(path, options, (looked) => sampledFrom(looked, name, options));
}

async function sampledFrom(
  { iteration, manifest, context, moment }: Looked,
  name: string | undefined,
  { count, seed }: SampleOptions,
): Promise<Sampled> {
  const chosen = choose(manifest, name);
  const seeded = seed === undefined ? context : { ...context, seed };
  if (!('item' in chosen))
    return {
      iteration,
      kind: 'value',
      name: chosen.name,
      value: await sampleValue(seeded, moment, chosen.ref, count ?? 64),
    };
  const { item } = chosen;
  const results = await reporter(seeded)([{ ...item, rows: count ?? item.rows }], moment);
  const files = results.map((result) => {
    if (result.kind === 'file') return result.bytes;
    throw new Error(
      result.kind === 'problem' ? `no ${item.name}: ${result.reason}` : `${item.name} gave a number`,
    );
  });
  return { iteration, kind: item.kind, name: item.name, files };
}

/** Everything that the spec reports, computed anew from one of a run's checkpoints; nothing is written. */
export async function report(path: string, options: LookOptions = {}): Promise<readonly ReportResult[]> {
  return looking(path, options, ({ manifest, context, moment }) =>
    reporter(context)(
      manifest.reports.flatMap(({ items }) => items),
      moment,
    ),
  );
}

interface Looked {
  readonly iteration: number;
  readonly manifest: Manifest;
  readonly context: ReportContext;
  readonly moment: Moment;
}

/** Opens a run for the time of the look: whoever looks again and again keeps no memory, threads and processes of it. */
async function looking<T>(
  path: string,
  { checkpoint: which, device = 'cpu', threads = 1 }: LookOptions,
  look: (looked: Looked) => Promise<T>,
): Promise<T> {
  const { run, checkpoint } = opened(path, which === undefined ? undefined : String(which));
  const { manifest } = run;
  const place = await chooseEngine(manifest, device, threads);
  if (layoutFor(manifest.target, place.device) === 'webgpu' && layoutOf(manifest) !== 'webgpu')
    throw new EngineError(`${run.program} was not laid out for WebGPU: look at it on device: 'cpu'`);
  const { trainer, reports } = await openSession(run, place);
  const { engine, streams } = trainer;
  try {
    const state = await engine.start(stateToRead(manifest, run.info.seed, checkpoint.values));
    try {
      const { time } = iterationAt(reports.schedule, checkpoint.position);
      const moment = { state, time, applied: checkpoint.applied };
      const { iteration } = checkpoint.position;
      return await look({ iteration, manifest, context: { ...reports, metrics, pictures }, moment });
    } finally {
      await state.dispose();
    }
  } finally {
    await streams.close?.();
    await engine.close?.();
  }
}
