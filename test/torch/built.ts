/**
 * Programs for Python alone, as `ganc build` writes them, and processes that train them with no Node on the path. In: a
 * program; out: its folder with its data, and what a process said.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'mocha';
import type { Program } from '../../compiler/compiled.ts';
import { openStream } from '../../runtime/catalogue.ts';
import { runtimeFiles } from '../../compiler/targets/torch/runtime.ts';
import type { OpenSource } from '../../runtime/data/source.ts';
import { mappedData } from '../../runtime/data/mapped.ts';
import { programFiles } from '../../runtime/run/run-directory.ts';
import { root } from '../parity/host.ts';
import { torchPython } from './where.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that goes when the tests have ended. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-alone-'));
  folders.push(folder);
  return folder;
}

/** Puts the Python files that every program has into a folder. */
export function writeRuntime(folder: string): void {
  writeFiles(folder, runtimeFiles());
}

function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Files that are small enough to be held. */
export const wholeFiles = (
  files: Readonly<Record<string, Iterable<Uint8Array>>>,
): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([name, parts]) => [name, Buffer.concat([...parts])]));

/** The program's folder with its data. */
export async function built(program: Program): Promise<string> {
  const { manifest } = program;
  const opened: Record<string, OpenSource> = {};
  for (const entry of manifest.streams) opened[entry.name] = await openStream(entry, root);
  return written(program, wholeFiles(mappedData(manifest, opened)));
}

/** The program's folder without data. */
export function written({ manifest, files: own }: Program, data: Record<string, Uint8Array> = {}): string {
  const folder = scratch();
  writeFiles(folder, programFiles(manifest, { ...own, ...data }));
  return folder;
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a Python script by so many processes; no program is on the path. `more`: of the environment. Never throws. */
export async function python(
  ranks: number,
  script: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const launcher =
    ranks === 1 ? [] : ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(ranks)];
  const env = { PATH: '', HOME: tmpdir(), PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1', ...more };
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 1 << 26 };
    execFile(torchPython!, [...launcher, ...script], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    );
  });
}
