/**
 * Each network by itself: its body on symbolic rows and lengths, against its declared result. Finds its weights. A
 * network in error is broken: calls of it are unknown, silently.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import type { Context } from '../elaborate/context.ts';
import { dimOf, multiplicities, type Variables } from '../elaborate/dims.ts';
import type { NetworkInfo } from '../elaborate/names.ts';
import { evaluateBody } from '../elaborate/network.ts';
import { asResult } from '../elaborate/result.ts';
import { dimsIn, expected } from '../elaborate/types.ts';
import { Mistake } from '../errors.ts';
import { mulDims, symbol, type Dim } from '../graph/dim.ts';
import { formOfRank, type TensorType } from '../types.ts';
import type { DistributionValue, TensorValue, Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import type { Reporter } from './collect.ts';
import { mentioned } from './cycles.ts';

/** Checks all networks, those that others call first. `count` tells how many diagnostics there are so far. */
export function checkNetworks(context: Context, report: Reporter, count: () => number): void {
  const { networks } = context.names;
  const done = new Set<string>();
  const visit = (info: NetworkInfo): void => {
    if (done.has(info.name)) return;
    done.add(info.name);
    for (const name of mentioned(info.declaration.body)) if (networks.has(name)) visit(networks.get(name)!);
    if (info.broken) return;
    const before = count();
    const ok = report.attempt(info.declaration.name.span, () => checkNetwork(context, info));
    if (ok === undefined || count() > before) info.broken = true;
  };
  for (const info of networks.values()) visit(info);
}

function checkNetwork(context: Context, info: NetworkInfo): true {
  const { declaration } = info;
  const variables = symbolic(declaration, context);
  const rows = `parameters of ${info.name}`;
  const locals = new Map<string, Value>();
  for (const parameter of declaration.parameters) {
    locals.set(
      parameter.name.name,
      argument(context, parameter.type!, `${info.name}.${parameter.name.name}`, rows, variables),
    );
  }
  const network = { name: info.name, averaged: false, counts: new Map(), path: info.name, ident: info.name };
  const result = evaluateBody(context, { locals, network, site: null }, declaration.body);
  placed(declaration.body.result, () =>
    asResult(context, declaration.result, result, variables, `the result of \`${info.name}\``),
  );
  return true;
}

/** A mistake about the result is at the expression that computes it. */
function placed(expr: ast.Expr, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Mistake && error.span === undefined)
      throw new Mistake(error.mistake, error.details, expr.span);
    throw error;
  }
}

/** Every shape variable as a symbol, times what it is divided by somewhere in the signature. */
function symbolic(declaration: ast.NetworkDecl, context: Context): Variables {
  const dims = [...declaration.parameters.flatMap((p) => dimsIn(p.type!)), ...dimsIn(declaration.result)];
  return new Map(
    [...multiplicities(dims, context.names)].map(([name, factor]) => [
      name,
      factor === 1 ? symbol(name) : mulDims(factor, symbol(name.toLowerCase())),
    ]),
  );
}

/** A parameter's value for the check: an input of its type. */
function argument(
  context: Context,
  type: ast.TypeExpr,
  name: string,
  rows: string,
  variables: Variables,
): Value {
  if (type.kind === 'RecordType') {
    const fields = type.fields.map(
      (f) => [f.name.name, argument(context, f.type, `${name}.${f.name.name}`, rows, variables)] as const,
    );
    return { sort: 'record', fields: Object.fromEntries(fields), of: name };
  }
  const want = expected(type, context);
  const sizes = want.dims.map((dim) => {
    const size = dimOf(dim, context.names, variables);
    if (size === undefined)
      throw new Mistake('division', { what: `\`${textOf(dim.span)}\` cannot be computed` }, dim.span);
    return size;
  });
  if (want.family !== null) return distribution(context, want.family, sizes, name, rows);
  const shape = want.kind === 'label' ? [] : sizes;
  return input(context, name, shape, rows, {
    kind: want.kind,
    range: want.range,
    classes: want.kind === 'label' ? sizes[0] : null,
  });
}

function distribution(
  context: Context,
  family: DistributionValue['family'],
  sizes: readonly Dim[],
  name: string,
  rows: string,
): DistributionValue {
  const parameters = families[family].parameters.map(
    (parameter) => [parameter, input(context, `${name}.${parameter}`, sizes, rows, {})] as const,
  );
  return { sort: 'distribution', family, parameters: Object.fromEntries(parameters), ident: name };
}

function input(
  context: Context,
  name: string,
  shape: readonly Dim[],
  rows: string,
  type: Partial<TensorType>,
): TensorValue {
  const node = context.b.input(`parameter:${name}`, [context.rowCount(rows), ...shape]);
  const base: TensorType = {
    form: formOfRank[shape.length],
    shape,
    kind: 'real',
    range: null,
    rows,
    classes: null,
    hidden: null,
  };
  return { sort: 'tensor', node, type: { ...base, ...type }, ident: `parameter:${name}` };
}
