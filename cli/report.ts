/** `ganc report RUN`: the page of a run that is there, of this version or an earlier one. */
import { existsSync } from 'node:fs';
import { reasonOf } from '../runtime/disk.ts';
import { shellPath } from '../grammar/shell-word.ts';
import { metricsCsv } from '../page/csv.ts';
import { pageOf, writePage } from '../page/write.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { inside, runFolder, RunDirectoryError } from '../runtime/run/run-directory.ts';
import { modelEnding } from '../runtime/run/model-start.ts';
import { boardOf } from '../tensorboard/board.ts';
import { drawRun } from './drawings.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { isRun, toldOf } from './run-spec.ts';
import type { Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly out?: string;
  readonly tensorboard: boolean;
  readonly csv: boolean;
  readonly quiet: boolean;
}

/** Throws RunDirectoryError where it is no run directory. */
export async function report(
  path: string,
  { out, tensorboard, csv, quiet }: ReportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const run = runFolder(path);
  const isModel = run !== path;
  if (isModel && tensorboard)
    throw new Exit(exitCodes.usage, `${path} is a model without its run's losses: leave --tensorboard out`);
  if (tensorboard || csv) {
    if (tensorboard) forTensorboard(run, quiet, terminal);
    if (csv) table(run, out, quiet, terminal);
    return exitCodes.fine;
  }
  await drawn(run, quiet, terminal);
  const page = out ?? (isModel ? besideModel(path) : pageOf(run));
  writePage(run, page);
  if (!quiet) terminal.err(`${page}: the page of ${path}\n`);
  return exitCodes.fine;
}

/** A model has no folder of its own. */
const besideModel = (path: string): string =>
  `${path.endsWith(modelEnding) ? path.slice(0, -modelEnding.length) : path}.html`;

function forTensorboard(run: string, quiet: boolean, terminal: Terminal): void {
  const board = boardOf(run);
  board.end();
  if (!quiet) terminal.err(`${board.folder}: \`tensorboard --logdir ${shellPath(board.folder)}\` shows it\n`);
}

function table(run: string, out: string | undefined, quiet: boolean, terminal: Terminal): void {
  if (!existsSync(inside(run).metrics)) throw new RunDirectoryError(`${run} has no metrics.jsonl`);
  const parts = metricsCsv(run);
  if (out === undefined) for (const part of parts) terminal.out(part);
  else {
    writeNamedFile(out, bytesOf(parts));
    if (!quiet) terminal.err(`${out}: losses and metrics of ${run}\n`);
  }
}

function* bytesOf(parts: Iterable<string>): Generator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

/** The pictures are worth a word, not a failure: the page is whole without them. */
async function drawn(path: string, quiet: boolean, terminal: Terminal): Promise<void> {
  // What is no run at all is said by writePage.
  if (!isRun(path)) return;
  try {
    await drawRun(toldOf(path));
  } catch (error) {
    if (!quiet) terminal.err(`no picture of the architecture: ${reasonOf(error)}\n`);
  }
}
