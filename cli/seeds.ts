/**
 * `ganc run SPEC --seeds 1..10`: the same run with several seeds, one after the other in one folder, and a table of what they
 * came to. Given again, the command goes on: seeds that are done stay, one that was stopped is resumed.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jsonText } from '../grammar/visible.ts';
import { shellPath } from '../grammar/shell-word.ts';
import { hasDiverged, state } from '../page/again.ts';
import { runFacts } from '../page/run-facts.ts';
import type { RunFacts } from '../page/run-facts.ts';
import { newestMetrics } from '../page/view-runs.ts';
import { linesOf } from '../page/write.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { settingsThatDiffer } from '../runtime/run/settings.ts';
import type { EverySetting } from '../runtime/run/settings.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { RunOptions } from './run-options.ts';
import { run } from './run.ts';
import { latexTable, metricRows, textTable } from './seed-table.ts';
import type { MetricRow } from './seed-table.ts';
import type { Terminal } from './terminal.ts';

export interface SeedsOptions extends RunOptions {
  readonly seeds: readonly number[];
  readonly latex: boolean;
}

/** A seed whose training fails (diverges) is left as it is, and the others go on; the command fails then in the end. */
export async function runSeeds(
  file: string | undefined,
  options: SeedsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (file === undefined || file === '-')
    throw new Exit(exitCodes.usage, '--seeds reads the spec once for each seed: give it as a file');
  const folder = options.out ?? join('runs', `${basename(file, '.gan')}-seeds`);
  requireNoRun(folder);
  const { code, failed } = await trainSeeds(file, folder, options, terminal);
  if (code !== exitCodes.fine) return code;
  summary(folder, options.seeds, failed, options, terminal);
  return failed.length > 0 ? exitCodes.failed : exitCodes.fine;
}

/** Runs lie beside each other, and not in one. */
export function requireNoRun(folder: string): void {
  if (existsSync(inside(folder).info))
    throw new Exit(exitCodes.usage, `${folder} is a run itself: choose another --out`);
}

/** `code`: fine, or why the seeds that are left were not begun; `failed`: those whose training did. */
export async function trainSeeds(
  file: string,
  folder: string,
  options: SeedsOptions,
  terminal: Terminal,
): Promise<{ readonly code: ExitCode; readonly failed: readonly number[] }> {
  const { seeds, quiet, json } = options;
  const failed: number[] = [];
  for (const seed of seeds) {
    const code = await oneSeed(file, seed, join(folder, `seed-${seed}`), options, terminal);
    if (code === exitCodes.interrupted) {
      if (!quiet && !json) terminal.err('the same command goes on with the runs that are left\n');
      return { code, failed };
    }
    if (code === exitCodes.failed) failed.push(seed);
    else if (code !== exitCodes.fine) return { code, failed };
  }
  return { code: exitCodes.fine, failed };
}

async function oneSeed(
  file: string,
  seed: number,
  path: string,
  options: SeedsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { quiet, json } = options;
  if (!existsSync(inside(path).info)) return run(file, { ...options, seed, out: path }, terminal);
  const facts = factsOf(path);
  requireSame(facts, options);
  const { kind, words, early = false } = state(facts);
  // Going on would fail in the same place; where a disk was full there may be room now.
  if (kind === 'failed' && hasDiverged(words)) return exitCodes.failed;
  const wanted = options.steps ?? facts.asked ?? 0;
  const enough = options.epochs === undefined && facts.lines.iteration >= wanted;
  if (kind === 'done' && (enough || early)) {
    if (!quiet && !json) terminal.err(`${path}: done before\n`);
    return exitCodes.fine;
  }
  return run(file, { ...options, out: undefined, resume: path }, terminal);
}

const factsOf = (path: string): RunFacts => runFacts(path, linesOf(path)());

/** Seeds of different settings make no table. */
function requireSame({ path, settings }: RunFacts, options: SeedsOptions): void {
  const { set, profile = null, accumulate, best, patience } = options;
  const now: EverySetting = { set, profile, accumulate, best, patience, seed: settings.seed };
  const names = settingsThatDiffer(settings, now);
  if (names.length === 0) return;
  throw new Exit(
    exitCodes.usage,
    `${path} was started with other settings (${names.join(', ')}): choose another --out`,
  );
}

/** What the seeds came to that did not fail. */
interface Outcome {
  readonly whole: readonly number[];
  readonly rows: readonly MetricRow[];
  /** Not all of them had the same spec. */
  readonly changed: boolean;
  /** After how many iterations they ended, each once, in ascending order. */
  readonly lengths: readonly number[];
}

export function outcomeOf(folder: string, seeds: readonly number[], failed: readonly number[]): Outcome {
  const whole = seeds.filter((seed) => !failed.includes(seed));
  const facts = whole.map((seed) => factsOf(join(folder, `seed-${seed}`)));
  const newest = facts.map(({ lines }) => new Map(newestMetrics(lines)));
  const changed = new Set(facts.map(({ spec }) => spec.text)).size > 1;
  const lengths = [...new Set(facts.map(({ lines }) => lines.iteration))].sort((a, b) => a - b);
  return { whole, rows: metricRows(newest), changed, lengths };
}

/** `those`: what stands beside each other in a table. */
export const specChanged = (folder: string, those: string): string =>
  `${folder}: the spec changed between these ${those}\n`;

/** '' where all seeds are of one length. */
export const lengthsDiffer = (folder: string, lengths: readonly number[]): string =>
  lengths.length > 1
    ? `${folder}: not all seeds are of one length: they ended after ${lengths.join(', ')} iterations\n`
    : '';

function summary(
  folder: string,
  seeds: readonly number[],
  failed: readonly number[],
  { latex, json, quiet }: SeedsOptions,
  terminal: Terminal,
): void {
  const { whole, rows, changed, lengths } = outcomeOf(folder, seeds, failed);
  if (json)
    terminal.out(jsonText({ kind: 'seeds', path: folder, seeds: whole, failed, metrics: rows }) + '\n');
  else if (latex) terminal.out(latexTable(rows));
  else terminal.out(textTable(rows));
  if (quiet || json) return;
  if (changed) terminal.err(specChanged(folder, 'seeds'));
  terminal.err(lengthsDiffer(folder, lengths));
  if (failed.length > 0) terminal.err(`training failed with seed ${failed.join(', ')}: not in the table\n`);
  if (rows.length === 0) terminal.err("the spec's reports have no metric: there is nothing to compare\n");
  terminal.err(`\`ganc view ${shellPath(folder)}\` shows their curves, with a band over the seeds\n`);
}
