/**
 * `ganc data pack SPEC`, and what a run does by itself where a source is too large for memory: rows are decoded once into
 * the cache. In: streams of a program; out: packs, and on the terminal how far they are and what they take.
 */
import { resolve } from 'node:path';
import { printBytes } from '../compiler/bytes.ts';
import type { CompileOptions } from '../compiler/input.ts';
import type { StreamEntry } from '../program/manifest.ts';
import { packStream } from '../runtime/catalogue.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { progress } from './how-far.ts';
import { readSpec } from './read.ts';
import { compileSpec, dataFolder } from './spec.ts';
import type { Terminal } from './terminal.ts';

export interface PackOptions extends Pick<CompileOptions, 'set' | 'profile'> {
  readonly quiet: boolean;
}

/** Packs each stream of a spec whose source can be, large or not. */
export async function packSpec(file: string, options: PackOptions, terminal: Terminal): Promise<ExitCode> {
  const { quiet, ...compiling } = options;
  const entry = await readSpec(file, terminal);
  const { manifest } = compileSpec(entry, compiling, terminal);
  const packed = await packStreams(
    manifest.streams,
    resolve(dataFolder(entry)),
    { always: true, quiet },
    terminal,
  );
  if (packed === 0 && !quiet)
    terminal.err('nothing to pack: its sources are read from their files, or their files are not there\n');
  return exitCodes.fine;
}

/** How many of the streams are packed now: those that are too large for memory, or `always` all that can be. */
export async function packStreams(
  streams: readonly Pick<StreamEntry, 'name' | 'source' | 'args'>[],
  folder: string,
  { always, quiet }: { readonly always: boolean; readonly quiet: boolean },
  terminal: Terminal,
): Promise<number> {
  let count = 0;
  for (const entry of streams) {
    const packing = (done: number, of: number): string =>
      `data ${entry.name}: packing, row ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
    const shown = quiet ? null : progress(packing, terminal);
    const packed = await packStream(entry, folder, { always, ...(shown && { watch: shown.watch }) });
    shown?.end();
    if (packed === null) continue;
    count++;
    if (!quiet && (always || shown!.began()))
      terminal.err(`data ${entry.name}: packed, ${printBytes(packed.bytes)} in the cache (\`ganc cache\`)\n`);
  }
  return count;
}
