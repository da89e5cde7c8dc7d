/**
 * Minibatches in parts (`ganc run --accumulate n`): a step as graphs that fit into the memory of one part. Each statement that
 * reads rows becomes a graph that is run n times and adds what it gives to sums, and one that is run once and applies their
 * means; averages follow where they stand. In: a step; out: its graphs, in the order in which they run.
 */
import type { LoweredSet, LoweredStatement, LoweredStep, LoweredUpdate } from './lowered.ts';

/** `whole`: at once; `part`: n times, one n-th of the minibatch each; `apply`: on the sums of the parts before it. */
export interface StepGraph {
  /** `step_1`; in parts `step_1_part_1`, `step_1_apply_1` */
  readonly name: string;
  readonly role: 'whole' | 'part' | 'apply';
  readonly statements: readonly LoweredStatement[];
}

export function stepGraphs({ name, statements }: LoweredStep, parts: number): StepGraph[] {
  if (parts === 1) return [{ name, role: 'whole', statements }];
  const groups: LoweredStatement[][] = [];
  for (const statement of statements) {
    if (statement.kind === 'average' && groups.length > 0) groups.at(-1)!.push(statement);
    else groups.push([statement]);
  }
  return groups.flatMap(([first, ...averages], i): StepGraph[] => {
    const apply: StepGraph = {
      name: `${name}_apply_${i + 1}`,
      role: 'apply',
      statements: [first, ...averages],
    };
    if (first.kind === 'average') return [apply];
    return [{ name: `${name}_part_${i + 1}`, role: 'part', statements: [first] }, apply];
  });
}

/** What reads rows: one statement's updates and `set`s, which are all taken before any is applied. */
export type Reading = Exclude<LoweredStatement, { readonly kind: 'average' }>;

export const takenIn = (
  statement: Reading,
): { readonly updates: readonly LoweredUpdate[]; readonly sets: readonly LoweredSet[] } =>
  statement.kind === 'set' ? { updates: [], sets: [statement.set] } : statement;
