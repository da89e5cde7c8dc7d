/** Ways into chevrotain's concrete syntax tree, safe against what its recovery left out or made up. */
import type { CstElement, CstNode, IToken } from 'chevrotain';
import type { Expr, Ident } from './ast.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Source, Span } from './source.ts';
import { endOf, startOf } from './tokens.ts';

/** What reading a tree needs besides the tree: where its text is, and where to complain. */
export interface Reader {
  readonly source: Source;
  readonly report: (problem: Diagnostic) => void;
}

const elements = (node: CstNode, key: string): CstElement[] => node.children[key] ?? [];

export function childNodes(node: CstNode, key: string): CstNode[] {
  return elements(node, key).filter((element): element is CstNode => 'children' in element);
}

export function childNode(node: CstNode, key: string): CstNode | undefined {
  return childNodes(node, key)[0];
}

/** Tokens that stand in the text; those that recovery made up have no place. */
export function tokensOf(node: CstNode, key: string): IToken[] {
  return elements(node, key).filter(
    (element): element is IToken => 'image' in element && !element.isInsertedInRecovery,
  );
}

export function tokenOf(node: CstNode, key: string): IToken | undefined {
  return tokensOf(node, key)[0];
}

export function tokenSpan(reader: Reader, token: IToken): Span {
  return { source: reader.source, start: startOf(token), end: endOf(token) };
}

/** The text of a node; an empty span at `fallback` if recovery left it without any. */
export function nodeSpan(reader: Reader, node: CstNode | undefined, fallback: number): Span {
  const start = node?.location?.startOffset;
  const end = node?.location?.endOffset;
  if (start === undefined || Number.isNaN(start))
    return { source: reader.source, start: fallback, end: fallback };
  return { source: reader.source, start, end: end === undefined || Number.isNaN(end) ? start : end + 1 };
}

/** A name's token as the name. */
export const identOf = (reader: Reader, token: IToken): Ident => ({
  kind: 'Ident',
  name: token.image,
  span: tokenSpan(reader, token),
});

/** What could not be read, at the place where it should stand. */
export const missing = (reader: Reader, offset: number): Expr => ({
  kind: 'Missing',
  span: { source: reader.source, start: offset, end: offset },
});
