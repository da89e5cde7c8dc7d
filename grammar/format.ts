/** A spec's text in, the same spec in the language's one layout out; texts with syntax errors are left alone. */
import { format as prettify } from 'prettier';
import type { Diagnostic } from './diagnostics.ts';
import { parse } from './parse.ts';
import * as plugin from './prettier.ts';
import type { Source } from './source.ts';

/** `text` is missing when the spec has syntax errors. Lines end in \n; a byte order mark is kept. */
export async function format(source: Source): Promise<{ text?: string; diagnostics: Diagnostic[] }> {
  const { diagnostics } = parse(source);
  if (diagnostics.some((problem) => problem.severity === 'error')) return { diagnostics };
  const text = await prettify(source.text, {
    parser: 'gan',
    plugins: [plugin],
    printWidth: 110,
    endOfLine: 'lf',
  });
  return { text, diagnostics };
}
