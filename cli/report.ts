/** `ganc report RUN`: the page of a run that is there, of this version or an earlier one. */
import { existsSync, readFileSync } from 'node:fs';
import { pageOf, writePage } from '../page/write.ts';
import { entriesAt, parsed, textAt } from '../page/loose.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { drawRun } from './drawings.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly out?: string;
  readonly quiet: boolean;
}

/** Throws RunDirectoryError where it is no run directory. */
export async function report(
  run: string,
  { out, quiet }: ReportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  await drawn(run, quiet, terminal);
  writePage(run, out);
  if (!quiet) terminal.err(`${out ?? pageOf(run)}: the page of ${run}\n`);
  return exitCodes.fine;
}

/** The pictures are worth a word, not a failure: the page is whole without them. */
async function drawn(path: string, quiet: boolean, terminal: Terminal): Promise<void> {
  const { info, manifest } = inside(path);
  // What is no run at all is said by writePage.
  if (!existsSync(info) || !existsSync(manifest)) return;
  try {
    const [known, program] = [info, manifest].map((file) => parsed(readFileSync(file, 'utf8')));
    const set = Object.fromEntries(entriesAt(known, 'set').map(([name, value]) => [name, String(value)]));
    const spec = { path: textAt(program, 'spec', 'path') ?? 'spec.gan' };
    const told = { set, profile: textAt(known, 'profile'), folder: textAt(known, 'folder') ?? '.' };
    await drawRun({ path, info: told, manifest: { spec } });
  } catch (error) {
    if (!quiet)
      terminal.err(
        `no picture of the architecture: ${error instanceof Error ? error.message : String(error)}\n`,
      );
  }
}
