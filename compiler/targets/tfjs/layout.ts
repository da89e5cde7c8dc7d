/** The layout of emitted text: two spaces a level, lines that fit a page where their calls can be taken apart. */

const width = 110;

/** Lines a level deeper; those that are too long are taken apart at their outermost call. */
export function indented(lines: readonly string[], level = 1): string {
  const pad = '  '.repeat(level);
  return lines
    .flatMap((line) => (line.includes('\n') ? line.split('\n') : fitted(line, width - pad.length)))
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n');
}

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

/** A line, or several: the arguments of its outermost bracket one a line. */
export function fitted(line: string, room: number): string[] {
  if (line.length <= room) return [line];
  let open = bracketIn(line);
  let close = open < 0 ? -1 : matching(line, open);
  if (close < 0) return [line];
  // An object or list that is the only argument begins on the line of the call.
  while (/[[{]/.test(line[open + 1]) && matching(line, open + 1) === close - 1)
    [open, close] = [open + 1, close - 1];
  const parts = split(line.slice(open + 1, close));
  if (parts.length < 2 && !/[([{]/.test(parts[0] ?? '')) return [line];
  const inner = parts.flatMap((part) => fitted(`${part},`, room - 2).map((one) => `  ${one}`));
  return [line.slice(0, open + 1), ...inner, ...fitted(line.slice(close), room)];
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The first bracket that can be taken apart: outside strings, and behind `=` where there is one that binds names. */
function bracketIn(line: string): number {
  const binding = /^const \[[\w, ]+\] = /.exec(line)?.[0] ?? '';
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
  if (quote !== "'" && quote !== '`') return i;
  let end = i + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  return end;
}
