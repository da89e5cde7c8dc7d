/**
 * From a spec to a compiled program: reads its imports, lets its data be described, and says every diagnostic. The
 * compiler itself reads nothing.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { architecture, checkSpec, compile, type Checked } from '../compiler/compile.ts';
import type { Architecture } from '../compiler/architecture/architecture.ts';
import type { CompileOptions, Host } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import type { Source } from '../grammar/source.ts';
import { catalogue, sources } from '../runtime/catalogue.ts';
import { refusal, requireAllowed } from '../runtime/data/allowed.ts';
import { FileError } from '../runtime/formats/file-error.ts';
import { memoryHere } from '../runtime/memory.ts';
import type { PlacedProgram } from '../runtime/run/session.ts';
import { heldNetwork, storedNetwork } from '../runtime/run/stored-network.ts';
import { heldWeights, storedWeights } from '../runtime/run/stored-weights.ts';
import { Exit, exitCodes } from './exit.ts';
import { lookingAt } from './how-far.ts';
import { say } from './read.ts';
import type { Terminal } from './terminal.ts';

/**
 * `held`: a program that was made of the spec before, whose weights from elsewhere stay what they are. `imports`: texts that
 * stand for files, by their paths from the spec's folder: those that a run was started with. `terminal`: where it is said how
 * much of a large file is looked through.
 */
export function hostFor(
  entry: Source,
  held?: PlacedProgram,
  imports: ReadonlyMap<string, string> = new Map(),
  terminal: Terminal | null = null,
): Host {
  const folder = dataFolder(entry);
  return {
    catalogue,
    read(path, from) {
      if (isAbsolute(path)) return { refused: absolute(path, dirname(from.path)) };
      const place = join(dirname(from.path), path);
      const kept = imports.get(relative(folder, place));
      if (kept !== undefined) return { path: place, text: kept };
      // Diagnostics show lines of what they are about: a password file must not come to be a spec.
      if (!place.endsWith('.gan')) return { refused: 'is no spec: an imported file ends in .gan' };
      const why = refusal(resolve(place), folder);
      if (why !== null) return { refused: `may not be imported: ${why}` };
      if (!existsSync(place) || !statSync(place).isFile()) return null;
      return { path: place, text: readFileSync(place, 'utf8') };
    },
    describe(source, args) {
      requireAllowed(sources[source].signature.params, args, folder);
      const shown = terminal && lookingAt(source, terminal);
      try {
        return sources[source].describe(args, folder, shown?.watch);
      } catch (error) {
        throw error instanceof FileError ? seenFrom(folder, error) : error;
      } finally {
        shown?.end();
      }
    },
    stored(path, at) {
      const kept = held && heldWeights(held.manifest, held.folder, path, at);
      return kept === undefined ? storedWeights(path, at, folder) : kept;
    },
    network(path) {
      const kept = held && heldNetwork(held.manifest, held.folder, path);
      return kept ?? storedNetwork(path, folder);
    },
  };
}

/** A run finds the texts that it keeps by their paths from the spec's folder, wherever that has moved to. */
function absolute(path: string, folder: string): string {
  const way = relative(folder, path).replaceAll('\\', '/');
  return `may not be imported by an absolute path; from here it is \`${way}\``;
}

/** The error with its file's path from the spec's folder, where it lies in there, as specs have paths. */
function seenFrom(folder: string, error: FileError): FileError {
  const near = relative(folder, error.path);
  if (!near.startsWith('..')) error.message = error.message.replace(error.path, () => near);
  return error;
}

/** Paths in a spec are relative to its file. */
export const dataFolder = (entry: Source): string => dirname(entry.path);

export const checkFile = (entry: Source, options: CompileOptions, terminal: Terminal): Checked =>
  checkSpec(entry, hostFor(entry, undefined, undefined, terminal), { memory: memoryHere(), ...options });

/** What a run that the spec belongs to holds, in the place of what lies on the disk by now; see hostFor. */
export interface Held {
  readonly program?: PlacedProgram;
  readonly imports?: ReadonlyMap<string, string>;
}

/** The program; its diagnostics are said. Throws Exit if there is none. */
export function compileSpec(
  entry: Source,
  options: CompileOptions,
  terminal: Terminal,
  held: Held = {},
): Program {
  const { diagnostics, program } = compile(entry, hostFor(entry, held.program, held.imports, terminal), {
    memory: memoryHere(),
    ...options,
  });
  if (say(terminal, diagnostics) && program) return program;
  throw new Exit(exitCodes.diagnostics);
}

/** What the spec's picture shows; its diagnostics are said. Throws Exit if anything is wrong with it. */
export function architectureOfSpec(entry: Source, options: CompileOptions, terminal: Terminal): Architecture {
  const { diagnostics, architecture: found } = architecture(entry, hostFor(entry), options);
  if (say(terminal, diagnostics) && found !== null) return found;
  throw new Exit(exitCodes.diagnostics);
}
