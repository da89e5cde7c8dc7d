/**
 * Which mistakes are planted. In: the sources of some folders; out: a sample of all single changes that Stryker's standard
 * operators make of them (a condition turned, `+` for `-`, a body emptied, ...), drawn by a seed: the hash of the commit
 * where nothing else is said, so that another commit tries others.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { root } from '../parity/host.ts';

/** The compiler and, of the runtime, what decides numbers: schedule and loop, metrics and pictures, data. */
export const usualFolders = ['compiler', 'runtime/run', 'runtime/reports', 'runtime/data'];

interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Mutant {
  readonly file: string;
  /** Lines and columns from 0. */
  readonly start: Position;
  readonly end: Position;
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
}

/** What the sources become with switches in them: `__STRYKER_ACTIVE_MUTANT__=id` turns one on. */
export interface Instrumented {
  readonly texts: ReadonlyMap<string, string>;
  /** By the number that turns it on. */
  readonly mutants: ReadonlyMap<string, Mutant>;
}

const silent = () => undefined;
const never = () => false;
const logger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
  isTraceEnabled: never,
  isDebugEnabled: never,
  isInfoEnabled: never,
  isWarnEnabled: never,
  isErrorEnabled: never,
  isFatalEnabled: never,
};

const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** How many characters come before it. */
function offsetOf(text: string, { line, column }: Position): number {
  let before = 0;
  for (let i = 0; i < line; i++) before = text.indexOf('\n', before) + 1;
  return before + column;
}

/** The text before a mistake, what it takes the place of, and the text behind it. */
export function around(
  text: string,
  { start, end }: Pick<Mutant, 'start' | 'end'>,
): [string, string, string] {
  const [from, to] = [offsetOf(text, start), offsetOf(text, end)];
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

type Ranges = true | readonly { readonly start: Position; readonly end: Position }[];

async function instrument(files: ReadonlyMap<string, Ranges>): Promise<Instrumented> {
  const given = [...files].map(([name, ranges]) => ({
    name,
    content: sourceOf(name),
    mutate: ranges === true || [...ranges],
  }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const made = await new Instrumenter(logger).instrument(given, options);
  const mutants = made.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const { start, end } = location;
    const [, original] = around(sourceOf(fileName), location);
    return [id, { file: fileName, start, end, operator: mutatorName, original, replacement }] as const;
  });
  return {
    texts: new Map(made.files.map(({ name, content }) => [name, content])),
    mutants: new Map(mutants),
  };
}

/** One mutant's name, the same in every run. */
export const nameOf = ({ file, start, end, operator, replacement }: Mutant): string =>
  `${file}:${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1} ${operator} ${replacement}`;

const rank = (seed: string, mutant: Mutant): string =>
  createHash('sha256')
    .update(`${seed} ${nameOf(mutant)}`)
    .digest('hex');

/** @returns `count` mutants of all in these folders, and sources with a switch for each of them and no other. */
export async function sample(
  folders: readonly string[],
  count: number,
  seed: string,
): Promise<{ all: number } & Instrumented> {
  const listed = execFileSync('git', ['ls-files', ...folders], { cwd: root, encoding: 'utf8' });
  const files = listed.split('\n').filter((name) => name.endsWith('.ts'));
  const all = [...(await instrument(new Map(files.map((file) => [file, true])))).mutants.values()];
  const ranked = all.map((mutant) => ({ mutant, place: rank(seed, mutant) }));
  ranked.sort((a, b) => (a.place < b.place ? -1 : 1));
  const chosen = ranked.slice(0, count).map(({ mutant }) => mutant);
  const ranges = new Map<string, Mutant[]>();
  for (const mutant of chosen) ranges.set(mutant.file, [...(ranges.get(mutant.file) ?? []), mutant]);
  const { texts, mutants } = await instrument(ranges);
  const numbers = new Map([...mutants].map(([id, mutant]) => [nameOf(mutant), id]));
  // A range has the mutants that lie within it, too: their switches stay, and nobody turns them on. As they were drawn: the
  // first so many are a smaller sample.
  return {
    all: all.length,
    texts,
    mutants: new Map(chosen.map((mutant) => [numbers.get(nameOf(mutant))!, mutant])),
  };
}
