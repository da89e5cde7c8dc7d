/** `ganc check FILES`: every diagnostic of each, as text or as one of the formats that programs read. */
import { relative } from 'node:path';
import { leftBy, startsIn } from '../compiler/analyse/fitting.ts';
import { kinds } from '../compiler/errors.ts';
import { isError, type Diagnostic } from '../grammar/diagnostics.ts';
import { toJson } from '../grammar/render.ts';
import { toGithub } from '../grammar/report-github.ts';
import { toSarif } from '../grammar/report-sarif.ts';
import { jsonText } from '../grammar/visible.ts';
import { syntaxErrors } from '../grammar/syntax-errors.ts';
import { version } from '../runtime/own-package.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { counts, readSpec, say } from './read.ts';
import { checkFile } from './spec.ts';
import type { Terminal } from './terminal.ts';

export const formats = ['text', 'json', 'github', 'sarif'] as const;
export type Format = (typeof formats)[number];

export interface CheckOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly strict: boolean;
  readonly format: Format;
  readonly quiet: boolean;
}

export async function checkFiles(
  files: readonly string[],
  { set, profile, strict, format, quiet }: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const all: Diagnostic[] = [];
  for (const file of files) {
    const { analysis, diagnostics: found } = checkFile(
      await readSpec(file, terminal),
      { set, profile, strict },
      terminal,
    );
    all.push(...found);
    if (format !== 'text') continue;
    const fine = say(terminal, found);
    if (fine && !quiet)
      for (const { network, origin } of startsIn(analysis))
        for (const sentence of leftBy(analysis.weights, network, origin)) terminal.err(`${sentence}\n`);
    if (fine && !quiet)
      terminal.err(`${file} is fine${found.length > 0 ? `, with ${counts(found)}` : ''}.\n`);
  }
  if (format !== 'text') terminal.out(printed[format](all));
  return all.some(isError) ? exitCodes.diagnostics : exitCodes.fine;
}

const allKinds = [...Object.values(syntaxErrors), ...Object.values(kinds)];
const asJson = (value: unknown): string => `${jsonText(value, 2)}\n`;

/** What goes to the standard output. GitHub knows files by their place in the repository: by relative paths. */
const printed: Readonly<Record<Exclude<Format, 'text'>, (all: readonly Diagnostic[]) => string>> = {
  json: (all) => asJson(toJson(all)),
  github: (all) => toGithub(all.map(fromHere), allKinds),
  sarif: (all) => asJson(toSarif(all.map(fromHere), allKinds, version)),
};

/** With paths from the working directory, where they lie inside it. */
function fromHere(one: Diagnostic): Diagnostic {
  const at = <T extends Pick<Diagnostic, 'span'>>(placed: T): T => {
    const { source } = placed.span;
    const path = relative('.', source.path);
    const inside = path !== '' && !path.startsWith('..') && !source.path.startsWith('<');
    return { ...placed, span: { ...placed.span, source: { ...source, path: inside ? path : source.path } } };
  };
  return { ...at(one), labels: one.labels.map(at) };
}
