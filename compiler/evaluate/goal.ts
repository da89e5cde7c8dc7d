/** A metric's goal: what stands behind `goal`, as a number, and whose it is. */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { evaluateConstant } from '../bind/constant.ts';
import type { KnownNames } from '../bind/names.ts';
import { kinds } from '../errors.ts';

export interface GoalValue {
  readonly value: number;
  /** null: nobody's in particular. */
  readonly from: string | null;
}

/** Throws Mistake where it is no finite number that is known when compiling. */
export function goalOf({ value: expr, from }: ast.Goal, names: KnownNames): GoalValue {
  const value = evaluateConstant(expr, names);
  if (Number.isFinite(value)) return { value, from: from?.value ?? null };
  const details = {
    what: `a goal of ${value} is none`,
    hint: 'Write the number that the metric is held against.',
  };
  throw new Mistake(kinds.badArgument, details, expr.span);
}

/** Throws Mistake where a goal stands beside something that is no number, or is none itself. */
export function checkGoal({ medium, name, goal }: ast.Show, names: KnownNames): void {
  if (goal === undefined) return;
  if (medium === 'metric') {
    goalOf(goal, names);
    return;
  }
  throw new Mistake(
    kinds.goalPlace,
    {
      what: `the ${medium} \`${name.name}\` has a goal`,
      why: 'Only a metric is a number, which can be held against another one.',
      hint: 'Leave the goal out, or put it behind a metric.',
    },
    goal.span,
  );
}
