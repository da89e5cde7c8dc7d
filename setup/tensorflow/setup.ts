/**
 * Sets the real TensorFlow up: libraries out of pinned Python wheels, tfjs-node-gpu's binding compiled against them, a
 * training step to prove it. In: what for; out: a home (home.ts), whole or not at all: it grows in a folder beside its
 * place, and is renamed when the step has been trained.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { toInstall } from '../../runtime/own-package.ts';
import { lives } from '../../runtime/processes.ts';
import { bindingIn, nodePackage } from '../../runtime/engines/tensorflow/binding.ts';
import { compileBinding } from './compile.ts';
import { homePath, packageFolder, packageVersion, readHome } from '../../runtime/engines/tensorflow/home.ts';
import type { Home, Installed, Variant } from '../../runtime/engines/tensorflow/home.ts';
import { linkBinding } from './link.ts';
import { space, tensorflowVersion, wheels } from '../../runtime/engines/tensorflow/pins.ts';
import type { Wheel } from '../../runtime/engines/tensorflow/pins.ts';
import { probe } from '../../runtime/engines/tensorflow/probe.ts';
import { findProgram } from '../../runtime/engines/programs.ts';
import type { Environment, Running } from '../../runtime/engines/programs.ts';
import { SetupError } from '../setup-error.ts';
import { unpackWheel } from './wheels.ts';

export interface SetupOptions {
  readonly variant: Variant;
  /** Anew, whatever is there. */
  readonly force: boolean;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly env?: Environment;
  /**
   * For tests: another cache, another folder of tfjs-node-gpu, other wheels than the pinned ones,
   * another proof than a training step.
   */
  readonly cache?: string;
  readonly source?: string;
  readonly wheels?: readonly Wheel[];
  readonly prove?: (home: string, running: Running) => Promise<Proof>;
}

/** What the step in a fresh process showed. */
export interface Proof {
  readonly tensorflow: string;
  readonly cuda: boolean;
  readonly losses: readonly number[];
}

export interface SetUp extends Proof {
  readonly home: Home;
  /** It was there before. */
  readonly kept: boolean;
  /** Why tfjs-node-gpu's own index will not find the binding; null if it will. */
  readonly unlinked: string | null;
}

/** Throws SetupError for what is missing or wrong, and the signal's reason when aborted; then nothing is left behind. */
export async function setUpTensorflow(options: SetupOptions): Promise<SetUp> {
  const { variant, force, say, env = process.env, signal, prove = trainedStep } = options;
  requirePlatform(process.platform, process.arch, glibc());
  const source = options.source ?? nodePackage();
  const path = homePath(variant, tensorflowVersion, packageVersion(source), options.cache);
  const running = { env, signal };
  const there = force ? null : readHome(path);
  const damage = there === null ? null : damaged(there);
  if (damage !== null) say(`${path} is damaged (${damage}): setting it up anew`);
  const kept = there !== null && damage === null;
  const proof = kept
    ? await prove(path, running)
    : await build(path, source, { ...options, env, prove }, running);
  return { ...proof, home: readHome(path)!, kept, unlinked: linkBinding(bindingIn(path), source) };
}

/** Where there are wheels for. Throws SetupError elsewhere. */
export function requirePlatform(platform: string, arch: string, glibcVersion: string | null): void {
  const instead = 'ganc trains without it (`ganc doctor` says on what)';
  if (platform !== 'linux' || arch !== 'x64')
    throw new SetupError(
      `TensorFlow can be set up on Linux on x86-64 only, not on ${platform} on ${arch}; ${instead}`,
    );
  const [major, minor] = (glibcVersion ?? '0.0').split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    const here =
      glibcVersion === null ? 'this system has another C library' : `this system has ${glibcVersion}`;
    throw new SetupError(`TensorFlow's wheels need glibc 2.27 or newer, and ${here}; ${instead}`);
  }
}

function glibc(): string | null {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ?? null;
}

/** Which file isn't as setup.json has it; null if all are. */
export function damaged({ path, files }: Home): string | null {
  for (const [name, size] of Object.entries(files)) {
    const found = statSync(join(path, name), { throwIfNoEntry: false })?.size;
    if (found !== size)
      return `${name} ${found === undefined ? 'is missing' : `has ${found} bytes instead of ${size}`}`;
  }
  return null;
}

