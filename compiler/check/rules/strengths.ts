/** Strengths that change with time, looked at over the phases of the updates in which they act: one that leaves its interval. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { intervals } from '../../../program/catalogue.ts';
import type { AnalysedUpdate, Evaluated } from '../../analyse/analysis.ts';
import { originOf } from '../../evaluate/feeds.ts';
import { kinds } from '../../errors.ts';
import { reachable } from '../../ir/node.ts';
import { scalarName } from '../../leaves.ts';
import type { ChangingStrength } from '../../vocabulary/builtin.ts';
import { momentsOf, overPhases, type Iterations } from '../iterations.ts';
import type { Rule } from '../rule.ts';

export const strengths: Rule = (analysis) => {
  const { evaluated } = analysis;
  if (evaluated.strengths.length === 0) return [];
  return overPhases(analysis, (updates, iterations) => {
    const read = scalarsIn(evaluated, updates);
    return evaluated.strengths
      .filter(({ value }) => read.has(scalarName(value)))
      .flatMap((strength) => leaving(strength, iterations));
  });
};

/** Names of the host's numbers that what these updates minimise depends on. */
function scalarsIn(evaluated: Evaluated, updates: readonly AnalysedUpdate[]): ReadonlySet<string> {
  const objectives = updates.flatMap(({ objective }) => (objective === null ? [] : [objective.node]));
  const origins = reachable(objectives).map((node) => originOf(evaluated, node));
  return new Set(origins.flatMap((origin) => (origin?.kind === 'scalar' ? [scalarName(origin.value)] : [])));
}

function leaving({ param, of, value, span }: ChangingStrength, iterations: Iterations): Diagnostic[] {
  const { name, interval, doc } = param;
  if (interval === undefined) return [];
  const outside = momentsOf(value, iterations).find((moment) => !intervals[interval](moment.value));
  if (outside === undefined) return [];
  return [
    diagnostic(kinds.strengthLeaves, span, {
      what: `\`${name}\` of ${of} lies in ${interval}, and is ${Number(outside.value.toPrecision(3))} at ${outside.place} of its phase`,
      why: `\`${name}\`: ${doc}`,
      hint: 'Let it end inside, `max(0, ...)` or `min(0.9, ...)`, or change where it begins to fall or to rise.',
    }),
  ];
}
