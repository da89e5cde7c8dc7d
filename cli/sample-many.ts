/** Many samples of `ganc sample`, row by row: a folder of pictures, by class where there is one, a folder of sounds, or an archive. */
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import type { ValueRef } from '../program/manifest.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { writeNpz } from '../runtime/formats/npz.ts';
import type { Moment } from '../runtime/reports/result.ts';
import { rowsToSample, sampledRows } from '../runtime/reports/sampling.ts';
import type { SampledRows } from '../runtime/reports/sampling.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import type { Choice, Shown } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import { counted } from './read.ts';
import { arraysOf, classesOf, collected, rowsWatched, writeFolder, type Watch } from './sample-files.ts';
import { writeSounds } from './sample-sounds.ts';
import { refsOf, requirePlain, samplesOf } from './sampled.ts';
import type { Wishes } from './set-samples.ts';
import type { Terminal } from './terminal.ts';

export interface ManyOptions extends Wishes {
  readonly seed?: number;
  /** What is black and white in pictures of a folder; default: the range of their type. */
  readonly range?: readonly [number, number];
  readonly force?: boolean;
  readonly quiet: boolean;
}

/** Whether a path means a folder of pictures or sounds, or an archive of arrays. */
export function manyFiles(out: string | undefined): 'folder' | 'npz' | null {
  if (out === undefined) return null;
  if (extname(out).toLowerCase() === '.npz') return 'npz';
  const folder =
    /[\\/]$/.test(out) || extname(out) === '' || statSync(out, { throwIfNoEntry: false })?.isDirectory();
  return folder === true ? 'folder' : null;
}

export interface Many {
  readonly chosen: Choice;
  readonly many: 'folder' | 'npz';
  readonly out: string;
  readonly rows: number;
}

/** What the rows become. */
type Form =
  | { readonly kind: 'sounds'; readonly item: Shown }
  | { readonly kind: 'pictures'; readonly range: readonly [number, number] }
  | { readonly kind: 'arrays'; readonly range: readonly [number, number] | null };

interface Making {
  readonly run: RunDirectory;
  readonly context: ReportContext;
  readonly moment: Moment & { readonly iteration: number };
  readonly name: string;
  readonly ref: ValueRef;
  readonly out: string;
  readonly rows: number;
  readonly force: boolean;
  /** What they are. */
  readonly notes: Readonly<Record<string, unknown>>;
  readonly watch: Watch;
}

export async function writeMany(
  run: RunDirectory,
  context: ReportContext,
  moment: Moment & { readonly iteration: number },
  many: Many,
  options: ManyOptions,
  terminal: Terminal,
): Promise<string[]> {
  const { chosen, out } = many;
  requirePlain(chosen);
  const name = nameOf(chosen);
  const form = formOf(many, options.range);
  const [ref] = refsOf(chosen);
  const rows = rowsToSample(context, ref, many.rows);
  const notes = {
    kind: 'samples',
    of: name,
    spec: context.manifest.name,
    iteration: moment.iteration,
    rows,
    seed: options.seed ?? run.info.seed,
    setSample: options.setSample ?? [],
    interpolate: options.interpolate ?? null,
    ...(form.kind !== 'sounds' && { range: form.range }),
  };
  const shown = rowsWatched(name, options.quiet, terminal);
  const { force = false } = options;
  try {
    const write = writers[form.kind] as (form: Form, making: Making) => Promise<void>;
    await write(form, { run, context, moment, name, ref, out, rows, force, notes, watch: shown.watch });
  } catch (error) {
    if (error instanceof Error && error.constructor === Error)
      throw new Exit(exitCodes.failed, `no ${name}: ${error.message}`);
    throw error;
  } finally {
    shown.end();
  }
  return [`${out}, ${counted(rows, 'row')}`];
}

const nameOf = (chosen: Choice): string => ('item' in chosen ? chosen.item.name : chosen.name);

/** Throws Exit where what was chosen has no such form. */
function formOf({ chosen, many }: Many, given: ManyOptions['range']): Form {
  if ('item' in chosen && chosen.item.kind === 'sound' && many === 'folder')
    return { kind: 'sounds', item: chosen.item };
  const name = nameOf(chosen);
  const [first, ...others] = refsOf(chosen).map(({ output }) => output);
  if (others.length > 0)
    throw new Exit(
      exitCodes.usage,
      `${name} shows several values; choose one: ${first}, ${others.join(', ')}`,
    );
  const range = given ?? rangeOf(chosen);
  if (many === 'npz') return { kind: 'arrays', range };
  if (range !== null) return { kind: 'pictures', range };
  throw new Exit(
    exitCodes.usage,
    `which numbers of ${name} are black and white? --range -1,1 says so, or --out a .npz`,
  );
}

function rangeOf(chosen: Choice): readonly [number, number] | null {
  const range = 'item' in chosen ? chosen.item.options.range : undefined;
  return Array.isArray(range) ? [Number(range[0]), Number(range[1])] : null;
}

const writers: {
  readonly [K in Form['kind']]: (form: Extract<Form, { kind: K }>, making: Making) => Promise<void>;
} = {
  sounds: ({ item }, { context, moment, out, rows, force, notes, watch }) =>
    writeSounds(context, moment, { out, item, rows, force, notes }, watch),
  async arrays(_, making) {
    const { run, name, ref, out, rows, watch } = making;
    const samples = samplesOf(run);
    const partsOf = (chunk: SampledRows): ReturnType<typeof arraysOf> =>
      arraysOf(chunk, name, ref.output, samples);
    writeNamedFile(out, writeNpz(await collected(rowsMade(making), partsOf, rows, watch)));
  },
  pictures({ range }, making) {
    const { run, context, ref, out, rows, force, notes, watch } = making;
    const classed = classesOf(context.manifest.graphs[ref.graph], run);
    const wanted = { out, output: ref.output, range, rows, classed, force, notes };
    return writeFolder(rowsMade(making), wanted, watch);
  },
};

const rowsMade = ({ context, moment, ref, rows }: Making): AsyncIterable<SampledRows> =>
  sampledRows(context, moment, ref.graph, [ref.output], rows);
