/** Statements of a schedule and lines of a report: CST → AST. What recovery cut short of its name is left out. */
import type { CstNode } from 'chevrotain';
import type { Average, Every, Goal, Ident, Origin, ReportLine, SetState, Statement, Update } from './ast.ts';
import {
  identOf,
  missing,
  childNode,
  childNodes,
  nodeSpan,
  tokenOf,
  tokensOf,
  tokenSpan,
  type Reader,
} from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { readArithmetic, readDuration, readExpression, readPostfixed } from './expressions.ts';
import { readString } from './literals.ts';
import { cover, type Span } from './source.ts';
import { syntaxErrors } from './syntax-errors.ts';

/** Reads a `statements` node, in order; phases stand only in `train`, and alone. */
export function readStatements(
  reader: Reader,
  node: CstNode | undefined,
  inside: 'train' | 'other',
): Statement[] {
  const nodes = node ? childNodes(node, 'statement') : [];
  const statements = nodes.flatMap((statement) => readStatement(reader, statement) ?? []);
  const others = statements.filter((statement) => statement.kind !== 'Phase');
  for (const phase of statements.filter((statement) => statement.kind === 'Phase')) {
    if (inside === 'train' && others.length === 0) continue;
    const why =
      inside === 'train' ? 'Other statements stand beside it.' : 'It stands inside another statement.';
    refusePhase(reader, phase.name, why, inside === 'train' ? others[0].span : undefined);
  }
  return statements;
}

function refusePhase(reader: Reader, name: Ident, why: string, other: Span | undefined): void {
  const details = {
    what: `The phase \`${name.name}\` can't stand here.`,
    why,
    hint: 'Phases stand directly in `train`, with every statement inside one of them.',
    labels: other ? [{ span: other, text: 'this is in no phase' }] : [],
  };
  reader.report(diagnostic(syntaxErrors.phasePlace, name.span, details));
}

function readStatement(reader: Reader, node: CstNode): Statement | undefined {
  const [phase, repeat] = [childNode(node, 'phase'), childNode(node, 'repeat')];
  if (phase) return readPhase(reader, phase);
  if (repeat) return readRepeat(reader, repeat);
  const together = childNode(node, 'together');
  if (together) return readTogether(reader, together);
  const start = childNode(node, 'start');
  if (start) return readStart(reader, start);
  const timed = childNode(node, 'timed');
  const every = optionalEvery(reader, timed && childNode(timed, 'every'));
  const [update, average] = [timed && childNode(timed, 'update'), timed && childNode(timed, 'average')];
  if (update) return readUpdate(reader, update, every);
  const set = timed && childNode(timed, 'set');
  return set ? readSet(reader, set, every) : average && readAverage(reader, average, every);
}

/** Reads an `origin` node. */
export function readOrigin(reader: Reader, node: CstNode | undefined): Origin | undefined {
  if (node === undefined) return undefined;
  const span = nodeSpan(reader, node, 0);
  const [at, of] = [childNode(node, 'arithmetic'), tokenOf(node, 'Text')];
  return {
    kind: 'Origin',
    value: readPostfixed(reader, childNode(node, 'postfix'), span.end),
    ...(of && { of: readString(reader, of) }),
    ...(at && { at: readArithmetic(reader, at, span.end) }),
    partly: tokenOf(node, 'Partly') !== undefined,
    span,
  };
}

function readStart(reader: Reader, node: CstNode): Statement | undefined {
  const [from, names] = [readOrigin(reader, childNode(node, 'origin')), childNode(node, 'names')];
  if (from === undefined || names === undefined) return undefined;
  const networks = tokensOf(names, 'Name').map((token) => identOf(reader, token));
  return { kind: 'Start', networks, from, span: nodeSpan(reader, node, 0) };
}

function readPhase(reader: Reader, node: CstNode): Statement | undefined {
  const name = tokenOf(node, 'Name');
  const span = nodeSpan(reader, node, 0);
  if (!name) return undefined;
  const duration = childNode(node, 'duration');
  return {
    kind: 'Phase',
    name: identOf(reader, name),
    ...(duration && { duration: readDuration(reader, duration, span.end) }),
    body: readStatements(reader, childNode(node, 'statements'), 'other'),
    span,
  };
}

function readRepeat(reader: Reader, node: CstNode): Statement {
  const span = nodeSpan(reader, node, 0);
  const option = tokenOf(node, 'option');
  const fresh = option && readExpression(reader, childNode(node, 'expression'), span.end);
  if (option && option.image !== 'fresh') {
    const details = {
      what: `\`repeat\` has no option \`${option.image}\`.`,
      hint: 'Its only one is `fresh: false`.',
    };
    reader.report(diagnostic(syntaxErrors.repeatOption, tokenSpan(reader, option), details));
  }
  return {
    kind: 'Repeat',
    count: readArithmetic(reader, childNode(node, 'arithmetic'), span.end),
    ...(fresh && { fresh }),
    body: readStatements(reader, childNode(node, 'statements'), 'other'),
    span,
  };
}

