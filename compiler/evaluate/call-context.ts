/**
 * What a vocabulary item sees of the evaluation: `Call` for one call of a layer or function, over the context and the
 * scope it stands in.
 */
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import type { Node } from '../ir/node.ts';
import type { TensorValue } from '../values.ts';
import type { Call, Heard } from '../vocabulary/builtin.ts';
import { callRows } from './call-rows.ts';
import { callWeights } from './call-weights.ts';
import { dependsOnStandIn, drawNode, originOf, scalarNode } from './feeds.ts';
import { gradientOf } from './gradient.ts';
import type { Context, Scope } from './context.ts';
import { statePath } from './layer-names.ts';
import { Silence } from '../bind/dims.ts';

/** `layer` is the item's name with its place in the body (`dense_1`) for layers, its plain name for functions. */
export function makeCall(
  context: Context,
  scope: Scope,
  layer: string,
  ident: string,
  span: Span,
  apply?: Call['apply'],
): Call {
  const { b } = context;
  return {
    b,
    span,
    mode: context.mode,
    ...callWeights(context, scope.network, layer),
    inner(part, kind, x, make) {
      const path = `${statePath(scope.network!)}.${layer}.${part}`;
      const region = { kind: 'layer', name: kind, path, span: undefined } as const;
      const made = (): ReturnType<typeof make> =>
        make(makeCall(context, scope, `${layer}.${part}`, `${ident}.${part}`, span));
      return b.within({ ...region, parameters: new Map([[x, 'x']]) }, made);
    },
    ...callValues(context, ident),
    ...callRows(context, scope),
    apply: apply ?? applyNothing,
    played: (game) => void context.effects.games.push(game),
    heard: (value) => heardAs(context, value),
    requireKnown(node) {
      if (dependsOnStandIn(context, [node])) throw new Silence();
    },
    fail,
  };
}

const fail: Call['fail'] = (kind, details) => {
  throw new Mistake(kind, details);
};

const applyNothing: Call['apply'] = () =>
  fail(kinds.notCallable, { what: 'nothing can be called here', hint: 'Call it outside.' });

type OfValues = Pick<Call, 'draw' | 'scalar' | 'tensor' | 'part' | 'biased' | 'gradient'>;

/** What a call makes: draws, numbers of the host, tensors that are called by its ident. */
const callValues = (context: Context, ident: string): OfValues => ({
  draw: (name, distribution, shape, k) => drawNode(context, distribution, `${ident}/${name}`, shape, k),
  scalar: (value) => scalarNode(context, value),
  tensor: (node, type) => ({ sort: 'tensor', node, type, ident }),
  part: (name, node, type) => ({ sort: 'tensor', node, type, ident: `${ident}.${name}` }),
  biased: (unbiased, biased, type) => lazilyBiased(unbiased, context.b.later(biased), type, ident),
  gradient: (y, x) => gradientOf(context, y, x),
});

function lazilyBiased(
  unbiased: Node,
  biased: () => Node,
  type: TensorValue['type'],
  ident: string,
): TensorValue {
  let made: Node | undefined;
  return {
    sort: 'tensor',
    type,
    ident,
    unbiased,
    get node() {
      return (made ??= biased());
    },
  };
}

function heardAs(context: Context, { node }: TensorValue): Heard | null {
  const origin = originOf(context, node);
  const info = origin?.kind === 'field' ? context.names.data.get(origin.stream) : undefined;
  if (info === undefined || info.sound === undefined) return null;
  const { range } = info.convert;
  const stream = info.declaration.name.name;
  return { stream, features: info.sound, range: range ?? [0, 1], samples: range ?? [-1, 1] };
}
