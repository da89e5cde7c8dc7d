/**
 * What histories keep: sets of their parts at the end of each scope whose updates read them. In: a scope's statements, the
 * updates as analysed; out: statements of the model behind those that are written.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Length } from '../../program/manifest.ts';
import type { HistoryInfo, StateInfo } from '../bind/names.ts';
import { topScope, type Context } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/expression.ts';
import { partsOf } from '../evaluate/histories.ts';
import type { StatementInfo } from '../model.ts';
import type { AnalysedUpdate } from './analysis.ts';
import { updatesOf } from './updates.ts';

interface Keeping {
  readonly context: Context;
  readonly updates: ReadonlyMap<ast.Update, AnalysedUpdate>;
  /** How many parts are kept so far, in all scopes. */
  readonly keeps: { count: number };
  everyOf(every: ast.Every | undefined): Length | null;
}

/** Of histories that updates of this scope read; where all of these wait for one turn, it does too. */
export function keeping(work: Keeping, written: readonly ast.Statement[]): StatementInfo[] {
  const { context, updates } = work;
  const readers = ofScope(context, written).map((update) => updates.get(update)!);
  return [...context.names.histories.values()].flatMap((history) => {
    const own = readers.filter(({ histories }) => histories.includes(history.name));
    if (own.length === 0) return [];
    const turns = own.map(({ declaration }) => work.everyOf(declaration.every));
    const one = turns.every((turn) => JSON.stringify(turn) === JSON.stringify(turns[0]));
    const reads = [...new Set(own.flatMap((update) => update.reads))];
    return partsOf(history).flatMap((part) => {
      const state = context.effects.kept.get(`${history.name}_${part}`);
      return state === undefined ? [] : [kept(work, history, part, state, one ? turns[0] : null, reads)];
    });
  });
}

function kept(
  { keeps }: Keeping,
  history: HistoryInfo,
  part: string,
  state: StateInfo,
  every: Length | null,
  reads: readonly string[],
): StatementInfo {
  const { name: ident, of: value, span } = history.declaration;
  const declaration: ast.SetState = { kind: 'Set', state: ident, value, span };
  const name = `keep_${++keeps.count}`;
  const text = `keep ${history.name}.${part}`;
  return { kind: 'set', set: { name, declaration, state, kept: { history, part }, every, text, reads } };
}

/** Updates of a scope: those of a fresh `repeat` are in scopes of their own. */
function ofScope(context: Context, written: readonly ast.Statement[]): ast.Update[] {
  return written.flatMap((statement): readonly ast.Update[] => {
    if (statement.kind === 'Phase') return [];
    if (statement.kind !== 'Repeat') return updatesOf([statement]);
    const fresh = statement.fresh && evaluate(statement.fresh, context, topScope);
    return fresh?.sort === 'bool' && !fresh.value ? ofScope(context, statement.body) : [];
  });
}
