/** `ganc cache` and `ganc cache remove NAME ...`: what lies in ganc's cache, how large it is, and away with it. */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { printBytes } from '../compiler/bytes.ts';
import { jsonText } from '../grammar/visible.ts';
import { cacheFolder } from '../runtime/cache.ts';
import { packsFolder, packsOf } from '../runtime/data/pack.ts';
import { onDisk } from '../runtime/disk.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

interface Entry {
  /** What `remove` takes. */
  readonly name: string;
  readonly bytes: number;
  /** Where it came from, where that is known. */
  readonly of: string | null;
  readonly paths: readonly string[];
}

export function listCache({ json }: { readonly json: boolean }, terminal: Terminal): ExitCode {
  const entries = cached();
  if (json) {
    const shown = entries.map(({ name, bytes, of }) => ({ name, bytes, of }));
    terminal.out(jsonText({ folder: cacheFolder(), entries: shown }, 2) + '\n');
    return exitCodes.fine;
  }
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes, of } of entries)
    terminal.out(`${printBytes(bytes).padStart(10)}  ${name}${of === null ? '' : `  ${of}`}\n`);
  terminal.err(
    `${cacheFolder()}: ${printBytes(total)}; \`ganc cache remove NAME\` makes room, what is needed again is made again\n`,
  );
  return exitCodes.fine;
}

/** Throws Exit for a name that isn't there, before anything is removed. */
export function removeCached(
  names: readonly string[],
  { all }: { readonly all: boolean },
  terminal: Terminal,
): ExitCode {
  const entries = cached();
  if (names.length === 0 && !all)
    throw new Exit(exitCodes.usage, 'which? `ganc cache` lists names; --all removes everything');
  if (names.length > 0 && all)
    throw new Exit(exitCodes.usage, `everything, or ${names.join(', ')}? leave --all or the names out`);
  const missing = names.find((name) => !entries.some((entry) => entry.name === name));
  if (missing !== undefined)
    throw new Exit(exitCodes.usage, `the cache has no ${missing}; \`ganc cache\` lists what it has`);
  const gone = entries.filter(({ name }) => all || names.includes(name));
  for (const path of gone.flatMap(({ paths }) => paths))
    onDisk(path, () => rmSync(path, { recursive: true, force: true }));
  terminal.err(`${printBytes(gone.reduce((sum, { bytes }) => sum + bytes, 0))} removed\n`);
  return exitCodes.fine;
}

/** Everything at the top of the cache, and each pack by itself; what a killed process left of one counts as an entry. */
function cached(): Entry[] {
  const known = packsOf();
  const packs = new Map<string, string[]>();
  for (const path of inside(packsFolder())) {
    const name = relative(packsFolder(), path).replace(/\.(rows|json)$/, '');
    packs.set(name, [...(packs.get(name) ?? []), path]);
  }
  const others = inside(cacheFolder()).filter((path) => path !== packsFolder());
  return [
    ...others.map((path) => ({ name: relative(cacheFolder(), path), of: null, paths: [path] })),
    ...[...packs].map(([name, paths]) => ({ name, of: known.get(name) ?? null, paths })),
  ].map((entry) => ({ ...entry, bytes: entry.paths.reduce((sum, path) => sum + bytesOf(path), 0) }));
}

function inside(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** Links are not followed: what they lead to stays. */
function bytesOf(path: string): number {
  const stat = lstatSync(path);
  return stat.isDirectory() ? inside(path).reduce((sum, one) => sum + bytesOf(one), 0) : stat.size;
}
