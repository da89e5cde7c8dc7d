/**
 * Streams: a data declaration's arguments against its source's parameters, its fields (converted.ts), what a look at the
 * files says.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import type { Host } from '../input.ts';
import { bind, expressionOf, givenOf, slotsOf, unknownChoice, type Given } from './match.ts';
import { evaluateConstant, evaluateCount, evaluateSetting } from './constant.ts';
import { Silence } from './dims.ts';
import type { DataInfo, KnownNames } from './names.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Option, ParamSpec, SourceArguments, SourceSignature } from '../../program/catalogue.ts';
import { converted } from './converted.ts';

type Base = KnownNames;

export function describeData(declaration: ast.DataDecl, base: Base, host: Host): DataInfo {
  const { callee, args } = sourceCall(declaration.source);
  const { sources } = host.catalogue;
  if (!Object.hasOwn(sources, callee.name)) {
    const hint = suggestion(callee.name, Object.keys(sources), 'Sources:');
    throw new Mistake(
      kinds.unknownName,
      { what: `there is no data source \`${callee.name}\``, hint },
      callee.span,
    );
  }
  const source = sources[callee.name];
  const values = sourceArguments(source, givenOf({ args }), base, declaration);
  const place = declaration.source.span;
  const takes = `It takes ${source.params.map(({ name }) => name).join(', ')}.`;
  const { fields, convert } = converted(
    declaration,
    guarded(place, takes, () => source.fields(values)),
    base,
  );
  const hidden = declaration.hide.map((ident) => hiddenField(declaration, ident, fields));
  const batch = declaration.batch === undefined ? null : evaluateCount(declaration.batch, base, 'a batch');
  // A file that isn't there is no error here: a spec is checked without its files.
  const description = guarded(place, undefined, () => host.describe(callee.name, values));
  return {
    declaration,
    source: callee.name,
    args: values,
    parts: Object.fromEntries(
      source.params.map(({ name, parts = {} }) => [name, parts[String(values[name])] ?? []]),
    ),
    fields,
    convert,
    ...(source.features && { sound: source.features(values) }),
    hidden: new Set(hidden),
    batch,
    description,
  };
}

function hiddenField({ name }: ast.DataDecl, ident: ast.Ident, fields: DataInfo['fields']): string {
  if (Object.hasOwn(fields, ident.name)) return ident.name;
  const what = `\`${name.name}\` has no field \`${ident.name}\` to hide`;
  throw new Mistake(
    kinds.unknownField,
    { what, hint: suggestion(ident.name, Object.keys(fields), 'It has') },
    ident.span,
  );
}

/** A source's own complaint, as a diagnostic at its call. */
function guarded<T>(span: Span, hint: string | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Mistake) throw error;
    throw new Mistake(kinds.data, { what: error.message, hint }, span);
  }
}

function sourceCall(expr: ast.Expr): { callee: ast.NameExpr; args: readonly ast.Argument[] } {
  if (expr.kind === 'Call' && expr.callee.kind === 'Name') return { callee: expr.callee, args: expr.args };
  if (expr.kind === 'Missing' || (expr.kind === 'Call' && expr.callee.kind === 'Missing'))
    throw new Silence();
  const hint = 'Write a source with its arguments: `mnist(split: train)`.';
  throw new Mistake(kinds.data, { what: `\`${textOf(expr.span)}\` is no data source`, hint }, expr.span);
}

function sourceArguments(
  source: SourceSignature,
  given: readonly Given[],
  base: Base,
  declaration: ast.DataDecl,
): SourceArguments {
  const what = `\`${source.name}\``;
  const bound = bind(slotsOf(source.params), given, what, declaration.source.span);
  return Object.fromEntries(
    source.params.map((param) => {
      const list = bound.get(param.name);
      return [
        param.name,
        list === undefined ? (param.default ?? null) : option(param, list[0], base, what),
      ] as const;
    }),
  );
}

function option(param: ParamSpec, given: Given, base: Base, what: string): Option {
  const expr = expressionOf(given, what);
  if (expr.kind === 'Name' && param.choices?.includes(expr.name)) return expr.name;
  if (expr.kind === 'Name' && param.type === 'choice') throw unknownChoice(param, expr, what);
  if (param.type === 'names') {
    return (expr.kind === 'List' ? expr.items : [expr]).map((item) => nameOf(item, base)).join(',');
  }
  if (expr.kind === 'List' && param.type === 'reals')
    return expr.items.map((item) => evaluateConstant(item, base));
  const value = evaluateSetting(expr, base);
  const wanted = wants[param.type];
  if (wanted === undefined || wanted.fits(value)) return value;
  const text = `\`${param.name}\` of ${what} takes ${wanted.text(param)}, and ${JSON.stringify(value)} is given`;
  throw new Mistake(kinds.badArgument, { what: text, hint: `\`${param.name}\`: ${param.doc}` }, given.span);
}

/** A name, or a name with numbers: `log_mel(bands)` where `bands` is a param of 40 is `log_mel(40)`. */
function nameOf(expr: ast.Expr, base: Base): string {
  if (expr.kind !== 'Call' || expr.callee.kind !== 'Name') return textOf(expr.span);
  const numbers = expr.args.map(({ value }) =>
    value.kind === 'Duration' ? textOf(value.span) : evaluateConstant(value, base),
  );
  return `${expr.callee.name}(${numbers.join(', ')})`;
}

interface Wanted {
  fits(value: Option): boolean;
  text(param: ParamSpec): string;
}

const wants: Partial<Record<ParamSpec['type'], Wanted>> = {
  int: { fits: Number.isInteger, text: () => 'a whole number' },
  real: { fits: (value) => typeof value === 'number', text: () => 'a number' },
  bool: { fits: (value) => typeof value === 'boolean', text: () => 'true or false' },
  string: { fits: (value) => typeof value === 'string', text: () => 'a string' },
  choice: { fits: () => false, text: ({ choices = [] }) => `one of ${choices.join(', ')}` },
};
