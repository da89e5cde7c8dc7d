/**
 * A copy of the checkout in which the mistakes are planted, with a switch each. In: the sources with switches; out: folders
 * in which one test file at a time is run, with one switch on or with none, which tells what switches it comes by.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../parity/host.ts';
import type { Instrumented } from './mutants.ts';

/** Two processes never share one: tests write into its .cache. */
export interface Tree {
  readonly switched: string;
}

/** The files that git knows, as they are now; what is installed is linked. */
export function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-mutation-'));
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  for (const name of listed.split('\0')) {
    if (name === '' || !existsSync(join(root, name))) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name));
  }
  // Some tests ask git what there is.
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['add', '--all'], { cwd: folder });
  for (const link of ['node_modules', 'bench/.venv', 'bench/.venv-notebook'])
    if (existsSync(join(root, link))) symlinkSync(join(root, link), join(folder, link));
  return folder;
}

export function plant({ texts }: Instrumented): Tree {
  const switched = copy();
  for (const [name, text] of texts) writeFileSync(join(switched, name), text);
  return { switched };
}

export interface Tested {
  readonly passed: boolean;
  readonly seconds: number;
  /** It was stopped: a loop without an end, most likely. */
  readonly late: boolean;
}

/** How test files are run in one process. */
export interface Ran {
  /** Titles, of several files at once; all tests where it is left out. */
  readonly only?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** After which it is stopped. */
  readonly seconds: number;
}

/** Runs test files in one process up to their first failure. */
export async function test(
  tree: Tree,
  files: readonly string[],
  { only, env, seconds }: Ran,
): Promise<Tested> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-tests-'));
  try {
    const list = join(folder, 'titles.json');
    if (only) writeFileSync(list, JSON.stringify(only));
    return await mocha(tree, files, { ...env, ...(only && { GANC_MUTATION_TESTS: list }) }, seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mocha(
  tree: Tree,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Tested> {
  const cover = pathToFileURL(join(tree.switched, 'test/mutation/cover.js')).href;
  const begun = performance.now();
  const args = ['--require', 'test/mutation/each.js', '--bail', '--reporter', 'min', ...files];
  const child = spawn('node_modules/.bin/mocha', args, {
    cwd: tree.switched,
    env: { ...process.env, ...env, NODE_OPTIONS: `--import=${cover}` },
    stdio: 'ignore',
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${files.join(' ')} could not be started: run npm ci first`);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-pid, 'SIGKILL');
  }, 1000 * seconds);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ passed: code === 0, late, seconds: (performance.now() - begun) / 1000 });
    });
  });
}

/** One test: its full title, how long it takes, and the switches that it comes by. */
export interface CoveredTest {
  readonly title: string;
  readonly seconds: number;
  readonly met: readonly string[];
}

/** One test file. */
export interface Covered {
  readonly file: string;
  readonly seconds: number;
  /** What is come by while the file is loaded, or in hooks of several tests: any of its tests may look at it. */
  readonly met: readonly string[];
  readonly tests: readonly CoveredTest[];
}

/** What one process wrote on its way out (cover.js). */
interface Written {
  readonly met: readonly string[];
  readonly tests: readonly (readonly [title: string, met: readonly string[]])[];
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * What one test file comes by, and how long it takes; null where it fails as it is (it looks at the sources' text), or takes
 * longer than `longest` seconds.
 */
export async function cover(tree: Tree, file: string, longest: number): Promise<Covered | null> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-coverage-'));
  try {
    const env = { GANC_MUTATION_COVERAGE: folder };
    const { passed, seconds } = await test(tree, [file], { env, seconds: longest });
    if (!passed) return null;
    const all = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Written,
    );
    return { file, seconds, met: [...new Set(all.flatMap(({ met }) => met))], tests: together(all) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The tests of all processes, the quickest first. */
function together(all: readonly Written[]): CoveredTest[] {
  const met = new Map<string, Set<string>>();
  for (const [title, ids] of all.flatMap(({ tests }) => tests))
    met.set(title, new Set([...(met.get(title) ?? []), ...ids]));
  const seconds = Object.assign({}, ...all.map((one) => one.seconds)) as Written['seconds'];
  return Object.entries(seconds)
    .map(([title, took]) => ({ title, seconds: took, met: [...(met.get(title) ?? [])] }))
    .sort((a, b) => a.seconds - b.seconds);
}

/** Tests of one file. */
export interface Part {
  readonly file: string;
  readonly titles: readonly string[];
  /** What they take when the file is run for them alone. */
  readonly seconds: number;
}

/** Of a file the tests that come by a mistake; all of them where none can be told apart; null where none does. */
export function partOf({ file, seconds, met, tests }: Covered, id: string): Part | null {
  const chosen = met.includes(id) ? tests : tests.filter((one) => one.met.includes(id));
  if (chosen.length === 0) return null;
  const others = tests.filter((one) => !chosen.includes(one)).reduce((sum, one) => sum + one.seconds, 0);
  return { file, titles: chosen.map(({ title }) => title), seconds: Math.max(0, seconds - others) };
}
