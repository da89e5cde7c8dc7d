/**
 * `npm run mutate -- --mutants 500 [--seed COMMIT] [--out FILE] [--folders A,B] [--tests A,B] [--longest SECONDS]`: plants
 * one mistake after another (mutants.ts) and runs the tests that come by its place, until one fails: first those of quick files,
 * which stay loaded (held.ts), then the types, which take seconds where other tests take minutes, then the others, many in
 * one process (batches.ts). Prints each that none has seen, and a table by folder; exit code 1 if fewer than 95 % were seen.
 * What was found is kept in FILE, and the same command goes on there; `--again` tries those that none had seen once more, and
 * `--within SECONDS` puts off a mistake whose slow tests take longer, up to a run without that word. Test
 * files that fail when there are switches in the sources (they look at the sources' text), or that take longer than SECONDS,
 * take no part, and are named: fewer are seen then than `npm test` sees.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { root } from '../parity/host.ts';
import { seenInBatches } from './batches.ts';
import { hold, repeatable, type Held } from './held.ts';
import { nameOf, sample, type Instrumented, type Mutant, usualFolders } from './mutants.ts';
import { copy, cover, partOf, plant, type Covered, type Part, type Tree } from './tree.ts';
import { typesOf, type Refuse } from './types.ts';

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '500' },
    seed: { type: 'string', default: commit },
    out: { type: 'string', default: join(root, '.cache', 'mutants.jsonl') },
    jobs: { type: 'string', default: '2' },
    folders: { type: 'string', default: usualFolders.join(',') },
    /** Only test files with one of these in their path. */
    tests: { type: 'string', default: '' },
    /** Seconds that a test file may take. */
    longest: { type: 'string', default: '1800' },
    again: { type: 'boolean', default: false },
    /** Seconds that the slow tests of one mistake may take together. */
    within: { type: 'string' },
  },
});

/** By what a mistake was seen first: a test that failed or did not end, or the types; else not at all. */
type Seen = 'failed' | 'endless' | 'types' | 'survived' | 'nobody comes by' | 'put off';

interface Found {
  readonly name: string;
  readonly seen: Seen;
  /** The test files of one process. */
  readonly by?: string;
}

/** Test files that stay loaded. */
interface Repeatable {
  readonly repeatable: readonly string[];
}

const { seed, mutants: count, folders, tests, longest } = values;
/** Which sample a file is of. */
const sampled = { seed, count, folders, tests, longest };

type Line = typeof sampled | Covered | Repeatable | Found;

/** What an earlier run of the same command has found. */
function read(): Line[] {
  if (!existsSync(values.out)) return [];
  const lines = readFileSync(values.out, 'utf8').trimEnd().split('\n');
  const all = lines.map((line) => JSON.parse(line) as Line);
  const [head] = all;
  if (isDeepStrictEqual(head, sampled)) return all.slice(1);
  throw new Error(`${values.out} holds another sample: remove it, or name another file by --out`);
}

const kept = read();
const keep = (line: Line): void => appendFileSync(values.out, `${JSON.stringify(line)}\n`);

/** Of the long tests those whose minutes are worth it: nothing else looks at the rules of health, or at every shipped spec. */
const wanted: readonly string[] = ['health', 'shipped'].map((name) => join('long', `${name}.spec.ts`));

const testFiles = (): string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.spec.ts') && (!name.startsWith('long') || wanted.includes(name)))
    .map((name) => `test/${name}`)
    .filter((name) => values.tests.split(',').some((part) => name.includes(part)));

/** Seconds, less than which a file takes that stays loaded. */
const quickest = 20;

/** Each of `all` by the next worker that is free. */
async function spread<T, W>(
  all: readonly T[],
  workers: readonly W[],
  what: string,
  one: (item: T, worker: W) => Promise<void>,
): Promise<void> {
  const left = [...all];
  await Promise.all(
    workers.map(async (worker) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        await one(next, worker);
        process.stderr.write(`\r${all.length - left.length} of ${all.length} ${what}`);
      }
    }),
  );
  if (all.length > 0) process.stderr.write('\n');
}

async function coverage(trees: readonly Tree[]): Promise<Covered[]> {
  const covered = kept.filter((line) => 'met' in line);
  const done = new Set(covered.map(({ file }) => file));
  const left = testFiles().filter((file) => !done.has(file));
  await spread(left, trees, 'test files', async (file, tree) => {
    const found = (await cover(tree, file, Number(longest))) ?? { file, seconds: 0, met: [], tests: [] };
    if (found.seconds === 0) console.log(`takes no part: ${file}`);
    covered.push(found);
    keep(found);
  });
  return covered.sort((a, b) => a.seconds - b.seconds);
}

async function loadedFiles(covered: readonly Covered[], tree: Tree): Promise<readonly string[]> {
  const known = kept.find((line) => 'repeatable' in line);
  if (known) return known.repeatable;
  const quick = covered.filter(({ seconds }) => seconds > 0 && seconds < quickest).map(({ file }) => file);
  const found = { repeatable: await repeatable(tree, quick) };
  keep(found);
  return found.repeatable;
}

