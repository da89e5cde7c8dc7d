/** Names for the nodes of values, for programs that people read: `let guess = Q(fake)` names `guess_digit` and so on. */
import type { Builder } from '../ir/builder.ts';
import type { Node } from '../ir/node.ts';
import type { Value } from '../values.ts';

/** The value's nodes, each with a name made of `name` and its place. A bias that is not made yet stays unmade. */
export function namedNodes(name: string, value: Value): [Node, string][] {
  switch (value.sort) {
    case 'tensor':
      return [[value.unbiased ?? value.node, name]];
    case 'record':
      return Object.entries(value.fields).flatMap(([field, one]) => namedNodes(`${name}_${field}`, one));
    case 'distribution':
      return Object.entries(value.parameters).flatMap(([part, one]) => namedNodes(`${name}_${part}`, one));
    default:
      return [];
  }
}

/** The same value; its nodes are known by this name unless they have one already. */
export function named(b: Builder, name: string, value: Value): Value {
  for (const [node, own] of namedNodes(name, value)) b.called(own, node);
  return value;
}
