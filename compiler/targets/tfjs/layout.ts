/** The layout of modules: two spaces a level. */
import { laidOut, type Page } from '../text/layout.ts';

const page: Page = { width: 110, step: 2, lonelyComma: true, kept: /^$/, binding: /^const \[[\w, ]+\] = / };

/** Lines a level deeper; those that are too long are taken apart at their outermost call. */
export const indented = (lines: readonly string[], level = 1): string => laidOut(page, lines, level);

/** `(a, b) {...}` */
export function functionText(
  parameters: readonly string[],
  lines: readonly string[],
  result: string,
): string {
  return `(${parameters.join(', ')}) {\n${indented(withReturn(lines, result))}\n}`;
}

/** Statements and the result; what the last one binds only to give it back is given back. */
export function withReturn(lines: readonly string[], result: string): string[] {
  const last = lines.at(-1);
  const bound = `const ${result} = `;
  if (last?.startsWith(bound)) return [...lines.slice(0, -1), `return ${last.slice(bound.length)}`];
  return [...lines, `return ${result};`];
}
