/**
 * What is known of a value without its nodes: its type, and what is decided of an argument. In: values; out: plain data that
 * the analysis keeps (typing.ts) and that lowering compares with.
 */
import { printHost, type HostExpr } from '../../program/host.ts';
import { isScalar, printType, sameTypeShape, type TensorType } from '../types.ts';
import type { FamilyName, Value } from '../values.ts';

export type ValueType =
  | { readonly sort: 'tensor'; readonly type: TensorType }
  | { readonly sort: 'record'; readonly fields: Readonly<Record<string, ValueType>> }
  | {
      readonly sort: 'distribution';
      readonly family: FamilyName;
      readonly of: Readonly<Record<string, TensorType>>;
    }
  | { readonly sort: 'list'; readonly items: readonly ValueType[] }
  | { readonly sort: 'number' | 'bool' | 'string' | 'network' | 'layer' | 'function' | 'unknown' };

/** A value without its nodes; what is made late stays unmade. */
export function typeOf(value: Value): ValueType {
  switch (value.sort) {
    case 'tensor':
      return { sort: 'tensor', type: value.type };
    case 'record':
      return { sort: 'record', fields: mapValues(value.fields, typeOf) };
    case 'distribution':
      return {
        sort: 'distribution',
        family: value.family,
        of: mapValues(value.parameters, ({ type }) => type),
      };
    case 'list':
      return { sort: 'list', items: value.items.map(typeOf) };
    default:
      return { sort: value.sort };
  }
}

/**
 * Equal but for rows: whose rows samples have is settled only when everything has met, and a sum over rows that never
 * met is then one of means.
 */
export function sameValueType(a: ValueType, b: ValueType): boolean {
  if (a.sort === 'tensor') return b.sort === 'tensor' && sameType(a.type, b.type);
  if (a.sort === 'record') return b.sort === 'record' && sameFields(a.fields, b.fields, sameValueType);
  if (a.sort === 'list') return b.sort === 'list' && sameFields(a.items, b.items, sameValueType);
  if (a.sort === 'distribution')
    return b.sort === 'distribution' && a.family === b.family && sameFields(a.of, b.of, sameType);
  return a.sort === b.sort;
}

const sameType = (a: TensorType, b: TensorType): boolean =>
  a.kind === b.kind &&
  a.hidden === b.hidden &&
  JSON.stringify([a.range, a.classes]) === JSON.stringify([b.range, b.classes]) &&
  (sameTypeShape(a, b) || (isScalar(a) && isScalar(b)));

function sameFields<T>(
  a: Readonly<Record<string, T>> | readonly T[],
  b: Readonly<Record<string, T>> | readonly T[],
  same: (x: T, y: T) => boolean,
): boolean {
  const [own, others] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    own.length === others.size && own.every(([name, x]) => others.has(name) && same(x, others.get(name)!))
  );
}

/** `image[1, 28, 28] in [0, 1]`, `{ digit: categorical }` */
export function printValueType(type: ValueType): string {
  switch (type.sort) {
    case 'tensor':
      return printType(type.type);
    case 'record':
      return `{ ${Object.entries(type.fields)
        .map(([name, field]) => `${name}: ${printValueType(field)}`)
        .join(', ')} }`;
    case 'distribution':
      return type.family;
    case 'list':
      return `[${type.items.map(printValueType).join(', ')}]`;
    default:
      return type.sort;
  }
}

/** What is decided when compiling is there itself; of all else, its type. */
export type Decided =
  | { readonly sort: 'number'; readonly value: HostExpr }
  | { readonly sort: 'bool'; readonly value: boolean }
  | { readonly sort: 'string'; readonly value: string }
  | { readonly sort: 'list'; readonly items: readonly Decided[] }
  | { readonly sort: 'made'; readonly type: ValueType };

export function decided(value: Value): Decided {
  switch (value.sort) {
    case 'number':
    case 'bool':
    case 'string':
      return value;
    case 'list':
      return { sort: 'list', items: value.items.map(decided) };
    default:
      return { sort: 'made', type: typeOf(value) };
  }
}

/** The value of what is decided when compiling. */
export function constant(known: Decided): Value {
  if (known.sort === 'made') throw new Error(`${printValueType(known.type)} is no constant`);
  return known.sort === 'list' ? { sort: 'list', items: known.items.map(constant) } : known;
}

export function sameDecided(a: Decided, b: Decided): boolean {
  if (a.sort === 'made') return b.sort === 'made' && sameValueType(a.type, b.type);
  if (a.sort === 'list') return b.sort === 'list' && sameFields(a.items, b.items, sameDecided);
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `3`, `[0.5, 0.9]`, `vec[8]` */
export function printDecided(value: Decided): string {
  switch (value.sort) {
    case 'number':
      return printHost(value.value);
    case 'list':
      return `[${value.items.map(printDecided).join(', ')}]`;
    case 'made':
      return printValueType(value.type);
    default:
      return String(value.value);
  }
}

const mapValues = <A, B>(object: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
