/** `ganc check FILES`: every diagnostic of each, as text or as JSON. */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { toJson } from '../grammar/render.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec, say } from './read.ts';
import { checkFile } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function checkFiles(
  files: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { set, profile, json, quiet } = options;
  const all: Diagnostic[] = [];
  let fine = true;
  for (const file of files) {
    const found = checkFile(await readSpec(file, terminal), { set, profile });
    all.push(...found);
    if (json) continue;
    if (say(terminal, found)) quiet || terminal.err(`${file} is fine.\n`);
    else fine = false;
  }
  if (!json) return fine ? exitCodes.fine : exitCodes.diagnostics;
  const report = toJson(all);
  terminal.out(JSON.stringify(report, null, 2) + '\n');
  return report.valid ? exitCodes.fine : exitCodes.diagnostics;
}
