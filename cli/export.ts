/**
 * `ganc export RUN NETWORK --to onnx|torch|safetensors|npz`: one trained network for programs that know nothing of ganc. In: a
 * run's checkpoint; out: a folder with the network, a README that says what goes in and comes out, and the same as JSON. With
 * `--to ganc` the whole run is one file (export-model.ts).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileNetwork, type LonePlan } from '../compiler/compile.ts';
import { averageName } from '../compiler/leaves.ts';
import { loneGraph } from '../compiler/lower/network.ts';
import { isError, nearest } from '../grammar/diagnostics.ts';
import { jsonText } from '../grammar/visible.ts';
import { evaluateHost } from '../program/host.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { makeFolders } from '../runtime/disk.ts';
import type { Tensor } from '../runtime/engines/engine.ts';
import type { Checkpoint } from '../runtime/run/checkpoint.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import { iterationAt, schedule } from '../runtime/run/schedule.ts';
import { modelEnding } from '../runtime/run/model-start.ts';
import { opened } from './chosen.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { exportFiles, networkState, type ExportFormat } from './export-files.ts';
import { exportModel, noRoom } from './export-model.ts';
import { exportPage, facts, type Exported } from './export-page.ts';
import { counted, say } from './read.ts';
import { hostOf, storedSpec } from './resume.ts';
import type { Terminal } from './terminal.ts';

export interface ExportOptions {
  /** Default: a model for an --out that ends as one does, else onnx. */
  readonly to?: ExportFormat | 'ganc';
  readonly out?: string;
  /** The moving averages of its weights and running statistics, in the place of these. */
  readonly average: boolean;
  /** `best`, an iteration, or the newest. */
  readonly checkpoint?: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Without a name, the spec's only network. */
export async function exportNetwork(
  path: string,
  name: string | undefined,
  options: ExportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const to = options.to ?? (options.out?.endsWith(modelEnding) === true ? 'ganc' : 'onnx');
  if (to === 'ganc') {
    requireWhole(name, options);
    return exportModel(path, options, terminal);
  }
  const { run, checkpoint } = opened(path, options.checkpoint);
  const network = networkCalled(run, name);
  const out = options.out ?? `${network}-${to}`;
  requireRoom(out, options.force);
  const plan = compiled(run, network, terminal);
  const values = valuesOf(plan, checkpoint, options.average);
  const made = exported(run, plan, checkpoint, { to, average: options.average });
  const numbers = scheduled(run, plan, checkpoint);
  const files = exportFiles[to](plan, {
    values,
    numbers,
    notes: notesOf(made),
    folder: run.info.folder,
  });
  makeFolders(dirname(out));
  writeFolderAtomic(out, { ...files, ...exportPage(made, files) }, true);
  if (options.json) terminal.out(jsonText({ ...facts(made), path: out }) + '\n');
  else if (!options.quiet)
    terminal.err(
      `${out}: ${network} as of iteration ${made.iteration}${made.averaged ? ', its average' : ''}; ${counted(Object.keys(files).length, 'file')} and README.md, which says what goes in and comes out\n`,
    );
  return exitCodes.fine;
}

/** A model holds all networks and their averages. */
function requireWhole(name: string | undefined, { average }: ExportOptions): void {
  const extra = name ?? (average ? '--average' : null);
  if (extra !== null)
    throw new Exit(
      exitCodes.usage,
      `a model for ganc holds all networks and their averages: leave ${extra} out, or choose another --to`,
    );
}

function networkCalled({ manifest }: RunDirectory, name: string | undefined): string {
  const names = manifest.networks.map((network) => network.name);
  const list = `there are ${names.join(', ')}`;
  if (name === undefined && names.length === 1) return names[0];
  if (name === undefined) throw new Exit(exitCodes.usage, `which network? ${list}`);
  if (names.includes(name)) return name;
  const near = nearest(name, names);
  throw new Exit(
    exitCodes.usage,
    `no network is called ${name}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`,
  );
}

/** Only an export may be replaced by another one. */
function requireRoom(out: string, force: boolean): void {
  if (!existsSync(out)) return;
  const holds = readdirSync(out);
  if (holds.length === 0 || (force && isExport(join(out, 'export.json')))) return;
  throw noRoom(out, force, 'holds something else than an export');
}

function isExport(file: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly kind?: unknown }).kind === 'export';
  } catch {
    return false;
  }
}

/** From the spec as the run was started with it. */
function compiled(run: RunDirectory, name: string, terminal: Terminal): LonePlan {
  const source = storedSpec(run);
  const { set, profile } = run.info;
  const { diagnostics, network } = compileNetwork(source, hostOf(run), name, {
    set,
    profile: profile ?? undefined,
  });
  if (network !== null) return network;
  say(terminal, diagnostics.filter(isError));
  throw new Exit(exitCodes.diagnostics);
}

/** The weights and running statistics of the network and of those that it calls, by name in the program's order. */
function valuesOf(lone: LonePlan, { values }: Checkpoint, average: boolean): Map<string, Tensor> {
  return new Map(
    networkState(lone).map((entry) => {
      const own = average && entry.network === lone.network ? averageName(entry) : entry.name;
      if (own !== entry.name && !Object.hasOwn(values, own))
        throw new Exit(
          exitCodes.usage,
          `the run keeps no average of ${lone.network}: \`average ${lone.network} decay 0.999\` in its schedule would`,
        );
      const value = Object.hasOwn(values, own) ? values[own] : undefined;
      if (value === undefined || value.shape.join() !== entry.shape.join())
        throw new Exit(exitCodes.usage, `the checkpoint's ${own} is not that of the run's spec`);
      return [entry.name, value];
    }),
  );
}

const notesOf = ({ network, iteration, averaged }: Exported): Record<string, string> => ({
  network,
  iteration: String(iteration),
  averaged: String(averaged),
});

/** Numbers of the schedule that the network reads, as they stand at the checkpoint. */
function scheduled(
  run: RunDirectory,
  { plan }: LonePlan,
  { position, applied }: Checkpoint,
): Map<string, number> {
  const counts = Object.fromEntries(Object.entries(run.info.data).map(([name, { count }]) => [name, count]));
  const { time } = iterationAt(schedule(run.manifest, counts), position);
  const host = { time, applied: (update: string) => Math.max(1, applied[update] ?? 0) };
  return new Map(
    plan.manifest.graphs[loneGraph].inputs.flatMap(({ name, from }) =>
      from.kind === 'scalar' ? [[name, evaluateHost(from.value, host)] as const] : [],
    ),
  );
}

function exported(
  run: RunDirectory,
  { network, inputs, outputs }: LonePlan,
  { position }: Checkpoint,
  { to, average }: { readonly to: ExportFormat; readonly average: boolean },
): Exported {
  const { name, streams, params } = run.manifest;
  const classes = streams.flatMap(({ name: stream, fields }) =>
    Object.entries(fields).flatMap(([field, { classes: count }]) => {
      const names = run.info.data[stream]?.classes?.[field];
      return names === undefined || count !== names.length ? [] : [{ of: `${stream}.${field}`, names }];
    }),
  );
  return {
    ...{ to, network, spec: name, iteration: position.iteration, averaged: average, params },
    inputs,
    outputs,
    classes,
  };
}
