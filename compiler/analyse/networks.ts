/**
 * Each network by itself: its body on symbolic rows and lengths, against its declared result. Finds its weights. Of a
 * body in error the signature is left, and calls are checked against that; where the signature doesn't hold either,
 * calls are unknown, silently.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Context } from '../evaluate/context.ts';
import { parameterValue } from '../evaluate/declared.ts';
import { dependsOnStandIn } from '../evaluate/feeds.ts';
import { namedNodes } from '../evaluate/named.ts';
import { lastStage } from '../evaluate/call.ts';
import { multiplicities, Silence, type Variables } from '../bind/dims.ts';
import type { NetworkInfo } from '../bind/names.ts';
import { networksOf } from '../bind/network-named.ts';
import { symbolic } from '../bind/multiples.ts';
import { evaluateBody } from '../evaluate/network.ts';
import { asResult } from '../evaluate/result.ts';
import { dimsIn, expected } from '../bind/types.ts';
import { RowsTable } from '../evaluate/rows.ts';
import { TypeTable } from '../evaluate/typing.ts';
import type { Value } from '../values.ts';
import { reporter, type Reporter } from '../bind/reporter.ts';
import { mentioned } from '../bind/cycles.ts';
import type { NetworkBody } from './analysis.ts';

/** What was found out of the networks, at their parameters' declared types. */
export interface CheckedNetworks {
  readonly types: ReadonlyMap<string, TypeTable>;
  readonly bodies: ReadonlyMap<string, NetworkBody>;
}

/** Checks all networks, those that others call first. */
export function checkNetworks(context: Context, report: Reporter): CheckedNetworks {
  const types = new Map<string, TypeTable>();
  const bodies = new Map<string, NetworkBody>();
  const { names, inError } = context;
  const { networks, data } = names;
  const done = new Set<string>();
  const visit = (info: NetworkInfo): void => {
    if (done.has(info.name)) return;
    done.add(info.name);
    const called = [...mentioned(info.declaration.body)].flatMap((name) => networksOf(names, name));
    for (const name of called) visit(networks.get(name)!);
    if (info.broken) return void inError.set(info.name, 'signature');
    const typing = new TypeTable();
    types.set(info.name, typing);
    const own = { memo: new Map(), calls: new Map(), rows: new RowsTable(data.keys()), typing };
    const found = mistakesOf({ ...context, ...own }, info, bodies);
    // What is wrong with one of a list is wrong with all of them, and said of the first.
    const first = names.lists.get(info.declaration.name.name)?.[0] ?? info.name;
    if (info.name === first) found.forEach(report.say);
    if (found.length > 0 && !inError.has(info.name)) inError.set(info.name, 'body');
  };
  for (const info of networks.values()) visit(info);
  return { types, bodies };
}

function mistakesOf(context: Context, info: NetworkInfo, bodies: Map<string, NetworkBody>): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = reporter(found);
  let factors: ReadonlyMap<string, number> = new Map();
  const sound = report.attempt(info.declaration.name.span, () => {
    factors = factorsOf(info.declaration, context);
    const body = checkNetwork({ ...context, say: report.say }, info, symbolic(factors));
    if (body !== null) bodies.set(info.name, body);
    return true;
  });
  if (sound === undefined && !context.inError.has(info.name)) context.inError.set(info.name, 'signature');
  return found.map((one) => readable(one, factors));
}

/** null: its body could not be followed. */
function checkNetwork(context: Context, info: NetworkInfo, variables: Variables): NetworkBody | null {
  const { declaration } = info;
  checkTypes(context, [...declaration.parameters.map(({ type }) => type!), declaration.result]);
  const rows = `parameters of ${info.name}`;
  const locals = new Map<string, Value>();
  for (const { name, type } of declaration.parameters) {
    locals.set(name.name, parameterValue(context, type!, `${info.name}.${name.name}`, rows, variables));
  }
  const network = {
    name: info.name,
    averaged: false,
    counts: new Map(),
    taken: new Set<string>(),
    path: info.name,
    ident: info.name,
  };
  const result = evaluateBody(
    context,
    { locals, sizes: variables, network, site: null, call: null },
    declaration.body,
  );
  if (
    result.sort === 'unknown' ||
    namedNodes('', result).some(([node]) => dependsOnStandIn(context, [node]))
  ) {
    context.inError.set(info.name, 'body');
    return null;
  }
  const declared = placed(declaration.body.result, () =>
    asResult(context, declaration.result, result, variables, `the result of \`${info.name}\``),
  );
  return { parameters: locals, result: declared };
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
function placed(expr: ast.Expr, check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    if (error instanceof Mistake && error.span === undefined)
      throw new Mistake(error.kind, error.details, lastStage(expr).span);
    throw error;
  }
}

/** Each shape variable, and what it is divided by somewhere in the signature. */
export function factorsOf(
  { parameters, result }: ast.NetworkDecl,
  { names }: Pick<Context, 'names'>,
): ReadonlyMap<string, number> {
  const dims = [
    ...parameters.flatMap(({ type }) => (type === undefined ? [] : dimsIn(type))),
    ...dimsIn(result),
  ];
  return multiplicities(dims, names);
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
