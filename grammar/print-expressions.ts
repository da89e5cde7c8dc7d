/**
 * Layout of expressions, types and durations for the Prettier plugin. Parentheses come from precedence alone;
 * numbers and strings keep their spelling. A pipeline that doesn't fit takes one line a stage.
 */
import { doc, type AstPath, type Doc, type ParserOptions } from 'prettier';
import type { BinaryExpr, Expr, Node, PipeExpr, RecordType, SeriesExpr } from './ast.ts';
import { textOf } from './source.ts';

export type Path<T extends Node = Node> = AstPath<T>;
export type Options = ParserOptions<Node>;
export type Print = (path: AstPath<Node>) => Doc;

const { group, ifBreak, indent, join, line, softline } = doc.builders;

/** How tightly an expression holds together; see LANGUAGE.md, Expressions. */
export const tightness = {
  any: 0,
  not: 3,
  comparison: 4,
  sum: 5,
  minus: 7,
  power: 8,
  postfix: 9,
  atom: 10,
} as const;

const binaryTightness = {
  or: 1,
  and: 2,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '==': 4,
  '!=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
} as const;

function tightnessOf(node: Node): number {
  if (node.kind === 'Pipe') return tightness.any;
  if (node.kind === 'Binary') return binaryTightness[node.operator];
  if (node.kind === 'Unary') return node.operator === 'not' ? tightness.not : tightness.minus;
  return tightness.atom;
}

/** The expression under `key`, in parentheses if it holds less tightly than its place wants. */
export function printTight(path: Path, print: Print, key: string, least: number): Doc {
  return path.call((child: Path) => parenthesised(child.node, least, print(child)), key as never);
}

export function parenthesised(node: Node, least: number, printed: Doc): Doc {
  return tightnessOf(node) < least ? group(['(', indent([softline, printed]), softline, ')']) : printed;
}

/** Whether the printed expression begins with `-`. */
export function beginsWithMinus(node: Expr): boolean {
  if (node.kind === 'Unary') return node.operator === '-';
  if (node.kind === 'Pipe') return beginsWithMinus(node.left);
  if (node.kind === 'Binary') return tightnessOf(node.left) >= leftLeast(node) && beginsWithMinus(node.left);
  return false;
}

export function printExpression(path: Path, options: Options, print: Print): Doc {
  const node = path.node;
  const sub = (key: string, least: number) => printTight(path, print, key, least);
  switch (node.kind) {
    case 'Ident':
    case 'Name':
      return node.name;
    case 'Number':
    case 'String':
      return textOf(node.span);
    case 'Bool':
      return `${node.value}`;
    case 'Call':
      return [sub('callee', tightness.postfix), bracketed('(', path, print, 'args', ')')];
    case 'Argument':
    case 'RecordField':
      return [node.name ? [node.name.name, ': '] : '', sub('value', tightness.any)];
    case 'Pipe':
      return printPipe(path as Path<PipeExpr>, print);
    case 'Binary':
      return printBinary(path as Path<BinaryExpr>, print);
    case 'Unary':
      return node.operator === 'not'
        ? ['not ', sub('operand', tightness.not)]
        : ['-', sub('operand', tightness.minus)];
    case 'List':
      return bracketed('[', path, print, 'items', ']');
    case 'Series':
      return printSeries(path as Path<SeriesExpr>, print);
    case 'Field':
      return [sub('object', tightness.postfix), '.', node.field.name];
    case 'Index':
      return [
        sub('object', tightness.postfix),
        group(['[', indent([softline, sub('index', tightness.any)]), softline, ']']),
      ];
    case 'Slice':
      return [sub('object', tightness.postfix), bracketed('[', path, print, 'places', ']')];
    case 'Place':
      return [
        node.axis ? [node.axis.name, ': '] : '',
        node.low ? sub('low', tightness.any) : '',
        node.range ? '..' : '',
        node.high ? sub('high', tightness.any) : '',
      ];
    case 'Duration':
      return [sub('count', durationLeast(path)), ' ', node.unit, node.of ? ` of ${node.of.name}` : ''];
    default:
      return printType(path, options, print);
  }
}

/** A duration that is an argument may be any expression; elsewhere its count is arithmetic. */
const durationLeast = (path: Path): number =>
  path.parent?.kind === 'Argument' ? tightness.any : tightness.sum;

