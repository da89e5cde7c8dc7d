/**
 * The type of every expression, for each call that it is evaluated in: bodies of networks, blocks and fns are typed anew
 * at each call. The analysis records them (TypeTable); lowering evaluates again and asserts that nothing has changed.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
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
  | { readonly sort: 'number' | 'bool' | 'string' | 'network' | 'function' | 'unknown' };

/** One call of a network, block or fn, inside another one or none. */
export interface CallSite {
  readonly span: Span;
  /** What is called. */
  readonly of: string;
  readonly within: CallSite | null;
}

/** What is done with types while expressions are evaluated. */
export interface Typing {
  /** The site of a call: the same object for the same call in the same calls. */
  enter(within: CallSite | null, span: Span, of: string): CallSite;
  /** The body of the call at `site` has the values of one that was made before. */
  same(site: CallSite, first: CallSite): void;
  note(expr: ast.Expr, site: CallSite | null, value: Value): void;
}

/** What is known of the bodies of calls: views of one spec (lines of reports) share them. */
class Bodies {
  readonly types = new Map<ast.Expr, Map<CallSite, ValueType>>();
  readonly sites = new Map<CallSite, Map<Span, CallSite>>();
  readonly sameAs = new Map<CallSite, CallSite>();
}

export class TypeTable implements Typing {
  /** Outside of all calls. */
  private readonly types = new Map<ast.Expr, ValueType>();
  private readonly sites = new Map<Span, CallSite>();
  private readonly bodies: Bodies;

  /** `beside`: another view, in which the same calls are made. */
  constructor(beside?: TypeTable) {
    this.bodies = beside?.bodies ?? new Bodies();
  }

  enter(within: CallSite | null, span: Span, of: string): CallSite {
    const inside = within === null ? this.sites : entry(this.bodies.sites, within);
    const site = inside.get(span) ?? { span, of, within };
    inside.set(span, site);
    return site;
  }

  same(site: CallSite, first: CallSite): void {
    if (first !== site) this.bodies.sameAs.set(site, first);
  }

  note(expr: ast.Expr, site: CallSite | null, value: Value): void {
    if (site === null) this.types.set(expr, typeOf(value));
    else entry(this.bodies.types, expr).set(site, typeOf(value));
  }

  /** Where the body of a call was evaluated: there, or at an earlier call with the same values. */
  bodyOf(site: CallSite): CallSite {
    return this.bodies.sameAs.get(site) ?? site;
  }

  /** undefined: the expression was never evaluated there. */
  at(expr: ast.Expr, site: CallSite | null): ValueType | undefined {
    return site === null ? this.types.get(expr) : this.bodies.types.get(expr)?.get(site);
  }

  /** Every type of an expression, with the call that it was evaluated in. */
  of(expr: ast.Expr): readonly { readonly site: CallSite | null; readonly type: ValueType }[] {
    const outside = this.types.get(expr);
    const inside = [...(this.bodies.types.get(expr) ?? [])].map(([site, type]) => ({ site, type }));
    return outside === undefined ? inside : [{ site: null, type: outside }, ...inside];
  }
}

function entry<K, A, B>(table: Map<K, Map<A, B>>, key: K): Map<A, B> {
  const found = table.get(key) ?? new Map<A, B>();
  table.set(key, found);
  return found;
}

/** For evaluating again what was recorded: throws if a type is another one now, or was never recorded. */
export const asserting = (table: TypeTable): Typing => ({
  enter: (within, span, of) => table.bodyOf(table.enter(within, span, of)),
  same: () => undefined,
  note(expr, site, value) {
    const [was, is] = [table.at(expr, site), typeOf(value)];
    if (was !== undefined && sameValueType(was, is)) return;
    const recorded = was === undefined ? 'nothing' : printValueType(was);
    throw new Error(
      `the analysis says ${recorded} of \`${textOf(expr.span)}\`, lowering ${printValueType(is)}`,
    );
  },
});

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
function sameValueType(a: ValueType, b: ValueType): boolean {
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

const mapValues = <A, B>(object: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
