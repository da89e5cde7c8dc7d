/**
 * A network's body against its declared result: here a real may become a logit, and a declared range must be one that the
 * body establishes.
 */
import type { Kind, TensorType } from '../types.ts';
import { describe } from '../values.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { toTensor } from './args.ts';
import { Silence } from '../bind/dims.ts';
import { fitFamily, fitRecord, kindMismatch, numberAs, reshaping, shapeAs, type Fit } from './fit.ts';
import { expected, mismatch, printBounds, sameBounds, type Expected } from '../bind/types.ts';

/** The body's value as the declared result. */
export const asResult: Fit = (context, type, given, variables, what) => {
  if (given.sort === 'unknown') throw new Silence();
  if (type.kind === 'RecordType') {
    return fitRecord(context, type, given, variables, what, asResult, kinds.declaredResult);
  }
  const want = expected(type, context);
  if (want.family !== null) return fitFamily(context, want, given, variables, what, kinds.declaredResult);
  const value = given.sort === 'number' ? numberAs(context, want, given.value, variables, what) : given;
  if (value.sort !== 'tensor')
    return mismatch(kinds.declaredResult, want, describe(value), what, toTensor(value));
  const shaped = shapeAs(context, want, value, variables);
  if (shaped === undefined) {
    const hint = reshaping(context, want, value.type, variables);
    return mismatch(kinds.declaredResult, want, describe(given), what, hint);
  }
  const kind = resultKind(want, shaped.type, what);
  checkRange(want, shaped.type, what);
  return { ...shaped, type: { ...shaped.type, kind } };
};

function checkRange(want: Expected, { range }: TensorType, what: string): void {
  if (want.range === null || (range !== null && sameBounds(want.range, range))) return;
  const gives = range === null ? 'establishes no range' : `gives ${printBounds(range)}`;
  throw new Mistake(kinds.declaredResult, {
    what: `${what} is declared in ${printBounds(want.range)}, and its body ${gives}`,
    hint: 'End it with `sigmoid` for [0, 1], with `tanh` for [-1, 1].',
    labels: [{ span: want.span, text: 'declared here' }],
  });
}

/** The result's kind: what the body knows more of than a declared real stays known. */
function resultKind(want: Expected, type: TensorType, what: string): Kind {
  if (want.kind === type.kind) return want.kind;
  const free = type.kind === 'real' && type.range === null;
  if (want.kind === 'logit' && free) return 'logit';
  if (want.kind === 'real' && type.kind !== 'label') return type.kind;
  const unit = type.kind === 'real' && type.range?.[0] === 0 && type.range[1] === 1;
  if (want.kind === 'prob' && unit) return 'prob';
  return kindMismatch(kinds.kind, want, type, what);
}
