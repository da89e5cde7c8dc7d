/**
 * Every diagnostic of the checker: GAN2 names, GAN3 types (shapes, kinds, ranges, rows, visibility), GAN4 schedules and
 * gradient flow, GAN5 data and size; GAN1 is syntax (grammar/syntax-errors.ts). One is said as
 * `diagnostic(kinds.x, span, { what, why, hint })`, or thrown as a `Mistake` of the same parts where the place is not
 * known yet: the evaluator adds it.
 */
import type { DiagnosticKind } from '../grammar/diagnostics.ts';
import { dataCodes } from './errors/data.ts';
import { nameCodes } from './errors/names.ts';
import type { Row } from './errors/row.ts';
import { scheduleCodes } from './errors/schedules.ts';
import { typeCodes } from './errors/types.ts';

const rows = { ...nameCodes, ...typeCodes, ...scheduleCodes, ...dataCodes };

const kindOf = ([code, title, explanation, severity = 'error']: Row): DiagnosticKind => ({
  code,
  severity,
  title,
  explanation,
});

export const kinds = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, kindOf(row)]),
) as Readonly<Record<keyof typeof rows, DiagnosticKind>>;

/** `1 argument`, `3 arguments`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
