/**
 * `ganc sample RUN NAME`: a picture or a sound of the spec, or the values behind it, from a checkpoint. To PNG, to WAV
 * (a file for each row, side by side or in a folder), or to npy (format 1.0: [rows, ...] in the program's float type). With
 * `--feed`, of one row that comes from files and numbers; the data itself is not opened then.
 */
import { extname } from 'node:path';
import { writeNamedFile } from '../runtime/atomic.ts';
import type { DeviceName } from '../runtime/engines/engine.ts';
import { writeNpy } from '../runtime/formats/npy.ts';
import type { DrawPlan } from '../runtime/reports/draw-plan.ts';
import { reporter } from '../runtime/reports/reports.ts';
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
import { requireFree, requireMemory, requireWritable } from './sample-files.ts';
import { manyFiles, writeMany, type ManyOptions } from './sample-many.ts';
import { contextFor, momentOf, programOf, refsOf, requirePlain, samplesOf } from './sampled.ts';
import { wishedDraws } from './set-samples.ts';
import type { Wishes } from './set-samples.ts';
import type { Terminal } from './terminal.ts';

export interface SampleOptions extends ManyOptions {
  readonly out?: string;
  readonly count?: number;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly feed?: Feeds;
  readonly target?: Target;
  readonly device?: DeviceName;
  readonly threads: number;
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
  const rows = options.feed ? 1 : (options.count ?? rowsOf(chosen));
  if (many !== null) requireFree(out, options.force ?? false);
  else {
    requireWritable(out);
    requireMemory(rows, leastBytes(run.manifest, chosen));
  }
  const plan = planFor(run, chosen, rows, options);
  const { program, place } = await programOf(run, options, terminal);
  const { engine, context } = await contextFor(run, program, place, chosen, options);
  const planned = plan === undefined ? context : { ...context, plan };
  const moment = await momentOf(run, program, checkpoint, engine, context);
  const written =
    many !== null
      ? await writeMany(run, planned, moment, { chosen, many, out, rows }, options, terminal)
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

/** Which draws the rows have, if any are chosen. */
function planFor(run: RunDirectory, chosen: Choice, rows: number, wishes: Wishes): DrawPlan | undefined {
  if (wishes.setSample === undefined && wishes.interpolate === undefined) return undefined;
  requirePlain(chosen);
  const samples = samplesOf(run);
  const graphs = refsOf(chosen).map(({ graph }) => run.manifest.graphs[graph]);
  const keys = graphs.flatMap(({ inputs }) =>
    inputs.flatMap(({ from }) => (from.kind === 'draw' ? [from.key] : [])),
  );
  const read = [...samples.keys()].filter((name) => keys.includes(name));
  return wishedDraws(wishes, samples, read, rows);
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
  rows: number,
): Promise<string[]> {
  const results = await reporter(context)([{ ...shown, rows }], moment);
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
  rows: number,
): Promise<string[]> {
  requirePlain(chosen);
  const value = await sampleValue(context, moment, refsOf(chosen)[0], rows);
  writeNamedFile(out, writeNpy(value));
  return [out];
}
