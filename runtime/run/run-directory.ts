/**
 * The folder of a run, which holds all of it:
 *
 *   program/        manifest.json and the graphs it names: what runs, also on resume
 *   spec.gan        the spec's text, imports and all
 *   run.json        seed, parameters, versions, processor, data: what a resume compares
 *   metrics.jsonl   a line for each iteration and each report result
 *   log.txt         what was said
 *   pictures/       by name and iteration
 *   sounds/         the same, where the spec makes some
 *   checkpoints/    see checkpoint.ts
 *   training.pid    the process that trains it now (lock.ts)
 *
 * It comes into being whole (a kill leaves a run that can be resumed, or no folder), and is read back checked.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Manifest } from '../../program/manifest.ts';
import { parseManifest } from '../../program/schema.ts';
import { writeFileAtomic, writeFolderAtomic } from '../atomic.ts';
import type { FileContents } from '../atomic.ts';
import type { EngineIdentity } from '../engines/engine.ts';
import { version } from '../own-package.ts';

/** What a run was started with. */
export interface RunInfo {
  readonly format: 1;
  readonly seed: number;
  /** As given: compiling the spec again with these gives the same program. */
  readonly set: Readonly<Record<string, string>>;
  readonly profile: string | null;
  readonly params: Manifest['params'];
  readonly device: string;
  /** Folder that the data's paths are relative to. */
  readonly folder: string;
  readonly data: Readonly<Record<string, DataDescription>>;
  readonly machine: Machine;
}

/** What the bits of a result may depend on. */
export interface Machine {
  readonly ganc: string;
  readonly node: string;
  readonly engine: string;
  readonly engineVersion: string;
  /** What it computes on: `cpu`, `webgpu`, `cuda`. */
  readonly device: string;
  /** Which GPU, where it is one. */
  readonly adapter?: string;
  readonly threads: number;
  readonly processor: string;
  /** Instruction sets, where the system tells them. */
  readonly features: readonly string[];
}

export interface RunDirectory {
  readonly path: string;
  readonly manifest: Manifest;
  readonly info: RunInfo;
}

/** Not a run directory, or one that cannot be used; the message is a sentence. */
export class RunDirectoryError extends Error {}

export const inside = (path: string) => ({
  program: join(path, 'program'),
  manifest: join(path, 'program', 'manifest.json'),
  spec: join(path, 'spec.gan'),
  info: join(path, 'run.json'),
  metrics: join(path, 'metrics.jsonl'),
  log: join(path, 'log.txt'),
  pictures: join(path, 'pictures'),
  sounds: join(path, 'sounds'),
  checkpoints: join(path, 'checkpoints'),
});

/** What `ganc build` writes, and what a run directory's program/ holds. */
export function programFiles(manifest: Manifest, files: Readonly<Record<string, Uint8Array>>): FileContents {
  return { ...files, 'manifest.json': JSON.stringify(manifest, null, 1) + '\n' };
}

/**
 * Makes `path`, or with `path: null` the first free runs/<name>-<n>. Throws RunDirectoryError if `path` is taken.
 */
export function createRun(
  path: string | null,
  manifest: Manifest,
  files: Readonly<Record<string, Uint8Array>>,
  info: RunInfo,
): RunDirectory {
  const program = Object.entries(programFiles(manifest, files));
  const contents: FileContents = {
    ...Object.fromEntries(program.map(([name, content]) => [`program/${name}`, content])),
    'spec.gan': manifest.spec.text,
    'run.json': JSON.stringify(info, null, 2) + '\n',
    'metrics.jsonl': '',
    'log.txt': '',
  };
  if (path !== null) {
    claim(path, contents);
    return { path, manifest, info };
  }
  for (let n = 1; ; n++) {
    const free = join('runs', `${manifest.name.toLowerCase()}-${n}`);
    if (existsSync(free) || !tryClaim(free, contents)) continue;
    return { path: free, manifest, info };
  }
}

function claim(path: string, contents: FileContents): void {
  if (tryClaim(path, contents)) return;
  throw new RunDirectoryError(`${path} already holds something: choose another --out, or --resume ${path}`);
}

