/**
 * Layout of declarations for the Prettier plugin. Braces that the author opened over several lines stay so; otherwise
 * what fits stands on one line. One blank line between two things is kept.
 */
import { doc, util, type Doc } from 'prettier';
import type {
  Body,
  DataDecl,
  Declaration,
  FnDecl,
  LetDecl,
  LossDecl,
  NetworkDecl,
  OptimizerDecl,
  Origin,
  Parameter,
  ReportDecl,
  Setting,
  Spec,
  TrainDecl,
} from './ast.ts';
import { commentsOf } from './comment-places.ts';
import {
  beginsWithMinus,
  bracketed,
  parenthesised,
  tightness,
  type Options,
  type Path,
  type Print,
} from './print-expressions.ts';
import { braces, inBraces, laidOut, lines, names, part, tight, value } from './print-parts.ts';
import type { At, Layouts } from './print-parts.ts';

const { group, hardline, ifBreak, indent, join, line } = doc.builders;

/** Nothing for other nodes. */
export const printDeclaration = (path: Path, options: Options, print: Print): Doc | undefined =>
  laidOut(layouts, path, options, print);

const layouts: Layouts<
  Spec | Exclude<Declaration, TrainDecl | ReportDecl> | Setting | Parameter | Body | Origin
> = {
  Spec: printSpec,
  Header: ({ node }) => `gan ${node.name.name}`,
  Param: (at) => [`param ${at.node.name.name}: ${at.node.type} = `, value(at)],
  Profile: (at) => [`profile ${at.node.name.name} `, braces(at, 'settings', [ifBreak('', ','), line])],
  Setting: (at) => [`${at.node.name.name} = `, value(at)],
  Data: printData,
  Sample(at) {
    const batch = at.node.batch ? [' batch ', tight(at, 'batch')] : '';
    return [`sample ${at.node.name.name} ~ `, part(at, 'distribution'), batch];
  },
  Network: printNetwork,
  Block: (at) => [`block ${at.node.name.name}`, parameters(at), ' ', part(at, 'body')],
  Fn: printFn,
  Parameter: printParameter,
  Body: printBody,
  Initialize: (at) =>
    at.node.from
      ? [`initialize ${names(at.node.networks)} `, part(at, 'from')]
      : [`initialize ${names(at.node.networks)} with `, value(at, 'initializer')],
  Origin: printOrigin,
  Optimizer: printNamed,
  Let: printNamed,
  Loss: printNamed,
  History(at) {
    const chance = at.node.chance ? [' chance ', tight(at, 'chance')] : '';
    return [`history ${at.node.name.name} of `, part(at, 'of'), ' size ', tight(at, 'size'), chance];
  },
  State: (at) => [`state ${at.node.name.name}: `, part(at, 'type'), ' = ', value(at)],
  Import: (at) => ['import ', part(at, 'path')],
};

function printSpec(at: At<Spec>): Doc {
  const { node } = at;
  const loose = commentsOf(node).map((comment) => {
    comment.printed = true;
    return comment.text.trimEnd();
  });
  if (node.declarations.length === 0) return [join(hardline, loose), loose.length > 0 ? hardline : ''];
  return [join('', lines(at, 'declarations', hardline)), hardline];
}

function printNamed(at: At<OptimizerDecl | LetDecl | LossDecl>): Doc {
  return [`${at.node.kind.toLowerCase()} ${at.node.name.name} = `, value(at)];
}

function printOrigin(at: At<Origin>): Doc {
  const moment = at.node.at ? [' at ', tight(at, 'at')] : '';
  const of = at.node.of ? [' of ', part(at, 'of')] : '';
  return ['from ', tight(at, 'value', tightness.postfix), of, moment, at.node.partly ? ' partly' : ''];
}

function printData(at: At<DataDecl>): Doc {
  const { node } = at;
  const parts: Doc[] = [];
  if (node.as) parts.push(['as ', part(at, 'as')]);
  if (node.range) parts.push(part(at, 'range'));
  if (node.hide.length > 0) parts.push(`hide ${names(node.hide)}`);
  if (node.batch) parts.push(['batch ', tight(at, 'batch')]);
  const source = tight(at, 'source', tightness.postfix);
  return group([`data ${node.name.name} = `, source, indent(parts.map((one) => [line, one]))]);
}

const parameters = ({ path, print }: At): Doc => bracketed('(', path, print, 'parameters', ')');

function printNetwork(at: At<NetworkDecl>): Doc {
  const { shared, name, copies } = at.node;
  const count = copies ? ['[', tight(at, 'copies'), ']'] : '';
  const head = [shared ? 'shared ' : '', `network ${name.name}`, count];
  return [...head, parameters(at), ' -> ', part(at, 'result'), ' ', part(at, 'body')];
}

function printFn(at: At<FnDecl>): Doc {
  const equals = at.node.value.kind === 'Body' ? ' ' : ' = ';
  return [`fn ${at.node.name.name}`, parameters(at), equals, value(at)];
}

function printParameter(at: At<Parameter>): Doc {
  const { name, type, default: unsaid } = at.node;
  return [name.name, type ? [': ', part(at, 'type')] : '', unsaid ? [' = ', part(at, 'default')] : ''];
}

function printBody(at: At<Body>): Doc {
  const { lets, result } = at.node;
  const text = part(at, 'result');
  const minus = lets.length > 0 && beginsWithMinus(result);
  const printed = minus ? ['(', text, ')'] : parenthesised(result, tightness.any, text);
  const before = lines(at, 'lets', hardline);
  const last = lets[lets.length - 1];
  const blank = last && util.isNextLineEmpty(at.options.originalText, last.span.end) ? hardline : '';
  const content: Doc = lets.length > 0 ? [...before, hardline, blank, printed] : printed;
  return inBraces(at, lets[0] ?? result, content);
}
