/**
 * Values of written types: what a network's parameters are while it is checked by itself, and what a call gives where the
 * network's body is in error and its signature is all that is known. In: a type and sizes for its variables; out: a value
 * made of inputs that nothing feeds.
 */
import type * as ast from '../../grammar/ast.ts';
import { dimOf, Silence, type Variables } from '../bind/dims.ts';
import { expected } from '../bind/types.ts';
import { broadcastTo } from '../ir/compose.ts';
import type { Dim, Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { real, type RowOrigin, type TensorType } from '../types.ts';
import type { DistributionValue, TensorValue, Value } from '../values.ts';
import { families } from '../vocabulary/distributions.ts';
import type { Context } from './context.ts';

/** How the inputs of a value are made. */
interface Making {
  readonly context: Context;
  readonly variables: Variables;
  readonly rows: RowOrigin | null;
  /** The size of the row axis; none where there are no rows. */
  readonly lead: Shape;
  input(name: string, shape: Shape): Node;
}

/** A parameter's value for the check of its network: an input of its type, `[N, sizes]`. */
export function parameterValue(
  context: Context,
  type: ast.TypeExpr,
  name: string,
  rows: string,
  variables: Variables,
): Value {
  const input = (own: string, shape: Shape): Node => context.b.input(`parameter:${own}`, shape);
  return valueOf({ context, variables, rows, lead: [context.rowCount(rows)], input }, type, name);
}

/**
 * What a call gives whose body cannot be followed: of the declared type, with a path for gradients to each argument.
 * Silent where the arguments' rows are not the same: only the body says what becomes of them.
 */
export function standIn(
  context: Context,
  type: ast.TypeExpr,
  ident: string,
  args: readonly TensorValue[],
  variables: Variables,
): Value {
  const { b } = context;
  const withRows = args.filter((arg) => arg.type.rows !== null);
  const rows = withRows[0]?.type.rows ?? null;
  if (!withRows.every((arg) => context.rows.same(arg.type.rows!, rows!))) throw new Silence();
  const lead = rows === null ? [] : [withRows[0].node.shape[0]];
  const input = (name: string, shape: Shape): Node => {
    const free = b.input(`declared:${name}`, shape);
    context.standIns.add(free);
    return args.reduce((sum, arg) => b.add(sum, spread(context, arg, shape)), free);
  };
  return valueOf({ context, variables, rows, lead, input }, type, ident);
}

/** An argument's sum in each row, in a shape with the same rows. */
function spread({ b }: Context, { node, type }: TensorValue, shape: Shape): Node {
  const own = type.rows === null ? [] : [0];
  const axes = [...node.shape.keys()].filter((axis) => !own.includes(axis));
  return broadcastTo(b, b.sum(node, axes), shape, own);
}

function valueOf(making: Making, type: ast.TypeExpr, name: string): Value {
  const { context, variables } = making;
  if (type.kind === 'RecordType') {
    const fields = type.fields.map(
      (field) => [field.name.name, valueOf(making, field.type, `${name}.${field.name.name}`)] as const,
    );
    return { sort: 'record', fields: Object.fromEntries(fields), of: name };
  }
  const want = expected(type, context);
  const sizes = want.dims.map((dim) => {
    const size = dimOf(dim, context.names, variables);
    if (size === undefined) throw new Silence();
    return size;
  });
  if (want.family !== null) return distribution(making, want.family, sizes, name);
  const { form, kind, range } = want;
  return kind === 'label'
    ? tensor(making, name, [], { kind, range, classes: sizes[0] })
    : tensor(making, name, sizes, { form, kind, range });
}

function distribution(
  making: Making,
  family: DistributionValue['family'],
  sizes: readonly Dim[],
  name: string,
): DistributionValue {
  const parameters = families[family].parameters.map(
    (parameter) => [parameter, tensor(making, `${name}.${parameter}`, sizes, {})] as const,
  );
  return { sort: 'distribution', family, parameters: Object.fromEntries(parameters), ident: name };
}

function tensor(
  { rows, lead, input }: Making,
  name: string,
  sizes: readonly Dim[],
  type: Partial<TensorType>,
): TensorValue {
  const node = input(name, [...lead, ...sizes]);
  return { sort: 'tensor', node, type: { ...real(sizes, rows), ...type }, ident: `parameter:${name}` };
}
