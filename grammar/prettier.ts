/**
 * The Prettier plugin: `plugins: [this module]` formats .gan files anywhere Prettier does. print-declarations.ts,
 * print-statements.ts and print-expressions.ts lay out; comment-places.ts says where comments may hang.
 */
import type { Parser, Printer, SupportLanguage } from 'prettier';
import type { Comment, Node, Spec } from './ast.ts';
import { commentChildren, handleComments } from './comment-places.ts';
import { parse } from './parse.ts';
import { printDeclaration } from './print-declarations.ts';
import { printExpression } from './print-expressions.ts';
import { printStatement } from './print-statements.ts';
import { position } from './source.ts';

type Placed = Node | Comment;

export const languages: SupportLanguage[] = [
  { name: 'gan', parsers: ['gan'], extensions: ['.gan'], vscodeLanguageIds: ['gan'] },
];

const gan: Parser<Placed> = {
  parse: parseOrThrow,
  astFormat: 'gan-ast',
  locStart: (node) => node.span.start,
  locEnd: (node) => node.span.end,
};

export const parsers = { gan };

/** Prettier wants syntax errors thrown; `format` has reported them before. */
function parseOrThrow(text: string): Spec {
  const source = { path: 'input.gan', text };
  const { spec, diagnostics } = parse(source);
  const first = diagnostics.find((problem) => problem.severity === 'error');
  if (!first) return spec;
  const { line, column } = position(source, first.span.start);
  throw new SyntaxError(`${first.what} (${line}:${column})`);
}

const printer: Printer<Node> = {
  print: (path, options, print) =>
    printDeclaration(path, options, print) ??
    printStatement(path, options, print) ??
    printExpression(path, options, print),
  printComment: (path) => (path.node as Placed as Comment).text.trimEnd(),
  canAttachComment: (node) => node.kind !== undefined,
  getCommentChildNodes: (node) => commentChildren(node),
  getVisitorKeys: (node) => Object.keys(node).filter((key) => !notNodes.has(key)),
  handleComments,
};

const notNodes = new Set(['span', 'kind', 'comments']);

export const printers = { 'gan-ast': printer };
