/**
 * `ganc run SPEC --sweep width=16,32 --seeds 1..5`: a run for each combination of params and each seed, one after the other in one
 * folder, and a table of what each combination came to. Given again, the command goes on, as `--seeds` does.
 */
import { basename, join } from 'node:path';
import { isError } from '../grammar/diagnostics.ts';
import { jsonText } from '../grammar/visible.ts';
import { shellPath } from '../grammar/shell-word.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec, say } from './read.ts';
import { lengthsDiffer, outcomeOf, requireNoRun, specChanged, trainSeeds } from './seeds.ts';
import type { SeedsOptions } from './seeds.ts';
import { latexTable, textTable } from './seed-table.ts';
import { checkFile } from './spec.ts';
import type { Terminal } from './terminal.ts';

/** Values to try, by param, as typed. */
export type Sweep = Readonly<Record<string, readonly string[]>>;

export interface SweepOptions extends Omit<SeedsOptions, 'seeds'> {
  readonly sweep: Sweep;
  /** Undefined: the one of `seed`. */
  readonly seeds?: readonly number[];
}

interface Combination {
  readonly set: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** More runs than anybody waits for. */
const mostRuns = 1000;

export async function runSweep(
  file: string | undefined,
  { sweep, ...options }: SweepOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (file === undefined || file === '-')
    throw new Exit(exitCodes.usage, '--sweep reads the spec once for each run: give it as a file');
  const { quiet, json } = options;
  const seeds = options.seeds ?? [options.seed ?? 1];
  const folder = options.out ?? join('runs', `${basename(file, '.gan')}-sweep`);
  requireNoRun(folder);
  const all = combinations(sweep, folder);
  requireSensible(sweep, options.set, all.length * seeds.length);
  await requireSound(file, all, options, terminal);
  const failed: number[][] = [];
  for (const [i, { set, folder: own }] of all.entries()) {
    if (!quiet && !json) terminal.err(`${i + 1} of ${all.length}: ${nameOf(set)}\n`);
    const merged = { ...options, seeds, set: { ...options.set, ...set } };
    const trained = await trainSeeds(file, own, merged, terminal);
    if (trained.code !== exitCodes.fine) return trained.code;
    failed.push([...trained.failed]);
  }
  summary(folder, all, seeds, failed, options, terminal);
  return failed.flat().length > 0 ? exitCodes.failed : exitCodes.fine;
}

/** Every value of the first param with every one of the second, ...; the last changes fastest. */
function combinations(sweep: Sweep, folder: string): Combination[] {
  const sets = Object.entries(sweep).reduce<Record<string, string>[]>(
    (before, [name, values]) => before.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
  return sets.map((set) => ({ set, folder: join(folder, folderOf(set)) }));
}

const nameOf = (set: Combination['set']): string =>
  Object.entries(set)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/** A value may be a path; whatever it is, it names one folder, and another value another one. */
const folderOf = (set: Combination['set']): string =>
  Object.entries(set)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(',');

function requireSensible(sweep: Sweep, set: Readonly<Record<string, string>>, runs: number): void {
  const twice = Object.keys(sweep).filter((name) => Object.hasOwn(set, name));
  if (twice.length > 0)
    throw new Exit(
      exitCodes.usage,
      `--set and --sweep both say what ${twice.join(', ')} is: leave one of them out`,
    );
  if (runs > mostRuns)
    throw new Exit(
      exitCodes.usage,
      `these are ${runs} runs, and more than ${mostRuns} are too many: try fewer values`,
    );
}

/** What is wrong with any of them is said before the first is trained. */
async function requireSound(
  file: string,
  all: readonly Combination[],
  { set, profile, strict, quiet, json }: Omit<SweepOptions, 'sweep'>,
  terminal: Terminal,
): Promise<void> {
  const entry = await readSpec(file, terminal);
  for (const [i, { set: own }] of all.entries()) {
    if (!quiet && !json && terminal.live) terminal.err(`\r\x1b[2Kchecking ${i + 1} of ${all.length}`);
    const { diagnostics: found } = checkFile(entry, { set: { ...set, ...own }, profile, strict }, terminal);
    if (!found.some(isError)) continue;
    if (!quiet && !json && terminal.live) terminal.err('\r\x1b[2K');
    say(terminal, found);
    throw new Exit(exitCodes.diagnostics, `so it is with ${nameOf(own)}: nothing was trained`);
  }
  if (!quiet && !json && terminal.live) terminal.err('\r\x1b[2K');
}

function summary(
  folder: string,
  all: readonly Combination[],
  seeds: readonly number[],
  failed: readonly (readonly number[])[],
  { latex, json, quiet }: Omit<SweepOptions, 'sweep'>,
  terminal: Terminal,
): void {
  const found = all.map(({ set, folder: path }, i) => {
    const { rows, changed, lengths } = outcomeOf(path, seeds, failed[i]);
    return { set, path, failed: failed[i], metrics: rows, changed, lengths };
  });
  const names = Object.keys(all[0].set);
  const metrics = [...new Set(found.flatMap((one) => one.metrics.map(({ metric }) => metric)))];
  // Metric by metric: combinations are to be compared.
  const rows = metrics.flatMap((name) =>
    found.flatMap(({ set, metrics: own }) =>
      own.filter(({ metric }) => metric === name).map((row) => ({ ...row, labels: Object.values(set) })),
    ),
  );
  if (json) {
    const told = found.map(({ set, path, failed: lost, metrics: own }) => ({
      set,
      path,
      failed: lost,
      metrics: own,
    }));
    terminal.out(jsonText({ kind: 'sweep', path: folder, seeds, combinations: told }) + '\n');
  } else terminal.out(latex ? latexTable(rows, names) : textTable(rows, names));
  if (quiet || json) return;
  if (found.some(({ changed }) => changed)) terminal.err(specChanged(folder, 'runs'));
  for (const { path, lengths } of found) terminal.err(lengthsDiffer(path, lengths));
  for (const { set, failed: lost } of found)
    if (lost.length > 0)
      terminal.err(`training failed with ${nameOf(set)}, seed ${lost.join(', ')}: not in the table\n`);
  if (rows.length === 0) terminal.err("the spec's reports have no metric: there is nothing to compare\n");
  terminal.err(`\`ganc view ${shellPath(folder)}\` shows the curves of all of them\n`);
}
