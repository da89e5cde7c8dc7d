/**
 * What sampling needs of a run: a program on an engine, the state of a checkpoint, the data that what is asked for reads, or
 * what is fed in its place. Where it reads no data, none is opened: a run may be sampled far from what it was trained on.
 */
import { join } from 'node:path';
import type { SampleInfo } from '../compiler/bind/names.ts';
import { checkSpec } from '../compiler/compile.ts';
import type { Manifest, ValueRef } from '../program/manifest.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { metrics, openStreams, pictures } from '../runtime/catalogue.ts';
import { streams } from '../runtime/data/streams.ts';
import type { Streams } from '../runtime/data/streams.ts';
import type { DeviceName, Engine, EngineIdentity } from '../runtime/engines/engine.ts';
import { valuesMade } from '../runtime/reports/sounds/format.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { Checkpoint } from '../runtime/run/checkpoint.ts';
import { stateToRead } from '../runtime/run/initial-state.ts';
import { layoutFor, layoutOf } from '../runtime/run/new-run.ts';
import { programFiles } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { iterationAt, schedule } from '../runtime/run/schedule.ts';
import { chooseEngine, openEngine } from '../runtime/run/session.ts';
import type { PlacedProgram } from '../runtime/run/session.ts';
import type { Moment } from '../runtime/reports/result.ts';
import type { Choice } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import { fedFor } from './feed.ts';
import type { Feeds } from './feed.ts';
import { targetCalled } from './program.ts';
import type { Target } from './program.ts';
import { hostOf, recompiled, storedSpec } from './resume.ts';
import type { Terminal } from './terminal.ts';
import { temporaryFolder } from '../runtime/temporary.ts';

/** The values of what is chosen. */
export const refsOf = (chosen: Choice): readonly ValueRef[] =>
  'item' in chosen ? Object.values(valuesMade(chosen.item)) : [chosen.ref];

/** Throws Exit where rows differ in more than their draws: there is a picture of all of them only. */
export function requirePlain(chosen: Choice): void {
  if (!('item' in chosen) || Object.keys(chosen.item.varied).length === 0) return;
  throw new Exit(
    exitCodes.usage,
    `${chosen.item.name} varies its samples, so it is a picture only: write it as .png`,
  );
}

/** The samples of the run's spec. */
export function samplesOf(run: RunDirectory): ReadonlyMap<string, SampleInfo> {
  const source = storedSpec(run);
  const { set, profile } = run.info;
  return checkSpec(source, hostOf(run), { set, profile: profile ?? undefined }).analysis.names.samples;
}

/** What reports need, on the run's data or on what is fed in its place. */
export async function contextFor(
  run: RunDirectory,
  { manifest, folder }: PlacedProgram,
  place: EngineIdentity,
  chosen: Choice,
  { feed, seed = run.info.seed }: { readonly feed?: Feeds; readonly seed?: number },
): Promise<{ readonly engine: Engine; readonly context: ReportContext }> {
  const { info } = run;
  const known = Object.fromEntries(Object.entries(info.data).map(([stream, { count }]) => [stream, count]));
  const name = 'item' in chosen ? chosen.item.name : chosen.name;
  const data =
    feed === undefined
      ? await streamsRead(manifest, refsOf(chosen), info.folder, info.seed)
      : fedFor(manifest, refsOf(chosen), name, feed);
  const engine = await openEngine(manifest, folder, place);
  const counts = { ...known, ...(feed === undefined ? data.counts : {}) };
  return {
    engine,
    context: { manifest, streams: data, schedule: schedule(manifest, counts), seed, metrics, pictures },
  };
}

/** The streams whose rows are read, opened. */
export async function streamsRead(
  manifest: Manifest,
  refs: readonly ValueRef[],
  folder: string,
  seed: number,
): Promise<Streams> {
  const read = refs.flatMap(({ graph, rows }) => [
    ...manifest.graphs[graph].inputs.flatMap(({ from }) => (from.kind === 'field' ? [from.stream] : [])),
    ...('stream' in rows ? [rows.stream] : []),
  ]);
  const wanted = { ...manifest, streams: manifest.streams.filter(({ name }) => read.includes(name)) };
  return streams(manifest, await openStreams(wanted, folder), seed);
}

/** The run as it stood at the checkpoint. */
export async function momentOf(
  run: RunDirectory,
  { manifest }: PlacedProgram,
  { values, position, applied }: Checkpoint,
  engine: Engine,
  context: ReportContext,
): Promise<Moment & { readonly iteration: number }> {
  return {
    state: await engine.start(stateToRead(manifest, run.info.seed, values)),
    time: iterationAt(context.schedule, position).time,
    applied,
    iteration: position.iteration,
  };
}

/** What it is to run on. */
export interface Placing {
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly threads: number;
}

/** The program that samples: the run's own, or its spec for another target or device, in a folder for the while. */
export async function programOf(
  run: RunDirectory,
  { device = 'cpu', threads, ...options }: Placing,
  terminal: Terminal,
): Promise<{ program: PlacedProgram; place: EngineIdentity }> {
  const target = targetCalled(options.target ?? run.manifest.target);
  const own = { manifest: run.manifest, folder: run.program };
  const place = await chooseEngine({ ...run.manifest, target }, device, threads);
  // A program for the GPU runs on the host as well, not the other way round.
  const fits = layoutFor(target, place.device) === 'host' || layoutOf(run.manifest) === 'webgpu';
  if (target === run.manifest.target && fits) return { program: own, place };
  const { manifest, files } = recompiled(run, null, target, layoutFor(target, place.device), terminal);
  const folder = temporaryFolder('program');
  writeFolderAtomic(join(folder, 'program'), programFiles(manifest, files));
  return { program: { manifest, folder: join(folder, 'program') }, place };
}
