/**
 * Minibatches in parts (`ganc run --accumulate n`): a step as graphs that fit into the memory of one part. Each statement that
 * reads rows becomes a graph that is run n times and adds what it gives to sums, and one that is run once and applies their
 * means; averages follow where they stand. Where parts need numbers of the whole minibatch (wholes.ts), graphs that sum these up
 * are run n times each before. In: a step; out: its graphs, in the order in which they run.
 */
import type { LoweredSet, LoweredStatement, LoweredStep, LoweredUpdate } from './lowered.ts';

/**
 * `whole`: at once; `part`: n times, one n-th of the minibatch each; `round`: likewise, for numbers that parts need; `apply`: on the
 * sums of the parts before it.
 */
export interface StepGraph {
  /** `step_1`; in parts `step_1_part_1`, `step_1_round_1_2`, `step_1_apply_1` */
  readonly name: string;
  readonly role: 'whole' | 'part' | 'round' | 'apply';
  /** Which of its statement's rounds it is, from 0; of others 0. */
  readonly round: number;
  readonly statements: readonly LoweredStatement[];
}

export function stepGraphs({ name, statements }: LoweredStep, parts: number): StepGraph[] {
  if (parts === 1) return [{ name, role: 'whole', round: 0, statements }];
  const groups: LoweredStatement[][] = [];
  for (const statement of statements) {
    if (statement.kind === 'average' && groups.length > 0) groups.at(-1)!.push(statement);
    else groups.push([statement]);
  }
  return groups.flatMap(([first, ...averages], i): StepGraph[] => {
    const apply: StepGraph = {
      name: `${name}_apply_${i + 1}`,
      ...{ role: 'apply', round: 0 },
      statements: [first, ...averages],
    };
    if (first.kind === 'average') return [apply];
    const own = { round: 0, statements: [first] };
    const rounds = roundsIn(first).map((round): StepGraph => ({
      ...own,
      ...{ name: `${name}_round_${i + 1}_${round + 1}`, role: 'round', round },
    }));
    return [...rounds, { ...own, name: `${name}_part_${i + 1}`, role: 'part' }, apply];
  });
}

/** The numbers of its rounds, from 0: as many as that of its updates and `set`s has which has the most. */
export function roundsIn(statement: Reading): number[] {
  const { updates, sets } = takenIn(statement);
  const most = Math.max(0, ...[...updates, ...sets].map(({ rounds }) => rounds.length));
  return Array.from({ length: most }, (_, round) => round);
}

/** What reads rows: one statement's updates and `set`s, which are all taken before any is applied. */
export type Reading = Exclude<LoweredStatement, { readonly kind: 'average' }>;

export const takenIn = (
  statement: Reading,
): { readonly updates: readonly LoweredUpdate[]; readonly sets: readonly LoweredSet[] } =>
  statement.kind === 'set' ? { updates: [], sets: [statement.set] } : statement;
