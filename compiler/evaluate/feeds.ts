/**
 * What the host feeds, as nodes: each is made here, and with it where it comes from. In: a stream's field, a draw, a
 * number of the host, what a picture varies; out: a leaf of the graph.
 */
import type { HostExpr } from '../../program/host.ts';
import type { InputOrigin } from '../../program/manifest.ts';
import type { Shape } from '../ir/dim.ts';
import { reachable, type Distribution, type Node } from '../ir/node.ts';
import { drawName, fieldName, givenName, scalarName } from '../leaves.ts';
import type { Context } from './context.ts';

type Feeding = Pick<Context, 'b' | 'origins'>;

export function fieldNode({ b, origins }: Feeding, stream: string, field: string, shape: Shape): Node {
  return input({ b, origins }, fieldName(stream, field), shape, { kind: 'field', stream, field });
}

/** Draws of a key; `k`: whole numbers below it. */
export function drawNode(
  { b, origins, salt, effects }: Feeding & Pick<Context, 'salt' | 'effects'>,
  distribution: Distribution,
  key: string,
  shape: Shape,
  k?: number,
): Node {
  origins.set(drawName(key), { kind: 'draw', key, distribution, ...(k === undefined ? {} : { k }) });
  const node = b.draw(distribution, key, shape, k);
  if (salt !== '') effects.redrawn.add(node);
  return node;
}

/** A host number in the graph: a constant, or a scalar that the host feeds. */
export function scalarNode({ b, origins }: Feeding, value: HostExpr): Node {
  if (typeof value === 'number') return b.constant(value);
  return input({ b, origins }, scalarName(value), [], { kind: 'scalar', value });
}

/** What a picture gives instead of a draw, for its parameter. */
export function givenNode({ b, origins }: Feeding, parameter: string, shape: Shape): Node {
  const name = givenName(parameter);
  return input({ b, origins }, name, shape, { kind: 'given', name });
}

function input({ b, origins }: Feeding, name: string, shape: Shape, origin: InputOrigin): Node {
  origins.set(name, origin);
  return b.input(name, shape);
}

interface Origins {
  readonly origins: ReadonlyMap<string, InputOrigin>;
}

/** Where a leaf comes from; undefined for weights and buffers, and for all other nodes. */
export const originOf = ({ origins }: Origins, { op, attrs }: Node): InputOrigin | undefined =>
  op === 'input' ? origins.get(attrs.name) : undefined;

/** Streams whose fields these nodes depend on. */
export function streamsIn(origins: Origins, nodes: readonly Node[]): string[] {
  const streams = reachable(nodes).flatMap((node) => {
    const origin = originOf(origins, node);
    return origin?.kind === 'field' ? [origin.stream] : [];
  });
  return [...new Set(streams)];
}

/** Whether these nodes depend on what a call gave whose network is in error: what they are is a guess. */
export const dependsOnStandIn = ({ standIns }: Pick<Context, 'standIns'>, nodes: readonly Node[]): boolean =>
  standIns.size > 0 && reachable(nodes).some((node) => standIns.has(node));
