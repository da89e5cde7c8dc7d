/** How wide text stands on a terminal: graphemes, tabs and control characters, for carets under the right place. */

import { visibleLine } from './visible.ts';

let segmenter: Intl.Segmenter | undefined;

/** Made when the first line is shown: it takes longer than a check that finds nothing. */
const graphemes = (text: string): Intl.Segments =>
  (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })).segment(text);

const tabWidth = 4;

const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const zeroWidth = /^[\p{M}\u200b-\u200f\u2060\ufeff]+$/u;

/** One line as it is shown. */
export interface ShownLine {
  readonly text: string;
  /** The column (from 0) at which each UTF-16 offset of the line stands; one more for its end. */
  readonly columns: readonly number[];
}

/** What stands in one column each, and as it is. */
const plain = /^[ -~]*$/;

/** Tabs become blanks, control characters something to look at; everything else stays. */
export function showLine(line: string): ShownLine {
  if (plain.test(line)) return { text: line, columns: Array.from({ length: line.length + 1 }, (_, i) => i) };
  const columns: number[] = [];
  let text = '';
  let column = 0;
  for (const { segment } of graphemes(line)) {
    for (let i = 0; i < segment.length; i++) columns.push(column);
    const shown = segment === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : visibleLine(segment);
    text += shown;
    column += shown === segment ? graphemeWidth(shown) : shown.length;
  }
  return { text, columns: [...columns, column] };
}

function graphemeWidth(grapheme: string): number {
  if (zeroWidth.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/** The part of a line between two columns, with `…` where something was cut off. */
export function cutLine(
  line: ShownLine,
  from: number,
  width: number,
): { readonly text: string; readonly from: number } {
  const total = line.columns[line.columns.length - 1];
  if (total <= width) return { text: line.text, from: 0 };
  const start = Math.max(0, Math.min(from - Math.floor(width / 4), total - width));
  let [text, column, first] = ['', 0, -1];
  for (const { segment } of graphemes(line.text)) {
    if (column >= start && column + 2 < start + width) {
      if (first < 0) first = column;
      text += segment;
    }
    column += graphemeWidth(segment);
  }
  const left = start > 0 ? '…' : '';
  return { text: left + text + (column > start + width ? '…' : ''), from: Math.max(0, first) - left.length };
}

/** Breaks text at blanks into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}
