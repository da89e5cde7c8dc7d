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
  let text = await layOut(source.text);
  for (let pass = 1; pass < maxPasses; pass++) {
    const again = await layOut(text);
    if (again === text) break;
    text = again;
  }
  return { text, diagnostics };
}

/** A comment in an odd place may move once more: the result is what formatting leaves alone. */
const maxPasses = 6;

const layOut = (text: string): Promise<string> =>
  prettify(text, { parser: 'gan', plugins: [plugin], printWidth: 110, endOfLine: 'lf' });
