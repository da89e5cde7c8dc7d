/**
 * Leaves of the spec as values: a stream's fields and fresh draws. Rows lead; labels come as class numbers.
 */
import { mulDims, symbol, type Dim } from '../ir/dim.ts';
import { oneHot } from '../ir/compose.ts';
import { real, type TensorType } from '../types.ts';
import type { RecordValue, TensorValue } from '../values.ts';
import type { Context } from './context.ts';
import { drawNode, fieldNode } from './feeds.ts';
import type { DataInfo, SampleInfo } from '../bind/names.ts';

/** `mnist`: a record of its fields. */
export function streamRecord(context: Context, name: string, info: DataInfo): RecordValue {
  const fields = Object.keys(info.fields).map(
    (field) => [field, streamField(context, name, info, field)] as const,
  );
  return { sort: 'record', fields: Object.fromEntries(fields), of: name };
}

function streamField(context: Context, name: string, info: DataInfo, field: string): TensorValue {
  const type = info.fields[field];
  const { lengthsBy } = context.names;
  const length = (name: string): Dim => mulDims(lengthsBy, symbol(name));
  const shape: Dim[] = type.shape.map((dim) => (typeof dim === 'string' ? length(dim) : dim));
  const node = fieldNode(context, name, field, [context.rowCount(name), ...shape]);
  const hidden = info.hidden.has(field) ? `${name}.${field}` : null;
  const base: TensorType = { ...real(shape, name), range: type.range ?? null, hidden };
  const typed: TensorType =
    type.kind === 'label' ? { ...base, form: 'scalar', kind: 'label', classes: type.classes ?? null } : base;
  return { sort: 'tensor', node, type: typed, ident: `${name}.${field}` };
}

/** `z`: fresh draws for each row, fixed for the scope; keyed by the sample's name. */
export function sampleValue(context: Context, name: string, info: SampleInfo): TensorValue {
  const bound = context.bound.get(name);
  if (bound !== undefined) return bound;
  const key = name + context.salt;
  const lead = context.rowCount(name);
  const sizes = info.size === null ? [] : [info.size];
  const raw = (distribution: 'uniform' | 'normal', shape: readonly Dim[]): TensorValue['node'] =>
    drawNode(context, distribution, key, shape);
  const make = (
    node: TensorValue['node'],
    type: Partial<TensorType>,
    shape: readonly Dim[] = sizes,
  ): TensorValue => ({
    sort: 'tensor',
    node: context.b.called(name, node),
    ident: `sample:${key}`,
    type: { ...real(shape, name), ...type },
  });
  const [low, high] = info.args;
  switch (info.family) {
    case 'normal':
      return make(raw('normal', [lead, ...sizes]), {});
    case 'uniform':
      return make(affine(context, raw('uniform', [lead, ...sizes]), low, high), { range: [low, high] });
    case 'integer': {
      const drawn = drawNode(context, 'integer', key, [lead, ...sizes], high - low);
      return make(context.b.add(drawn, context.b.constant(low)), { range: [low, high - 1] });
    }
    case 'bernoulli':
      return make(context.b.less(raw('uniform', [lead, ...sizes]), context.b.constant(low)), {
        range: [0, 1],
      });
    case 'categorical': {
      const classes = drawNode(context, 'integer', key, [lead], info.size!);
      return make(oneHot(context.b, classes, info.size!), { kind: 'onehot' });
    }
  }
}

function affine(context: Context, u: TensorValue['node'], low: number, high: number): TensorValue['node'] {
  return context.b.add(context.b.mul(u, context.b.constant(high - low)), context.b.constant(low));
}
