/**
 * Sets PyTorch up for the target torch: an environment of its own in the cache, filled by pip, or an interpreter that is
 * there already. In: what for; out: an interpreter whose PyTorch has trained a step, written down where runs find it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../runtime/atomic.ts';
import { cacheFolder } from '../../runtime/cache.ts';
import { complaint, findProgram, runProgram } from '../../runtime/engines/programs.ts';
import type { Environment, Running } from '../../runtime/engines/programs.ts';
import { pythonFile, tryPython } from '../../runtime/engines/torch/python.ts';
import type { Timed } from '../../runtime/engines/torch/python.ts';
import { SetupError } from '../setup-error.ts';

/** The release that ganc's tests run on. */
export const torchVersion = '2.15.0';

/** PyTorch's own index of wheels without CUDA: the package registry's for Linux bring several gigabytes of it. */
const cpuIndex = 'https://download.pytorch.org/whl/cpu';

export interface TorchSetup {
  readonly gpu: boolean;
  /** An interpreter that has PyTorch, in the place of a new environment. */
  readonly python?: string;
  /** Anew, whatever is there. */
  readonly force: boolean;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly env?: Environment;
}

export interface TorchSetUp extends Timed {
  /** It was there before. */
  readonly kept: boolean;
}

/** Throws SetupError with what is missing; all is then as it was. */
export async function setUpTorch(options: TorchSetup): Promise<TorchSetUp> {
  const { python, gpu, force } = options;
  if (python !== undefined) return chosen(await proven(resolvedPath(python)), true);
  const home = join(cacheFolder(), `torch-${torchVersion}-${gpu ? 'cuda' : 'cpu'}`);
  const own = pythonIn(home);
  await restoreKilled(home);
  if (!force && existsSync(own)) {
    const there = await tryPython(own);
    if (typeof there !== 'string') return chosen(there, true);
  }
  const found = await inPlaceOf(home, async () => {
    await install(home, own, options);
    return proven(own);
  });
  if (gpu && found.cards.length === 0)
    options.say('no card answers PyTorch yet; `ganc doctor` says what is missing');
  return chosen(found, false);
}

const pythonIn = (home: string): string => join(home, 'bin', 'python');

// ---------------------------------------------------------------- what was there before

/** An environment knows its path, so that a new one is made in its place, and the old one stands aside meanwhile. */
const asideOf = (home: string): string => `${home}-before`;

/** The environment that is made takes the place of one that is there, which comes back where that fails. */
async function inPlaceOf<T>(home: string, make: () => Promise<T>): Promise<T> {
  const aside = asideOf(home);
  if (existsSync(home)) renameSync(home, aside);
  try {
    const made = await make();
    rmSync(aside, { recursive: true, force: true });
    return made;
  } catch (error) {
    restore(home);
    forgetGone();
    throw error;
  }
}

function restore(home: string): void {
  rmSync(home, { recursive: true, force: true });
  if (existsSync(asideOf(home))) renameSync(asideOf(home), home);
}

/** A setup that was killed left one aside: it is the whole one, unless the new one was done. */
async function restoreKilled(home: string): Promise<void> {
  if (!existsSync(asideOf(home))) return;
  if (typeof (await tryPython(pythonIn(home))) === 'string') restore(home);
  else rmSync(asideOf(home), { recursive: true, force: true });
}

/** What runs are told to take is only what is there; a bare name is looked up on the PATH. */
function forgetGone(): void {
  if (!existsSync(pythonFile())) return;
  const python = readFileSync(pythonFile(), 'utf8').trim();
  if (python.includes('/') && !existsSync(python)) rmSync(pythonFile());
}

// ---------------------------------------------------------------- the interpreter

/** A path stays one whatever folder a run is started from; a bare name is looked up on the PATH. */
const resolvedPath = (python: string): string => (python.includes('/') ? resolve(python) : python);

function chosen(found: Timed, kept: boolean): TorchSetUp {
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileAtomic(pythonFile(), `${found.python}\n`);
  return { ...found, kept };
}

async function proven(python: string): Promise<Timed> {
  const found = await tryPython(python);
  if (typeof found === 'string') throw new SetupError(found);
  return found;
}

async function install(home: string, own: string, options: TorchSetup): Promise<void> {
  const { gpu, say, signal, env = process.env } = options;
  const running: Running = { env, ...(signal === undefined ? {} : { signal }) };
  const base = await findProgram([['python3'], ['python']], running);
  if (base === null) throw new SetupError('there is no python3: install Python 3.10 or newer');
  say(`${home}: an environment of ${base.version}`);
  await run(
    [...base.command, '-m', 'venv', home],
    'python3 could not make an environment (on Debian: `apt-get install python3-venv`)',
    running,
  );
  say(`fetching PyTorch ${torchVersion}${gpu ? ' with CUDA: several gigabytes' : ''}`);
  const pip = [
    own,
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `torch==${torchVersion}`,
  ];
  const plain = gpu || process.platform !== 'linux';
  if (!plain && (await runProgram([...pip, '--index-url', cpuIndex], running)).code === 0) return;
  if (!plain) say(`${cpuIndex} does not answer: from the package registry, with CUDA, several gigabytes`);
  await run(
    pip,
    `pip could not fetch PyTorch ${torchVersion} (PIP_INDEX_URL names another registry)`,
    running,
  );
}

async function run(command: readonly string[], why: string, running: Running): Promise<void> {
  const { code, said } = await runProgram(command, running);
  if (code !== 0) throw new SetupError(`${why}:\n  ${complaint(said)}`);
}
