/**
 * Who minimises what, when. In: a checked spec; out: an item for each update and `set`, whose parts are the summands of what
 * it minimises, and one for the schedule around them, whose parts are its statements in order.
 */
import type * as ast from '../../grammar/ast.ts';
import { printHost, type HostExpr } from '../../program/host.ts';
import type { AnalysedSet, AnalysedUpdate } from '../analyse/analysis.ts';
import type { StatementInfo } from '../model.ts';
import type { OptimizerArguments } from '../vocabulary/optimizer.ts';
import type { Value } from '../values.ts';
import { flat, none, plain, printLength, tokenOf, written, type Subject } from './subject.ts';
import type { Fact, Item, Part, Said } from './meaning.ts';
import { Tokens, type Reading } from './tokens.ts';

export function trainingItems(subject: Subject, reading: Reading): Item[] {
  const { schedule } = subject.model;
  const work: Work = { subject, reading, items: [], taken: new Map() };
  const parts = schedule.phases.flatMap(({ name, length, body }): Part[] => {
    const inside = statements(work, body, name === null ? '' : '  ', name);
    if (name === null) return inside;
    const duration = length === null ? '' : ` for ${printLength(length)}`;
    return [line('phase', `phase ${name}${duration}`, `phase${duration}`), ...inside];
  });
  const facts: Fact[] = [
    { key: 'for', ...plain(printLength(schedule.length)) },
    { key: 'batch', ...plain(schedule.batch === null ? none : String(schedule.batch)) },
  ];
  const summary = printLength(schedule.length);
  const whole: Item = {
    ...{ section: 'schedule', name: 'train', key: 'train', kin: [], summary, facts, parts, ordered: true },
  };
  return [...work.items, whole];
}

interface Work {
  readonly subject: Subject;
  readonly reading: Reading;
  /** Of updates and sets, in the order of the spec. */
  readonly items: Item[];
  /** How many of them have a name. */
  readonly taken: Map<string, number>;
}

const line = (head: string, text: string, same = text): Part => ({ head, text, same });

function statements(
  work: Work,
  body: readonly StatementInfo[],
  indent: string,
  phase: string | null,
): Part[] {
  return body.flatMap((statement): Part[] => {
    const inner = `${indent}  `;
    switch (statement.kind) {
      case 'update':
        return [
          placed(work, updateItem(work, statement.update.declaration, statement.update.every, phase), indent),
        ];
      case 'together':
        return [line('together', `${indent}together`), ...statements(work, statement.body, inner, phase)];
      case 'repeat': {
        const { count, fresh } = statement;
        const head = `${indent}repeat ${count}${fresh ? '' : ', the same batch and draws'}`;
        return [line('repeat', head), ...statements(work, statement.body, inner, phase)];
      }
      case 'average': {
        const { network, decay, every } = statement.average;
        const rest = `decay ${printHost(decay)}${every === null ? '' : `, every ${printLength(every)}`}`;
        const text = `${indent}average ${network} ${rest}`;
        return [line('average', text, `${indent}average ${work.reading.renamed(network)} ${rest}`)];
      }
      case 'set':
        // What a history keeps follows from the history and the updates that read it.
        if (statement.set.kept !== null) return [];
        return [placed(work, setItem(work, statement.set.declaration, statement.set.every, phase), indent)];
    }
  });
}

/** Its place among the statements. */
function placed({ items }: Work, item: Item, indent: string): Part {
  items.push(item);
  const text = `${indent}${item.name}`;
  return { head: 'update', text, same: `${indent}${item.key}`, elsewhere: true };
}

/** Its name here, and in the other spec; a second one of a name in a phase is told by its number. */
function namesOf(
  { taken }: Work,
  text: string,
  canonical: string,
  phase: string | null,
): Pick<Item, 'name' | 'key'> {
  const where = phase === null ? '' : ` in ${phase}`;
  const count = (taken.get(canonical + where) ?? 0) + 1;
  taken.set(canonical + where, count);
  const number = count === 1 ? '' : `, number ${count}`;
  return { name: text + where + number, key: canonical + where + number };
}

// ---------------------------------------------------------------- updates

