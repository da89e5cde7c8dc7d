/**
 * Runs the command's script (dist/cli.cjs) from V8's code cache: compiling it takes longer than checking a spec. In: the
 * script beside this file; out: the command at work, and a cache for the next time. A cache belongs to one script, one
 * command and one V8 (its version, flags and processor); a lost or foreign one costs its time and nothing else.
 * NODE_DISABLE_COMPILE_CACHE=1 does without, as it does for Node's own. Commands that are soon done have V8 optimise
 * later: it would spend half of their CPU time on making code quick that has nearly run.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { cacheFolder } from '../runtime/cache.ts';

/** Files that stay; a command's is about 1.5 MB. */
const most = 24;

/** Commands that compile specs and train nothing. */
const brief: ReadonlySet<string> = new Set([
  'build',
  'check',
  'explain',
  'fmt',
  'graph',
  'help',
  'init',
  'plan',
]);

/** How much bytecode a function runs before V8 thinks of optimising it: about thirty times as much as by default. */
const patience = '--interrupt-budget=2000000';

/** V8s that are known to have it: others would complain of a flag that they don't know. */
const patient = Number.parseInt(process.versions.v8) <= 14;

// Before anything asks for the tag of the code cache, which depends on flags.
if (patient && brief.has(commandName())) setFlagsFromString(patience);

const path = fileURLToPath(new URL('./cli.cjs', import.meta.url));
const source = readFileSync(path);
const folder = join(cacheFolder(), 'code');
const place = join(folder, `${commandName()}-${cachedDataVersionTag().toString(16)}-${hashOf(source)}`);
const unwanted = (process.env.NODE_DISABLE_COMPILE_CACHE ?? '') !== '';
const cachedData = unwanted ? undefined : read(place);

const script = new Script(
  `(function (exports, require, module, __filename, __dirname) {${source.toString('utf8')}\n})`,
  { filename: path, cachedData },
);
if (!unwanted && (cachedData === undefined || script.cachedDataRejected === true))
  // At the end, when it is known which functions a command needs.
  process.once('exit', write);
const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
const shell = { exports: {} };
run.call(shell.exports, shell.exports, createRequire(path), shell, path, dirname(path));

/** Commands differ in what they compile. */
function commandName(): string {
  const [word = ''] = process.argv.slice(2);
  return /^[a-z]{1,12}$/.test(word) ? word : 'help';
}

/** V8 itself compares lengths only. */
function hashOf(text: Uint8Array): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 16);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Where it can't be written (no home, a full disk), the next start is as slow as this one. */
function write(): void {
  try {
    mkdirSync(folder, { recursive: true });
    const unfinished = `${place}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, place);
    const files = readdirSync(folder).map((name) => join(folder, name));
    const age = new Map(files.map((file) => [file, statSync(file).mtimeMs]));
    for (const file of files.sort((a, b) => age.get(b)! - age.get(a)!).slice(most)) rmSync(file);
  } catch {
    // As said.
  }
}
