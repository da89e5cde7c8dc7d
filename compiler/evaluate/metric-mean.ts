/** `mean(x, over: rows)` in a metric: a report goes over a stream batch by batch, and the mean is over all of them. */
import type { Given } from '../bind/match.ts';
import { isScalar } from '../types.ts';
import type { Value } from '../values.ts';
import type { Context, Evaluate, Scope } from './context.ts';

/** In a metric, `mean(x, over: rows)` of one number a row: over all rows of the stream, as a number of the host. */
export function overAllRows(
  given: readonly Given[],
  { report }: Context,
  { network }: Scope,
  evaluate: Evaluate,
): Value | undefined {
  const [x, over] = given;
  const rows = over?.name?.name === 'over' && over.expr?.kind === 'Name' && over.expr.name === 'rows';
  if (report === undefined || network !== null || given.length !== 2 || !rows) return undefined;
  const value = x.value ?? (x.expr === null || x.expr.kind === 'Duration' ? undefined : evaluate(x.expr));
  const one = value?.sort === 'tensor' && value.type.rows !== null && isScalar(value.type);
  return one ? report.mean(value) : undefined;
}
