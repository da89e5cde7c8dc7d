/**
 * Layout of declarations, statements and report lines for the Prettier plugin. Braces that the author opened over
 * several lines stay so; otherwise what fits stands on one line. One blank line between two things is kept.
 */
import { doc, util, type Doc } from 'prettier';
import type {
  BlockDecl,
  Body,
  DataDecl,
  Expr,
  FnDecl,
  NetworkDecl,
  Node,
  Parameter,
  Repeat,
  Update,
  SetState,
} from './ast.ts';
import { commentsOf } from './comment-places.ts';
import {
  beginsWithMinus,
  bracketed,
  parenthesised,
  printTight,
  tightness,
  type Options,
  type Path,
  type Print,
} from './print-expressions.ts';

const { breakParent, group, hardline, ifBreak, indent, join, line, lineSuffix } = doc.builders;

/** Nothing for expressions and types. */
export function printDeclaration(path: Path, options: Options, print: Print): Doc | undefined {
  const node = path.node;
  const value = (key = 'value') => printValue(path, print, key);
  switch (node.kind) {
    case 'Spec':
      return printSpec(path, options, print);
    case 'Header':
      return `gan ${node.name.name}`;
    case 'Param':
      return [`param ${node.name.name}: ${node.type} = `, value()];
    case 'Profile':
      return [
        `profile ${node.name.name} `,
        braces(path, options, print, 'settings', [ifBreak('', ','), line]),
      ];
    case 'Setting':
      return [`${node.name.name} = `, value()];
    case 'Data':
      return printData(path as Path<DataDecl>, print);
    case 'Sample': {
      const batch = node.batch ? [' batch ', printTight(path, print, 'batch', tightness.sum)] : '';
      return [`sample ${node.name.name} ~ `, path.call(print, 'distribution' as never), batch];
    }
    case 'Network':
    case 'Block':
    case 'Fn':
      return printCallable(path as Path<NetworkDecl | BlockDecl | FnDecl>, print);
    case 'Parameter':
      return printParameter(path as Path<Parameter>, print);
    case 'Body':
      return printBody(path as Path<Body>, options, print);
    case 'Initialize':
      return node.from
        ? [`initialize ${names(node.networks)} `, path.call(print, 'from' as never)]
        : [`initialize ${names(node.networks)} with `, value('initializer')];
    case 'Origin': {
      const at = node.at ? [' at ', printTight(path, print, 'at', tightness.sum)] : '';
      const of = node.of ? [' of ', path.call(print, 'of' as never)] : '';
      const whose = printTight(path, print, 'value', tightness.postfix);
      return ['from ', whose, of, at, node.partly ? ' partly' : ''];
    }
    case 'Optimizer':
    case 'Let':
    case 'Loss':
      return [`${node.kind.toLowerCase()} ${node.name.name} = `, value()];
    case 'History': {
      const chance = node.chance ? [' chance ', printTight(path, print, 'chance', tightness.sum)] : '';
      const size = printTight(path, print, 'size', tightness.sum);
      return [`history ${node.name.name} of `, path.call(print, 'of' as never), ' size ', size, chance];
    }
    case 'State':
      return [`state ${node.name.name}: `, path.call(print, 'type' as never), ' = ', value()];
    case 'Import':
      return ['import ', path.call(print, 'path' as never)];
    default:
      return printStatement(path, options, print);
  }
}

function printStatement(path: Path, options: Options, print: Print): Doc | undefined {
  const node = path.node;
  const every =
    'every' in node && node.every && node.kind !== 'Report' ? [path.call(print, 'every' as never), ' '] : '';
  const tight = (key: string, least: number = tightness.sum) => printTight(path, print, key, least);
  const block = (key: string) => braces(path, options, print, key, hardline);
  switch (node.kind) {
    case 'Train': {
      const batch = node.batch ? [', batch ', tight('batch')] : '';
      return ['train for ', path.call(print, 'duration' as never), batch, ' ', block('body')];
    }
    case 'Phase': {
      const duration = node.duration ? ['for ', path.call(print, 'duration' as never), ' '] : '';
      return [`phase ${node.name.name} `, duration, block('body')];
    }
    case 'Repeat':
      return ['repeat ', tight('count'), printFresh(path as Path<Repeat>, print), ' ', block('body')];
    case 'Together':
      return ['together ', block('body')];
    case 'Update':
      return [every, printUpdate(path as Path<Update>, print)];
    case 'Set':
      return [every, printSet(path as Path<SetState>, print)];
    case 'Average':
      return [every, `average ${node.network.name} decay `, tight('decay')];
    case 'Start':
      return [`initialize ${names(node.networks)} `, path.call(print, 'from' as never)];
    case 'Report':
      return ['report ', path.call(print, 'every' as never), ' ', block('body')];
    case 'Every': {
      const end = node.moments?.span.start ?? node.span.end;
      const moments = node.moments ? [' ', path.call(print, 'moments' as never)] : '';
      return ['every ', tight('count'), printUnit({ ...node, end }, options), moments];
    }
    case 'Moments': {
      const each = (child: Path) => parenthesised(child.node, tightness.sum, print(child));
      const unit = node.counts
        .slice(-1)
        .map((count) => printUnit({ ...node, count, end: node.span.end }, options));
      return ['and at ', join(', ', path.map(each, 'counts' as never)), unit];
    }
    case 'Show':
      return [
        every,
        `${node.medium} ${node.name.name} = `,
        printValue(path, print, 'value'),
        node.goal ? [' ', path.call(print, 'goal' as never)] : '',
      ];
    case 'Goal':
      return ['goal ', tight('value'), node.from ? [' from ', path.call(print, 'from' as never)] : ''];
    case 'Recalibrate':
      return [
        every,
        'recalibrate ',
        tight('call', tightness.postfix),
        ' for ',
        path.call(print, 'duration' as never),
      ];
    default:
      return undefined;
  }
}

