/** What the lexer sets aside: comments, the documentation they make, and characters that begin nothing. */
import type { ILexingError, IToken } from 'chevrotain';
import type { Comment } from './ast.ts';
import { diagnostic, type Diagnostic } from './diagnostics.ts';
import type { Source } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { endOf, startOf } from './tokens.ts';

export function readComments(source: Source, tokens: readonly IToken[]): Comment[] {
  return tokens.map((token) => ({
    kind: 'Comment',
    text: token.image,
    doc: /^\/\/\/(?!\/)/.test(token.image),
    span: { source, start: startOf(token), end: endOf(token) },
  }));
}

/** The `///` lines directly above an offset, joined, without their slashes and the blank after them. */
export function documentation(
  source: Source,
  comments: readonly Comment[],
): (offset: number) => string | undefined {
  const byEnd = new Map<number, Comment>();
  for (const comment of comments)
    if (comment.doc && startsLine(source, comment.span.start)) byEnd.set(comment.span.end, comment);
  return (offset) => {
    const lines: string[] = [];
    for (let above = commentAbove(source, byEnd, offset); above;) {
      lines.unshift(above.text.replace(/^\/\/\/ ?/, '').trimEnd());
      above = commentAbove(source, byEnd, above.span.start);
    }
    return lines.length > 0 ? lines.join('\n') : undefined;
  };
}

const blanks = /^[ \t\f\v\u00a0\ufeff]*$/;

function startsLine(source: Source, offset: number): boolean {
  return blanks.test(source.text.slice(lineStart(source.text, offset), offset));
}

function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start -= 1;
  return start;
}

/** The doc comment that ends the line above `offset`, when nothing stands between. */
function commentAbove(
  source: Source,
  byEnd: ReadonlyMap<number, Comment>,
  offset: number,
): Comment | undefined {
  if (offset === 0 || !startsLine(source, offset)) return undefined;
  const start = lineStart(source.text, offset);
  const breakLength = source.text.startsWith('\r\n', start - 2) ? 2 : 1;
  return byEnd.get(start - breakLength);
}

const replacements: Readonly<Record<string, string>> = {
  '#': 'Comments begin with `//`.',
  "'": 'Strings stand in double quotes.',
  '“': 'Strings stand in straight double quotes.',
  '”': 'Strings stand in straight double quotes.',
  '`': 'Strings stand in double quotes.',
  ';': 'Nothing ends a statement: delete it.',
  '&': 'Write `and`.',
  '|': 'Write `|>` for a pipeline, `or` for a choice.',
  '!': 'Write `not`.',
  '→': 'Write `->`.',
  '−': 'Write `-`.',
  '×': 'Write `*`.',
  '，': 'Write `,`.',
  '：': 'Write `:`.',
  '（': 'Write `(`.',
  '）': 'Write `)`.',
};

const most = 20;

/** One error for each run of characters that begin no word; beyond twenty they are counted only. */
export function characterErrors(source: Source, errors: readonly ILexingError[]): Diagnostic[] {
  return errors.slice(0, most).map((error, i) => {
    const span = { source, start: error.offset, end: error.offset + Math.max(1, error.length) };
    const text = source.text.slice(span.start, span.end);
    const first = String.fromCodePoint(text.codePointAt(0)!);
    const letter = /\p{L}/u.test(first) ? 'Names are made of the letters A to Z, digits and `_`.' : undefined;
    return diagnostic(syntaxErrors.character, span, {
      what: `${visible(text)} begins no word, number or sign of the language.`,
      ...(i === most - 1 &&
        errors.length > most && { why: `There are ${errors.length - most} more such places.` }),
      hint: replacements[first] ?? letter ?? 'Delete it.',
    });
  });
}

function visible(text: string): string {
  const short = text.length > 20 ? text.slice(0, 20) + '...' : text;
  const code = (c: string) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /^\P{C}+$/u.test(short) ? `\`${short}\`` : `The character ${code(short)}`;
}
