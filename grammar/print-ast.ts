/**
 * An AST as stable text, for goldens and `--dump ast`: one node a line, children indented under the name of the
 * field that holds them, spans as line:column-line:column. Fields come in the order in which ast.ts lists them.
 */
import type { Node } from './ast.ts';
import { position, type Span } from './source.ts';

type Fields = readonly (readonly [string, unknown])[];

/** The tree of one node, without a newline at the end. */
export function printAst(node: Node): string {
  return lines(node, '').join('\n');
}

function lines(node: Node, prefix: string): string[] {
  const fields: Fields = Object.entries(node).filter(
    ([key, value]) => !hidden.has(key) && value !== undefined,
  );
  const flat = fields
    .filter(([, value]) => !holdsNodes(value))
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const nested = fields.filter(([, value]) => holdsNodes(value));
  const children = nested.flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.flatMap((item: Node) => lines(item, `${key}[] `))
      : lines(value as Node, `${key}: `),
  );
  return [
    `${prefix}${node.kind}${flat.join('')} ${place(node.span)}`,
    ...children.map((line) => '  ' + line),
  ];
}

const hidden = new Set(['kind', 'span']);

function holdsNodes(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function place({ source, start, end }: Span): string {
  const [from, to] = [position(source, start), position(source, end)];
  return `${from.line}:${from.column}-${to.line}:${to.column}`;
}
