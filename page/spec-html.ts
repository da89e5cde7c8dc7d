/** A spec's text with its words, numbers, strings and comments told apart. In: any text; out: HTML of the same text. */
import type { IToken } from 'chevrotain';
import { html } from '../compiler/targets/text/escape.ts';
import {
  contextualWords,
  endOf,
  is,
  keywords,
  NumberToken,
  startOf,
  Text,
  tokenize,
} from '../grammar/tokens.ts';

/** What is longer is shown plainly. */
const longest = 200_000;

export function specHtml(text: string): string {
  if (text.length > longest) return html(text);
  const { tokens, groups } = tokenize(text);
  const marked = [...tokens.map((token) => ({ token, mark: markOf(token) })), ...comments(groups.comments)];
  marked.sort((a, b) => startOf(a.token) - startOf(b.token));
  let at = 0;
  const parts = marked.map(({ token, mark }) => {
    const before = html(text.slice(at, startOf(token)));
    at = endOf(token);
    const inner = html(text.slice(startOf(token), at));
    return before + (mark === null ? inner : `<span class="${mark}">${inner}</span>`);
  });
  return parts.join('') + html(text.slice(at));
}

const comments = (tokens: readonly IToken[] | undefined): { token: IToken; mark: string }[] =>
  (tokens ?? []).map((token) => ({ token, mark: token.image.startsWith('///') ? 'doc' : 'comment' }));

const contextual = new Set(contextualWords.map((word) => keywords[word]));

function markOf(token: IToken): string | null {
  if (is(token, Text)) return 'string';
  if (is(token, NumberToken)) return 'number';
  const word = Object.values(keywords).includes(token.tokenType) && !contextual.has(token.tokenType);
  return word ? 'keyword' : null;
}
