/**
 * Expressions and durations: CST → AST. Operators come as flat lists; their precedence is applied here
 * (tightest first: `^`, unary `-`, `* /`, `+ -`, comparisons, `not`, `and`, `or`, `|>`). Parentheses leave no
 * node: they only widen the span of what is built around them.
 */
import type { CstNode, IToken } from 'chevrotain';
import type { Argument, BinaryOperator, Duration, Expr, Place, RecordField } from './ast.ts';
import {
  childNode,
  childNodes,
  identOf,
  missing,
  nodeSpan,
  tokenOf,
  tokensOf,
  tokenSpan,
  type Reader,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { refuseCall, refuseNot } from './misplaced.ts';
import { readNumber, readString } from './literals.ts';
import { cover, type Span } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { startOf } from './tokens.ts';

/** An expression, and its text with the parentheses around it. */
interface Read {
  readonly expr: Expr;
  readonly outer: Span;
}

/** Reads an `expression` node; `at` is where a missing one should have stood. */
export function readExpression(reader: Reader, node: CstNode | undefined, at: number): Expr {
  return readWithOuter(reader, node, at).expr;
}

function readWithOuter(reader: Reader, node: CstNode | undefined, at: number): Read {
  if (!node) return bare(missing(reader, at));
  let left = readOperators(reader, node, 1, at);
  for (const stage of childNodes(node, 'stage')) {
    const right = readStage(reader, stage, left.outer.end);
    left = bare({ kind: 'Pipe', left: left.expr, right, span: cover(left.outer, right.span) });
  }
  return left;
}

/** Reads an `arithmetic` node: a count. */
export function readArithmetic(reader: Reader, node: CstNode | undefined, at: number): Expr {
  return node ? readOperators(reader, node, power['+'], at).expr : missing(reader, at);
}

const bare = (expr: Expr): Read => ({ expr, outer: expr.span });

// ---------------------------------------------------------------- operators

const notPower = 3;
const comparison = 4;
const minusPower = 7;
const power: Readonly<Record<BinaryOperator, number>> = {
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
};

/** The signs and operands of an expression in the order of the text, and how many have been read. */
interface Flat {
  readonly reader: Reader;
  readonly items: readonly Item[];
  /** Where the last item ends: something missing is said to stand there. */
  readonly end: number;
  next: number;
}

type Item =
  | { readonly kind: 'prefix' | 'operator'; readonly token: IToken; readonly start: number }
  | { readonly kind: 'operand'; readonly node: CstNode; readonly start: number };

function readOperators(reader: Reader, node: CstNode, least: number, at: number): Read {
  const prefixes = tokensOf(node, 'Prefix').map((token) => ({
    kind: 'prefix' as const,
    token,
    start: startOf(token),
  }));
  const operators = tokensOf(node, 'BinaryOperator').map((token) => ({
    kind: 'operator' as const,
    token,
    start: startOf(token),
  }));
  const operands = childNodes(node, 'postfix').map((operand) => {
    const start = nodeSpan(reader, operand, at).start;
    return { kind: 'operand' as const, node: operand, start };
  });
  const items = [...prefixes, ...operators, ...operands].sort((a, b) => a.start - b.start);
  return readBinary({ reader, items, end: at, next: 0 }, least);
}

const isOperator = (image: string): image is BinaryOperator => Object.hasOwn(power, image);

function readBinary(flat: Flat, least: number): Read {
  let left = readPrefix(flat, least);
  for (;;) {
    const token = operatorAhead(flat);
    if (token === undefined) return left;
    if (!isOperator(token.image)) {
      // A misspelt word, which has been said: what it was to join is unknown.
      flat.next += 1;
      const right = readBinary(flat, least);
      left = bare({ kind: 'Missing', span: cover(left.outer, right.outer) });
      continue;
    }
    const operator = token.image;
    if (power[operator] < least) return left;
    flat.next += 1;
    const right = readBinary(flat, operator === '^' ? power['^'] : power[operator] + 1);
    const span = cover(left.outer, right.outer);
    left = bare({ kind: 'Binary', operator, left: left.expr, right: right.expr, span });
    if (power[operator] === comparison) refuseChain(flat);
  }
}

function operatorAhead(flat: Flat): IToken | undefined {
  const item = flat.items[flat.next] as Item | undefined;
  return item?.kind === 'operator' ? item.token : undefined;
}

function refuseChain(flat: Flat): void {
  const next = operatorAhead(flat);
  if (!next || power[next.image as BinaryOperator] !== comparison) return;
  const details = {
    what: "Comparisons can't be chained.",
    why: `The left side of this \`${next.image}\` is a truth value already.`,
    hint: 'Write two comparisons with `and` between them: `a < b and b < c`.',
  };
  flat.reader.report(diagnostic(syntaxErrors.chainedComparison, tokenSpan(flat.reader, next), details));
}

function readPrefix(flat: Flat, least: number): Read {
  const item = flat.items[flat.next] as Item | undefined;
  if (!item || item.kind === 'operator') return bare(missing(flat.reader, item?.start ?? flat.end));
  flat.next += 1;
  if (item.kind === 'operand') return readPostfix(flat.reader, item.node, item.start);
  const not = item.token.image === 'not';
  if (not && least > notPower) refuseNot(flat.reader, item.token);
  const inner = readBinary(flat, not ? notPower : Math.max(least, minusPower));
  const span = cover(tokenSpan(flat.reader, item.token), inner.outer);
  return bare({ kind: 'Unary', operator: not ? 'not' : '-', operand: inner.expr, span });
}

// ---------------------------------------------------------------- calls, fields, atoms

/** Reads a `postfix` node. */
export function readPostfixed(reader: Reader, node: CstNode | undefined, at: number): Expr {
  return readPostfix(reader, node, at).expr;
}

function readPostfix(reader: Reader, node: CstNode | undefined, at: number): Read {
  let left = readPrimary(reader, node, at);
  for (const suffix of node ? childNodes(node, 'suffix') : []) left = bare(readSuffix(reader, left, suffix));
  return left;
}

function readSuffix(reader: Reader, left: Read, suffix: CstNode): Expr {
  const span = cover(left.outer, nodeSpan(reader, suffix, left.outer.end));
  if (suffix.name === 'args') {
    if (!['Name', 'Field', 'Index', 'Missing'].includes(left.expr.kind)) refuseCall(reader, left.outer);
    return { kind: 'Call', callee: left.expr, args: readArguments(reader, suffix), span };
  }
  if (suffix.name === 'index') return readIndex(reader, left.expr, suffix, span);
  const word = tokenOf(suffix, 'Word');
  if (!word) return { kind: 'Missing', span };
  return { kind: 'Field', object: left.expr, field: identOf(reader, word), span };
}

/** One plain expression is an index; anything else says places. */
function readIndex(reader: Reader, object: Expr, suffix: CstNode, span: Span): Expr {
  const places = childNodes(suffix, 'place').map((node) => readPlace(reader, node, span.end - 1));
  const [{ axis, range, low } = { axis: undefined, range: false, low: undefined }] = places;
  if (places.length > 1 || axis !== undefined || range) return { kind: 'Slice', object, places, span };
  return { kind: 'Index', object, index: low ?? missing(reader, span.end - 1), span };
}

function readPlace(reader: Reader, node: CstNode, at: number): Place {
  const [axis, above] = [tokenOf(node, 'Word'), childNode(node, 'above')];
  const [low, high] = [childNode(node, 'expression'), above && childNode(above, 'expression')];
  return {
    kind: 'Place',
    ...(axis && { axis: identOf(reader, axis) }),
    range: above !== undefined,
    ...(low && { low: readExpression(reader, low, at) }),
    ...(high && { high: readExpression(reader, high, at) }),
    span: nodeSpan(reader, node, at),
  };
}

function readStage(reader: Reader, stage: CstNode, at: number): Expr {
  const name = tokenOf(stage, 'Name');
  if (!name) return missing(reader, at);
  let target = nameOf(reader, name);
  for (const suffix of childNodes(stage, 'suffix')) target = readSuffix(reader, bare(target), suffix);
  const args = childNode(stage, 'args');
  return args ? readSuffix(reader, bare(target), args) : target;
}

const nameOf = (reader: Reader, token: IToken): Expr => ({
  kind: 'Name',
  name: token.image,
  span: tokenSpan(reader, token),
});

function readPrimary(reader: Reader, node: CstNode | undefined, at: number): Read {
  const [number, text] = [node && tokenOf(node, 'Number'), node && tokenOf(node, 'Text')];
  if (number) return bare(readNumber(reader, number));
  if (text) return bare(readString(reader, text));
  const [bool, name] = [node && tokenOf(node, 'Boolean'), node && tokenOf(node, 'Name')];
  if (bool) return bare({ kind: 'Bool', value: bool.image === 'true', span: tokenSpan(reader, bool) });
  if (name) return bare(nameOf(reader, name));
  const group = node && childNode(node, 'group');
  if (group) {
    const outer = nodeSpan(reader, group, at);
    return { expr: readExpression(reader, childNode(group, 'expression'), outer.end - 1), outer };
  }
  return bare(readBracketed(reader, node, at));
}

/** A list or record that stands in a node. */
export function readBracketed(reader: Reader, node: CstNode | undefined, at: number): Expr {
  const [list, record] = [node && childNode(node, 'list'), node && childNode(node, 'record')];
  const series = list && childNode(list, 'series');
  if (series) return readSeries(reader, series, nodeSpan(reader, list, at));
  if (list) {
    const items = childNodes(list, 'expression').map((item) => readExpression(reader, item, at));
    return { kind: 'List', items, span: nodeSpan(reader, list, at) };
  }
  if (!record) return missing(reader, at);
  const fields = childNodes(record, 'recordField').flatMap((field) => readRecordField(reader, field));
  return { kind: 'Record', fields, span: nodeSpan(reader, record, at) };
}

function readSeries(reader: Reader, node: CstNode, span: Span): Expr {
  const [name, at] = [tokenOf(node, 'Name'), span.end - 1];
  const bound = (i: number): Expr => readArithmetic(reader, childNodes(node, 'arithmetic')[i], at);
  const value = readExpression(reader, childNode(node, 'expression'), at);
  if (!name) return { kind: 'Missing', span };
  return { kind: 'Series', name: identOf(reader, name), low: bound(0), high: bound(1), value, span };
}

function readRecordField(reader: Reader, node: CstNode): RecordField[] {
  const name = tokenOf(node, 'Word');
  if (!name) return [];
  const span = nodeSpan(reader, node, startOf(name));
  const value = readExpression(reader, childNode(node, 'expression'), span.end);
  return [{ kind: 'RecordField', name: identOf(reader, name), value, span }];
}

// ---------------------------------------------------------------- arguments and durations

export function readArguments(reader: Reader, args: CstNode): Argument[] {
  return childNodes(args, 'argument').map((node) => {
    const span = nodeSpan(reader, node, nodeSpan(reader, args, 0).end);
    const name = tokenOf(node, 'Word');
    const value = readArgumentValue(reader, node, span.end);
    return { kind: 'Argument', ...(name && { name: identOf(reader, name) }), value, span };
  });
}

function readArgumentValue(reader: Reader, node: CstNode, at: number): Expr | Duration {
  const choice = tokenOf(node, 'choice');
  if (choice) return nameOf(reader, choice);
  const { expr, outer } = readWithOuter(reader, childNode(node, 'expression'), at);
  const unit = childNode(node, 'unit');
  return unit ? durationOf(reader, expr, outer, unit) : expr;
}

/** Reads a `duration` node. */
export function readDuration(reader: Reader, node: CstNode | undefined, at: number): Duration {
  const arithmetic = node && childNode(node, 'arithmetic');
  const count = readArithmetic(reader, arithmetic, at);
  return durationOf(reader, count, nodeSpan(reader, arithmetic, at), node && childNode(node, 'unit'));
}

function durationOf(reader: Reader, count: Expr, outer: Span, unit: CstNode | undefined): Duration {
  const of = unit && tokenOf(unit, 'Name');
  return {
    kind: 'Duration',
    count,
    unit: unit && tokenOf(unit, 'Epochs') ? 'epochs' : 'steps',
    ...(of && { of: identOf(reader, of) }),
    span: cover(outer, nodeSpan(reader, unit, outer.end)),
  };
}
