/** Rates that change with time: looked at over their whole phase, where its length in iterations is known. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { evaluateHost, timesIn, type HostExpr } from '../../../program/host.ts';
import { kinds } from '../../errors.ts';
import { updatesIn, type UpdateInfo } from '../../model.ts';
import { iterationsOf, type Iterations } from '../iterations.ts';
import type { Rule } from '../rule.ts';

export const rates: Rule = (analysis) => {
  const { schedule } = analysis;
  return (schedule?.phases ?? []).flatMap((phase) => {
    const iterations = iterationsOf(analysis, phase);
    if (iterations === null) return [];
    return updatesIn(phase.body).flatMap((update) => negative(update, iterations) ?? []);
  });
};

const looks = 200;

function negative(
  { optimizer, declaration }: UpdateInfo,
  { all, epoch, unit }: Iterations,
): Diagnostic | undefined {
  const rate = optimizer.args.rate as HostExpr;
  if (typeof rate === 'number' || (epoch === null && timesIn(rate).some((name) => name.startsWith('epoch')))) return; // prettier-ignore
  for (let i = 0; i <= looks; i++) {
    const step = Math.round(((all - 1) * i) / looks);
    const epochs = epoch === null ? 0 : step / epoch;
    const time = { step, progress: step / all, epochs, epoch: Math.floor(epochs) };
    const value = evaluateHost(rate, { time });
    if (!(value < 0)) continue;
    const place = unit === 'steps' ? `step ${step}` : `epoch ${time.epoch}`;
    return diagnostic(kinds.negativeRate, declaration.optimizer.span, {
      what: `the rate is ${Number(value.toPrecision(3))} at ${place} of its phase`,
      why: 'A negative rate climbs where it should descend.',
      hint: 'Let it end at 0, `max(0, ...)`, or change where it begins to fall.',
    });
  }
  return undefined;
}
