/**
 * Text of strangers, shown and not sent: what a terminal would obey (ESC, C1) or what turns the order of reading round
 * (bidi controls) becomes something to look at. In: any text; out: the same text, harmless. Specs, file names and
 * messages of libraries all come through here before a terminal, a log or a report has them.
 */

const c0 = /[\0-\x08\x0b-\x1f\x7f]/g;
const others =
  /[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]/gu;

/** ESC is `␛`, others are `<U+202E>`; line breaks and tabs stay. Half a surrogate pair, which no file can hold, is `\ufffd`. */
export function visible(text: string): string {
  return named(text.replace(c0, picture));
}

/** Of one line: line breaks and tabs too. */
export const visibleLine = (text: string): string => named(text.replace(/[\0-\x1f\x7f]/g, picture));

function picture(c: string): string {
  return c === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0));
}

function named(text: string): string {
  const code = (c: string): string => (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(others, (c) => `<U+${code(c)}>`);
}

/** A terminal's text: of all control sequences only ganc's own go through, colours and the wiping of a line. */
export function terminalText(text: string): string {
  return text
    .split(/(\x1b\[[\d;]*m|\r\x1b\[2K)/)
    .map((part, i) => (i % 2 === 1 ? part : visible(part)))
    .join('');
}

/** JSON of a value; what JSON itself lets through and a terminal would obey is escaped, so that it means the same. */
export function jsonText(value: unknown, indent = 0): string {
  const units = (c: string): string =>
    Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
      '',
    );
  return JSON.stringify(value, null, indent).replace(/\x7f/g, units).replace(others, units);
}
