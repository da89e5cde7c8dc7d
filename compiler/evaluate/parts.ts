/**
 * Networks' weights as values: `D.head.weight` is the tensor as it is stored, without rows, at the weights that are
 * current where it stands. In: a network or a layer of one, and a name; out: the layer, or the tensor.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { Silence } from '../bind/dims.ts';
import type { WeightInfo } from '../bind/names.ts';
import { stored } from '../types.ts';
import type { LayerValue, NetworkValue, TensorValue } from '../values.ts';
import type { Context } from './context.ts';

/** The layer or block of this name, or its weight or statistic. */
export function partOf(
  object: NetworkValue | LayerValue,
  { field: { name, span } }: ast.FieldExpr,
  context: Context,
): LayerValue | TensorValue {
  const network = object.sort === 'network' ? object.name : object.network;
  const path = object.sort === 'network' ? network : object.path;
  const own = context.weights.get(network) ?? new Map<string, WeightInfo>();
  const info = own.get(`${path}.${name}`);
  if (info !== undefined) return weightValue(context, info, object.averaged);
  const inside = [...own.keys()].filter((full) => full.startsWith(`${path}.`));
  if (inside.some((full) => full.startsWith(`${path}.${name}.`)))
    return { sort: 'layer', network, path: `${path}.${name}`, averaged: object.averaged };
  if (context.inError.has(network)) throw new Silence();
  const parts = [...new Set(inside.map((full) => full.slice(path.length + 1).split('.')[0]))];
  const known = object.sort === 'network' ? ['average', ...parts] : parts;
  const near = suggestion(name, known);
  const list = `It has ${known.join(', ')}.`;
  throw new Mistake(
    kinds.unknownField,
    {
      what: `${object.sort === 'network' ? 'the network' : 'the layer'} \`${path}\` has no \`${name}\``,
      hint: near === undefined ? list : `${near} ${list}`,
    },
    span,
  );
}

function weightValue(context: Context, info: WeightInfo, averaged: boolean): TensorValue {
  const ident = `${averaged ? 'average of ' : ''}${info.name}`;
  return { sort: 'tensor', node: context.state(info, averaged), type: stored(info.shape), ident };
}
