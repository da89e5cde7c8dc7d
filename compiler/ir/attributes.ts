/**
 * Attributes as data: what kinds of values there are (numbers, strings, lists, sizes, sub-graphs), and their printed
 * form, by which nodes are compared.
 */
import { printDim, type Polynomial } from './dim.ts';
import type { Subgraph } from './node.ts';

/** Plain, JSON-like, compared by its printed form. */
export type Attribute = number | string | Polynomial | Subgraph | readonly Attribute[];
export type Attrs = Readonly<Record<string, Attribute>>;

const isList = (value: Attribute): value is readonly Attribute[] => Array.isArray(value);

const isSymbolic = (value: Attribute): value is Polynomial =>
  typeof value === 'object' && 'terms' in value && 'constant' in value;

export const isSubgraph = (value: Attribute): value is Subgraph =>
  typeof value === 'object' && 'parameters' in value && 'result' in value;

/** The bodies among the attributes. */
export const bodiesIn = (attrs: Attrs): Subgraph[] => Object.values(attrs).filter(isSubgraph);

function refuse(value: unknown): never {
  throw new Error(`not an attribute: ${String(value)}`);
}

/** `[2, N + 1]`, `"name"`, `-0`; sub-graphs as `body` prints them, what is no attribute (a function) as `other` does. */
export function printValue(
  value: Attribute,
  body: (graph: Subgraph) => string,
  other: (value: unknown) => string = refuse,
): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.map((item) => printValue(item, body, other)).join(', ')}]`;
  if (isSymbolic(value)) return printDim(value);
  return isSubgraph(value) ? body(value) : other(value);
}

/** The attributes as a key: equal exactly where they are equal; sub-graphs by their nodes' ids in one builder. */
export function attrsKey(attrs: Attrs): string {
  const ids = ({ parameters, result }: Subgraph): string =>
    `(${parameters.map((p) => p.id).join()}):${result.id}`;
  const names = Object.keys(attrs);
  // Most primitives take none.
  if (names.length === 0) return '';
  return names
    .sort()
    .map((name) => `${name}=${printValue(attrs[name], ids)}`)
    .join(';');
}
