/**
 * `ganc sample RUN NAME`: a picture of the spec, or the values behind it, from a checkpoint. To PNG, or to npy
 * (format 1.0: [rows, ...] in the program's float type).
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { Manifest, ReportItem, ValueRef } from '../compiler/program/manifest.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { checkpoints, newestCheckpoint, readCheckpoint } from '../runtime/checkpoint.ts';
import type { Checkpoint } from '../runtime/checkpoint.ts';
import type { EngineIdentity } from '../runtime/engine.ts';
import { writeNpy } from '../runtime/formats/npy.ts';
import { initialState } from '../runtime/initial-state.ts';
import type { DeviceName } from '../runtime/tensorflow/choose.ts';
import { sampleValue } from '../runtime/report-values.ts';
import { reporter } from '../runtime/reports.ts';
import { inside, openRun, programFiles } from '../runtime/run-directory.ts';
import type { RunDirectory } from '../runtime/run-directory.ts';
import { iterationAt } from '../runtime/schedule.ts';
import { chooseEngine, openSession } from '../runtime/session.ts';
import type { PlacedProgram } from '../runtime/session.ts';
import type { Moment } from '../runtime/training.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { layoutFor, layoutOf, targetCalled } from './program.ts';
import type { Target } from './program.ts';
import { recompiled, storedSpec } from './resume.ts';
import type { Terminal } from './terminal.ts';

export interface SampleOptions {
  readonly out?: string;
  readonly count?: number;
  readonly seed?: number;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly threads: number;
  readonly quiet: boolean;
}

type Shown = Extract<ReportItem, { kind: 'picture' | 'sound' }>;

/** Without a name, the spec's only picture. */
export async function sample(
  path: string,
  name: string | undefined,
  options: SampleOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { run, checkpoint } = opened(path, options.checkpoint);
  const chosen = choose(run.manifest, name);
  const out =
    options.out ?? `${'item' in chosen ? chosen.item.name : chosen.name}.${'item' in chosen ? 'png' : 'npy'}`;
  const kind = extname(out).toLowerCase();
  if (kind !== '.png' && kind !== '.npy')
    throw new Exit(exitCodes.usage, `${out}: samples are written as .png or .npy`);
  if (kind === '.png' && !('item' in chosen))
    throw new Exit(exitCodes.usage, `${chosen.name} is a value without a picture: write it as .npy`);
  const { program, place } = await programOf(run, options, terminal);
  const session = await openSession(run, place, program);
  const context = { ...session.reports, seed: options.seed ?? run.info.seed };
  const moment: Moment = {
    state: await session.trainer.engine.start(
      initialState(program.manifest, run.info.seed, checkpoint.values),
    ),
    time: iterationAt(context.schedule, checkpoint.position).time,
    applied: checkpoint.applied,
  };
  if (kind === '.png' && 'item' in chosen) {
    const item = { ...chosen.item, rows: options.count ?? chosen.item.rows };
    const [result] = await reporter(context)([item], moment);
    if (result.kind === 'problem') throw new Exit(exitCodes.failed, `no ${item.name}: ${result.reason}`);
    if (result.kind === 'file') writeFileSync(out, result.bytes);
  } else {
    const values = 'item' in chosen ? Object.values(chosen.item.values) : [chosen.ref];
    if ('item' in chosen && Object.keys(chosen.item.varied).length > 0)
      throw new Exit(
        exitCodes.usage,
        `${chosen.item.name} varies its samples, so it is a picture only: write it as .png`,
      );
    const rows = options.count ?? ('item' in chosen ? chosen.item.rows : 64);
    const value = await sampleValue(context, moment, values[0], rows);
    writeFileSync(out, writeNpy(value));
  }
  if (!options.quiet) terminal.err(`${out}: from iteration ${checkpoint.position.iteration}\n`);
  return exitCodes.fine;
}

/** The program that samples: the run's own, or its spec for another target or device, in a folder for the while. */
async function programOf(
  run: RunDirectory,
  { device = 'cpu', threads, ...options }: SampleOptions,
  terminal: Terminal,
): Promise<{ program: PlacedProgram; place: EngineIdentity }> {
  const target = targetCalled(options.target ?? run.manifest.target);
  const own = { manifest: run.manifest, folder: inside(run.path).program };
  const place = await chooseEngine({ ...run.manifest, target }, device, threads);
  // A program for the GPU runs on the host as well, not the other way round.
  const fits = layoutFor(target, place.device) === 'host' || layoutOf(run.manifest) === 'webgpu';
  if (target === run.manifest.target && fits) return { program: own, place };
  const { manifest, files } = recompiled(run, storedSpec(run), target, layoutFor(target, place.device), terminal); // prettier-ignore
  const folder = mkdtempSync(join(tmpdir(), 'ganc-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFolderAtomic(join(folder, 'program'), programFiles(manifest, files));
  return { program: { manifest, folder: join(folder, 'program') }, place };
}

/** A run directory, or one of its checkpoints. */
function opened(path: string, which: string | undefined): { run: RunDirectory; checkpoint: Checkpoint } {
  const within = existsSync(join(path, 'checkpoint.json'));
  const run = openRun(within ? dirname(dirname(path)) : path);
  const folder = inside(run.path).checkpoints;
  const found = within ? readCheckpoint(path) : chosenCheckpoint(folder, which);
  if (found) return { run, checkpoint: found };
  const there = checkpoints(folder).map((place) => Number(place.slice(-8)));
  const list = there.length === 0 ? 'it has none yet' : `it has those of the iterations ${there.join(', ')}`;
  throw new Exit(
    exitCodes.usage,
    `${path} has no whole checkpoint${which === undefined ? '' : ` ${which}`}: ${list}`,
  );
}

function chosenCheckpoint(folder: string, which: string | undefined): Checkpoint | null {
  const newest = newestCheckpoint(folder);
  if (which === undefined || newest === null) return newest;
  const iteration = which === 'best' ? newest.best?.iteration : Number(which);
  const place = checkpoints(folder).find((path) => Number(path.slice(-8)) === iteration);
  return place === undefined ? null : readCheckpoint(place);
}

type Choice = { readonly item: Shown } | { readonly name: string; readonly ref: ValueRef };

function choose(manifest: Manifest, name: string | undefined): Choice {
  const lines = manifest.reports.flatMap(({ items }) => items);
  const pictures = lines.filter((item): item is Shown => item.kind === 'picture' || item.kind === 'sound');
  const values = new Map(lines.flatMap(refsOf).map((ref) => [ref.output, ref]));
  const names = [...pictures.map((item) => item.name), ...values.keys()];
  const list = names.length === 0 ? 'its spec reports none' : `there are ${names.join(', ')}`;
  if (name === undefined) {
    if (pictures.length === 1) return { item: pictures[0] };
    throw new Exit(exitCodes.usage, `which picture or value? ${list}`);
  }
  const item = pictures.find((picture) => picture.name === name);
  if (item) return { item };
  const ref = values.get(name);
  if (ref) return { name, ref };
  const near = nearest(name, names);
  throw new Exit(
    exitCodes.usage,
    `no picture or value is called ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`,
  );
}

function refsOf(item: ReportItem): ValueRef[] {
  if (item.kind === 'recalibrate') return [];
  return item.kind === 'metric'
    ? item.sets.flatMap(({ values }) => Object.values(values))
    : Object.values(item.values);
}
