/** Reading specs, and saying what is wrong with them: what commands need that compile nothing. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isError, nearest, type Diagnostic } from '../grammar/diagnostics.ts';
import { render } from '../grammar/render.ts';
import type { Source } from '../grammar/source.ts';
import { shellPath } from '../grammar/shell-word.ts';
import { isFolder } from '../runtime/disk.ts';
import { isModelFile } from '../runtime/run/model-start.ts';
import { Exit, exitCodes } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** The file, or the standard input for `-`. Throws Exit with the nearest name if there is none. */
export async function readSpec(path: string, terminal: Terminal): Promise<Source> {
  if (path === '-') return { path: '<stdin>', text: await terminal.input() };
  if (!existsSync(path)) throw new Exit(exitCodes.usage, `${path}: there is no such file${meant(path)}`);
  if (statSync(path).isDirectory()) {
    const inside = specsIn(path).slice(0, 3);
    const hint = inside.length > 0 ? `, with specs such as ${inside.join(', ')} in it` : '';
    throw new Exit(exitCodes.usage, `${path} is a folder${hint}: name a .gan file`);
  }
  if (isModelFile(path))
    throw new Exit(
      exitCodes.usage,
      `${path} is a trained model, no spec: \`ganc sample ${shellPath(path)}\` and \`ganc export ${shellPath(path)}\` take it, and \`initialize\` in a spec`,
    );
  return { path, text: readFileSync(path, 'utf8') };
}

function specsIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.gan'));
  return names.sort().map((name) => join(folder, name));
}

function meant(path: string): string {
  const places = [...new Set([dirname(path), '.', 'specs'])].flatMap(specsIn);
  const whole = nearest(path, places);
  const name = nearest(
    basename(path),
    places.map((place) => basename(place)),
  );
  const found = whole ?? places.find((place) => basename(place) === name);
  return found === undefined ? '; `ganc init` writes a spec to start from' : `; did you mean ${found}?`;
}

/** Diagnostics on the terminal; true if none is an error. */
export function say(terminal: Terminal, diagnostics: readonly Diagnostic[]): boolean {
  if (diagnostics.length === 0) return true;
  const [{ code }] = [...diagnostics.filter(isError), ...diagnostics];
  terminal.err(`${render(diagnostics, terminal)}\n\n`);
  terminal.err(`${counts(diagnostics)}. \`ganc explain ${code}\` says more.\n`);
  return !diagnostics.some(isError);
}

/** `2 errors, 1 warning`. */
export function counts(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length;
  const warnings = diagnostics.length - errors;
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
}

export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
