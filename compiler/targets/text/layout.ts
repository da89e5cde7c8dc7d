/** The layout of emitted text: so many spaces a level, lines that fit a page where their calls can be taken apart. */

export interface Page {
  readonly width: number;
  /** Spaces of a level. */
  readonly step: number;
  /** Whether a comma may follow the only thing in brackets (in Python it would make a tuple). */
  readonly lonelyComma: boolean;
  /** Lines that stay as they are: documentation. */
  readonly kept: RegExp;
  /** What stands before the brackets of a line that may be taken apart: names that are bound at once. */
  readonly binding: RegExp;
}

/** Lines a level deeper; those that are too long are taken apart at their outermost call. */
export function laidOut(page: Page, lines: readonly string[], level: number): string {
  const pad = ' '.repeat(page.step * level);
  return lines
    .flatMap((line) =>
      line.includes('\n') || page.kept.test(line)
        ? line.split('\n')
        : fitted(page, line, page.width - pad.length),
    )
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n');
}

/** A line, or several: the arguments of its outermost bracket one a line. */
function fitted(page: Page, line: string, room: number): string[] {
  if (line.length <= room) return [line];
  let open = bracketIn(page, line);
  let close = open < 0 ? -1 : matching(line, open);
  if (close < 0) return [line];
  // An object or list that is the only argument begins on the line of the call.
  while (/[[{]/.test(line[open + 1]) && matching(line, open + 1) === close - 1)
    [open, close] = [open + 1, close - 1];
  const parts = split(line.slice(open + 1, close));
  if (parts.length < 2 && !/[([{]/.test(parts[0] ?? '')) return [line];
  const pad = ' '.repeat(page.step);
  const comma = parts.length > 1 || page.lonelyComma ? ',' : '';
  const inner = parts.flatMap((part) => fitted(page, part + comma, room - page.step).map((one) => pad + one));
  return [line.slice(0, open + 1), ...inner, ...fitted(page, line.slice(close), room)];
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The first bracket that can be taken apart: outside strings, and behind `=` where there is one that binds names. */
function bracketIn({ binding: bound }: Page, line: string): number {
  const binding = bound.exec(line)?.[0] ?? '';
  for (let i = binding.length; i < line.length; i++) {
    i = afterString(line, i);
    if (line[i] in pairs) return i;
  }
  return -1;
}

/** The place of the bracket that closes the one at `open`; brackets inside strings are passed over. */
function matching(text: string, open: number): number {
  const stack: string[] = [];
  for (let i = open; i < text.length; i++) {
    i = afterString(text, i);
    if (text[i] in pairs) stack.push(pairs[text[i]]);
    else if (text[i] === stack.at(-1) && stack.pop() && stack.length === 0) return i;
  }
  return -1;
}

/** At commas outside all brackets and strings. */
function split(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    i = afterString(text, i);
    if (text[i] in pairs) i = matching(text, i);
    else if (text[i] === ',') {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === '' ? parts : [...parts, last];
}

/** Where the string that begins at i ends; i itself where none begins. */
function afterString(text: string, i: number): number {
  const quote = text[i];
  if (quote !== "'" && quote !== '`' && quote !== '"') return i;
  let end = i + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  return end;
}