function updateItem(
  work: Work,
  declaration: ast.Update,
  every: Parameters<typeof printLength>[0],
  phase: string | null,
): Item {
  const { subject, reading } = work;
  const update = subject.analysis.schedule!.updates.find((one) => one.declaration === declaration)!;
  const { networks, optimizer, objective } = update;
  const learning = networks.map(reading.renamed).sort();
  const use = optimizer!;
  const facts: Fact[] = [
    { key: 'trains', text: networks.join(', '), same: learning.join() },
    { key: 'sense', ...plain(declaration.sense) },
    { key: 'optimizer', ...plain(use.name) },
    ...argumentFacts(use.args),
    { key: 'moments', ...moments(work, use.declared) },
    { key: 'every', ...plain(every === null ? 'iteration' : printLength(every)) },
    { key: 'when', ...condition(work, declaration.when, update.when) },
  ];
  const parts = termsOf(work, update);
  return {
    section: 'updates',
    ...namesOf(work, `update ${networks.join(', ')}`, `update ${learning.join(', ')}`, phase),
    kin: [`objective ${tokenOf(subject, reading, objective!)}`, ...learning],
    summary: `${declaration.sense} ${flat(declaration.objective.span)} with ${flat(declaration.optimizer.span)}`,
    facts,
    parts,
    ordered: false,
  };
}

function termsOf({ subject, reading }: Work, { terms }: AnalysedUpdate): Part[] {
  const { evaluated } = subject.analysis;
  return terms.map(({ expr, node, sign }) => {
    const { text, names } = written(expr);
    const token = new Tokens(reading, evaluated).text(node);
    return { head: 'term', text: sign === 1 ? text : `- ${text}`, names, same: `${sign} ${token}` };
  });
}

/** Whether its optimizer moves in other updates too, and in which. */
function moments({ subject, reading }: Work, declared: string | null): Said {
  const turns = subject.analysis.schedule!.updates.filter(
    ({ optimizer }) => optimizer?.declared === declared,
  );
  if (declared === null || turns.length < 2) return plain('its own');
  const lists = turns.map(({ networks }) => networks.map(reading.renamed).sort().join(', '));
  return { text: `of ${declared}, with ${turns.length} updates`, same: lists.join('; ') };
}

const argumentFacts = (args: OptimizerArguments): Fact[] =>
  Object.entries(args).map(([key, value]) => ({ key, ...plain(argumentText(value)) }));

function argumentText(value: OptimizerArguments[string]): string {
  if (value === null) return none;
  if (typeof value === 'boolean') return String(value);
  return isList(value) ? `[${value.map(printHost).join(', ')}]` : printHost(value);
}

const isList = (value: HostExpr | readonly HostExpr[]): value is readonly HostExpr[] => Array.isArray(value);

/** What stands behind `when`. */
function condition(
  { subject, reading }: Work,
  expr: ast.Expr | undefined,
  value: Value | null,
): Omit<Fact, 'key'> {
  if (expr === undefined || value === null) return plain('always');
  return { ...written(expr), same: tokenOf(subject, reading, value) };
}

// ---------------------------------------------------------------- states

function setItem(
  work: Work,
  declaration: ast.SetState,
  every: Parameters<typeof printLength>[0],
  phase: string | null,
): Item {
  const { subject, reading } = work;
  const set: AnalysedSet = subject.analysis.schedule!.sets.find((one) => one.declaration === declaration)!;
  const { evaluated } = subject.analysis;
  const facts: Fact[] = [
    { key: 'to', ...written(declaration.value), same: new Tokens(reading, evaluated).text(set.value!) },
    { key: 'every', ...plain(every === null ? 'iteration' : printLength(every)) },
    { key: 'when', ...condition(work, declaration.when, set.when) },
  ];
  const { name: state } = declaration.state;
  return {
    section: 'updates',
    ...namesOf(work, `set ${state}`, `set ${reading.renamed(state)}`, phase),
    kin: [`set ${reading.renamed(state)}`],
    summary: `to ${flat(declaration.value.span)}`,
    ...{ facts, parts: [], ordered: true },
  };
}
