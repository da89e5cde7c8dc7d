/**
 * `ganc eval RUN --feed image=folder/*.jpg --value "Enc(image).mean" --out codes.npz`: any expression of a run's spec over one's
 * own files, over its data or over samples, with the weights of a checkpoint. In: a run and texts; out: an archive, a table, or a
 * folder of pictures. What the expression says is checked as a spec is.
 */
import { extname, join, relative } from 'node:path';
import { checkSpec, compile } from '../compiler/compile.ts';
import type { Host } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import { isError } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import { jsonText } from '../grammar/visible.ts';
import type { ValueRef } from '../program/manifest.ts';
import { writeNamedFile, writeFolderAtomic } from '../runtime/atomic.ts';
import { metrics, pictures } from '../runtime/catalogue.ts';
import { allowFolders } from '../runtime/data/allowed.ts';
import { csvLine } from '../runtime/formats/csv-line.ts';
import { writeNpz } from '../runtime/formats/npz.ts';
import { rowWidth } from '../runtime/reports/metrics/metric.ts';
import { rowsToSample, sampledRows } from '../runtime/reports/sampling.ts';
import type { ReportContext } from '../runtime/reports/values.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { programFiles } from '../runtime/run/run-directory.ts';
import { schedule } from '../runtime/run/schedule.ts';
import { chooseEngine, openEngine } from '../runtime/run/session.ts';
import { opened } from './chosen.ts';
import { fedAs, valueAs } from './eval-spec.ts';
import type { Fed } from './eval-spec.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { counted, say } from './read.ts';
import { hostOf, storedSpec } from './resume.ts';
import { collected, requireFree, rowsWatched, writeFolder } from './sample-files.ts';
import type { Arrays } from './sample-files.ts';
import { momentOf, streamsRead } from './sampled.ts';
import type { Terminal } from './terminal.ts';
import { temporaryFolder } from '../runtime/temporary.ts';

