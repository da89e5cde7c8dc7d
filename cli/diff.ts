/**
 * `ganc diff A B`: what changed in meaning between two specs, two runs, or a spec and a run. Ends as `diff` does: 0 the same,
 * 1 different, 2 where one of them can't be read.
 */
import { difference, subjectOf } from '../compiler/compile.ts';
import type { Subject } from '../compiler/meaning/subject.ts';
import { jsonText } from '../grammar/visible.ts';
import { differenceText } from './diff-text.ts';
import { runFolder } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { readSpec, say } from './read.ts';
import { isRun, specOfRun } from './run-spec.ts';
import { hostFor } from './spec.ts';
import { paintOut } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface DiffOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `--set` and `--profile` are for specs: a run has its own. */
export async function diff(
  before: string,
  after: string,
  options: DiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const a = await subject(before, options, terminal);
  const b = await subject(after, options, terminal);
  const found = difference(a, b);
  const { json, quiet } = options;
  if (json) terminal.out(`${jsonText({ before, after, ...found }, 2)}\n`);
  else if (!quiet) terminal.out(differenceText({ before, after }, found, paintOut(terminal)));
  return found.same ? exitCodes.fine : exitCodes.different;
}

async function subject(path: string, options: DiffOptions, terminal: Terminal): Promise<Subject> {
  const folder = runFolder(path);
  const { source, described, imports, ...rest } = isRun(folder)
    ? specOfRun(folder)
    : { source: await readSpec(path, terminal), described: {}, imports: undefined, ...options };
  const found = subjectOf(
    source,
    hostFor(source, undefined, imports),
    { set: rest.set, profile: rest.profile },
    described,
  );
  if (found.subject !== null) return found.subject;
  say(terminal, found.diagnostics);
  throw new Exit(exitCodes.usage, `${path} can't be compared: what is wrong with it is said above`);
}
