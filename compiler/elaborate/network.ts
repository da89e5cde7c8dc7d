/**
 * A call of a network: arguments to parameters (shape variables solved), the body evaluated with the weights that are
 * current, its result as declared. Every call uses the same weights. Also blocks and fns, which are expanded where they
 * are called: a block's weights belong to the network around it.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../errors.ts';
import { digest, type Placed, type Value } from '../values.ts';
import { bind, identOf, type Given } from './arguments.ts';
import type { Context, NetworkScope, Scope } from './context.ts';
import { Silence, type Variables } from './dims.ts';
import { evaluate } from './expression.ts';
import type { NetworkInfo } from './names.ts';
import { asResult, fit } from './types.ts';

export function callNetwork(
  context: Context,
  scope: Scope,
  info: NetworkInfo,
  averaged: boolean,
  given: readonly Given[],
  span: Span,
): Value {
  if (info.broken) {
    for (const one of given) if (one.expr !== null) evaluate(one.expr as ast.Expr, context, scope);
    throw new Silence();
  }
  const { declaration } = info;
  const slots = declaration.parameters.map((p) => ({ name: p.name.name, optional: false, variadic: false }));
  const bound = bind(slots, given, `\`${info.name}\``, span);
  const variables: Variables = new Map();
  const locals = new Map<string, Value>();
  const placed = new Map<string, Placed<Value>>();
  const values = declaration.parameters.map((p) => argument(context, scope, bound.get(p.name.name)![0]));
  declaration.parameters.forEach((parameter, i) => {
    const one = bound.get(parameter.name.name)![0];
    const value = placing(one.span, () =>
      fit(context, parameter.type!, values[i], variables, `\`${parameter.name.name}\` of \`${info.name}\``),
    );
    locals.set(parameter.name.name, value);
    placed.set(parameter.name.name, { value, span: one.span });
  });
  context.called(info.name, placed);
  const ident = `${info.name}:${digest(info.name, String(averaged), context.salt, ...[...locals.values()].map(identOf))}`;
  return remembered(context, ident, [...locals.values()], () => {
    const network: NetworkScope = { name: info.name, averaged, counts: new Map(), path: info.name, ident };
    const result = evaluateBody(context, { locals, network, site: null }, declaration.body);
    return withIdent(
      asResult(context, declaration.result, result, variables, `the result of \`${info.name}\``),
      ident,
    );
  });
}

/** A mistake without a place of its own is at the argument. */
function placing<T>(span: Span, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Mistake && error.span === undefined)
      throw new Mistake(error.mistake, error.details, span);
    throw error;
  }
}

/** Same call, same nodes: the value that was made before. */
function remembered(context: Context, ident: string, args: readonly Value[], make: () => Value): Value {
  const key = `${ident}(${args.flatMap(nodesOf).join(',')})`;
  const known = context.memo.get(key);
  if (known !== undefined) return known;
  const value = make();
  context.memo.set(key, value);
  return value;
}

function nodesOf(value: Value): number[] {
  if (value.sort === 'tensor') return [value.node.id];
  if (value.sort === 'distribution') return Object.values(value.parameters).map((p) => p.node.id);
  return value.sort === 'record' ? Object.values(value.fields).flatMap(nodesOf) : [];
}

/** The call's own ident for what it returns: equal calls are equal expressions, whatever the body says. */
function withIdent(value: Value, ident: string): Value {
  switch (value.sort) {
    case 'tensor':
      return { sort: 'tensor', node: value.node, type: value.type, ident };
    case 'distribution':
      return { ...value, ident };
    case 'record':
      return {
        ...value,
        fields: Object.fromEntries(
          Object.entries(value.fields).map(([name, v]) => [name, withIdent(v, `${ident}.${name}`)]),
        ),
      };
    default:
      return value;
  }
}

function argument(context: Context, scope: Scope, given: Given): Value {
  if (given.expr?.kind === 'Duration')
    throw new Mistake('badArgument', { what: 'a duration stands where a value is wanted' }, given.span);
  const value = given.value ?? evaluate(given.expr as ast.Expr, context, scope);
  if (value.sort === 'unknown') throw new Silence();
  return value;
}

export function evaluateBody(context: Context, scope: Scope, body: ast.Body): Value {
  const locals = new Map(scope.locals);
  const inner: Scope = { ...scope, locals };
  for (const declaration of body.lets)
    locals.set(declaration.name.name, evaluate(declaration.value, context, inner));
  return evaluate(body.result, context, inner);
}

/** `fn` and `block`: parameters bound, defaults filled in, body evaluated here. */
export function expand(
  context: Context,
  scope: Scope,
  declaration: ast.FnDecl | ast.BlockDecl,
  given: readonly Given[],
  span: Span,
): Value {
  const { name } = declaration.name;
  if (declaration.kind === 'Block' && scope.network === null) {
    throw new Mistake('layerOutside', { what: `the block \`${name}\` stands outside a network` }, span);
  }
  const slots = declaration.parameters.map((p) => ({
    name: p.name.name,
    optional: p.default !== undefined,
    variadic: false,
  }));
  const bound = bind(slots, given, `\`${name}\``, span);
  const site = scope.site ?? { span, name: `\`${name}\`` };
  const variables: Variables = new Map();
  const locals = new Map<string, Value>();
  for (const parameter of declaration.parameters) {
    const one = bound.get(parameter.name.name)?.[0];
    const value =
      one === undefined
        ? evaluate(parameter.default!, context, { locals, network: null, site })
        : argument(context, scope, one);
    const what = `\`${parameter.name.name}\` of \`${name}\``;
    locals.set(
      parameter.name.name,
      parameter.type === undefined
        ? value
        : placing(one?.span ?? span, () => fitParameter(context, parameter, value, variables, what)),
    );
  }
  if (declaration.kind === 'Fn')
    return evaluate(declaration.value, context, { locals, network: scope.network, site });
  return evaluateBody(context, { locals, network: blockScope(scope.network!, name), site }, declaration.body);
}

/** `k: int = 3` takes a number; other types are those of values. */
function fitParameter(
  context: Context,
  parameter: ast.Parameter,
  value: Value,
  variables: Variables,
  what: string,
): Value {
  const { type } = parameter;
  const name = type!.kind === 'NamedType' ? type!.name.name : '';
  if (!['int', 'real', 'bool', 'string', 'network'].includes(name))
    return fit(context, type!, value, variables, what);
  const sorts: Record<string, string> = {
    int: 'number',
    real: 'number',
    bool: 'bool',
    string: 'string',
    network: 'network',
  };
  const whole = name !== 'int' || (value.sort === 'number' && Number.isInteger(value.value));
  if (value.sort === sorts[name] && whole) return value;
  if (name === 'real' && value.sort === 'tensor') return fit(context, type!, value, variables, what);
  throw new Mistake('argumentType', {
    what: `${what} takes ${name === 'int' ? 'a whole number' : `a ${name}`}`,
  });
}

/** A block's layers are named within it: `G.down_1.conv_1`. */
function blockScope(network: NetworkScope, name: string): NetworkScope {
  const place = placeOf(network, name);
  return { ...network, counts: new Map(), path: `${network.path}.${place}` };
}

/** `conv` → `conv_1`, `conv_2`, … in the order of the body. */
export function placeOf(network: NetworkScope, name: string): string {
  const count = (network.counts.get(name) ?? 0) + 1;
  network.counts.set(name, count);
  return `${name}_${count}`;
}
