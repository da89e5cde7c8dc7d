/**
 * A call of a network: arguments to parameters (shape variables solved), the body evaluated with the weights that are
 * current, its result as declared. Every call uses the same weights. Also blocks and fns, which are expanded where they
 * are called: a block's weights belong to the network around it.
 */
import type * as ast from '../../grammar/ast.ts';
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Node } from '../ir/node.ts';
import { printRows } from '../types.ts';
import { describe, digest, type Placed, type TensorValue, type Value } from '../values.ts';
import { identOf } from './args.ts';
import { bind, noDuration, type Given } from '../bind/match.ts';
import type { Context, NetworkScope, Scope } from './context.ts';
import { Silence, type Variables } from '../bind/dims.ts';
import type { NetworkInfo } from '../bind/names.ts';
import { standIn } from './declared.ts';
import { fit } from './fit.ts';
import { ownName, placeOf, statePath, type OwnName } from './layer-names.ts';
import { named, namedNodes } from './named.ts';
import { asResult } from './result.ts';
import type { CallSite } from './typing.ts';

export function callNetwork(
  context: Context,
  scope: Scope,
  info: NetworkInfo,
  averaged: boolean,
  given: readonly Given[],
  span: Span,
): Value {
  const { declaration } = info;
  const slots = declaration.parameters.map((p) => ({ name: p.name.name, optional: false, variadic: false }));
  const wrong = context.inError.get(info.name);
  const bound = wrong === 'signature' ? null : bind(slots, given, `\`${info.name}\``, span);
  const values = new Map(given.map((one) => [one, argument(context, scope, one)] as const));
  if (bound === null || [...values.values()].some(({ sort }) => sort === 'unknown')) throw new Silence();
  const variables: Variables = new Map();
  const placed = new Map<string, Placed<Value>>();
  for (const {
    name: { name },
    type,
  } of declaration.parameters) {
    const [one] = bound.get(name)!;
    const what = `\`${name}\` of \`${info.name}\``;
    const value = placing(one.span, () => fit(context, type!, values.get(one)!, variables, what));
    placed.set(name, { value, span: one.span });
  }
  if (wrong !== undefined) {
    const args = [...placed.values()].flatMap(({ value }) => tensorsIn(value));
    const ident = `${info.name}:${digest(context.salt, ...args.map(identOf))}`;
    return standIn(context, declaration.result, ident, args, variables);
  }
  context.called(info.name, placed);
  const locals = new Map([...placed].map(([name, { value }]) => [name, value]));
  const call = context.typing.enter(scope.call, span, info.name);
  return applied(context, info, averaged, locals, variables, call);
}

/** The body on its arguments; the same call on the same nodes is the same value. */
function applied(
  context: Context,
  info: NetworkInfo,
  averaged: boolean,
  locals: ReadonlyMap<string, Value>,
  variables: Variables,
  call: CallSite,
): Value {
  const { name, declaration } = info;
  const args = [...locals.values()];
  const ident = `${name}:${digest(name, String(averaged), context.salt, ...args.map(identOf))}`;
  return remembered(context, ident, args, call, () => {
    context.unfold?.();
    const network: NetworkScope = { name, averaged, counts: new Map(), taken: new Set(), path: name, ident };
    const path = averaged ? `${name}.average` : name;
    const { span } = declaration;
    const parameters = parameterNames(locals);
    const region = {
      kind: 'network',
      name,
      path,
      span,
      parameters,
      results: new Map<Node, string>(),
    } as const;
    return context.b.within(region, () => {
      const body = evaluateBody(
        context,
        { locals, sizes: variables, network, site: null, call },
        declaration.body,
      );
      const declared = asResult(context, declaration.result, body, variables, `the result of \`${name}\``);
      const result = withIdent(declared, ident);
      for (const [node, called] of namedNodes(name.toLowerCase(), result)) region.results.set(node, called);
      return result;
    });
  });
}

/** The nodes of arguments under their parameters' names. */
const parameterNames = (locals: ReadonlyMap<string, Value>): Map<Node, string> =>
  new Map([...locals].reverse().flatMap(([name, value]) => namedNodes(name, value)));

/** A mistake without a place of its own is at the argument. */
function placing<T>(span: Span, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Mistake && error.span === undefined)
      throw new Mistake(error.kind, error.details, span);
    throw error;
  }
}

/**
 * Same call, same nodes: the value that was made before. Made where other rows have met, it is the same only if the
 * arguments' rows are and the body let none meet.
 */
function remembered(
  context: Context,
  ident: string,
  args: readonly Value[],
  site: CallSite,
  make: () => Value,
): Value {
  const { rows, calls, mode } = context;
  const tensors = args.flatMap(tensorsIn);
  const key = `${mode} ${ident}(${tensors.map(({ node }) => node.id).join()})`;
  const origins = tensors.map(({ type }) => printRows(type.rows && rows.resolve(type.rows))).join();
  const known = calls.get(key);
  if (known !== undefined && (known.rows === rows || (!known.met && known.origins === origins))) {
    context.typing.same(site, known.site);
    return known.value;
  }
  const before = rows.meetings;
  const value = make();
  calls.set(key, { value, site, rows, origins, met: rows.meetings > before });
  return value;
}