/** False if another run was there first. */
function tryClaim(path: string, contents: FileContents): boolean {
  mkdirSync(join(path, '..'), { recursive: true });
  try {
    writeFolderAtomic(path, contents);
    for (const folder of [inside(path).pictures, inside(path).checkpoints])
      mkdirSync(folder, { recursive: true });
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Throws RunDirectoryError with what is wrong. */
export function openRun(path: string): RunDirectory {
  const places = inside(path);
  finishReplacing(path);
  if (!existsSync(places.info) || !existsSync(places.manifest)) {
    const reason = existsSync(path) ? 'is not a run directory: it has no run.json' : 'does not exist';
    throw new RunDirectoryError(`${path} ${reason}`);
  }
  const info = readJson(places.info) as RunInfo;
  if (info?.format !== 1) throw new RunDirectoryError(`${places.info} is of another version of ganc`);
  for (const folder of [places.pictures, places.checkpoints]) mkdirSync(folder, { recursive: true });
  const machine = withDevice(info.machine);
  return { path, manifest: readManifest(places.manifest), info: { ...info, machine } };
}

/** Runs of earlier versions wrote the device behind the engine's name: `onnxruntime-node cpu`. */
function withDevice(machine: Machine): Machine {
  if (machine.device !== undefined) return machine;
  const [engine, device = 'cpu'] = machine.engine.split(' ');
  return { ...machine, engine, device };
}

/** Throws RunDirectoryError if the file is no manifest. */
export function readManifest(path: string): Manifest {
  const parsed = parseManifest(readJson(path));
  if ('error' in parsed) throw new RunDirectoryError(`${path} is not a program's manifest: ${parsed.error}`);
  return parsed.manifest;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new RunDirectoryError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Replaces the program and the spec's text (a resume under changed reports, or a forced one). */
export function replaceProgram(
  run: RunDirectory,
  manifest: Manifest,
  files: Readonly<Record<string, Uint8Array>>,
): RunDirectory {
  const { program, spec } = inside(run.path);
  rmSync(next(program), { recursive: true, force: true });
  writeFolderAtomic(next(program), programFiles(manifest, files));
  rmSync(program, { recursive: true, force: true });
  renameSync(next(program), program);
  writeFileAtomic(spec, manifest.spec.text);
  return { ...run, manifest };
}

const next = (program: string): string => `${program}.next`;

/** A kill may have come when the new program was whole and the old one being taken away. */
function finishReplacing(path: string): void {
  const { program } = inside(path);
  if (!existsSync(next(program))) return;
  rmSync(program, { recursive: true, force: true });
  renameSync(next(program), program);
}

export function replaceInfo(run: RunDirectory, info: RunInfo): RunDirectory {
  writeFileAtomic(inside(run.path).info, JSON.stringify(info, null, 2) + '\n');
  return { ...run, info };
}

export function appendLog(path: string, text: string): void {
  appendFileSync(inside(path).log, text + '\n');
}

// ---------------------------------------------------------------- the machine

/** This machine, with the engine that was opened on it. */
export function thisMachine(engine: EngineIdentity): Machine {
  return {
    ganc: version,
    node: process.versions.node,
    engine: engine.name,
    engineVersion: engine.version,
    device: engine.device,
    ...(engine.adapter === undefined ? {} : { adapter: engine.adapter }),
    threads: engine.threads,
    processor: cpus().at(0)?.model ?? 'unknown',
    features: features(),
  };
}

/** The instruction sets that choose between an engine's kernels (Linux tells them; elsewhere the model must do). */
function features(): string[] {
  const known = /^(sse4_[12]|avx|avx2|fma|avx512\w*|avx_vnni|amx_\w+|asimd\w*|sve2?|i8mm|bf16)$/;
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return (line?.[1] ?? '')
      .split(/\s+/)
      .filter((flag) => known.test(flag))
      .sort();
  } catch {
    return [];
  }
}

/** What differs between two machines in a way that may change bits, in words; empty if nothing does. */
export function machineDifferences(then: Machine, now: Machine): string[] {
  const out: string[] = [];
  const compare = (what: string, a: string | number, b: string | number): void => {
    if (a !== b) out.push(`${what}: ${a} then, ${b} now`);
  };
  compare('engine', `${then.engine} ${then.engineVersion}`, `${now.engine} ${now.engineVersion}`);
  compare('device', then.device, now.device);
  if (then.device === now.device) compare('adapter', then.adapter ?? 'none', now.adapter ?? 'none');
  compare('threads', then.threads, now.threads);
  compare('processor features', then.features.join(' '), now.features.join(' '));
  if (then.features.length === 0) compare('processor', then.processor, now.processor);
  return out;
}
