/**
 * Lines for a terminal, broken between words. In: a text, the width; out: lines, each but the first of a line of the text further
 * to the right. What goes into a file or a pipe has no width, and stays one line.
 */
import type { Terminal } from './terminal.ts';

/** `indent`: spaces before the first line; `hanging`: before the others. A word that has no room stays whole. */
export const wrapped = (text: string, width: number, indent = 0, hanging = indent + 2): string =>
  text
    .split('\n')
    .map((line) => wrappedLine(line, width, indent, hanging))
    .join('\n');

function wrappedLine(text: string, width: number, indent: number, hanging: number): string {
  const lines: string[] = [];
  const margin = (line: number): number => (line === 0 ? indent : hanging);
  for (const word of text.split(/(?<= )/)) {
    const last = lines.at(-1);
    if (last !== undefined && margin(lines.length - 1) + (last + word).trimEnd().length <= width)
      lines[lines.length - 1] += word;
    else lines.push(word);
  }
  return lines.map((line, i) => ' '.repeat(margin(i)) + line.trimEnd()).join('\n');
}

/** Columns of a terminal that data goes to; no end of them elsewhere. */
export const outWidth = ({ outWidth: columns = Infinity }: Terminal): number => columns;

/** Likewise of messages. */
export const errWidth = ({ live, width }: Terminal): number => (live ? width : Infinity);
