/**
 * Each network by itself: its body on symbolic rows and lengths, against its declared result. Finds its weights. A
 * network in error is broken: calls of it are unknown, silently.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Context } from '../evaluate/context.ts';
import { lastStage } from '../evaluate/call.ts';
import { dimOf, multiplicities, Silence, type Variables } from '../bind/dims.ts';
import type { NetworkInfo } from '../bind/names.ts';
import { symbolic } from '../bind/multiples.ts';
import { evaluateBody } from '../evaluate/network.ts';
import { asResult } from '../evaluate/result.ts';
import { dimsIn, expected } from '../bind/types.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { TypeTable } from '../evaluate/typing.ts';
import type { Dim } from '../ir/dim.ts';
import { real, type TensorType } from '../types.ts';
import type { DistributionValue, TensorValue, Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import { reporter, type Reporter } from '../bind/reporter.ts';
import { mentioned } from '../bind/cycles.ts';

/** Checks all networks, those that others call first; out: the types in each body, at its parameters' declared types. */
export function checkNetworks(context: Context, report: Reporter): Map<string, TypeTable> {
  const types = new Map<string, TypeTable>();
  const { networks, data } = context.names;
  const done = new Set<string>();
  const visit = (info: NetworkInfo): void => {
    if (done.has(info.name)) return;
    done.add(info.name);
    for (const name of mentioned(info.declaration.body)) if (networks.has(name)) visit(networks.get(name)!);
    if (info.broken) return;
    const typing = new TypeTable();
    types.set(info.name, typing);
    const own = { memo: new Map(), calls: new Map(), rows: new RowsTable(data.keys()), typing };
    const found = mistakesOf({ ...context, ...own }, info);
    found.forEach(report.say);
    if (found.length > 0) info.broken = true;
  };
  for (const info of networks.values()) visit(info);
  return types;
}

function mistakesOf(context: Context, info: NetworkInfo): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = reporter(found);
  let factors: ReadonlyMap<string, number> = new Map();
  const sound = report.attempt(info.declaration.name.span, () => {
    factors = factorsOf(info.declaration, context);
    return checkNetwork({ ...context, say: report.say }, info, symbolic(factors));
  });
  if (sound === undefined && found.length === 0) info.broken = true;
  return found.map((one) => readable(one, factors));
}

function checkNetwork(context: Context, info: NetworkInfo, variables: Variables): true {
  const { declaration } = info;
  checkTypes(context, [...declaration.parameters.map(({ type }) => type!), declaration.result]);
  const rows = `parameters of ${info.name}`;
  const locals = new Map<string, Value>();
  for (const { name, type } of declaration.parameters) {
    locals.set(name.name, argument(context, type!, `${info.name}.${name.name}`, rows, variables));
  }
  const network = { name: info.name, averaged: false, counts: new Map(), path: info.name, ident: info.name };
  const result = evaluateBody(context, { locals, network, site: null, call: null }, declaration.body);
  placed(declaration.body.result, () =>
    asResult(context, declaration.result, result, variables, `the result of \`${info.name}\``),
  );
  return true;
}

/** Every mistake in the written types, before the body is looked at. */
function checkTypes(context: Context, types: readonly ast.TypeExpr[]): void {
  const found: Diagnostic[] = [];
  const visit = (type: ast.TypeExpr): void => {
    if (type.kind === 'RecordType') return type.fields.forEach((field) => visit(field.type));
    const ok = reporter(found).attempt(type.span, () => expected(type, context));
    if (ok === undefined && found.length === 0) throw new Silence();
  };
  types.forEach(visit);
  found.forEach(context.say);
  if (found.length > 0) throw new Silence();
}

/** A mistake about the result is at the expression that computes it. */
function placed(expr: ast.Expr, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Mistake && error.span === undefined)
      throw new Mistake(error.kind, error.details, lastStage(expr).span);
    throw error;
  }
}

/** Each shape variable, and what it is divided by somewhere in the signature. */
function factorsOf({ parameters, result }: ast.NetworkDecl, context: Context): ReadonlyMap<string, number> {
  const dims = [
    ...parameters.flatMap(({ type }) => (type === undefined ? [] : dimsIn(type))),
    ...dimsIn(result),
  ];
  return multiplicities(dims, context.names);
}

/** `8*T/4` in a message is `2*T`. */
function readable(found: Diagnostic, factors: ReadonlyMap<string, number>): Diagnostic {
  const clear = (text: string): string =>
    [...factors].reduce((all, [name, by]) => {
      const multiple = new RegExp(`(\\d+)\\*${name}/${by}(?!\\d)`, 'g');
      return all.replace(multiple, (whole, n: string) => {
        if (Number(n) % by !== 0) return whole;
        return Number(n) === by ? name : `${Number(n) / by}*${name}`;
      });
    }, text);
  const { what, why, hint } = found;
  return {
    ...found,
    what: clear(what),
    ...(why !== undefined && { why: clear(why) }),
    ...(hint !== undefined && { hint: clear(hint) }),
  };
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
    if (size === undefined) throw new Silence();
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
  return { sort: 'tensor', node, type: { ...real(shape, rows), ...type }, ident: `parameter:${name}` };
}
