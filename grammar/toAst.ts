/**
 * Declarations, statements and report lines: one declaration's CST in, its AST node out; nothing when recovery
 * left too little of it (no name). With expressions.ts the only place that looks into the CST.
 */
import type { CstNode, IToken } from 'chevrotain';
import type {
  Body,
  DataDecl,
  Declaration,
  Distribution,
  Every,
  Expr,
  Ident,
  LetDecl,
  NetworkDecl,
  ParamDecl,
  Parameter,
  ReportDecl,
  Setting,
  StringLiteral,
} from './ast.ts';
import {
  identOf,
  childNode,
  childNodes,
  nodeSpan,
  tokenOf,
  tokensOf,
  tokenSpan,
  type Reader,
} from './cst.ts';
import { diagnostic, nearest } from './diagnostics.ts';
import {
  readArguments,
  readArithmetic,
  readBracketed,
  readDuration,
  readExpression,
  readPostfixed,
} from './expressions.ts';
import { readString } from './literals.ts';
import { readDue, readLines, readOrigin, readStatements } from './schedules.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { readDims, readRange, readShape, readType } from './types.ts';

/** Where the doc comment above a declaration comes from: a function of the declaration's first offset. */
export type DocAt = (offset: number) => string | undefined;

interface Context extends Reader {
  readonly docAt: DocAt;
}

/** Reads a `declaration` node. */
export function toAst(reader: Reader, docAt: DocAt, node: CstNode): Declaration | undefined {
  const rule = Object.keys(node.children).find((key) => key in readers);
  const child = rule && childNode(node, rule);
  return child ? readers[rule as keyof typeof readers]({ ...reader, docAt }, child) : undefined;
}

const readers = {
  header: (c, n) => named(c, n, (name) => ({ kind: 'Header', name, ...declared(c, n) })),
  param: (c, n) => named(c, n, (name) => readParam(c, n, name)),
  profile: (c, n) =>
    named(c, n, (name) => ({ kind: 'Profile', name, settings: readSettings(c, n), ...declared(c, n) })),
  data: (c, n) => named(c, n, (name) => readData(c, n, name)),
  sample: (c, n) => named(c, n, (name) => readSample(c, n, name)),
  network: (c, n) => named(c, n, (name) => readNetwork(c, n, name)),
  block: (c, n) =>
    named(c, n, (name) => {
      const parameters = readParameters(c, childNode(n, 'parameters'), 'parameter');
      return { kind: 'Block', name, parameters, body: readBody(c, n), ...declared(c, n) };
    }),
  fn: (c, n) =>
    named(c, n, (name) => {
      const parameters = readParameters(c, childNode(n, 'parameters'), 'parameter');
      const value = childNode(n, 'body') ? readBody(c, n) : valueOf(c, n);
      return { kind: 'Fn', name, parameters, value, ...declared(c, n) };
    }),
  initialize: (c, n) => {
    const networks = readNames(c, n);
    const from = readOrigin(c, childNode(n, 'origin'));
    const how = from === undefined ? { initializer: valueOf(c, n) } : { from };
    return { kind: 'Initialize', networks, ...how, ...declared(c, n) };
  },
  history: (c, n) => named(c, n, (name) => readHistory(c, n, name)),
  state: (c, n) => named(c, n, (name) => readState(c, n, name)),
  optimizer: (c, n) =>
    named(c, n, (name) => ({ kind: 'Optimizer', name, value: valueOf(c, n), ...declared(c, n) })),
  let: readLet,
  loss: (c, n) => named(c, n, (name) => ({ kind: 'Loss', name, value: valueOf(c, n), ...declared(c, n) })),
  import: readImport,
  train: readTrain,
  report: readReport,
} satisfies Record<string, (c: Context, n: CstNode) => Declaration | undefined>;

// ---------------------------------------------------------------- parts that many share

function declared(c: Context, node: CstNode): { doc?: string; span: Declaration['span'] } {
  const span = nodeSpan(c, node, 0);
  const doc = c.docAt(span.start);
  return doc === undefined ? { span } : { doc, span };
}

function named<T>(c: Context, node: CstNode, build: (name: Ident) => T): T | undefined {
  const name = tokenOf(node, 'Name');
  return name && build(identOf(c, name));
}

const endOfNode = (c: Context, node: CstNode): number => nodeSpan(c, node, 0).end;

const valueOf = (c: Context, node: CstNode): Expr =>
  readExpression(c, childNode(node, 'expression'), endOfNode(c, node));

function readNames(c: Context, node: CstNode): Ident[] {
  const names = childNode(node, 'names');
  return names ? tokensOf(names, 'Name').map((token) => identOf(c, token)) : [];
}

function readBatch(c: Context, node: CstNode): { batch?: Expr } {
  const batch = childNode(node, 'batch');
  return batch ? { batch: readArithmetic(c, childNode(batch, 'arithmetic'), endOfNode(c, batch)) } : {};
}

// ---------------------------------------------------------------- declarations

const paramTypes = ['int', 'real', 'bool', 'string'] as const;

function readParam(c: Context, node: CstNode, name: Ident): ParamDecl | undefined {
  const token = tokenOf(node, 'type');
  const type = paramTypes.find((candidate) => candidate === token?.image);
  if (token && !type) refuseParamType(c, token);
  if (!type && !token) return undefined;
  return { kind: 'Param', name, type: type ?? 'real', value: valueOf(c, node), ...declared(c, node) };
}

