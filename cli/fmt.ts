/**
 * `ganc fmt FILES`: the spec in the language's one layout; to the standard output, or in place, or only checked. With
 * `--upgrade`: the spec in today's words, laid out only if it was before.
 */
import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { format } from '../grammar/format.ts';
import { position, textOf, type Source } from '../grammar/source.ts';
import { upgrade, type Renaming } from '../grammar/upgrade.ts';
import { writeNamedFile } from '../runtime/atomic.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec, say } from './read.ts';
import type { Terminal } from './terminal.ts';

export interface FormatOptions {
  readonly check: boolean;
  readonly write: boolean;
  readonly upgrade: boolean;
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
  const [wrong, command, done] = options.upgrade
    ? ['has words of an earlier version', 'ganc fmt --upgrade --write', 'upgraded']
    : ['is not formatted', 'ganc fmt --write', 'formatted'];
  const rewritten: (source: Source) => Promise<Rewritten> = options.upgrade ? upgraded : format;
  let differs = false;
  let broken = false;
  for (const file of files) {
    const source = await readSpec(file, terminal);
    const { text, diagnostics, renamings } = await rewritten(source);
    if (renamings !== undefined && !quiet) terminal.err(listed(file, renamings));
    if (text === undefined) {
      say(terminal, diagnostics);
      broken = true;
    } else if (check) {
      if (text !== source.text) terminal.err(`${file} ${wrong}: \`${command} ${file}\`\n`);
      differs ||= text !== source.text;
    } else if (!write) {
      terminal.out(text);
    } else if (text !== readFileSync(file, 'utf8')) {
      writeNamedFile(file, text);
      if (!quiet) terminal.err(`${file}: ${done}\n`);
    }
  }
  return broken || differs ? exitCodes.diagnostics : exitCodes.fine;
}

/** What a file becomes; `renamings` where words were replaced. */
interface Rewritten {
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly renamings?: readonly Renaming[];
}

/** A longer word may need a line of its own: a spec that was laid out is laid out again. */
async function upgraded(source: Source): Promise<Rewritten> {
  const { text, diagnostics, renamings } = upgrade(source);
  if (text === undefined || renamings.length === 0) return { text, diagnostics };
  const wasLaidOut = (await format(source)).text === source.text;
  if (!wasLaidOut) return { text, diagnostics, renamings };
  return { ...(await format({ path: source.path, text })), renamings };
}

const listed = (file: string, renamings: readonly Renaming[]): string =>
  renamings
    .map(({ span, to }) => `${file}:${position(span.source, span.start).line}: ${textOf(span)} → ${to}\n`)
    .join('');