export interface EvalOptions {
  readonly feed: readonly string[];
  readonly value: readonly string[];
  readonly out: string;
  readonly count?: number;
  readonly seed?: number;
  readonly checkpoint?: string;
  readonly range?: readonly [number, number];
  readonly threads: number;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

type Form = 'npz' | 'csv' | 'folder';

export async function evaluateRun(path: string, options: EvalOptions, terminal: Terminal): Promise<ExitCode> {
  const { out, quiet } = options;
  const form = formOf(out);
  requireFree(out, options.force);
  const { run, checkpoint } = opened(path, options.checkpoint);
  const { program, fed } = compiled(run, options, form, terminal);
  const values = valuesOf(program, options);
  const graphs = new Set(values.map(({ ref }) => ref.graph));
  if (graphs.size > 1) throw wrong('the values go over rows of different streams: ask for them one by one');
  const { context, moment } = await placed(run, program, checkpoint, values, options);
  const [{ ref }] = values;
  const rows = rowsToSample(context, ref, options.count ?? ('stream' in ref.rows ? Infinity : 64));
  const made = sampledRows(
    context,
    moment,
    ref.graph,
    values.map((one) => one.ref.output),
    rows,
  );
  const names = namesOf(ref, fed);
  const shown = rowsWatched('eval', quiet || options.json, terminal);
  try {
    if (form === 'folder') {
      if (values.length > 1) throw wrong('a folder holds one picture a row: ask for one value');
      const range = options.range ?? values[0].range;
      if (range === null)
        throw wrong('which numbers are black and white? --range -1,1 says so, or --out a .npz');
      const notes = { kind: 'samples', of: options.value[0], iteration: moment.iteration, rows, range };
      await writeFolder(
        made,
        { out, output: ref.output, range, rows, classed: null, force: options.force, notes },
        shown.watch,
      );
    } else {
      const arrays = await collected(
        made,
        (chunk) =>
          values.map(
            ({ name, ref: { output } }) =>
              [name, chunk.values[output].shape, chunk.values[output].data] as const,
          ),
        rows,
        shown.watch,
      );
      writeNamedFile(out, form === 'npz' ? writeNpz(arrays) : table(arrays, names));
    }
  } finally {
    shown.end();
  }
  if (options.json)
    terminal.out(
      jsonText({
        kind: 'eval',
        path: out,
        rows,
        iteration: moment.iteration,
        values: values.map(({ name }) => name),
      }) + '\n',
    );
  else if (!quiet) terminal.err(`${out}: ${counted(rows, 'row')}, by iteration ${moment.iteration}\n`);
  return exitCodes.fine;
}

/** What the rows of a value are called, in their order: the files that they were fed from; null: they have no names. */
const namesOf = ({ rows }: ValueRef, fed: readonly Fed[]): readonly string[] | null =>
  'stream' in rows ? (fed.find(({ stream }) => stream === rows.stream)?.files ?? null) : null;

const wrong = (text: string): Exit => new Exit(exitCodes.usage, text);

function formOf(out: string): Form {
  const ending = extname(out).toLowerCase();
  if (ending === '.npz') return 'npz';
  if (ending === '.csv') return 'csv';
  if (ending === '' || /[\\/]$/.test(out)) return 'folder';
  throw wrong(`${out}: values are written as .npz or .csv, pictures into a folder`);
}

// ---------------------------------------------------------------- the spec with what is asked of it

const extra = '--value';

/** The run's spec, with what is fed and asked for as declarations of a file that it imports. */
function compiled(
  run: RunDirectory,
  { feed, value }: EvalOptions,
  form: Form,
  terminal: Terminal,
): { readonly program: Program; readonly fed: readonly Fed[] } {
  const spec = storedSpec(run);
  const { set, profile } = run.info;
  const compiling = { set, profile: profile ?? undefined };
  const { data } = checkSpec(spec, hostOf(run), compiling).analysis.names;
  const fed = feed.map((text) => fedAs(text, data));
  // What is named on the command line may be read.
  allowFolders(fed.flatMap(({ folder }) => (folder === null ? [] : [folder])));
  const asked = value.map(valueAs);
  const report = asked.map(({ name }) =>
    form === 'folder' ? `picture eval_${name} = grid(${name})` : `metric eval_${name} = evaluated(${name})`,
  );
  const text = [
    ...fed.map((one) => one.text),
    ...asked.map(({ name, expression }) => `let ${name} = ${expression}\n`),
    `report every 1 steps {\n  ${report.join('\n  ')}\n}\n`,
  ].join('');
  const host = hostWith(hostOf(run), { path: extra, text });
  const entry = { ...spec, text: `${spec.text}\nimport ${JSON.stringify(extra)}\n` };
  const { program, diagnostics } = compile(entry, host, compiling);
  const errors = diagnostics.filter(isError);
  if (program !== undefined && errors.length === 0) return { program, fed };
  say(terminal, errors);
  throw new Exit(exitCodes.diagnostics);
}

/** A metric that is never computed: its argument is what is asked for. */
const hostWith = (host: Host, source: Source): Host => ({
  ...host,
  read: (path, from) => (path === source.path ? source : host.read(path, from)),
  catalogue: {
    ...host.catalogue,
    metrics: {
      ...host.catalogue.metrics,
      evaluated: {
        name: 'evaluated',
        doc: '',
        params: [{ name: 'value', type: 'value', doc: '' }],
        better: 'neither',
      },
    },
  },
});

interface Asked {
  readonly name: string;
  readonly ref: ValueRef;
  /** Of a picture. */
  readonly range: readonly [number, number] | null;
}

/** The values in the order in which they were asked for; each is the only one of its line. */
function valuesOf({ manifest }: Program, { value }: EvalOptions): Asked[] {
  const items = manifest.reports.flatMap(({ items: all }) => all);
  return value.map(valueAs).map(({ name }) => {
    const item = items.find((one) => 'name' in one && one.name === `eval_${name}`);
    if (item === undefined || item.kind === 'recalibrate') throw new Error(`no line for ${name}`);
    const [ref] = Object.values(item.kind === 'metric' ? item.sets[0].values : item.values);
    const range = item.kind === 'metric' ? undefined : item.options.range;
    return { name, ref, range: Array.isArray(range) ? [Number(range[0]), Number(range[1])] : null };
  });
}

/** The program on an engine, with the streams opened that it reads. */
async function placed(
  run: RunDirectory,
  { manifest, files }: Program,
  checkpoint: ReturnType<typeof opened>['checkpoint'],
  values: readonly Asked[],
  { seed = run.info.seed, threads }: EvalOptions,
): Promise<{ readonly context: ReportContext; readonly moment: Awaited<ReturnType<typeof momentOf>> }> {
  const streams = await streamsRead(
    manifest,
    values.map(({ ref }) => ref),
    run.info.folder,
    run.info.seed,
  );
  const folder = temporaryFolder('eval');
  writeFolderAtomic(join(folder, 'program'), programFiles(manifest, files));
  const program = { manifest, folder: join(folder, 'program') };
  const engine = await openEngine(manifest, program.folder, await chooseEngine(manifest, 'cpu', threads));
  const counts = Object.fromEntries(Object.entries(run.info.data).map(([name, { count }]) => [name, count]));
  // The schedule is the run's: what is fed counts nothing.
  const context = { manifest, streams, schedule: schedule(run.manifest, counts), seed, metrics, pictures };
  return { context, moment: await momentOf(run, program, checkpoint, engine, context) };
}

// ---------------------------------------------------------------- tables

/** A line of names, then one for each row; `names`: of the files that were fed. */
function table(arrays: Arrays, names: readonly string[] | null): string {
  const columns = arrays.flatMap(([name, { shape, data }]) => {
    const width = rowWidth({ shape });
    const title = (i: number): string => (shape.length === 1 ? name : `${name}_${i}`);
    return Array.from({ length: width }, (_, i) => ({
      title: title(i),
      at: (row: number) => String(data[row * width + i]),
    }));
  });
  const rows = arrays[0][1].shape[0];
  const file = (row: number): string[] => (names === null ? [] : [relative('.', names[row])]);
  const lines = Array.from({ length: rows }, (_, row) =>
    csvLine([...file(row), ...columns.map(({ at }) => at(row))]),
  );
  const heads = csvLine([...(names === null ? [] : ['file']), ...columns.map(({ title }) => title)]);
  return `${[heads, ...lines].join('\n')}\n`;
}