async function build(
  path: string,
  source: string,
  options: SetupOptions & Required<Pick<SetupOptions, 'prove'>>,
  running: Running,
): Promise<Proof> {
  const { variant, say, prove } = options;
  const { compiler, pip, nodeApi } = await tools(running);
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  removeDead(parent);
  requireSpace(parent, variant);
  const beside = join(parent, `${unfinished}${process.pid}-${basename(path)}`);
  rmSync(beside, { recursive: true, force: true });
  try {
    for (const wheel of options.wheels ?? wheels[variant]) {
      say(`fetching ${wheel.name} ${wheel.version} (${Math.ceil(wheel.size / 1e6)} MB)`);
      await unpackWheel(wheel, pip, beside, running);
    }
    say(`compiling the binding of tfjs-node-gpu with ${compiler.join(' ')}`);
    await compileBinding(compiler, { package: source, nodeApi }, beside, running);
    rmSync(join(beside, 'tensorflow', 'include'), { recursive: true });
    say('training one step in a process of its own');
    const proof = await prove(beside, running);
    describe(beside, {
      format: 1,
      variant,
      tensorflow: proof.tensorflow,
      tfjs: packageVersion(source),
      files: filesIn(beside),
    });
    replace(path, beside);
    return proof;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

async function tools(
  running: Running,
): Promise<{ compiler: readonly string[]; pip: readonly string[]; nodeApi: string }> {
  const chosen = (running.env.CXX ?? '').split(' ').filter((word) => word !== '');
  const compiler = await findProgram(chosen.length > 0 ? [chosen] : [['g++'], ['c++'], ['clang++']], running);
  const pip = await findProgram(
    [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']],
    running,
  );
  const missing = [
    ...(compiler === null
      ? [
          chosen.length > 0
            ? `the C++ compiler in CXX (${chosen.join(' ')}) does not start`
            : 'there is no C++ compiler (g++, c++, clang++): on Debian and Ubuntu `apt install g++`, on Fedora `dnf install gcc-c++`',
        ]
      : []),
    ...(pip === null
      ? [
          'there is no pip (python3 -m pip, pip3): on Debian and Ubuntu `apt install python3-pip`, on Fedora `dnf install python3-pip`',
        ]
      : []),
  ];
  const nodeApi = packageFolder('node-api-headers');
  if (nodeApi === null)
    missing.push(`the package node-api-headers is missing: \`${toInstall('node-api-headers')}\``);
  if (compiler === null || pip === null || nodeApi === null)
    throw new SetupError(`TensorFlow can't be set up:\n  ${missing.join('\n  ')}\nNothing was installed`);
  return { compiler: compiler.command, pip: pip.command, nodeApi };
}

function requireSpace(folder: string, variant: Variant): void {
  const { bavail, bsize } = statfsSync(folder);
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  if (bavail * bsize >= space[variant].during) return;
  throw new SetupError(
    `${folder} has ${gigabytes(bavail * bsize)} free, and this needs ${gigabytes(space[variant].during)} for a while (${gigabytes(space[variant].after)} afterwards): make room, or set GANC_CACHE to a folder on another disk`,
  );
}

/** The training step of probe.ts, as proof. */
async function trainedStep(home: string, { env, signal }: Running): Promise<Proof> {
  const asked = await probe('step', { argument: bindingIn(home), env, signal, limit: 300 });
  signal?.throwIfAborted();
  if (asked.ok) return asked.found;
  throw new SetupError(`TensorFlow is in place but doesn't train a step: ${asked.reason}`);
}

function describe(home: string, installed: Installed): void {
  writeFileSync(join(home, 'setup.json'), JSON.stringify(installed, null, 2) + '\n');
}

function filesIn(folder: string): Record<string, number> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const named = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(named.map((file) => [file.slice(folder.length + 1), statSync(file).size]));
}

/** An older one makes room first; between the two renames there is none, which is the other half of "whole or not". */
function replace(path: string, beside: string): void {
  const old = join(dirname(path), `${unfinished}${process.pid}-old`);
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(path, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  renameSync(beside, path);
  rmSync(old, { recursive: true, force: true });
}

const unfinished = '.unfinished-';

/** What a killed setup left; one that is at work keeps its folder. */
function removeDead(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^\\${unfinished}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !lives(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
