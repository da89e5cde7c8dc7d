/**
 * The only way of a spec's text into generated code. In: any text of a stranger's (names, paths, comments, string params);
 * out: a comment, a string or a piece of a page that is nothing else, in JavaScript, Python and HTML, whatever the text
 * holds. Targets and pages write literals and comments through these functions alone.
 */
import { visible, visibleLine } from '../../../grammar/visible.ts';

/** What ends a JavaScript comment or a script element, broken up so that it reads the same. */
function unended(text: string): string {
  return text.replace(/\*\//g, '*\\/').replace(/<(?=\/script|!--)/gi, '<\\');
}

/** A documentation comment, on several lines where the text has them. */
export function jsDoc(text: string): string {
  const lines = unended(visible(text.replace(/\r\n?/g, '\n'))).split('\n');
  if (lines.length === 1) return `/** ${lines[0]} */`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */`;
}

/** A literal in single quotes. */
export function jsString(text: string): string {
  return `'${escaped(text, "'").replace(/<(?=\/script|!--)/gi, '\\x3c')}'`;
}

/** `# text`: a comment to the end of the line. */
export const pyLine = (text: string): string => `# ${visibleLine(text)}`;

/** `"""text"""`, on several lines where the text has them. */
export function pyDoc(text: string): string {
  const inner = visible(text.replace(/\r\n?/g, '\n')).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  return inner.includes('\n') ? `"""${inner}\n"""` : `"""${inner}"""`;
}

/** A literal in double quotes. */
export const pyString = (text: string): string => `"${escaped(text, '"')}"`;

/** Text of an element or of a quoted attribute. */
export function html(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return visible(text).replace(/[&<>"']/g, (c) => entities[c]);
}

/** A value for a script element of a page. */
export function htmlJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => unit(c.charCodeAt(0)));
}

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** The inside of a literal: backslashes, the quote, and all that is not printable, as both languages write it. */
function escaped(text: string, quote: string): string {
  return Array.from({ length: text.length }, (_, i) => {
    const [c, code] = [text[i], text.charCodeAt(i)];
    if (c === '\\' || c === quote) return `\\${c}`;
    if (c === '\n') return '\\n';
    // Lone halves of a pair would not survive being written to a file.
    return code < 0x20 || isControl(code) || (code >= 0xd800 && code <= 0xdfff && !paired(text, i))
      ? unit(code)
      : c;
  }).join('');
}

const isControl = (code: number): boolean =>
  (code >= 0x7f && code <= 0x9f) ||
  code === 0x61c ||
  (code >= 0x200e && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  (code >= 0xfff9 && code <= 0xfffb);

function paired(text: string, i: number): boolean {
  const high = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
  const low = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
  const code = text.charCodeAt(i);
  return high(code) ? low(text.charCodeAt(i + 1)) : high(text.charCodeAt(i - 1));
}
