/** `ganc build FILE`: the program, as the folder that a run holds; or what one pass of the compiler made. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nearest } from '../grammar/diagnostics.ts';
import type { Manifest } from '../program/manifest.ts';
import { openStream } from '../runtime/catalogue.ts';
import { mappedData } from '../runtime/data/mapped.ts';
import type { OpenSource } from '../runtime/data/source.ts';
import { FileError } from '../runtime/formats/file-error.ts';
import { writeFolderAtomic } from '../runtime/atomic.ts';
import { makeFolders, onDisk } from '../runtime/disk.ts';
import { layoutFor } from '../runtime/run/new-run.ts';
import { isProgramFolder, programFiles } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Target } from './program.ts';
import { counted, readSpec } from './read.ts';
import { compileSpec, dataFolder } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface BuildOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly strict: boolean;
  readonly accumulate?: number;
  readonly target: Target;
  readonly device: string;
  readonly out?: string;
  readonly dump?: string;
  readonly quiet: boolean;
}

export async function build(file: string, options: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  const { set, profile, strict, accumulate, target, device } = options;
  const dump = options.dump && (formerNames[options.dump] ?? options.dump);
  const passes = new Map<string, string>();
  const keep = (pass: string, print: () => string): void => {
    if (dump === pass || !passes.has(pass)) passes.set(pass, dump === pass ? print() : '');
  };
  const entry = await readSpec(file, terminal);
  const { manifest, files } = compileSpec(
    entry,
    {
      set,
      profile,
      strict,
      accumulate,
      target,
      device: layoutFor(target, device),
      ...(dump === undefined ? {} : { dump: keep }),
    },
    terminal,
  );
  if (dump !== undefined) {
    if (!passes.has(dump)) throw new Exit(exitCodes.usage, noPass(dump, [...passes.keys()]));
    terminal.out(passes.get(dump)!.replace(/\n?$/, '\n'));
    return exitCodes.fine;
  }
  const out = options.out ?? join('build', manifest.name.toLowerCase());
  requireFree(out);
  const data = target === 'torch' ? await dataOf(manifest, dataFolder(entry), terminal) : {};
  makeFolders(dirname(out));
  writeFolderAtomic(out, programFiles(manifest, { ...files, ...data }), true);
  if (!options.quiet) {
    const bytes = Object.values(files).reduce((sum, content) => sum + content.length, 0);
    terminal.err(
      `${out}: manifest.json and ${counted(Object.keys(files).length, 'file')}, ${Math.ceil(bytes / 1024)} KiB\n`,
    );
  }
  return exitCodes.fine;
}

/** The rows that a program reads by itself; without them `ganc run` can still train it. */
async function dataOf(
  manifest: Manifest,
  folder: string,
  terminal: Terminal,
): Promise<Record<string, Iterable<Uint8Array>>> {
  try {
    const opened: Record<string, OpenSource> = {};
    for (const stream of manifest.streams) opened[stream.name] = await openStream(stream, folder);
    return mappedData(manifest, opened);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    terminal.err(`no data beside the program: ${error.message}\n`);
    return {};
  }
}

/** What passes were called before each of them had a name. */
const formerNames: Readonly<Record<string, string>> = {
  ast: 'parse',
  model: 'analyse',
  graph: 'simplify',
  plan: 'schedule',
};

function noPass(dump: string, passes: readonly string[]): string {
  const near = nearest(dump, passes);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  return `there is no pass called ${dump}${meant} The passes are ${passes.join(', ')}.`;
}

/** Only an older program may be replaced; it stays until the new one is whole. Others have a manifest.json too: theirs isn't ganc's. */
function requireFree(out: string): void {
  if (!existsSync(out)) return;
  const holds = onDisk(out, () => readdirSync(out));
  if (holds.length === 0) return;
  if (!isProgramFolder(out))
    throw new Exit(exitCodes.usage, `${out} holds something else than a program: choose another --out`);
  // `python train.py` in a program's folder puts its runs there.
  if (holds.includes('runs'))
    throw new Exit(
      exitCodes.usage,
      `${join(out, 'runs')} lies in the program that would be replaced: move it elsewhere, or choose another --out`,
    );
}
