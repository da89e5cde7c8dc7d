/**
 * What the layouts of declarations and of statements are made of: values behind `=`, children with the blank lines that
 * the author left between them, braces with the comments inside. In: a node where it stands; out: Prettier's documents.
 */
import { doc, util, type Doc } from 'prettier';
import type { Ident, Node } from './ast.ts';
import { commentsOf } from './comment-places.ts';
import { printTight, tightness, type Options, type Path, type Print } from './print-expressions.ts';

const { breakParent, group, hardline, indent, join, line, lineSuffix } = doc.builders;

/** A node where it stands, and who lays its parts out. */
export interface At<N extends Node = Node> {
  readonly node: N;
  readonly path: Path;
  readonly options: Options;
  readonly print: Print;
}

/** How each kind of node is laid out. */
export type Layouts<N extends Node> = {
  readonly [K in N['kind']]: (at: At<Extract<N, { readonly kind: K }>>) => Doc;
};

/** The node's layout, if these layouts have its kind. */
export function laidOut(
  layouts: Partial<Layouts<Node>>,
  path: Path,
  options: Options,
  print: Print,
): Doc | undefined {
  const { node } = path;
  const layout = layouts[node.kind] as ((at: At) => Doc) | undefined;
  return layout?.({ node, path, options, print });
}

/** What stands under `key`. */
export const part = ({ path, print }: At, key: string): Doc => path.call(print, key as never);

/** The expression under `key` in a place that takes arithmetic, or as much as `least` says. */
export const tight = ({ path, print }: At, key: string, least: number = tightness.sum): Doc =>
  printTight(path, print, key, least);

export const names = (idents: readonly Ident[]): string => idents.map(({ name }) => name).join(', ');

/** An expression after `=`: indented where a comment forces it onto a line of its own. */
export function value({ path, print }: At, key = 'value'): Doc {
  return path.call((child: Path) => {
    const printed = print(child);
    return commentsOf(child.node).some(({ leading }) => leading) ? indent(printed) : printed;
  }, key as never);
}

/** The children under `key` with `separator` after each but the last, and blank lines where the author left any. */
export function lines({ path, options, print }: At, key: string, separator: Doc): Doc[] {
  return path.map((child: Path) => {
    const printed = print(child);
    if (child.isLast) return printed;
    const blank = util.isNextLineEmpty(options.originalText, child.node.span.end)
      ? [breakParent, hardline]
      : '';
    return [printed, separator, blank];
  }, key as never) as Doc[];
}

/** `{ ... }` around the children under `key`. */
export function braces(at: At, key: string, separator: Doc = hardline): Doc {
  const children = (at.node as unknown as Readonly<Record<string, readonly Node[]>>)[key];
  const content = join('', lines(at, key, separator));
  return inBraces(at, children[0], children.length > 0 ? content : '');
}

/** `{ ... }` around what begins with `first`. */
export function inBraces({ node, options }: At, first: Node | undefined, content: Doc): Doc {
  const comments = commentsOf(node);
  const loose = (marker: string) =>
    comments
      .filter((comment) => comment.marker === marker)
      .map((comment) => {
        comment.printed = true;
        return comment.text.trimEnd();
      });
  const head = loose('head').map((text) => [lineSuffix(` ${text}`), breakParent]);
  const inside = loose('inside').map((text, i): Doc => [i > 0 ? hardline : '', text, breakParent]);
  if (!first && inside.length === 0 && head.length === 0) return '{}';
  const broken = first && openedOverLines(node, options, first) ? breakParent : '';
  const start = first || inside.length > 0 ? line : '';
  return group(['{', ...head, broken, indent([start, ...inside, content]), line, '}']);
}

/** Whether the author broke the line behind the `{` that `first` stands in. */
function openedOverLines(node: Node, options: Options, first: Node): boolean {
  const before = options.originalText.slice(node.span.start, first.span.start).replace(/\/\/[^\n]*/g, '');
  const open = before.lastIndexOf('{');
  return before.slice(open < 0 ? before.length : open).includes('\n');
}
