/** `ganc init [FILE]`: a spec to start from, with comments, that checks and trains as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { shellPath } from '../grammar/shell-word.ts';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { Exit, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

export function init(file: string, options: { readonly quiet: boolean }, terminal: Terminal): ExitCode {
  const path = file.endsWith('.gan') ? file : `${file}.gan`;
  if (existsSync(path)) throw new Exit(exitCodes.usage, `${path} is there already: give another name`);
  const starter = readFileSync(new URL('./starter.gan', import.meta.url), 'utf8');
  writeFileAtomic(path, starter.replace('gan Starter', `gan ${nameFrom(path)}`));
  if (!options.quiet)
    terminal.err(
      `${path}: \`ganc check ${shellPath(path)}\` checks it, \`ganc run ${shellPath(path)}\` trains it\n`,
    );
  return exitCodes.fine;
}

/** `my-first.gan` → `MyFirst` */
function nameFrom(path: string): string {
  const words = basename(path, '.gan')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Gan${name}`;
}
