/** A call of a metric, picture or sound in a report with what it was given, for what must fit together in it; and how a misfit is said. */
import { Mistake, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import type { ParamSpec } from '../../program/catalogue.ts';
import { bind, slotsOf, type Given } from '../bind/match.ts';
import { kinds } from '../errors.ts';
import type { ReportValue } from './report-values.ts';

export interface ReportCall {
  readonly fn: string;
  readonly params: readonly ParamSpec[];
  readonly given: readonly Given[];
  /** By the parameter, of one that takes several `images.0`. */
  readonly values: Readonly<Record<string, ReportValue>>;
  /** Of the call. */
  readonly span: Span;
}

/** The values of a parameter, with their names. */
export const valuesOf = ({ values }: ReportCall, param: string): (readonly [string, ReportValue])[] =>
  Object.entries(values).filter(([name]) => paramOf(name) === param);

interface Reason {
  readonly kind?: DiagnosticKind;
  readonly why?: string;
  /** The way out. */
  readonly hint: string;
}

/** What a value says wrong: "`like` of `speech` ...", at the argument. */
export function misfit(
  call: ReportCall,
  name: string,
  what: string,
  { kind = kinds.badArgument, why, hint }: Reason,
): Mistake {
  const text = `\`${paramOf(name)}\` of \`${call.fn}\` ${what}`;
  return new Mistake(kind, { what: text, ...(why && { why }), hint }, spanOf(call, name));
}

const paramOf = (name: string): string => name.split('.')[0];

function spanOf({ fn, params, given, span }: ReportCall, name: string): Span {
  const [param, place = '0'] = name.split('.');
  const argument = bind(slotsOf(params), given, fn, span).get(param)?.[Number(place)];
  return argument?.expr?.span ?? span;
}
