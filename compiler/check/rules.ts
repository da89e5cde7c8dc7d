/**
 * The rules that look at a whole spec, in the order in which they are asked, one file each. What a single expression or
 * declaration does wrong is said where it is bound or evaluated.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Analysis } from '../analyse/analysis.ts';
import type { Rule } from './rule.ts';
import { averages } from './rules/averages.ts';
import { batches } from './rules/batches.ts';
import { boundedCritics } from './rules/bounded-critics.ts';
import { classes } from './rules/classes.ts';
import { conditions } from './rules/conditions.ts';
import { contrary } from './rules/contrary.ts';
import { discriminators } from './rules/discriminators.ts';
import { domains } from './rules/domains.ts';
import { doubled } from './rules/doubled.ts';
import { due } from './rules/due.ts';
import { flow } from './rules/flow.ts';
import { games } from './rules/games.ts';
import { guesses } from './rules/guesses.ts';
import { idleAgain } from './rules/idle-again.ts';
import { itself } from './rules/itself.ts';
import { loneRows } from './rules/lone-rows.ts';
import { measures } from './rules/measures.ts';
import { opponents } from './rules/opponents.ts';
import { ownership } from './rules/ownership.ts';
import { parts } from './rules/parts.ts';
import { phases } from './rules/phases.ts';
import { ranges } from './rules/ranges.ts';
import { rates } from './rules/rates.ts';
import { relativistic } from './rules/relativistic.ts';
import { recalibrations } from './rules/recalibrations.ts';
import { reversals } from './rules/reversals.ts';
import { rowCounts } from './rules/row-counts.ts';
import { squashed } from './rules/squashed.ts';
import { stages } from './rules/stages.ts';
import { starts } from './rules/starts.ts';
import { stillAverages } from './rules/still-averages.ts';
import { strengths } from './rules/strengths.ts';
import { subtracted } from './rules/subtracted.ts';
import { targets } from './rules/targets.ts';
import { terms } from './rules/terms.ts';
import { together } from './rules/together.ts';
import { trained } from './rules/trained.ts';
import { twoAverages } from './rules/two-averages.ts';
import { unknowable } from './rules/unknowable.ts';
import { unread } from './rules/unread.ts';
import { unused } from './rules/unused.ts';
import { weights } from './rules/weights.ts';

export const rules: readonly Rule[] = [
  ranges,
  starts,
  together,
  phases,
  due,
  rates,
  stages,
  domains,
  squashed,
  boundedCritics,
  loneRows,
  flow,
  terms,
  doubled,
  contrary,
  parts,
  reversals,
  games,
  relativistic,
  opponents,
  discriminators,
  conditions,
  subtracted,
  targets,
  guesses,
  itself,
  idleAgain,
  unknowable,
  trained,
  averages,
  twoAverages,
  stillAverages,
  recalibrations,
  ownership,
  batches,
  rowCounts,
  classes,
  measures,
  unused,
  unread,
  weights,
  strengths,
];

/** Everything that the rules say of a spec. */
export const check = (analysis: Analysis): Diagnostic[] => rules.flatMap((rule) => rule(analysis));