function tensorsIn(value: Value): readonly TensorValue[] {
  if (value.sort === 'tensor') return [value];
  if (value.sort === 'distribution') return Object.values(value.parameters);
  return value.sort === 'record' ? Object.values(value.fields).flatMap(tensorsIn) : [];
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

function argument(context: Context, scope: Scope, { expr, value, span }: Given): Value {
  if (value !== undefined) return value;
  if (expr?.kind === 'Duration') throw noDuration('A call', span);
  return context.evaluate(expr!, context, scope);
}

export function evaluateBody(context: Context, scope: Scope, body: Pick<ast.Body, 'lets' | 'result'>): Value {
  const locals = new Map(scope.locals);
  const inner: Scope = { ...scope, locals };
  for (const { name, value } of body.lets)
    locals.set(name.name, named(context.b, name.name, context.evaluate(value, context, inner)));
  return context.evaluate(body.result, context, inner);
}

/** An expression is a body without lets. */
function bodyOf(declaration: ast.FnDecl | ast.BlockDecl): Pick<ast.Body, 'lets' | 'result'> {
  if (declaration.kind === 'Block') return declaration.body;
  const { value } = declaration;
  return value.kind === 'Body' ? value : { lets: [], result: value };
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
    const what = `the block \`${name}\` stands outside a network`;
    throw new Mistake(kinds.layerOutside, { what, hint: 'Use it in the body of a `network`.' }, span);
  }
  context.unfold?.();
  const site = scope.site ?? { span, name: `\`${name}\`` };
  const call = context.typing.enter(scope.call, span, name);
  const { own, rest } =
    declaration.kind === 'Block' ? ownName(declaration, given) : { own: undefined, rest: given };
  const { locals, sizes } = parametersOf(context, scope, declaration, rest, { span, site, call });
  const network = declaration.kind === 'Fn' ? scope.network : blockScope(scope.network!, name, own);
  const region = {
    ...{ name, span: declaration.span, parameters: parameterNames(locals) },
    ...(declaration.kind === 'Fn'
      ? { kind: 'function' as const, path: null }
      : { kind: 'block' as const, path: statePath(network!) }),
  };
  return context.b.within(region, () =>
    evaluateBody(context, { locals, sizes, network, site, call }, bodyOf(declaration)),
  );
}

function parametersOf(
  context: Context,
  scope: Scope,
  { name, parameters }: ast.FnDecl | ast.BlockDecl,
  given: readonly Given[],
  { span, site, call }: { span: Span; site: NonNullable<Scope['site']>; call: CallSite },
): Pick<Scope, 'locals' | 'sizes'> {
  const slots = parameters.map((p) => ({
    name: p.name.name,
    optional: p.default !== undefined,
    variadic: false,
  }));
  const bound = bind(slots, given, `\`${name.name}\``, span);
  const values = new Map(given.map((one) => [one, argument(context, scope, one)] as const));
  if ([...values.values()].some(({ sort }) => sort === 'unknown')) throw new Silence();
  const variables: Variables = new Map();
  const locals = new Map<string, Value>();
  for (const parameter of parameters) {
    const one = bound.get(parameter.name.name)?.[0];
    const inner: Scope = { locals, sizes: variables, network: null, site, call };
    const value = one === undefined ? context.evaluate(parameter.default!, context, inner) : values.get(one)!;
    const what = `\`${parameter.name.name}\` of \`${name.name}\``;
    const fitted = (): Value => fitParameter(context, parameter, value, variables, what);
    locals.set(
      parameter.name.name,
      parameter.type === undefined ? value : placing(one?.span ?? span, fitted),
    );
  }
  return { locals, sizes: variables };
}

const plain: Readonly<Record<string, { sort: Value['sort']; text: string }>> = {
  int: { sort: 'number', text: 'a whole number' },
  real: { sort: 'number', text: 'a number' },
  bool: { sort: 'bool', text: 'true or false' },
  string: { sort: 'string', text: 'a string' },
  network: { sort: 'network', text: 'a network' },
};

/** `k: int = 3` takes a number, `critic: network` a network; other types are those of values. */
function fitParameter(
  context: Context,
  { type, name: { span } }: ast.Parameter,
  value: Value,
  variables: Variables,
  what: string,
): Value {
  const name = type!.kind === 'NamedType' ? type!.name.name : '';
  const wanted = Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (value.sort === 'unknown') throw new Silence();
  if (wanted === undefined || (name === 'real' && value.sort === 'tensor')) {
    return fit(context, type!, value, variables, what);
  }
  const whole = name !== 'int' || (value.sort === 'number' && Number.isInteger(value.value));
  if (value.sort === wanted.sort && whole) return value;
  throw new Mistake(kinds.argumentType, {
    what: `${what} takes ${wanted.text}, and ${describe(value)} is given`,
    hint: 'Give such a value, or change the declared type.',
    labels: [{ span, text: 'declared here' }],
  });
}

/** A block's layers are named within it: `G.down_1.conv_1`. */
function blockScope(network: NetworkScope, name: string, own: OwnName | undefined): NetworkScope {
  const place = placeOf(network, name, own);
  return { ...network, counts: new Map(), taken: new Set(), path: `${network.path}.${place}` };
}
