/**
 * `ganc sample RUN NAME`: a picture or a sound of the spec, or the values behind it, from a checkpoint. To PNG, to WAV
 * (a file for each row), or to npy (format 1.0: [rows, ...] in the program's float type). With `--feed`, of one row
 * that comes from files and numbers; the data itself is not opened then.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Manifest, ReportItem, ValueRef } from '../compiler/program/manifest.ts';
import { nearest } from '../grammar/diagnostics.ts';
import { metrics, pictures } from '../runtime/catalogue.ts';
import { checkpoints, newestCheckpoint, readCheckpoint } from '../runtime/checkpoint.ts';
import type { Checkpoint } from '../runtime/checkpoint.ts';
import type { Engine } from '../runtime/engine.ts';
import { writeNpy } from '../runtime/formats/npy.ts';
import { initialState } from '../runtime/initial-state.ts';
import { sampleValue } from '../runtime/report-values.ts';
import type { ReportContext } from '../runtime/report-values.ts';
import { reporter } from '../runtime/reports.ts';
import { inside, openRun } from '../runtime/run-directory.ts';
import type { RunDirectory } from '../runtime/run-directory.ts';
import { iterationAt, schedule } from '../runtime/schedule.ts';
import { openEngine, openSession } from '../runtime/session.ts';
import type { Moment } from '../runtime/training.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { fedFor } from './feed.ts';
import type { Feeds } from './feed.ts';
import type { Terminal } from './terminal.ts';

export interface SampleOptions {
  readonly out?: string;
  readonly count?: number;
  readonly seed?: number;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly feed?: Feeds;
  readonly threads: number;
  readonly quiet: boolean;
}

type Shown = Extract<ReportItem, { kind: 'picture' | 'sound' }>;

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
  const { engine, context } = await contextFor(run, chosen, options);
  const moment: Moment = {
    state: await engine.start(initialState(run.manifest, run.info.seed, checkpoint.values)),
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
  if (!['.png', '.wav'].includes(kind)) throw new Exit(exitCodes.usage, `${out}: samples are written as .png, .wav or .npy`); // prettier-ignore
  const what = 'item' in chosen ? `a ${chosen.item.kind}` : 'a value without a picture';
  throw new Exit(
    exitCodes.usage,
    `${name} is ${what}: write it as ${own === '.npy' ? own : `${own} or .npy`}`,
  );
}

/** What reports need, on the run's data or on what is fed in its place. */
async function contextFor(
  run: RunDirectory,
  chosen: Choice,
  { feed, seed = run.info.seed, threads }: SampleOptions,
): Promise<{ readonly engine: Engine; readonly context: ReportContext }> {
  const { manifest, info } = run;
  if (feed === undefined) {
    const session = await openSession(run, threads);
    return { engine: session.trainer.engine, context: { ...session.reports, seed } };
  }
  const [name, refs] = 'item' in chosen ? [chosen.item.name, Object.values(chosen.item.values)] : [chosen.name, [chosen.ref]]; // prettier-ignore
  const streams = fedFor(manifest, refs, name, feed);
  const counts = Object.fromEntries(Object.entries(info.data).map(([stream, { count }]) => [stream, count]));
  const engine = await openEngine(manifest, inside(run.path).program, threads);
  return { engine, context: { manifest, streams, schedule: schedule(manifest, counts), seed, metrics, pictures } }; // prettier-ignore
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
    writeFileSync(file, result.bytes);
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
  writeFileSync(out, writeNpy(value));
  return [out];
}

/** The run that a run directory, or one of its checkpoints, belongs to. */
export function openedRun(path: string): RunDirectory {
  return openRun(existsSync(join(path, 'checkpoint.json')) ? dirname(dirname(path)) : path);
}

/** The spec's pictures and sounds. */
export function linesOf({ reports }: Pick<Manifest, 'reports'>): Shown[] {
  const lines = reports.flatMap(({ items }) => items);
  return lines.filter((item): item is Shown => item.kind === 'picture' || item.kind === 'sound');
}

/** A run directory, or one of its checkpoints. */
function opened(path: string, which: string | undefined): { run: RunDirectory; checkpoint: Checkpoint } {
  const within = existsSync(join(path, 'checkpoint.json'));
  const run = openedRun(path);
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
  const shown = linesOf(manifest);
  const values = new Map(lines.flatMap(refsOf).map((ref) => [ref.output, ref]));
  const names = [...shown.map((item) => item.name), ...values.keys()];
  const list = names.length === 0 ? 'its spec reports none' : `there are ${names.join(', ')}`;
  if (name === undefined) {
    if (shown.length === 1) return { item: shown[0] };
    throw new Exit(exitCodes.usage, `which picture, sound or value? ${list}`);
  }
  const item = shown.find((one) => one.name === name);
  if (item) return { item };
  const ref = values.get(name);
  if (ref) return { name, ref };
  const near = nearest(name, names);
  throw new Exit(
    exitCodes.usage,
    `no picture, sound or value is called ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`,
  );
}

function refsOf(item: ReportItem): ValueRef[] {
  if (item.kind === 'recalibrate') return [];
  return item.kind === 'metric'
    ? item.sets.flatMap(({ values }) => Object.values(values))
    : Object.values(item.values);
}
