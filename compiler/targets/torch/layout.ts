/** The layout of programs: four spaces a level, 100 columns. */
import { pyDoc } from '../text/escape.ts';
import { laidOut, type Page } from '../text/layout.ts';

const page: Page = { width: 100, step: 4, lonelyComma: false, kept: /^("""|#)/, binding: /^[\w, ]+ = / };

/** Lines a level deeper; those that are too long are taken apart at their outermost call. */
export const indented = (lines: readonly string[], level = 1): string => laidOut(page, lines, level);

/** `def name(a, b):` with its docstring and statements. */
export function functionText(
  name: string,
  parameters: readonly string[],
  doc: string | null,
  lines: readonly string[],
): string {
  const head = indented([`def ${name}(${parameters.join(', ')}):`], 0);
  const body = [...(doc === null ? [] : [pyDoc(doc)]), ...lines];
  return `${head}\n${indented(body.length === 0 ? ['pass'] : body)}`;
}

/** Statements and the result; what the last one binds only to give it back is given back. */
export function withReturn(lines: readonly string[], result: string): string[] {
  const last = lines.at(-1);
  const bound = `${result} = `;
  if (last?.startsWith(bound)) return [...lines.slice(0, -1), `return ${last.slice(bound.length)}`];
  return [...lines, `return ${result}`];
}

/** On one line. */
export const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/([([]) /g, '$1')
    .replace(/,? ([)\]])/g, '$1');