/** `steps` may be left out, and stays as the author had it. */
function printUnit({ count, unit, end }: { count: Expr; unit: string; end: number }, options: Options): Doc {
  const written = options.originalText.slice(count.span.end, end).replace(/\/\/.*/g, '');
  return /(steps|epochs)\s*$/.test(written) ? ` ${unit}` : '';
}

const names = (idents: readonly { readonly name: string }[]): string =>
  idents.map(({ name }) => name).join(', ');

/** An expression after `=`: indented where a comment forces it onto a line of its own. */
function printValue(path: Path, print: Print, key: string): Doc {
  return path.call((child: Path) => {
    const printed = print(child);
    return commentsOf(child.node).some(({ leading }) => leading) ? indent(printed) : printed;
  }, key as never);
}

function printSpec(path: Path, options: Options, print: Print): Doc {
  const node = path.node;
  const loose = commentsOf(node).map((comment) => {
    comment.printed = true;
    return comment.text.trimEnd();
  });
  if (node.kind === 'Spec' && node.declarations.length === 0)
    return [join(hardline, loose), loose.length > 0 ? hardline : ''];
  return [join('', lines(path, options, print, 'declarations', hardline)), hardline];
}

/** The children under `key` with `separator` after each but the last, and blank lines where the author left any. */
function lines(path: Path, options: Options, print: Print, key: string, separator: Doc): Doc[] {
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
function braces(path: Path, options: Options, print: Print, key: string, separator: Doc): Doc {
  const children = (path.node as unknown as Readonly<Record<string, readonly Node[]>>)[key];
  const content = join('', lines(path, options, print, key, separator));
  return inBraces(path.node, options, children[0], children.length > 0 ? content : '');
}

function inBraces(node: Node, options: Options, first: Node | undefined, content: Doc): Doc {
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

function printData(path: Path<DataDecl>, print: Print): Doc {
  const node = path.node;
  const parts: Doc[] = [];
  if (node.as) parts.push(['as ', path.call(print as never, 'as') as Doc]);
  if (node.range) parts.push(path.call(print as never, 'range') as Doc);
  if (node.hide.length > 0) parts.push(`hide ${names(node.hide)}`);
  if (node.batch) parts.push(['batch ', printTight(path as Path, print, 'batch', tightness.sum)]);
  const source = printTight(path as Path, print, 'source', tightness.postfix);
  return group([`data ${node.name.name} = `, source, indent(parts.map((part) => [line, part]))]);
}

function printCallable(path: Path<NetworkDecl | BlockDecl | FnDecl>, print: Print): Doc {
  const node = path.node;
  const parameters = bracketed('(', path as Path, print, 'parameters', ')');
  if (node.kind === 'Fn') {
    const equals = node.value.kind === 'Body' ? ' ' : ' = ';
    return [`fn ${node.name.name}`, parameters, equals, printValue(path as Path, print, 'value')];
  }
  const body = path.call(print as never, 'body') as Doc;
  if (node.kind === 'Block') return [`block ${node.name.name}`, parameters, ' ', body];
  const result = path.call(print as never, 'result' as never) as Doc;
  const copies = node.copies ? ['[', printTight(path as Path, print, 'copies', tightness.sum), ']'] : '';
  const head = [node.shared ? 'shared ' : '', `network ${node.name.name}`, copies];
  return [...head, parameters, ' -> ', result, ' ', body];
}

function printParameter(path: Path<Parameter>, print: Print): Doc {
  const { name, type, default: value } = path.node;
  const typed: Doc = type ? [': ', path.call(print as never, 'type') as Doc] : '';
  return [name.name, typed, value ? [' = ', path.call(print as never, 'default') as Doc] : ''];
}

function printBody(path: Path<Body>, options: Options, print: Print): Doc {
  const { lets, result } = path.node;
  const printed = path.call((child) => {
    const text = print(child as unknown as Path);
    const minus = lets.length > 0 && beginsWithMinus(result);
    return minus ? ['(', text, ')'] : parenthesised(result, tightness.any, text);
  }, 'result');
  const before = lines(path as Path, options, print, 'lets', hardline);
  const last = lets[lets.length - 1];
  const blank = last && util.isNextLineEmpty(options.originalText, last.span.end) ? hardline : '';
  const content: Doc = lets.length > 0 ? [...before, hardline, blank, printed] : printed;
  return inBraces(path.node, options, lets[0] ?? result, content);
}

function printFresh(path: Path<Repeat>, print: Print): Doc {
  return path.node.fresh ? [' fresh: ', path.call(print as never, 'fresh') as Doc] : '';
}

function printSet(path: Path<SetState>, print: Print): Doc {
  const { state, when } = path.node;
  const condition = when
    ? indent([line, 'when ', printTight(path as Path, print, 'when', tightness.any)])
    : '';
  const value = printTight(path as Path, print, 'value', tightness.any);
  return group([`set ${state.name} to `, indent(value), condition]);
}

function printUpdate(path: Path<Update>, print: Print): Doc {
  const node = path.node;
  const when = node.when
    ? indent([line, 'when ', printTight(path as Path, print, 'when', tightness.any)])
    : '';
  const optimizer = printTight(path as Path, print, 'optimizer', tightness.any);
  const objective = printTight(path as Path, print, 'objective', tightness.any);
  return group([
    `update ${names(node.networks)} to ${node.sense} `,
    indent(objective),
    indent([line, 'with ', optimizer]),
    when,
  ]);
}