function printType(path: Path, options: Options, print: Print): Doc {
  const node = path.node;
  switch (node.kind) {
    case 'NamedType': {
      const range = node.range ? [' ', path.call(print, 'range' as never)] : '';
      return [node.name.name, printDims(path, print), range];
    }
    case 'Distribution': {
      const args = node.args.length > 0 ? bracketed('(', path, print, 'args', ')') : '';
      return [node.name.name, printDims(path, print), args];
    }
    case 'Range':
      return [
        'in [',
        printTight(path, print, 'low', tightness.sum),
        ', ',
        printTight(path, print, 'high', tightness.sum),
        ']',
      ];
    case 'TypeField':
      return [node.name.name, ': ', path.call(print, 'type' as never)];
    case 'Record':
    case 'RecordType':
      return printRecord(path as Path<RecordType>, print);
    default:
      throw new Error(`The formatter met a ${node.kind} in ${options.filepath ?? 'a spec'}.`);
  }
}

/** `[for i in 0..3: e]`: on one line, or what it gives on a line of its own. */
function printSeries(path: Path<SeriesExpr>, print: Print): Doc {
  const sub = (key: string, least: number): Doc => printTight(path as Path, print, key, least);
  const range = [sub('low', tightness.sum), '..', sub('high', tightness.sum)];
  const head = ['for ', path.node.name.name, ' in ', ...range, ':'];
  return group([
    '[',
    indent([softline, ...head, indent([line, sub('value', tightness.any)])]),
    softline,
    ']',
  ]);
}

function printRecord(path: Path<RecordType>, print: Print): Doc {
  if (path.node.fields.length === 0) return '{}';
  const fields = path.map(print as never, 'fields') as Doc[];
  return group(['{', indent([line, join([',', line], fields)]), ifBreak(','), line, '}']);
}

function printDims(path: Path, print: Print): Doc {
  const dims = path.map(
    (dim: Path) => parenthesised(dim.node, tightness.sum, print(dim)),
    'dims' as never,
  ) as Doc[];
  return dims.length > 0 ? ['[', join(', ', dims), ']'] : '';
}

/** A list in brackets: on one line, or one item a line with a comma behind each. */
export function bracketed(open: string, path: Path, print: Print, key: string, close: string): Doc {
  const items = path.map(print as never, key as never) as Doc[];
  if (items.length === 0) return open + close;
  return group([open, indent([softline, join([',', line], items)]), ifBreak(','), softline, close]);
}

/**
 * On one line if it fits. Otherwise, where the author broke it before some `|>`, it breaks there and nowhere else (layers
 * that belong together may share a line); where he didn't, it takes one line a stage.
 */
function printPipe(path: Path<PipeExpr>, print: Print): Doc {
  const node = path.node;
  const inner = path.parent?.kind === 'Pipe' && path.key === 'left';
  const left = path.call(print as never, 'left') as Doc;
  const own = !broken(outermost(path)) || brokenBefore(node);
  const stage: Doc = [own ? line : ' ', '|> ', path.call(print as never, 'right') as Doc];
  return inner ? [left, indent(stage)] : group([left, indent(stage)]);
}

/** Whether a line of the source begins with this pipe's `|>`. */
function brokenBefore({ left, right }: PipeExpr): boolean {
  return /\n[^\S\n]*\|>/.test(left.span.source.text.slice(left.span.end, right.span.start));
}

const broken = (pipe: PipeExpr): boolean =>
  brokenBefore(pipe) || (pipe.left.kind === 'Pipe' && broken(pipe.left));

/** The whole pipeline that this one is the beginning of. */
function outermost(path: Path<PipeExpr>): PipeExpr {
  let whole: Node = path.node;
  for (const ancestor of path.ancestors as Node[]) {
    if (ancestor.kind !== 'Pipe' || ancestor.left !== whole) break;
    whole = ancestor;
  }
  return whole as PipeExpr;
}

const leftLeast = (node: BinaryExpr): number =>
  binaryTightness[node.operator] + (node.operator === '^' || binaryTightness[node.operator] === 4 ? 1 : 0);

function printBinary(path: Path<BinaryExpr>, print: Print): Doc {
  const node = path.node;
  const own = binaryTightness[node.operator];
  const negated = node.right.kind === 'Unary' && node.right.operator === '-';
  const rightLeast = node.operator === '^' ? (negated ? tightness.minus : own) : own + 1;
  const left = printTight(path as Path, print, 'left', leftLeast(node));
  const right = printTight(path as Path, print, 'right', rightLeast);
  const parent = path.parent as Node | null;
  const chained =
    parent?.kind === 'Binary' && path.key === 'left' && binaryTightness[parent.operator] === own;
  const parts = [left, indent([line, node.operator, ' ', right])];
  return chained && node.operator !== '^' && own !== tightness.comparison ? parts : group(parts);
}
