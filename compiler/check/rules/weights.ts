/** Weights of losses that change with time, looked at over their whole phase: one that changes its sign turns learning round. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { timesIn, type HostExpr } from '../../../program/host.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { summands } from '../../analyse/signs.ts';
import { originOf } from '../../evaluate/feeds.ts';
import type { Node } from '../../ir/node.ts';
import { spreadOf } from '../../ir/patterns.ts';
import { kinds } from '../../errors.ts';
import { scalarName } from '../../leaves.ts';
import { momentsOf, overPhases, type Iterations } from '../iterations.ts';
import type { Rule } from '../rule.ts';

export const weights: Rule = (analysis) =>
  overPhases(analysis, (updates, iterations) =>
    updates.flatMap((update) => turning(analysis, update, iterations)),
  );

/** The first of the objective's weights that changes its sign. */
function turning(analysis: Analysis, update: AnalysedUpdate, iterations: Iterations): Diagnostic[] {
  for (const weight of weightsIn(analysis, update)) {
    const moments = momentsOf(weight, iterations);
    const below = moments.find(({ value }) => value < 0);
    const above = moments.find(({ value }) => value > 0);
    if (below === undefined || above === undefined) continue;
    const [first, later] = moments.indexOf(below) < moments.indexOf(above) ? [below, above] : [above, below];
    const said = ({ value, place }: typeof first): string => `${Number(value.toPrecision(3))} at ${place}`;
    return [
      diagnostic(kinds.turningWeight, update.declaration.objective.span, {
        what: `a weight in this loss is ${said(first)} of its phase, and ${said(later)}`,
        why: 'What is made smaller before is made larger after, or the other way round.',
        hint: 'Let it end at 0, `max(0, ...)`, or change where it begins to fall.',
      }),
    ];
  }
  return [];
}

/** Numbers that depend on time and that a summand of the objective is multiplied with; of those of noise, rules/strengths.ts speaks. */
function weightsIn(analysis: Analysis, { objective }: AnalysedUpdate): HostExpr[] {
  const strengths = new Set(analysis.evaluated.strengths.map(({ value }) => scalarName(value)));
  const isWeight = (value: HostExpr): boolean =>
    timesIn(value).length > 0 && !strengths.has(scalarName(value));
  const found: HostExpr[] = [];
  const seen = new Set<Node>();
  const open: Node[] = objective === null ? [] : [objective.node];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.op === 'mul')
      for (const factor of node.inputs) {
        const origin = originOf(analysis.evaluated, spreadOf(factor));
        if (origin?.kind === 'scalar' && isWeight(origin.value)) found.push(origin.value);
      }
    open.push(...summands(analysis, node, 1).map(([part]) => part));
  }
  return found;
}
