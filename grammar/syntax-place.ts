/**
 * Where a syntax error is, and words for it: the tokens of the declaration around it, the brackets that are open there, what
 * was expected as it is written. In: tokens; out: what explain-syntax.ts tells the errors apart by and says of them.
 */
import { tokenMatcher, EOF, type IToken } from 'chevrotain';
import { diagnostic, type Diagnostic, type DiagnosticDetails, type DiagnosticKind } from './diagnostics.ts';
import { isCloser, isOpener, spanOf } from './prescan.ts';
import type { Source, Span } from './source.ts';
import { forms } from './statement-forms.ts';
import { Dot, endOf, is, keywords, Name, Pipe, RParen } from './tokens.ts';

export interface Place {
  readonly source: Source;
  /** The tokens of the declaration, and where in them the error is (their length: at the end). */
  readonly tokens: readonly IToken[];
  readonly at: number;
  readonly expected: string;
  readonly rules: readonly string[];
}

export const signs: Readonly<Record<string, string>> = {
  LParen: '(',
  RParen: ')',
  LSquare: '[',
  RSquare: ']',
  LBrace: '{',
  RBrace: '}',
  Comma: ',',
  Colon: ':',
  Equals: '=',
  Arrow: '->',
  Tilde: '~',
  Dot: '.',
};

const others: Readonly<Record<string, string>> = {
  Name: 'a name',
  Word: 'a name',
  Text: 'a string in double quotes',
};
/** Whether the tokens before `end` are `|> name.field(...)`. */
export function endsStage(tokens: readonly IToken[], end: number): boolean {
  let i = end - 1;
  if (is(tokens[i], RParen)) i = openerOf(tokens, i) - 1;
  while (i > 1 && is(tokens[i - 1], Dot)) i -= 2;
  return i > 0 && is(tokens[i], Name) && is(tokens[i - 1], Pipe);
}

function openerOf(tokens: readonly IToken[], closer: number): number {
  let depth = 0;
  for (let i = closer; i >= 0; i--) {
    if (isCloser(tokens[i])) depth += 1;
    if (isOpener(tokens[i]) && --depth === 0) return i;
  }
  return -1;
}

/** The brackets that are open where the error is. */
export function openBefore(place: Pick<Place, 'tokens' | 'at'>): IToken[] {
  const open: IToken[] = [];
  for (const token of place.tokens.slice(0, place.at)) {
    if (isOpener(token)) open.push(token);
    if (isCloser(token)) open.pop();
  }
  return open;
}

export function isClosed(place: Place, opener: IToken): boolean {
  let depth = 0;
  for (const token of place.tokens.slice(place.tokens.indexOf(opener))) {
    if (isOpener(token)) depth += 1;
    if (isCloser(token) && --depth === 0) return true;
  }
  return false;
}

export function wordsFor(expected: string): string {
  if (expected in signs) return `\`${signs[expected]}\``;
  if (expected in others) return others[expected];
  const keyword = expected.toLowerCase();
  return keyword in keywords ? `\`${keyword}\`` : expected;
}

export function found(token: IToken | undefined): string {
  if (!token || tokenMatcher(token, EOF)) return 'but the text ends';
  return `not \`${token.image.length > 40 ? token.image.slice(0, 37) + '...' : token.image}\``;
}

export function formHint(place: Place): string | undefined {
  const rule = [...place.rules].reverse().find((name) => name in forms);
  return rule ? `Such as: \`${forms[rule]}\`` : undefined;
}

/** Where the token before the error ends: what is missing should stand there. */
export function afterPrevious(place: Place): Span {
  const before = place.tokens[place.at - 1] as IToken | undefined;
  const offset = before ? endOf(before) : 0;
  return { source: place.source, start: offset, end: offset };
}

export function atToken(place: Place, kind: DiagnosticKind, details: DiagnosticDetails): Diagnostic {
  return diagnostic(kind, spanOf(place.source, place.tokens[place.at]), details);
}
