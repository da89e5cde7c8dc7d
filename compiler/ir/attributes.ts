/**
 * Attributes as data: what kinds of values there are (numbers, strings, truth, lists, sizes, sub-graphs), their
 * printed form, by which nodes are compared, and rewriting the sizes and sub-graphs in them.
 */
import { printDim, type Dim, type Polynomial } from './dim.ts';
import type { Attrs, Subgraph } from './node.ts';

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const isSymbolic = (value: unknown): value is Polynomial =>
  isRecord(value) && 'terms' in value && 'constant' in value;

export const isSubgraph = (value: unknown): value is Subgraph =>
  isRecord(value) && 'parameters' in value && 'result' in value;

function refuse(value: unknown): never {
  throw new Error(`not an attribute: ${String(value)}`);
}

/** `[2, N + 1]`, `"name"`, `-0`; sub-graphs as `body` prints them, what is no attribute (a function) as `other` does. */
export function printValue(
  value: unknown,
  body: (graph: Subgraph) => string,
  other: (value: unknown) => string = refuse,
): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, body, other)).join(', ')}]`;
  if (isSymbolic(value)) return printDim(value);
  return isSubgraph(value) ? body(value) : other(value);
}

/** The attributes as a key: equal exactly where they are equal; sub-graphs by their nodes' ids in one builder. */
export function attrsKey(attrs: Attrs): string {
  const ids = ({ parameters, result }: Subgraph): string =>
    `(${parameters.map((p) => p.id).join()}):${result.id}`;
  return Object.keys(attrs)
    .sort()
    .map((name) => `${name}=${printValue(attrs[name], ids)}`)
    .join(';');
}

/** The same attributes with other sizes and sub-graphs. */
export function mapAttrs(
  attrs: Attrs,
  size: (dim: Polynomial) => Dim,
  body: (graph: Subgraph) => Subgraph,
): Attrs {
  const map = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.every((x) => typeof x === 'number') ? value : value.map(map);
    if (isSymbolic(value)) return size(value);
    return isSubgraph(value) ? body(value) : value;
  };
  return Object.fromEntries(Object.entries(attrs).map(([name, value]) => [name, map(value)]));
}
