/**
 * The tables at the end of updates.py, by which the runtime runs its functions: how updates are applied, what a step of
 * the schedule runs, which reports there are, where inputs are found.
 */
import { averageGraph } from '../../differentiate/rules.ts';
import { stepsOf, type LoweredStatement, type LoweredStep } from '../../lower/lowered.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { pyLine } from '../text/escape.ts';
import type { Feed } from '../text/feeds.ts';
import { indented } from './layout.ts';
import type { Program } from './module.ts';
import { quoted } from './names.ts';
import { tuple, updateEntry } from './optimizers.ts';
import type { Outlined } from './outlined.ts';
import { setEntry } from './sets.ts';
import { settledName } from './settled.ts';
import type { Shared, Sharing } from './shared.ts';

/** Inputs come last: the other tables ask for some. */
export function tablesOf(program: Program, plan: Plan, outlined: Outlined, sharing: Sharing): string[] {
  return [
    updatesTable(program, outlined, sharing),
    stepsTable(program, stepsOf(plan.lowered), sharing),
    reportsTable(outlined),
    inputsTable(program),
  ];
}

function updatesTable(program: Program, { updates, sets }: Outlined, sharing: Sharing): string {
  const entries = updates.map(({ forward, settled }) => {
    const { name } = forward.update;
    const shared = sharing.givenTo(name).map(({ key }) => key);
    return updateEntry(program, forward, shared, settled === null ? null : settledName(name));
  });
  return table('How each update is applied.', 'UPDATES', [...entries, ...sets.map(setEntry)]);
}

function stepsTable(program: Program, steps: readonly LoweredStep[], { byStep }: Sharing): string {
  const lines = steps.map(({ name, statements }) => {
    const before = (one: LoweredStatement): string[] =>
      byStep.get(name)?.flatMap((shared) => (shared.before === one ? [sharedCode(shared)] : [])) ?? [];
    const codes = statements.flatMap((one) => [...before(one), statementCode(program, one)]);
    return `${quoted(name)}: [${codes.join(', ')}],`;
  });
  const doc =
    'What a step of the schedule runs, in order; updates in one tuple take all gradients before any is applied.';
  return table(doc, 'STEPS', lines);
}

const sharedCode = ({ name, kept }: Shared): string => `Shared(${name}${kept ? ', kept=True' : ''})`;

const reportsTable = ({ reports }: Outlined): string =>
  table(
    'Functions of reports.',
    'REPORTS',
    reports.map(({ name }) => `${quoted(name)}: ${name},`),
  );

function inputsTable({ feeds }: Program): string {
  const fed = [...feeds.inputs].map(([name, feed]) => `${quoted(name)}: ${feedCode(feed)},`);
  const meanings = feeds.scalars().map(([name, text]) => pyLine(`  at.${name} = ${text}`));
  const numbers = meanings.length === 0 ? '' : ' Numbers of the schedule:';
  return table(`Where functions find what they are given.${numbers}`, 'INPUTS', fed, meanings);
}

const table = (doc: string, name: string, lines: readonly string[], more: readonly string[] = []): string =>
  [pyLine(doc), ...more, lines.length === 0 ? `${name} = {}` : `${name} = {\n${indented(lines)}\n}`].join(
    '\n',
  );

const feedCode = (feed: Feed): string => tuple(feed.map(quoted));

function statementCode(program: Program, statement: LoweredStatement): string {
  if (statement.kind === 'updates')
    return tuple(
      [
        ...statement.updates.map(({ update }) => update.name),
        ...statement.sets.map(({ set }) => set.name),
      ].map(quoted),
    );
  if (statement.kind === 'set') return tuple([quoted(statement.set.set.name)]);
  const { network, decay } = statement.average;
  const code = program.hostCode(decay, `average_${network}_decay`, averageGraph());
  return `Average(${quoted(network)}, ${code.startsWith('at.') ? quoted(code.slice(3)) : code})`;
}
