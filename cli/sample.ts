/**
 * `ganc sample RUN NAME`: a picture or a sound of the spec, or the values behind it, from a checkpoint. To PNG, to WAV
 * (a file for each row), or to npy (format 1.0: [rows, ...] in the program's float type). With `--feed`, of one row
 * that comes from files and numbers; the data itself is not opened then.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { writeFileAtomic, writeFolderAtomic } from '../runtime/atomic.ts';
import { metrics, pictures } from '../runtime/catalogue.ts';
import type { Engine, EngineIdentity } from '../runtime/engines/engine.ts';
import { writeNpy } from '../runtime/formats/npy.ts';
import { initialState } from '../runtime/run/initial-state.ts';
import { sampleValue } from '../runtime/reports/values.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import { reporter } from '../runtime/reports/reports.ts';
import { layoutFor, layoutOf } from '../runtime/run/new-run.ts';
import { inside, programFiles } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { iterationAt, schedule } from '../runtime/run/schedule.ts';
import { chooseEngine, openEngine, openSession } from '../runtime/run/session.ts';
import type { PlacedProgram } from '../runtime/run/session.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import type { Moment } from '../runtime/run/training.ts';
import { choose, opened } from './chosen.ts';
import type { Choice, Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { fedFor } from './feed.ts';
import type { Feeds } from './feed.ts';
import { targetCalled } from './program.ts';
import type { Target } from './program.ts';
import { recompiled, storedSpec } from './resume.ts';
import type { Terminal } from './terminal.ts';

export interface SampleOptions {
  readonly out?: string;
  readonly count?: number;
  readonly seed?: number;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly feed?: Feeds;
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly threads: number;
  readonly quiet: boolean;
}

const extensions = { picture: '.png', sound: '.wav' } as const;

/** Without a name, the spec's only picture or sound. */
export async function sample(
  path: string,
  name: string | undefined,
  options: SampleOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { run, checkpoint } = opened(path, options.checkpoint);
  const chosen = choose(run.manifest, name);
  const out = outputFor(chosen, options.out);
  const { program, place } = await programOf(run, options, terminal);
  const { engine, context } = await contextFor(run, program, place, chosen, options);
  const moment: Moment = {
    state: await engine.start(initialState(program.manifest, run.info.seed, checkpoint.values)),
    time: iterationAt(context.schedule, checkpoint.position).time,
    applied: checkpoint.applied,
  };
  const rows = options.feed ? 1 : options.count;
  const written =
    extname(out).toLowerCase() === '.npy'
      ? await writeValues(context, moment, chosen, out, rows)
      : await writeShown(context, moment, (chosen as { readonly item: Shown }).item, out, rows);
  const many = written.length > 1 ? ` to ${written.at(-1)}` : '';
  if (!options.quiet) terminal.err(`${written[0]}${many}: from iteration ${checkpoint.position.iteration}\n`);
  return exitCodes.fine;
}

/** The file to write; throws Exit if what was chosen can't be written as such a file. */
function outputFor(chosen: Choice, given: string | undefined): string {
  const own = 'item' in chosen ? extensions[chosen.item.kind] : '.npy';
  const name = 'item' in chosen ? chosen.item.name : chosen.name;
  const out = given ?? `${name}${own}`;
  const kind = extname(out).toLowerCase();
  if (kind === own || kind === '.npy') return out;
  if (!['.png', '.wav'].includes(kind))
    throw new Exit(exitCodes.usage, `${out}: samples are written as .png, .wav or .npy`);
  const what = 'item' in chosen ? `a ${chosen.item.kind}` : 'a value without a picture';
  throw new Exit(
    exitCodes.usage,
    `${name} is ${what}: write it as ${own === '.npy' ? own : `${own} or .npy`}`,
  );
}

/** What reports need, on the run's data or on what is fed in its place. */
async function contextFor(
  run: RunDirectory,
  program: PlacedProgram,
  place: EngineIdentity,
  chosen: Choice,
  { feed, seed = run.info.seed }: SampleOptions,
): Promise<{ readonly engine: Engine; readonly context: ReportContext }> {
  const { info } = run;
  const { manifest, folder } = program;
  if (feed === undefined) {
    const session = await openSession(run, place, program);
    return { engine: session.trainer.engine, context: { ...session.reports, seed } };
  }
  const [name, refs] =
    'item' in chosen ? [chosen.item.name, Object.values(chosen.item.values)] : [chosen.name, [chosen.ref]];
  const streams = fedFor(manifest, refs, name, feed);
  const counts = Object.fromEntries(Object.entries(info.data).map(([stream, { count }]) => [stream, count]));
  const engine = await openEngine(manifest, folder, place);
  return {
    engine,
    context: { manifest, streams, schedule: schedule(manifest, counts), seed, metrics, pictures },
  };
}

async function writeShown(
  context: ReportContext,
  moment: Moment,
  shown: Shown,
  out: string,
  rows: number | undefined,
): Promise<string[]> {
  const results = await reporter(context)([{ ...shown, rows: rows ?? shown.rows }], moment);
  const stem = out.slice(0, -extname(out).length);
  return results.map((result) => {
    if (result.kind === 'problem') throw new Exit(exitCodes.failed, `no ${shown.name}: ${result.reason}`);
    if (result.kind !== 'file') throw new Error(`${shown.name} gave a ${result.kind}`);
    const file = results.length === 1 ? out : `${stem}-${result.part}${extname(out)}`;
    writeFileAtomic(file, result.bytes);
    return file;
  });
}

async function writeValues(
  context: ReportContext,
  moment: Moment,
  chosen: Choice,
  out: string,
  count: number | undefined,
): Promise<string[]> {
  const values = 'item' in chosen ? Object.values(chosen.item.values) : [chosen.ref];
  if ('item' in chosen && Object.keys(chosen.item.varied).length > 0)
    throw new Exit(
      exitCodes.usage,
      `${chosen.item.name} varies its samples, so it is a picture only: write it as .png`,
    );
  const rows = count ?? ('item' in chosen ? chosen.item.rows : 64);
  const value = await sampleValue(context, moment, values[0], rows);
  writeFileAtomic(out, writeNpy(value));
  return [out];
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
  const { manifest, files } = recompiled(
    run,
    storedSpec(run),
    target,
    layoutFor(target, place.device),
    terminal,
  );
  const folder = mkdtempSync(join(tmpdir(), 'ganc-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFolderAtomic(join(folder, 'program'), programFiles(manifest, files));
  return { program: { manifest, folder: join(folder, 'program') }, place };
}
