/** Functions that an emitted program has for calls of the spec: what their parameters are called, where the spec has them, how they reach the state. */
import { position, type Span } from '../../../grammar/source.ts';
import type { Node, Region } from '../../ir/node.ts';
import { readable, type Names } from './names.ts';

/** Where state is found: `networks` holds everything, others what stands under a path. */
export interface Root {
  readonly path: string;
  readonly code: string;
}

/** The first root that leads to a path. */
export function rootOf(roots: readonly Root[], to: string): Root {
  const root = roots.find(({ path }) => path === '' || path === to || to.startsWith(`${path}.`));
  if (root === undefined) throw new Error(`nothing leads to ${to} here`);
  return root;
}

/** `noise`, `gain`, `mask`: as the callee calls them. */
export function parameterNames(call: Region, reads: readonly Node[], names: Names): string[] {
  const spare = ['x', 'y', 'z'];
  return reads.map((node) => {
    const own = call.parameters.get(node);
    if (own !== undefined) return names.take(own);
    if (node.op === 'draw') return names.take(lastPart(readable(node.attrs.key), '_'));
    if (node.op === 'input' && !node.attrs.name.includes(':'))
      return names.take(lastPart(node.attrs.name, '.'));
    return names.take(spare.shift() ?? 'value');
  });
}

const lastPart = (name: string, separator: string): string => name.slice(name.lastIndexOf(separator) + 1);

/** `specs/infogan.gan:24` */
export const placeOf = ({ source, start }: Span): string => `${source.path}:${position(source, start).line}`;
