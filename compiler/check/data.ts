/**
 * Streams and samples: a data declaration's arguments against its source's parameters, its fields after `as` and `in`,
 * what a look at the files says; a sample's distribution.
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import type { Host } from '../compile.ts';
import { bind, slotsOf, type Given } from '../elaborate/bind.ts';
import { evaluateConstant, evaluateCount, evaluateSetting } from '../elaborate/constant.ts';
import type { DataInfo, Names, SampleInfo } from '../elaborate/names.ts';
import { boundsOf } from '../elaborate/types.ts';
import { Mistake } from '../errors.ts';
import type { FieldType, ParamSpec, SourceArguments, SourceSignature } from '../program/catalogue.ts';
import type { Option } from '../program/manifest.ts';

type Base = Pick<Names, 'params' | 'broken'>;

export function describeData(declaration: ast.DataDecl, base: Base, host: Host): DataInfo {
  const { callee, args } = sourceCall(declaration.source);
  const source = host.catalogue.sources[callee.name];
  if (source === undefined) {
    const near = nearest(callee.name, Object.keys(host.catalogue.sources));
    throw new Mistake(
      'unknownName',
      {
        what: `there is no data source \`${callee.name}\``,
        hint: near
          ? `Did you mean \`${near}\`?`
          : `Sources: ${Object.keys(host.catalogue.sources).join(', ')}.`,
      },
      callee.span,
    );
  }
  const given = args.map((arg): Given => ({ name: arg.name, expr: arg.value, span: arg.span }));
  const values = sourceArguments(source, given, base, declaration);
  const raw = guarded(() => source.fields(values));
  const { fields, convert } = converted(declaration, raw, base);
  const hidden = declaration.hide.map((ident) => {
    if (fields[ident.name] !== undefined) return ident.name;
    const near = nearest(ident.name, Object.keys(fields));
    throw new Mistake(
      'unknownField',
      {
        what: `\`${declaration.name.name}\` has no field \`${ident.name}\` to hide`,
        hint: near ? `Did you mean \`${near}\`?` : `It has ${Object.keys(fields).join(', ')}.`,
      },
      ident.span,
    );
  });
  const batch = declaration.batch === undefined ? null : evaluateCount(declaration.batch, base, 'a batch');
  const description = guarded(() => host.describe(callee.name, values));
  return {
    declaration,
    source: callee.name,
    args: values,
    fields,
    convert,
    hidden: new Set(hidden),
    batch,
    description,
  };
}

/** A source's own complaint, as a diagnostic at the declaration. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && !(error instanceof Mistake))
      throw new Mistake('data', { what: error.message });
    throw error;
  }
}

function sourceCall(expr: ast.Expr): { callee: ast.NameExpr; args: readonly ast.Argument[] } {
  if (expr.kind === 'Call' && expr.callee.kind === 'Name') return { callee: expr.callee, args: expr.args };
  throw new Mistake(
    'data',
    {
      what: `\`${textOf(expr.span)}\` is no data source`,
      hint: 'Write a source with its arguments: `mnist(split: train)`.',
    },
    expr.span,
  );
}

function sourceArguments(
  source: SourceSignature,
  given: readonly Given[],
  base: Base,
  declaration: ast.DataDecl,
): SourceArguments {
  const bound = bind(slotsOf(source.params), given, `the source \`${source.name}\``, declaration.source.span);
  return Object.fromEntries(
    source.params.map((param) => {
      const list = bound.get(param.name);
      return [
        param.name,
        list === undefined ? (param.default ?? null) : option(param, list[0], base),
      ] as const;
    }),
  );
}

function option(param: ParamSpec, given: Given, base: Base): Option {
  const expr = given.expr as ast.Expr;
  if (expr.kind === 'Name' && param.choices?.includes(expr.name)) return expr.name;
  if (expr.kind === 'List' && param.type === 'names')
    return expr.items.map((item) => textOf(item.span)).join(',');
  if (expr.kind === 'List' && param.type === 'reals')
    return expr.items.map((item) => evaluateConstant(item, base));
  if (param.type === 'choice') {
    const near = expr.kind === 'Name' ? nearest(expr.name, param.choices ?? []) : undefined;
    throw new Mistake(
      'badArgument',
      {
        what: `\`${param.name}\` has no choice \`${textOf(expr.span)}\``,
        hint: near ? `Did you mean \`${near}\`?` : `It takes ${(param.choices ?? []).join(', ')}.`,
      },
      given.span,
    );
  }
  const value = evaluateSetting(expr, base);
  const fits = {
    int: Number.isInteger(value),
    real: typeof value === 'number',
    bool: typeof value === 'boolean',
    string: typeof value === 'string',
  };
  if (!(param.type in fits) || fits[param.type as keyof typeof fits]) return value;
  throw new Mistake(
    'badArgument',
    { what: `\`${param.name}\` takes a value of type ${param.type}, and ${JSON.stringify(value)} is given` },
    given.span,
  );
}

/** Fields after `as` (kind and shape) and `in` (range): both convert the field of that kind. */
function converted(
  declaration: ast.DataDecl,
  raw: Readonly<Record<string, FieldType>>,
  base: Base,
): Pick<DataInfo, 'fields' | 'convert'> {
  const shape = declaration.as === undefined ? undefined : shapeOf(declaration.as, base);
  const range =
    boundsOf(
      declaration.range ?? (declaration.as?.kind === 'NamedType' ? declaration.as.range : undefined),
      base as Names,
    ) ?? undefined;
  const wanted = (field: FieldType): boolean =>
    shape === undefined ? field.range !== undefined : field.kind === shape.kind;
  const targets = Object.entries(raw).filter(([, field]) => wanted(field));
  if ((shape !== undefined || range !== undefined) && targets.length === 0) {
    throw new Mistake(
      'data',
      {
        what: `\`${declaration.name.name}\` has no field to convert`,
        hint: `Its fields: ${Object.keys(raw).join(', ')}.`,
      },
      declaration.as?.span ?? declaration.range?.span,
    );
  }
  const names = new Set(targets.map(([name]) => name));
  const change = (field: FieldType): FieldType => ({
    ...field,
    ...(shape ? { shape: shape.shape } : {}),
    ...(range ? { range } : {}),
  });
  const fields = Object.fromEntries(
    Object.entries(raw).map(([name, field]) => [name, names.has(name) ? change(field) : field]),
  );
  const convert = {
    ...(shape === undefined ? {} : { kind: shape.kind, shape: shape.shape }),
    ...(range === undefined ? {} : { range }),
  };
  return { fields, convert };
}

