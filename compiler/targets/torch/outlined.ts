/** Which functions the program has beside its networks' and what they share. In: a plan; out: what each computes, not yet printed. */
import type { Plan } from '../../schedule/schedule.ts';
import { ofAnyRows } from '../../lower/blocks.ts';
import { setsOfStep, stepsOf, updatesOfStep } from '../../lower/lowered.ts';
import { settledBy } from '../../lower/settled.ts';
import { setOfPart, updateOfPart } from '../../lower/wholes.ts';
import { outlinedReport, type OutlinedReport } from './reports.ts';
import { outlinedSet, type OutlinedSet } from './sets.ts';
import { outlinedUpdate, type OutlinedUpdate } from './updates.ts';

export interface Outlined {
  readonly updates: readonly OutlinedUpdate[];
  readonly sets: readonly OutlinedSet[];
  readonly reports: readonly OutlinedReport[];
}

/** Where a minibatch is computed in parts, updates and sets are a part's, and leave open what all parts settle. */
export function outlinedOf({ manifest: { accumulate }, lowered }: Plan): Outlined {
  const { model } = lowered;
  const inParts = accumulate !== undefined;
  const { parts = 1 } = accumulate ?? {};
  const updates = stepsOf(lowered)
    .flatMap(updatesOfStep)
    .map((update) => ofAnyRows(model, update))
    .map((update) => (inParts ? updateOfPart(update, parts) : update))
    .map((update) => outlinedUpdate(update, inParts ? settledBy(update, update) : null));
  const sets = stepsOf(lowered)
    .flatMap(setsOfStep)
    .map((set) => ofAnyRows(model, set))
    .map((set) => (inParts ? setOfPart(set, parts) : set))
    .map((set) => outlinedSet(set, inParts ? settledBy(set, set) : null));
  const reports = lowered.reports.flatMap(({ graphs, builder }) =>
    Object.entries(graphs).map(([name, graph]) => outlinedReport(name, graph, builder)),
  );
  return { updates, sets, reports };
}
