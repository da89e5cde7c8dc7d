/** Fields and elements: `mnist.image`, `guess.probs`, `G.average`, `style[0]`. In: the object as a value; out: the part. */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { renamedGameFields, renamedHint } from '../../grammar/renamed.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';
import { real } from '../types.ts';
import { describe, digest, type TensorValue, type Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import { adversarialOf } from '../vocabulary/games.ts';
import { identOf } from './args.ts';
import { makeCall } from './call-context.ts';
import { partOf } from './parts.ts';
import type { Context, Scope } from './context.ts';
import { Silence } from '../bind/dims.ts';

export function fieldOf(object: Value, expr: ast.FieldExpr, context: Context, scope: Scope): Value {
  const { name, span } = expr.field;
  switch (object.sort) {
    case 'unknown':
      throw new Silence();
    case 'record':
      if (Object.hasOwn(object.fields, name)) return object.fields[name];
      throw oldField(object.of, expr) ?? noField(name, quoted(object.of), Object.keys(object.fields), span);
    case 'network':
      if (name === 'average' && !object.averaged) return averageOf(object.name, context, span);
      return partOf(object, expr, context);
    case 'layer':
      return partOf(object, expr, context);
    case 'distribution': {
      const { fields } = families[object.family];
      if (!Object.hasOwn(fields, name)) throw noField(name, describe(object), Object.keys(fields), span);
      const ident = `${object.ident}.${name}${context.salt}`;
      return fields[name](makeCall(context, scope, name, ident, expr.span), object);
    }
    default: {
      const hint =
        object.sort === 'list'
          ? `Take one of the list first: \`${textOf(expr.object.span)}[0].${name}\`.`
          : `Use it as it is, without \`.${name}\`.`;
      throw new Mistake(kinds.unknownField, { what: `${describe(object)} has no fields`, hint }, span);
    }
  }
}

/** A field of a game by the name that it had once. */
function oldField(of: string, { object, field: { name, span } }: ast.FieldExpr): Mistake | undefined {
  if (of !== adversarialOf || !Object.hasOwn(renamedGameFields, name)) return undefined;
  const game = textOf(object.span);
  const now = renamedGameFields[name].map((field) => `${game}.${field}`).join(' + ');
  return new Mistake(
    kinds.unknownField,
    { what: `${of} has no field \`${name}\``, hint: renamedHint(now) },
    span,
  );
}

const quoted = (of: string): string => (of.includes(' ') ? of : `\`${of}\``);

function noField(name: string, of: string, known: readonly string[], span: Span): Mistake {
  const near = suggestion(name, known);
  const list = known.length === 0 ? 'It has none.' : `It has ${known.join(', ')}.`;
  const hint = near === undefined ? list : `${near} ${list}`;
  return new Mistake(kinds.unknownField, { what: `${of} has no field \`${name}\``, hint }, span);
}

function averageOf(network: string, context: Context, span: Span): Value {
  if (context.names.averaged.has(network)) return { sort: 'network', name: network, averaged: true };
  const what = `the schedule keeps no average of \`${network}\``;
  const hint = `Write \`average ${network} decay 0.99\` behind its update.`;
  throw new Mistake(kinds.unknownField, { what, hint }, span);
}

// ---------------------------------------------------------------- elements

export function elementOf(
  object: Value,
  at: Value,
  expr: ast.IndexExpr,
  context: Context,
  scope: Scope,
): Value {
  if (object.sort === 'unknown' || at.sort === 'unknown') throw new Silence();
  const i = at.sort === 'number' ? at.value : undefined;
  if (typeof i !== 'number' || !Number.isInteger(i) || i < 0) {
    const hint = 'Write `z[0]`: the number of an element, known when compiling.';
    throw new Mistake(
      kinds.badArgument,
      { what: 'an index is a whole number, from 0', hint },
      expr.index.span,
    );
  }
  if (object.sort === 'list') {
    if (i < object.items.length) return object.items[i];
    throw beyond(i, object.items.length, expr.index.span);
  }
  if (object.sort === 'tensor' && object.type.form === 'vec')
    return componentOf(object, i, expr, context, scope);
  const what = `${describe(object)} cannot be indexed`;
  throw new Mistake(kinds.badArgument, { what, hint: 'Lists and vectors can.' }, expr.object.span);
}

function componentOf(
  vec: TensorValue,
  i: number,
  expr: ast.IndexExpr,
  context: Context,
  scope: Scope,
): TensorValue {
  const { type, node } = vec;
  const [size] = type.shape;
  if (typeof size === 'number' && i >= size) throw beyond(i, size, expr.index.span);
  const lead = type.rows === null ? [] : [node.shape[0]];
  const slice = context.b.slice(node, lead.length, i, i + 1);
  const made = makeCall(context, scope, 'index', digest('index', identOf(vec), String(i)), expr.span);
  const kind = type.kind === 'onehot' ? 'real' : type.kind;
  const { range, hidden } = type;
  return made.tensor(context.b.reshape(slice, lead), { ...real([], type.rows), kind, range, hidden });
}

const beyond = (i: number, size: number, span: Span): Mistake =>
  new Mistake(
    kinds.outside,
    { what: `there is no element ${i} of ${size}`, hint: 'Indices count from 0.' },
    span,
  );