function shapeOf(type: ast.TypeExpr, base: Base): { kind: FieldType['kind']; shape: number[] } {
  if (type.kind !== 'NamedType' || !['image', 'vec', 'seq'].includes(type.name.name)) {
    throw new Mistake(
      'data',
      {
        what: `data cannot be read as \`${textOf(type.span)}\``,
        hint: 'Use image[C, H, W], vec[N] or seq[C, T].',
      },
      type.span,
    );
  }
  return {
    kind: type.name.name as FieldType['kind'],
    shape: type.dims.map((dim) => evaluateCount(dim, base, 'a size')),
  };
}

const families: Readonly<
  Record<
    string,
    { readonly args: readonly string[]; readonly defaults: readonly number[]; readonly sized: boolean }
  >
> = {
  normal: { args: [], defaults: [], sized: false },
  uniform: { args: ['low', 'high'], defaults: [0, 1], sized: false },
  categorical: { args: [], defaults: [], sized: true },
  bernoulli: { args: ['p'], defaults: [0.5], sized: false },
};

export function describeSample(declaration: ast.SampleDecl, base: Base): SampleInfo {
  const { distribution } = declaration;
  const { name } = distribution.name;
  const family = families[name];
  if (family === undefined) {
    const near = nearest(name, Object.keys(families));
    throw new Mistake(
      'unknownName',
      {
        what: `there is no distribution \`${name}\` to sample`,
        hint: near ? `Did you mean \`${near}\`?` : `Distributions: ${Object.keys(families).join(', ')}.`,
      },
      distribution.name.span,
    );
  }
  if (distribution.dims.length > 1 || (family.sized && distribution.dims.length === 0)) {
    throw new Mistake(
      'shape',
      { what: `\`${name}\` takes one size`, hint: `Write \`${name}[10]\`.` },
      distribution.span,
    );
  }
  const slots = family.args.map((arg) => ({ name: arg, optional: true, variadic: false }));
  const given = distribution.args.map((arg): Given => ({ name: arg.name, expr: arg.value, span: arg.span }));
  const bound = bind(slots, given, `\`${name}\``, distribution.span);
  const args = family.args.map((arg, i) =>
    bound.has(arg) ? evaluateConstant(bound.get(arg)![0].expr as ast.Expr, base) : family.defaults[i],
  );
  if (name === 'uniform' && !(args[0] < args[1]))
    throw new Mistake('range', { what: `uniform from ${args[0]} to ${args[1]} is empty` }, distribution.span);
  if (name === 'bernoulli' && !(args[0] >= 0 && args[0] <= 1))
    throw new Mistake('range', { what: `${args[0]} is no probability` }, distribution.span);
  return {
    declaration,
    family: name as SampleInfo['family'],
    size: distribution.dims.length === 0 ? null : evaluateCount(distribution.dims[0], base, 'a size'),
    args,
    batch: declaration.batch === undefined ? null : evaluateCount(declaration.batch, base, 'a batch'),
  };
}
