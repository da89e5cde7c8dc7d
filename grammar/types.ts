/** Types, shapes and ranges: CST → AST. */
import type { CstNode } from 'chevrotain';
import type { Expr, Ident, NamedType, Range, RecordType, TypeExpr, TypeField } from './ast.ts';
import { identOf, childNode, childNodes, nodeSpan, tokenOf, type Reader } from './cst.ts';
import { readArithmetic } from './expressions.ts';
import { cover } from './source.ts';
import { startOf } from './tokens.ts';

/** Reads a `type` node. A type that was not read is a NamedType whose name is empty. */
export function readType(reader: Reader, node: CstNode | undefined, at: number): TypeExpr {
  const record = node && childNode(node, 'recordType');
  if (record) return readRecordType(reader, record, at);
  const shape = readShape(reader, node && childNode(node, 'shape'), at);
  const range = readRange(reader, node && childNode(node, 'range'));
  return range ? { ...shape, range, span: cover(shape.span, range.span) } : shape;
}

export function readShape(reader: Reader, node: CstNode | undefined, at: number): NamedType {
  const span = nodeSpan(reader, node, at);
  const name = node && tokenOf(node, 'Name');
  const ident: Ident = name ? identOf(reader, name) : { kind: 'Ident', name: '', span };
  return { kind: 'NamedType', name: ident, dims: readDims(reader, node && childNode(node, 'dims')), span };
}

export function readDims(reader: Reader, node: CstNode | undefined): Expr[] {
  return node ? childNodes(node, 'arithmetic').map((dim) => readArithmetic(reader, dim, 0)) : [];
}

export function readRange(reader: Reader, node: CstNode | undefined): Range | undefined {
  if (!node) return undefined;
  const span = nodeSpan(reader, node, 0);
  const [low, high] = childNodes(node, 'arithmetic');
  return {
    kind: 'Range',
    low: readArithmetic(reader, low, span.end),
    high: readArithmetic(reader, high, span.end),
    span,
  };
}

function readRecordType(reader: Reader, node: CstNode, at: number): RecordType {
  const fields = childNodes(node, 'typeField').flatMap((field): TypeField[] => {
    const name = tokenOf(field, 'Word');
    if (!name) return [];
    const span = nodeSpan(reader, field, startOf(name));
    const type = readType(reader, childNode(field, 'type'), span.end);
    return [{ kind: 'TypeField', name: identOf(reader, name), type, span }];
  });
  return { kind: 'RecordType', fields, span: nodeSpan(reader, node, at) };
}