const unseen: readonly Seen[] = ['survived', 'nobody comes by', 'put off'];
const wasSeen = ({ seen }: Found): boolean => !unseen.includes(seen);

/** What a tree's tests are run by. */
interface Judge {
  readonly tree: Tree;
  readonly held: Held;
  readonly typesRefuse: Refuse;
}

/** @param parts the quickest first. */
function inTime(parts: readonly Part[]): readonly Part[] {
  let seconds = 0;
  return parts.filter((part) => (seconds += part.seconds) <= Number(values.within ?? Infinity));
}

/** A mistake that was put off is tried again once its tests may take their time. */
const isSettled = (one: Found): boolean =>
  wasSeen(one) || (one.seen === 'put off' ? values.within !== undefined : !values.again);

async function judge(
  id: string,
  mutant: Mutant,
  { tree, held, typesRefuse }: Judge,
  covered: readonly Covered[],
): Promise<Found> {
  const name = nameOf(mutant);
  const parts = covered.map((one) => partOf(one, id)).filter((part) => part !== null);
  parts.sort((a, b) => a.seconds - b.seconds);
  const quick = await held.fails(
    parts.filter(({ file }) => held.files.has(file)),
    id,
  );
  if (quick.failed) return { name, seen: quick.late ? 'endless' : 'failed', by: quick.by.join(' ') };
  if (typesRefuse(mutant)) return { name, seen: 'types' };
  const left = held.isEarly(id) ? parts : parts.filter(({ file }) => !held.files.has(file));
  const now = inTime(left);
  const { failed, late, by } = await seenInBatches(now, id, tree);
  if (failed) return { name, seen: late ? 'endless' : 'failed', by: by.join(' ') };
  if (now.length < left.length) return { name, seen: 'put off' };
  return { name, seen: parts.length === 0 ? 'nobody comes by' : 'survived' };
}

async function judged(
  sources: Instrumented,
  covered: readonly Covered[],
  trees: readonly Tree[],
  plain: string,
): Promise<Found[]> {
  // The last word on each: an earlier run may have tried it with other tests.
  const last = new Map(kept.filter((line) => 'seen' in line).map((one) => [one.name, one]));
  const found = [...last.values()].filter(isSettled);
  const done = new Set(found.map(({ name }) => name));
  const left = [...sources.mutants].filter(([, mutant]) => !done.has(nameOf(mutant)));
  const files = await loadedFiles(covered, trees[0]);
  const typesRefuse = typesOf(plain);
  const judges = await Promise.all(
    trees.map(async (tree): Promise<Judge> => ({ tree, held: await hold(tree, files), typesRefuse })),
  );
  try {
    await spread(left, judges, 'mistakes', async ([id, mutant], by) => {
      const one = await judge(id, mutant, by, covered);
      found.push(one);
      keep(one);
    });
  } finally {
    judges.forEach(({ held }) => held.end());
  }
  return found;
}

function printed(found: readonly Found[], mutants: readonly Mutant[]): void {
  const byName = new Map(mutants.map((mutant) => [nameOf(mutant), mutant]));
  for (const one of found.filter((each) => !wasSeen(each))) {
    const original = byName.get(one.name)?.original.replace(/\s+/g, ' ').slice(0, 120);
    console.log(`${one.seen}: ${one.name}\n    was ${original}`);
  }
  console.log(
    '\n| folder | mistakes | seen | by types | endless | not seen | share |\n|---|---|---|---|---|---|---|',
  );
  const kinds = [...new Set(mutants.map(({ file }) => file.split('/').slice(0, 2).join('/')))].sort();
  for (const folder of [...kinds, '']) {
    const here = found.filter(({ name }) => name.startsWith(folder));
    const of = (seen: Seen): number => here.filter((one) => one.seen === seen).length;
    const seen = here.filter(wasSeen).length;
    const share = `${((100 * seen) / here.length).toFixed(0)} %`;
    const cells = [folder || 'all', here.length, seen, of('types'), of('endless'), here.length - seen, share];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

mkdirSync(dirname(values.out), { recursive: true });
const sources = await sample(folders.split(','), Number(count), seed);
console.log(`${sources.mutants.size} of ${sources.all} mistakes in ${values.folders}, seed ${values.seed}`);
if (kept.length === 0 && !existsSync(values.out)) keep(sampled);
const trees = Array.from({ length: Number(values.jobs) }, () => plant(sources));
// As the sources are now, whatever is written in the checkout meanwhile.
const plain = copy();
try {
  const found = await judged(sources, await coverage(trees), trees, plain);
  printed(found, [...sources.mutants.values()]);
  process.exitCode = found.filter(wasSeen).length < 0.95 * found.length ? 1 : 0;
} finally {
  for (const folder of [plain, ...trees.map(({ switched }) => switched)])
    rmSync(folder, { recursive: true, force: true });
}
