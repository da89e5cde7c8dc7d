/** Numbers and strings: their text in, their value out; what is wrong with them is reported and read on. */
import type { IToken } from 'chevrotain';
import type { Expr, StringLiteral } from './ast.ts';
import { tokenSpan, type Reader } from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { OpenString, startOf } from './tokens.ts';

export function readNumber(reader: Reader, token: IToken): Expr {
  const value = Number(token.image);
  const span = tokenSpan(reader, token);
  if (Number.isFinite(value)) return { kind: 'Number', value, span };
  const details = {
    what: `\`${token.image.slice(0, 40)}\` is more than a number can hold.`,
    why: 'The largest is about 1.8e308.',
    hint: 'Check the exponent.',
  };
  reader.report(diagnostic(syntaxErrors.number, span, details));
  return { kind: 'Missing', span };
}

export function readString(reader: Reader, token: IToken): StringLiteral {
  const span = tokenSpan(reader, token);
  const open = token.tokenType === OpenString;
  if (open) {
    const details = { what: 'This string has no end.', hint: 'Close it with `"` on the same line.' };
    reader.report(diagnostic(syntaxErrors.openString, span, details));
  }
  const inner = open ? token.image.slice(1).replace(/\\$/, '') : token.image.slice(1, -1);
  return { kind: 'String', value: unescape(reader, inner, startOf(token) + 1), span };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

function unescape(reader: Reader, text: string, offset: number): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (whole, code: string, letter: string, at: number) => {
    if (code) return String.fromCharCode(parseInt(code, 16));
    if (letter in escapes) return escapes[letter];
    const span = { source: reader.source, start: offset + at, end: offset + at + whole.length };
    const details = { what: `There is no escape \`${whole}\`.`, hint: 'Write `\\\\` for a backslash.' };
    reader.report(diagnostic(syntaxErrors.escape, span, details));
    return whole;
  });
}
