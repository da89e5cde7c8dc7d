/** `ganc fmt FILES`: the spec in the language's one layout; to the standard output, or in place, or only checked. */
import { readFileSync } from 'node:fs';
import { format } from '../grammar/format.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec, say } from './read.ts';
import type { Terminal } from './terminal.ts';

export interface FormatOptions {
  readonly check: boolean;
  readonly write: boolean;
  readonly quiet: boolean;
}

export async function formatFiles(
  files: readonly string[],
  options: FormatOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { check, write, quiet } = options;
  if (write && files.includes('-'))
    throw new Exit(exitCodes.usage, 'the standard input cannot be written in place: leave out --write');
  let differs = false;
  let broken = false;
  for (const file of files) {
    const source = await readSpec(file, terminal);
    const { text, diagnostics } = await format(source);
    if (text === undefined) {
      say(terminal, diagnostics);
      broken = true;
    } else if (check) {
      if (text !== source.text) terminal.err(`${file} is not formatted: \`ganc fmt --write ${file}\`\n`);
      differs ||= text !== source.text;
    } else if (!write) {
      terminal.out(text);
    } else if (text !== readFileSync(file, 'utf8')) {
      writeFileAtomic(file, text);
      if (!quiet) terminal.err(`${file}: formatted\n`);
    }
  }
  return broken || differs ? exitCodes.diagnostics : exitCodes.fine;
}
