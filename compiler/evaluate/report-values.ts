/**
 * What a report's line reads: values with rows of one stream or of draws alone, and options for the runtime's function.
 * In: the arguments of a call of a metric or picture; out: its values and options, or a mistake.
 */
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Option, ParamSpec } from '../../program/catalogue.ts';
import { printRows } from '../types.ts';
import { describe, type TensorValue, type Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import type { Args } from '../vocabulary/builtin.ts';
import { toTensor } from './args.ts';
import { makeCall } from './call-context.ts';
import { topScope, type Context } from './context.ts';
import { Silence } from '../bind/dims.ts';

/** Rows of one origin: a stream's in order, or draws alone. */
export type RowSource = { readonly stream: string } | { readonly samples: true };

export interface ReportValue {
  readonly value: TensorValue;
  readonly rows: RowSource;
}

export interface SetUse {
  readonly fn: string;
  readonly values: Readonly<Record<string, ReportValue>>;
  readonly options: Readonly<Record<string, Option>>;
}

/** A function's parameters, with `rows` where it does not declare them itself. */
export const withRows = (params: readonly ParamSpec[], rows: ParamSpec): readonly ParamSpec[] =>
  params.some((param) => param.name === 'rows') ? params : [...params, rows];

/** Arguments as values (rows of the graph) and options (numbers and words). */
export function split(
  context: Context,
  params: readonly ParamSpec[],
  args: Args,
  fn: string,
): Pick<SetUse, 'values' | 'options'> {
  const values: Record<string, ReportValue> = {};
  const options: Record<string, Option> = {};
  for (const { name, type } of params) {
    const read = (value: Value): ReportValue =>
      reportValue(context, shown(context, value), `\`${name}\` of \`${fn}\``);
    if (type === 'values') args.values(name).forEach((value, i) => (values[`${name}.${i}`] = read(value)));
    else if (type === 'varied' || !args.has(name)) continue;
    else if (type === 'value') values[name] = read(args.value(name));
    else options[name] = optionOf(type, args, name);
  }
  return { values, options };
}

function optionOf(type: ParamSpec['type'], args: Args, name: string): Option {
  if (type === 'bool') return args.bool(name);
  if (type === 'reals') return args.reals(name);
  return type === 'int' || type === 'real' || type === 'scalar' ? args.real(name) : args.string(name);
}

/** What is shown of a distribution: class probabilities, or the mean. */
function shown(context: Context, value: Value): Value {
  if (value.sort !== 'distribution') return value;
  const field = value.family === 'normal' ? 'mean' : 'probs';
  const call = makeCall(context, topScope, field, `${value.ident}.${field}`, context.names.span);
  return families[value.family].fields[field](call, value);
}

export function reportValue({ rows }: Context, value: Value, what: string): ReportValue {
  if (value.sort === 'unknown') throw new Silence();
  if (value.sort !== 'tensor') {
    const text = `${what} takes a tensor, and ${describe(value)} is given`;
    throw new Mistake(kinds.badArgument, { what: text, hint: toTensor(value) });
  }
  if (value.type.rows === null) {
    throw new Mistake(kinds.reportRows, {
      what: `${what} is one number for a whole batch, and a report goes over rows`,
      hint: 'Give the value of each row: leave out `over: rows`, or the comparison.',
    });
  }
  const origin = rows.resolve(value.type.rows);
  if (typeof origin !== 'string') {
    const text = `${what} reads ${printRows(origin)}, rows of several streams`;
    throw new Mistake(kinds.reportRows, {
      what: text,
      hint: 'Report the streams one by one, without `stack`.',
    });
  }
  return { value, rows: rows.isStream(origin) ? { stream: origin } : { samples: true } };
}
