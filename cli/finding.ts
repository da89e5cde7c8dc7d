/** One line of `ganc doctor`: what was looked for, what was found, what to type about it. */
import type { ExitCode } from './exit.ts';
import { paint } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { outWidth, wrapped } from './wrapped.ts';

export interface Finding {
  readonly what: string;
  readonly fine: boolean;
  readonly found: string;
  /** What to do if it isn't fine. */
  readonly hint?: string;
  /** Without it nothing can be trained. */
  readonly needed?: ExitCode;
  /** Nobody has to have it: its absence is no fault. */
  readonly optional?: boolean;
}

export function findingLine({ what, fine, found, hint, optional }: Finding, terminal: Terminal): string {
  const { green, red, dim } = paint(terminal);
  const mark = fine ? green('ok     ') : optional ? dim('none   ') : red('missing');
  const [width, under] = [outWidth(terminal), 21];
  const told = wrapped(`${what.padEnd(10)}  ${found}`, width, under - 12, under).trimStart();
  return `${mark}  ${told}\n${fine || hint === undefined ? '' : `${wrapped(hint, width, under, under)}\n`}`;
}
