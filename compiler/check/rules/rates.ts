/** Rates that are 0; and rates that change with time, looked at over their whole phase where its length is known. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { HostExpr } from '../../../program/host.ts';
import { mentioned } from '../../bind/cycles.ts';
import type { Names } from '../../bind/names.ts';
import { kinds } from '../../errors.ts';
import { updatesIn, type UpdateInfo } from '../../model.ts';
import { iterationsOf, momentsOf, type Iterations } from '../iterations.ts';
import type { Rule } from '../rule.ts';

export const rates: Rule = (analysis) => {
  const { schedule } = analysis;
  return (schedule?.phases ?? []).flatMap((phase) => {
    const iterations = iterationsOf(analysis, phase);
    return updatesIn(phase.body).flatMap((update) => [
      ...zero(update, analysis.names),
      ...(iterations === null ? [] : negative(update, iterations)),
    ]);
  });
};

/** A rate that is written as 0; one that params make 0 switches an update off for a run. */
function zero({ optimizer, declaration }: UpdateInfo, names: Names): Diagnostic[] {
  const { span } = declaration.optimizer;
  if (optimizer.args.rate !== 0 || mentionsParam(declaration.optimizer, names)) return [];
  return [
    diagnostic(kinds.zeroRate, span, {
      what: 'the rate is 0, so this update changes nothing',
      hint: 'Leave the update out, or give it a rate; `param rate: real = 0` says that it is switched off on purpose.',
    }),
  ];
}

/** Names of values are followed. */
const mentionsParam = (expr: ast.Expr, names: Names): boolean =>
  [...mentioned(expr)].some((name) => {
    const declared = names.lets.get(name) ?? names.optimizers.get(name);
    return names.params.has(name) || (declared !== undefined && mentionsParam(declared.value, names));
  });

/** What is no number, or beyond all of them. */
const printed = (value: number): string => (Number.isNaN(value) ? 'no number' : 'infinite');

function negative({ optimizer, declaration }: UpdateInfo, iterations: Iterations): Diagnostic[] {
  const rate = optimizer.args.rate as HostExpr;
  const moments = typeof rate === 'number' ? [] : momentsOf(rate, iterations);
  const wrong = moments.find(({ value }) => !(value >= 0 && value < Infinity));
  if (wrong === undefined) return [];
  const { value, place } = wrong;
  return [
    diagnostic(kinds.negativeRate, declaration.optimizer.span, {
      what: `the rate is ${Number.isFinite(value) ? Number(value.toPrecision(3)) : printed(value)} at ${place} of its phase`,
      why:
        value < 0
          ? 'A negative rate climbs where it should descend.'
          : 'One such step makes all weights NaN.',
      hint:
        value < 0
          ? 'Let it end at 0, `max(0, ...)`, or change where it begins to fall.'
          : 'Steps count from 0: divide by `step + 1`. A power that decays has a base below 1 and an exponent above 0.',
    }),
  ];
}
