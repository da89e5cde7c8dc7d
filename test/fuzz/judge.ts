/**
 * How far an input comes, and whether ganc bears it. In: a text, and whether it is laid out, too; out: the last pass that
 * took it, or the exception that should not have been. Files and data are not read: a host of the fuzz's own answers.
 */
import { compile } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import { isError, type Diagnostic } from '../../grammar/diagnostics.ts';
import { format } from '../../grammar/format.ts';
import { render, toJson } from '../../grammar/render.ts';
import { catalogue } from '../../runtime/catalogue.ts';

/** The passes in order: an input counts for the last one that it came through without an error. */
export const passes = ['none', 'parsed', 'checked', 'compiled'] as const;
export type Pass = (typeof passes)[number];

export interface Judged {
  readonly pass: Pass;
  /** Where an exception came out: its stack. */
  readonly problem: string | null;
}

const host: Host = {
  catalogue,
  read: () => null,
  describe: () => ({ count: 10_000, hash: 'fuzz' }),
};

/** Errors of syntax have the codes GAN1xxx. */
const isSyntax = (problem: Diagnostic): boolean => isError(problem) && problem.code.startsWith('GAN1');

/** Runs the whole way; texts without an error of syntax are laid out, too, where `layOut`. Memory is bounded, as a machine's is. */
export async function judge(text: string, layOut = true): Promise<Judged> {
  let pass: Pass = 'none';
  try {
    const source = { path: 'fuzz.gan', text };
    const compiled = compile(source, host, {
      memory: 1e9,
      dump: (name) => name === 'lower' && (pass = 'checked'),
    });
    if (compiled.program !== undefined) pass = 'compiled';
    else if (pass === 'none' && !compiled.diagnostics.some(isSyntax)) pass = 'parsed';
    if (layOut && pass !== 'none') await format(source);
    render(compiled.diagnostics, { color: false, width: 80 });
    toJson(compiled.diagnostics);
    return { pass, problem: null };
  } catch (error) {
    return { pass, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
