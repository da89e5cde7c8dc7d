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
  /** The sources as they are, in which one mistake at a time is written for the types to look at. */
  readonly plain: string;
}

/** The files that git knows, as they are now; what is installed is linked. */
function copy(): string {
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
  const tree = { switched: copy(), plain: copy() };
  for (const [name, text] of texts) writeFileSync(join(tree.switched, name), text);
  return tree;
}

export function uproot(tree: Tree): void {
  for (const folder of [tree.switched, tree.plain]) rmSync(folder, { recursive: true, force: true });
}

export interface Tested {
  readonly passed: boolean;
  readonly seconds: number;
  /** It was stopped: a loop without an end, most likely. */
  readonly late: boolean;
}

/** Runs test files in one process up to their first failure. `seconds`: after which it is stopped. */
export function test(
  tree: Tree,
  files: readonly string[],
  env: Record<string, string>,
  seconds: number,
): Promise<Tested> {
  const cover = pathToFileURL(join(tree.switched, 'test/mutation/cover.js')).href;
  const begun = performance.now();
  const child = spawn('node_modules/.bin/mocha', ['--bail', '--reporter', 'min', ...files], {
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

export interface Covered {
  readonly file: string;
  readonly seconds: number;
  readonly met: readonly string[];
}

/**
 * What one test file comes by, and how long it takes; null where it fails as it is (it looks at the sources' text), or takes
 * longer than `longest` seconds.
 */
export async function cover(tree: Tree, file: string, longest: number): Promise<Covered | null> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-coverage-'));
  try {
    const { passed, seconds } = await test(tree, [file], { GANC_MUTATION_COVERAGE: folder }, longest);
    if (!passed) return null;
    const met = readdirSync(folder).flatMap(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as string[],
    );
    return { file, seconds, met: [...new Set(met)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