function refuseParamType(c: Context, token: IToken): void {
  const near = nearest(token.image, paramTypes);
  const details = {
    what: `\`${token.image}\` is no type of a hyper-parameter.`,
    hint: near ? `Did you mean \`${near}\`?` : 'It is one of `int`, `real`, `bool` and `string`.',
  };
  c.report(diagnostic(syntaxErrors.paramType, tokenSpan(c, token), details));
}

function readSettings(c: Context, node: CstNode): Setting[] {
  return childNodes(node, 'setting').flatMap((setting) => {
    const read = (name: Ident): Setting => ({
      kind: 'Setting',
      name,
      value: valueOf(c, setting),
      span: nodeSpan(c, setting, name.span.start),
    });
    return named(c, setting, read) ?? [];
  });
}

function readData(c: Context, node: CstNode, name: Ident): DataDecl {
  const end = endOfNode(c, node);
  const shape = childNode(node, 'shape');
  const range = readRange(c, childNode(node, 'range'));
  return {
    kind: 'Data',
    name,
    source: readPostfixed(c, childNode(node, 'postfix'), end),
    ...(shape && { as: readShape(c, shape, end) }),
    ...(range && { range }),
    hide: tokensOf(node, 'hidden').map((token) => identOf(c, token)),
    ...readBatch(c, node),
    ...declared(c, node),
  };
}

const readState = (c: Context, node: CstNode, name: Ident): Declaration => ({
  kind: 'State',
  name,
  type: readType(c, childNode(node, 'type'), name.span.end),
  value: valueOf(c, node),
  ...declared(c, node),
});

function readHistory(c: Context, node: CstNode, name: Ident): Declaration {
  const end = endOfNode(c, node);
  const chance = childNode(node, 'chance');
  return {
    kind: 'History',
    name,
    of: readBracketed(c, node, end),
    size: readArithmetic(c, childNode(node, 'arithmetic'), end),
    ...(chance && { chance: readArithmetic(c, chance, end) }),
    ...declared(c, node),
  };
}

function readSample(c: Context, node: CstNode, name: Ident): Declaration | undefined {
  const distribution = readDistribution(c, childNode(node, 'distribution'));
  return distribution && { kind: 'Sample', name, distribution, ...readBatch(c, node), ...declared(c, node) };
}

function readDistribution(c: Context, node: CstNode | undefined): Distribution | undefined {
  if (!node) return undefined;
  const args = childNode(node, 'args');
  return named(c, node, (name) => ({
    kind: 'Distribution',
    name,
    dims: readDims(c, childNode(node, 'dims')),
    args: args ? readArguments(c, args) : [],
    span: nodeSpan(c, node, name.span.start),
  }));
}

function readNetwork(c: Context, node: CstNode, name: Ident): NetworkDecl {
  return {
    kind: 'Network',
    name,
    shared: tokenOf(node, 'Shared') !== undefined,
    ...readCopies(c, node),
    parameters: readParameters(c, node, 'networkInput'),
    result: readType(c, childNode(node, 'type'), name.span.end),
    body: readBody(c, node),
    ...declared(c, node),
  };
}

function readCopies(c: Context, node: CstNode): { copies?: Expr } {
  const copies = childNode(node, 'copies');
  return copies ? { copies: readArithmetic(c, childNode(copies, 'arithmetic'), endOfNode(c, copies)) } : {};
}

function readParameters(c: Context, node: CstNode | undefined, rule: string): Parameter[] {
  if (!node) return [];
  return childNodes(node, rule).flatMap((parameter) => {
    const [type, value] = [childNode(parameter, 'type'), childNode(parameter, 'expression')];
    const read = (name: Ident): Parameter => ({
      kind: 'Parameter',
      name,
      ...(type && { type: readType(c, type, name.span.end) }),
      ...(value && { default: readExpression(c, value, name.span.end) }),
      span: nodeSpan(c, parameter, name.span.start),
    });
    return named(c, parameter, read) ?? [];
  });
}

function readBody(c: Context, node: CstNode): Body {
  const body = childNode(node, 'body');
  const span = nodeSpan(c, body, endOfNode(c, node));
  const lets = body ? childNodes(body, 'let').flatMap((let_) => readLet(c, let_) ?? []) : [];
  const result = readExpression(c, body && childNode(body, 'expression'), span.end);
  return { kind: 'Body', lets, result, span };
}

function readLet(c: Context, node: CstNode): LetDecl | undefined {
  return named(c, node, (name) => ({ kind: 'Let', name, value: valueOf(c, node), ...declared(c, node) }));
}

function readImport(c: Context, node: CstNode): Declaration | undefined {
  const text = tokenOf(node, 'Text');
  const path: StringLiteral | undefined = text && readString(c, text);
  return path && { kind: 'Import', path, ...declared(c, node) };
}

function readTrain(c: Context, node: CstNode): Declaration {
  return {
    kind: 'Train',
    duration: readDuration(c, childNode(node, 'duration'), endOfNode(c, node)),
    ...readBatch(c, node),
    body: readStatements(c, childNode(node, 'statements'), 'train'),
    ...declared(c, node),
  };
}

function readReport(c: Context, node: CstNode): ReportDecl {
  const every: Every = readDue(c, childNode(node, 'due'), endOfNode(c, node));
  return { kind: 'Report', every, body: readLines(c, node), ...declared(c, node) };
}
