/** Numbers that lie in the interval of their parameter. In: a parameter and what is given for it; out: nothing, or a Mistake. */
import { Mistake } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { intervals } from '../../program/catalogue.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import { kinds } from '../errors.ts';

/** Throws Mistake for the first of `numbers` that lies outside; `what`: whose parameter it is. */
export function requireInside(
  { name, interval, doc }: ParamSpec,
  numbers: readonly number[],
  what: string,
  span: Span,
): void {
  if (interval === undefined) return;
  const outside = numbers.find((one) => !intervals[interval](one));
  if (outside === undefined) return;
  throw new Mistake(
    kinds.argumentOutside,
    {
      what: `\`${name}\` of ${what} lies in ${interval}, and ${outside} is given`,
      hint: `\`${name}\`: ${doc}`,
    },
    span,
  );
}
