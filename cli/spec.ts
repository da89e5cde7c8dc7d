/**
 * From a spec to a compiled program: reads its imports, lets its data be described, and says every diagnostic. The
 * compiler itself reads nothing.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { architecture, checkSpec, compile } from '../compiler/compile.ts';
import type { Architecture } from '../compiler/architecture/architecture.ts';
import type { CompileOptions, Host } from '../compiler/input.ts';
import type { Program } from '../compiler/compiled.ts';
import type { Diagnostic } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import { catalogue, sources } from '../runtime/catalogue.ts';
import { refusal, requireAllowed } from '../runtime/data/allowed.ts';
import { Exit, exitCodes } from './exit.ts';
import { say } from './read.ts';
import type { Terminal } from './terminal.ts';

export function hostFor(entry: Source): Host {
  const folder = dataFolder(entry);
  return {
    catalogue,
    read(path, from) {
      const place = join(dirname(from.path), path);
      // Diagnostics show lines of what they are about: a password file must not come to be a spec.
      if (!place.endsWith('.gan')) return { refused: 'is no spec: an imported file ends in .gan' };
      const why = refusal(resolve(place), folder);
      if (why !== null) return { refused: `may not be imported: ${why}` };
      if (!existsSync(place) || !statSync(place).isFile()) return null;
      return { path: place, text: readFileSync(place, 'utf8') };
    },
    describe(source, args) {
      requireAllowed(args, folder);
      return sources[source].describe(args, folder);
    },
  };
}

/** Paths in a spec are relative to its file. */
export const dataFolder = (entry: Source): string => dirname(entry.path);

export function checkFile(entry: Source, options: CompileOptions): readonly Diagnostic[] {
  return checkSpec(entry, hostFor(entry), { memory: totalmem(), ...options }).diagnostics;
}

/** The program; its diagnostics are said. Throws Exit if there is none. */
export function compileSpec(entry: Source, options: CompileOptions, terminal: Terminal): Program {
  const { diagnostics, program } = compile(entry, hostFor(entry), { memory: totalmem(), ...options });
  if (say(terminal, diagnostics) && program) return program;
  throw new Exit(exitCodes.diagnostics);
}

/** What the spec's picture shows; its diagnostics are said. Throws Exit if anything is wrong with it. */
export function architectureOfSpec(entry: Source, options: CompileOptions, terminal: Terminal): Architecture {
  const { diagnostics, architecture: found } = architecture(entry, hostFor(entry), options);
  if (say(terminal, diagnostics) && found !== null) return found;
  throw new Exit(exitCodes.diagnostics);
}