function readTogether(reader: Reader, node: CstNode): Statement {
  const body = childNodes(node, 'member').flatMap((member): readonly (Update | SetState)[] => {
    const every = optionalEvery(reader, childNode(member, 'every'));
    const [update, set] = [childNode(member, 'update'), childNode(member, 'set')];
    if (update) return [readUpdate(reader, update, every)];
    const read = set && readSet(reader, set, every);
    return read ? [read] : [];
  });
  return { kind: 'Together', body, span: nodeSpan(reader, node, 0) };
}

function readUpdate(reader: Reader, node: CstNode, every: Every | undefined): Update {
  const own = nodeSpan(reader, node, 0);
  const names = childNode(node, 'names');
  const [when, optimizer] = [childNode(node, 'when'), childNode(node, 'optimizer')];
  return {
    kind: 'Update',
    networks: names ? tokensOf(names, 'Name').map((token) => identOf(reader, token)) : [],
    sense: tokenOf(node, 'sense')?.image === 'maximize' ? 'maximize' : 'minimize',
    objective: readExpression(reader, childNode(node, 'expression'), own.end),
    optimizer: readExpression(reader, optimizer, own.end),
    ...(when && { when: readExpression(reader, when, own.end) }),
    ...withEvery(own, every),
  };
}

const withEvery = (own: Span, every: Every | undefined): { span: Span; every?: Every } =>
  every ? { every, span: cover(every.span, own) } : { span: own };

function readAverage(reader: Reader, node: CstNode, every: Every | undefined): Average | undefined {
  const name = tokenOf(node, 'Name');
  const own = nodeSpan(reader, node, 0);
  if (!name) return undefined;
  const decay = readArithmetic(reader, childNode(node, 'arithmetic'), own.end);
  return { kind: 'Average', network: identOf(reader, name), decay, ...withEvery(own, every) };
}

function readSet(reader: Reader, node: CstNode, every: Every | undefined): SetState | undefined {
  const name = tokenOf(node, 'Name');
  const own = nodeSpan(reader, node, 0);
  if (!name) return undefined;
  const when = childNode(node, 'when');
  return {
    kind: 'Set',
    state: identOf(reader, name),
    value: readExpression(reader, childNode(node, 'expression'), own.end),
    ...(when && { when: readExpression(reader, when, own.end) }),
    ...withEvery(own, every),
  };
}

/** Reads the lines of a `report` node. */
export function readLines(reader: Reader, node: CstNode): ReportLine[] {
  return childNodes(node, 'line').flatMap((line) => {
    const due = childNode(line, 'due');
    const every = due && readDue(reader, due, 0);
    const [show, recalibrate] = [childNode(line, 'show'), childNode(line, 'recalibrate')];
    if (show) return readShow(reader, show, every) ?? [];
    return recalibrate ? readRecalibrate(reader, recalibrate, every) : [];
  });
}

function readShow(reader: Reader, node: CstNode, every: Every | undefined): ReportLine | undefined {
  const [medium, name] = [tokenOf(node, 'medium')?.image, tokenOf(node, 'Name')];
  const own = nodeSpan(reader, node, 0);
  if (!name || !(medium === 'picture' || medium === 'metric' || medium === 'sound')) return undefined;
  const value = readExpression(reader, childNode(node, 'expression'), own.end);
  const goal = readGoal(reader, childNode(node, 'goal'));
  return { kind: 'Show', medium, name: identOf(reader, name), value, ...goal, ...withEvery(own, every) };
}

function readGoal(reader: Reader, node: CstNode | undefined): { readonly goal?: Goal } {
  if (node === undefined) return {};
  const span = nodeSpan(reader, node, 0);
  const value = readArithmetic(reader, childNode(node, 'arithmetic'), span.end);
  const text = tokenOf(node, 'Text');
  return { goal: { kind: 'Goal', value, ...(text && { from: readString(reader, text) }), span } };
}

function readRecalibrate(reader: Reader, node: CstNode, every: Every | undefined): ReportLine {
  const own = nodeSpan(reader, node, 0);
  const call = readPostfixed(reader, childNode(node, 'postfix'), own.end);
  const duration = readDuration(reader, childNode(node, 'duration'), own.end);
  return { kind: 'Recalibrate', call, duration, ...withEvery(own, every) };
}

/** Reads an `every` node. */
function readEvery(reader: Reader, node: CstNode | undefined, at: number): Every {
  const span = nodeSpan(reader, node, at);
  const count = node ? readArithmetic(reader, childNode(node, 'arithmetic'), span.end) : missing(reader, at);
  return { kind: 'Every', count, unit: unitOf(node), span };
}

/** Reads a `due` node: an `every`, and the moments beside it. */
export function readDue(reader: Reader, node: CstNode | undefined, at: number): Every {
  const every = readEvery(reader, node && childNode(node, 'every'), at);
  const moments = node && childNode(node, 'moments');
  if (moments === undefined) return every;
  const span = nodeSpan(reader, moments, at);
  const counts = childNodes(moments, 'arithmetic').map((count) => readArithmetic(reader, count, span.end));
  return {
    ...every,
    moments: { kind: 'Moments', counts, unit: unitOf(moments), span },
    span: cover(every.span, span),
  };
}

const unitOf = (node: CstNode | undefined): Every['unit'] =>
  node && tokenOf(node, 'unit')?.image === 'epochs' ? 'epochs' : 'steps';

const optionalEvery = (reader: Reader, node: CstNode | undefined): Every | undefined =>
  node && readEvery(reader, node, 0);
