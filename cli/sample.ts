/**
 * `ganc sample RUN NAME`: a picture or a sound of the spec, or the values behind it, from a checkpoint. To PNG, to WAV
 * (a file for each row, side by side or in a folder), or to npy (format 1.0: [rows, ...] in the program's float type). With
 * `--feed`, of one row that comes from files and numbers; the data itself is not opened then.
 */
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import type { SampleInfo } from '../compiler/bind/names.ts';
import { checkSpec } from '../compiler/compile.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { writeNpy } from '../runtime/formats/npy.ts';
import { writeNpz } from '../runtime/formats/npz.ts';
import type { DrawPlan } from '../runtime/reports/draw-plan.ts';
import { reporter } from '../runtime/reports/reports.ts';
import { rowsToSample, sampledRows } from '../runtime/reports/sampling.ts';
import type { SampledRows } from '../runtime/reports/sampling.ts';
import { sampleValue } from '../runtime/reports/values.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import type { Moment } from '../runtime/reports/result.ts';
import { choose, opened } from './chosen.ts';
import type { Choice, Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Feeds } from './feed.ts';
import type { Target } from './program.ts';
import { counted } from './read.ts';
import { hostOf, storedSpec } from './resume.ts';
import {
  arraysOf,
  classesOf,
  collected,
  requireFree,
  requireMemory,
  requireWritable,
  rowsWatched,
  writeFolder,
} from './sample-files.ts';
import { writeSounds } from './sample-sounds.ts';
import { contextFor, momentOf, programOf, refsOf } from './sampled.ts';
import { wishedDraws } from './set-samples.ts';
import type { Wishes } from './set-samples.ts';
import type { Terminal } from './terminal.ts';

export interface SampleOptions {
  readonly out?: string;
  readonly count?: number;
  readonly seed?: number;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly feed?: Feeds;
  /** `digit=3`, `style[0]=-1..1`. */
  readonly setSample?: readonly string[];
  /** Rows from one draw to the next. */
  readonly interpolate?: number;
  /** What is black and white in pictures of a folder; default: the range of their type. */
  readonly range?: readonly [number, number];
  readonly force?: boolean;
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
  const many = manyFiles(options.out);
  const out = many === null ? outputFor(chosen, options.out) : options.out!;
  const rows = options.feed ? 1 : options.count;
  if (many !== null) requireFree(out, options.force ?? false);
  else {
    requireWritable(out);
    requireMemory(rows ?? rowsOf(chosen), leastBytes(run.manifest, chosen));
  }
  const plan = planFor(run, chosen, rows ?? rowsOf(chosen), options);
  const { program, place } = await programOf(run, options, terminal);
  const { engine, context } = await contextFor(run, program, place, chosen, options);
  const planned = plan === undefined ? context : { ...context, plan };
  const moment = await momentOf(run, program, checkpoint, engine, context);
  const written =
    many !== null
      ? await writeMany(
          run,
          planned,
          moment,
          { chosen, many, out, rows: rows ?? rowsOf(chosen) },
          options,
          terminal,
        )
      : extname(out).toLowerCase() === '.npy'
        ? await writeValues(planned, moment, chosen, out, rows)
        : await writeShown(planned, moment, (chosen as { readonly item: Shown }).item, out, rows);
  const last = written.length > 1 ? ` to ${written.at(-1)}` : '';
  if (!options.quiet) terminal.err(`${written[0]}${last}: from iteration ${checkpoint.position.iteration}\n`);
  return exitCodes.fine;
}

/** Bytes of a row of what is chosen; of lengths that are not known before the least. */
const leastBytes = ({ graphs }: RunDirectory['manifest'], chosen: Choice): number =>
  refsOf(chosen).reduce((sum, { graph, output }) => {
    const { shape = [] } = graphs[graph].outputs.find(({ name }) => name === output) ?? {};
    return (
      sum + shape.slice(1).reduce<number>((all, size) => (typeof size === 'number' ? all * size : all), 4)
    );
  }, 0);

const rowsOf = (chosen: Choice): number => ('item' in chosen ? chosen.item.rows : 64);

/** Whether a path means a folder of pictures or sounds, or an archive of arrays. */
function manyFiles(out: string | undefined): 'folder' | 'npz' | null {
  if (out === undefined) return null;
  if (extname(out).toLowerCase() === '.npz') return 'npz';
  const folder =
    /[\\/]$/.test(out) || extname(out) === '' || statSync(out, { throwIfNoEntry: false })?.isDirectory();
  return folder === true ? 'folder' : null;
}

/** Which draws the rows have, if any are chosen. */
function planFor(run: RunDirectory, chosen: Choice, rows: number, wishes: Wishes): DrawPlan | undefined {
  if (wishes.setSample === undefined && wishes.interpolate === undefined) return undefined;
  if ('item' in chosen) requirePlain(chosen.item);
  const samples = samplesOf(run);
  const graphs = refsOf(chosen).map(({ graph }) => run.manifest.graphs[graph]);
  const keys = graphs.flatMap(({ inputs }) =>
    inputs.flatMap(({ from }) => (from.kind === 'draw' ? [from.key] : [])),
  );
  const read = [...samples.keys()].filter((name) => keys.includes(name));
  return wishedDraws(wishes, samples, read, rows);
}

