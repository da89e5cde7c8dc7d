/**
 * A phase's statements cut into steps. In: the schedule's tree; out: scopes whose actions are steps and repeats, each step
 * with the values of its updates.
 */
import { host } from '../../program/host.ts';
import type { Length } from '../../program/manifest.ts';
import { averageCount } from '../leaves.ts';
import { setsIn, updatesIn, type AverageInfo, type PhaseInfo, type StatementInfo } from '../model.ts';
import { sharesMoments } from '../moments.ts';
import type { Lowering } from './context.ts';
import type {
  LoweredAction,
  LoweredAverage,
  LoweredPhase,
  LoweredScope,
  LoweredStatement,
} from './lowered.ts';
import { lowerSet } from './set.ts';
import { lowerUpdate, weightsOf } from './update.ts';

/** Statements without repeats: what the host runs in one go. */
type Straight = Exclude<StatementInfo, { readonly kind: 'repeat' }>;

/** The names of steps count through all phases. */
export function lowerPhases(lowering: Lowering, phases: readonly PhaseInfo[]): LoweredPhase[] {
  let steps = 0;
  const scopeOf = (body: readonly StatementInfo[], within: readonly string[] | null): LoweredScope => {
    const actions: LoweredAction[] = [];
    let run: Straight[] = [];
    const flush = (): void => {
      if (run.length === 0) return;
      const [name, every] = [`step_${++steps}`, everyOf(run[0])];
      actions.push({
        kind: 'step',
        name,
        every,
        statements: run.map((one) => lowerStatement(lowering, one)),
      });
      run = [];
    };
    for (const statement of body) {
      if (statement.kind === 'repeat') {
        flush();
        const { count, fresh } = statement;
        actions.push({ kind: 'repeat', count, fresh, scope: scopeOf(statement.body, fresh ? null : []) });
      } else {
        const apart = run.length > 0 && !sameLength(everyOf(run[0]), everyOf(statement));
        if (apart || run.some((one) => moveTheSame(one, statement))) flush();
        run.push(statement);
      }
    }
    flush();
    // A pass that keeps the batch of the scope around it reads nothing itself.
    return { reads: within ?? readsOf(body), actions };
  };
  return phases.map(({ name, length, clock, body }) => ({ name, length, clock, scope: scopeOf(body, null) }));
}

/** Streams that an update or `set` of this scope reads; fresh repeats are scopes of their own. */
function readsOf(body: readonly StatementInfo[]): string[] {
  const own = body.flatMap((statement): readonly string[] => {
    if (statement.kind === 'repeat') return statement.fresh ? [] : readsOf(statement.body);
    return [...updatesIn([statement]), ...setsIn([statement])].flatMap((one) => one.reads);
  });
  return [...new Set(own)];
}

/** What stands in a `together` is due together: a rule sees to it. */
function everyOf(statement: Straight): Length | null {
  if (statement.kind === 'average') return statement.average.every;
  if (statement.kind === 'set') return statement.set.every;
  if (statement.kind === 'update') return statement.update.every;
  return statement.body.length === 0 ? null : everyOf(statement.body[0]);
}

/** Whether updates of both move the same moments: the host counts the steps of the first before it feeds the second. */
const moveTheSame = (first: Straight, second: Straight): boolean =>
  updatesIn([first]).some((a) => updatesIn([second]).some((b) => sharesMoments(a, b)));

const sameLength = (a: Length | null, b: Length | null): boolean => JSON.stringify(a) === JSON.stringify(b);

function lowerStatement(lowering: Lowering, statement: Straight): LoweredStatement {
  if (statement.kind === 'average')
    return { kind: 'average', average: lowerAverage(lowering, statement.average) };
  if (statement.kind === 'set') return { kind: 'set', set: lowerSet(lowering, statement.set) };
  return {
    kind: 'updates',
    updates: updatesIn([statement]).map((update) => lowerUpdate(lowering, update)),
    sets: setsIn([statement]).map((set) => lowerSet(lowering, set)),
  };
}

const lowerAverage = ({ model }: Lowering, { network, decay }: AverageInfo): LoweredAverage => ({
  network,
  decay: host('select', host('equal', { applied: averageCount(network) }, 1), 0, decay),
  weights: weightsOf(model, network),
});
