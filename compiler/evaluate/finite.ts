/** Numbers known when compiling that are infinite, or none: `log(0)`, `1 / a` where the param `a` is 0. */
import { Mistake } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';

/** The number, or a mistake at its place. */
export function finite(value: number, span: Span): number {
  if (Number.isFinite(value)) return value;
  throw new Mistake(
    kinds.undefinedValue,
    {
      what: `\`${textOf(span).replace(/\s+/g, ' ')}\` is ${Number.isNaN(value) ? 'no number (NaN)' : 'infinite'}`,
      why: 'What is computed with it is infinite or no number, too, also where a weight of 0 multiplies it.',
      hint: 'A logarithm takes numbers above 0, a root none below, and nothing is divided by 0: change the numbers, or the params in it.',
    },
    span,
  );
}