/** The samples of the run's spec. */
function samplesOf(run: RunDirectory): ReadonlyMap<string, SampleInfo> {
  const source = storedSpec(run);
  const { set, profile } = run.info;
  return checkSpec(source, hostOf(run), { set, profile: profile ?? undefined }).analysis.names.samples;
}

function requirePlain({ name, varied }: Shown): void {
  if (Object.keys(varied).length === 0) return;
  throw new Exit(exitCodes.usage, `${name} varies its samples, so it is a picture only: write it as .png`);
}

interface Many {
  readonly chosen: Choice;
  readonly many: 'folder' | 'npz';
  readonly out: string;
  readonly rows: number;
}

/** A folder of pictures or sounds, or an archive, row by row. */
async function writeMany(
  run: RunDirectory,
  context: ReportContext,
  moment: Moment & { readonly iteration: number },
  { chosen, many, out, rows: wanted }: Many,
  { range: given, seed, setSample = [], interpolate, force = false, quiet }: SampleOptions,
  terminal: Terminal,
): Promise<string[]> {
  if ('item' in chosen) requirePlain(chosen.item);
  const [ref, ...others] = refsOf(chosen);
  const name = 'item' in chosen ? chosen.item.name : chosen.name;
  const list = others.map(({ output }) => output).join(', ');
  const sound = 'item' in chosen && chosen.item.kind === 'sound' && many === 'folder' ? chosen.item : null;
  if (others.length > 0 && sound === null)
    throw new Exit(exitCodes.usage, `${name} shows several values; choose one: ${ref.output}, ${list}`);
  const range = given ?? rangeOf(chosen);
  if (many === 'folder' && sound === null && range === null)
    throw new Exit(
      exitCodes.usage,
      `which numbers of ${name} are black and white? --range -1,1 says so, or --out a .npz`,
    );
  const rows = rowsToSample(context, ref, wanted);
  const notes = {
    kind: 'samples',
    of: name,
    spec: context.manifest.name,
    iteration: moment.iteration,
    rows,
    seed: seed ?? run.info.seed,
    setSample,
    interpolate: interpolate ?? null,
    ...(sound === null && { range }),
  };
  const rowsMade = (): AsyncIterable<SampledRows> =>
    sampledRows(context, moment, ref.graph, [ref.output], rows);
  const shown = rowsWatched(name, quiet, terminal);
  try {
    if (sound !== null)
      await writeSounds(context, moment, { out, item: sound, rows, force, notes }, shown.watch);
    else if (many === 'npz') {
      const samples = samplesOf(run);
      const arrays = await collected(
        rowsMade(),
        (chunk) => arraysOf(chunk, name, ref.output, samples),
        rows,
        shown.watch,
      );
      writeNamedFile(out, writeNpz(arrays));
    } else {
      const classed = classesOf(context.manifest.graphs[ref.graph], run);
      await writeFolder(
        rowsMade(),
        { out, output: ref.output, range: range!, rows, classed, force, notes },
        shown.watch,
      );
    }
  } catch (error) {
    if (error instanceof Error && error.constructor === Error)
      throw new Exit(exitCodes.failed, `no ${name}: ${error.message}`);
    throw error;
  } finally {
    shown.end();
  }
  return [`${out}, ${counted(rows, 'row')}`];
}

function rangeOf(chosen: Choice): readonly [number, number] | null {
  const range = 'item' in chosen ? chosen.item.options.range : undefined;
  return Array.isArray(range) ? [Number(range[0]), Number(range[1])] : null;
}

/** The file to write; throws Exit if what was chosen can't be written as such a file. */
function outputFor(chosen: Choice, given: string | undefined): string {
  const own = 'item' in chosen ? extensions[chosen.item.kind] : '.npy';
  const name = 'item' in chosen ? chosen.item.name : chosen.name;
  const out = given ?? `${name}${own}`;
  const kind = extname(out).toLowerCase();
  if (kind === own || kind === '.npy') return out;
  if (!['.png', '.wav'].includes(kind))
    throw new Exit(
      exitCodes.usage,
      `${out}: samples are written as .png, .wav, .npy or .npz, or into a folder`,
    );
  const what = 'item' in chosen ? `a ${chosen.item.kind}` : 'a value without a picture';
  throw new Exit(
    exitCodes.usage,
    `${name} is ${what}: write it as ${own === '.npy' ? own : `${own} or .npy`}`,
  );
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
    writeNamedFile(file, result.bytes);
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
  if ('item' in chosen) requirePlain(chosen.item);
  const value = await sampleValue(context, moment, refsOf(chosen)[0], count ?? rowsOf(chosen));
  writeNamedFile(out, writeNpy(value));
  return [out];
}
