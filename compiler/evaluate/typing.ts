/**
 * The type of every expression and the arguments of every builtin, for each call that they are evaluated in: bodies of
 * networks, blocks and fns are typed anew at each call. The analysis records them (TypeTable); lowering evaluates again by
 * the record and asserts that nothing has changed.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import type { Value } from '../values.ts';
import { printDecided, printValueType, sameDecided, sameValueType, typeOf } from './value-types.ts';
import type { Decided, ValueType } from './value-types.ts';

/** One call of a network, block or fn, inside another one or none. */
export interface CallSite {
  readonly span: Span;
  /** What is called. */
  readonly of: string;
  readonly within: CallSite | null;
}

/** What is decided of one parameter. */
export interface ResolvedArgument {
  /** Which of the call's arguments are for it, by their places, what is piped in first; none: the default holds. */
  readonly given: readonly number[];
  /** None: it may be left out, and is. */
  readonly values: readonly Decided[];
}

/** Of a call of a builtin: every parameter by its name, defaults filled in. */
export type ResolvedArguments = ReadonlyMap<string, ResolvedArgument>;

/** What is done with types and arguments while expressions are evaluated. */
export interface Typing {
  /** The site of a call: the same object for the same call in the same calls. */
  enter(within: CallSite | null, span: Span, of: string): CallSite;
  /** The body of the call at `site` has the values of one that was made before. */
  same(site: CallSite, first: CallSite): void;
  note(expr: ast.Expr, site: CallSite | null, value: Value): void;
  /** The arguments of the builtin called at `call` as they were recorded; null: they are being decided. */
  resolved(call: Span, site: CallSite | null): ResolvedArguments | null;
  noteArguments(call: Span, site: CallSite | null, args: ResolvedArguments): void;
}

/** Of expressions and calls, by what stands there and the call around it. */
class Known<K, V> {
  private readonly outside = new Map<K, V>();
  private readonly inside: Map<K, Map<CallSite, V>>;

  /** `beside`: what is inside of calls is known there too. */
  constructor(beside?: Known<K, V>) {
    this.inside = beside?.inside ?? new Map<K, Map<CallSite, V>>();
  }

  set(key: K, site: CallSite | null, value: V): void {
    if (site === null) this.outside.set(key, value);
    else entry(this.inside, key).set(site, value);
  }

  get(key: K, site: CallSite | null): V | undefined {
    return site === null ? this.outside.get(key) : this.inside.get(key)?.get(site);
  }

  all(key: K): readonly (readonly [CallSite | null, V])[] {
    const outside = this.outside.get(key);
    const inside = [...(this.inside.get(key) ?? [])];
    return outside === undefined ? inside : [[null, outside], ...inside];
  }
}

/** The calls inside of calls: views of one spec (lines of reports) share them. */
class Bodies {
  readonly sites = new Map<CallSite, Map<Span, CallSite>>();
  readonly sameAs = new Map<CallSite, CallSite>();
}

export class TypeTable implements Typing {
  private readonly types: Known<ast.Expr, ValueType>;
  private readonly args: Known<Span, ResolvedArguments>;
  /** Outside of all calls. */
  private readonly sites = new Map<Span, CallSite>();
  private readonly bodies: Bodies;

  /** `beside`: another view, in which the same calls are made. */
  constructor(beside?: TypeTable) {
    this.types = new Known(beside?.types);
    this.args = new Known(beside?.args);
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
    this.types.set(expr, site, typeOf(value));
  }

  resolved(): null {
    return null;
  }

  noteArguments(call: Span, site: CallSite | null, args: ResolvedArguments): void {
    this.args.set(call, site, args);
  }

  /** Where the body of a call was evaluated: there, or at an earlier call with the same values. */
  bodyOf(site: CallSite): CallSite {
    return this.bodies.sameAs.get(site) ?? site;
  }

  /** undefined: the expression was never evaluated there. */
  at(expr: ast.Expr, site: CallSite | null): ValueType | undefined {
    return this.types.get(expr, site);
  }

  /** Of the builtin called at `call`; undefined: it was never called there, or in error. */
  argumentsAt(call: Span, site: CallSite | null): ResolvedArguments | undefined {
    return this.args.get(call, site);
  }

  /** Every type of an expression, with the call that it was evaluated in. */
  of(expr: ast.Expr): readonly { readonly site: CallSite | null; readonly type: ValueType }[] {
    return this.types.all(expr).map(([site, type]) => ({ site, type }));
  }

  /** All arguments of the builtin called at `call`, with the call that it stands in. */
  argumentsOf(call: Span): readonly { readonly site: CallSite | null; readonly args: ResolvedArguments }[] {
    return this.args.all(call).map(([site, args]) => ({ site, args }));
  }
}

function entry<K, A, B>(table: Map<K, Map<A, B>>, key: K): Map<A, B> {
  const found = table.get(key) ?? new Map<A, B>();
  table.set(key, found);
  return found;
}

/** For evaluating again what was recorded: throws if a type or an argument is another one now, or was never recorded. */
export const asserting = (table: TypeTable): Typing => ({
  enter: (within, span, of) => table.bodyOf(table.enter(within, span, of)),
  same: () => undefined,
  note(expr, site, value) {
    const [was, is] = [table.at(expr, site), typeOf(value)];
    if (was !== undefined && sameValueType(was, is)) return;
    throw otherwise(expr.span, was === undefined ? 'nothing' : printValueType(was), printValueType(is));
  },
  resolved(call, site) {
    const args = table.argumentsAt(call, site);
    if (args === undefined) throw otherwise(call, 'nothing of the arguments', 'asks for them');
    return args;
  },
  noteArguments(call, site, args) {
    const recorded = table.argumentsAt(call, site);
    for (const [name, { values }] of args) {
      const was = recorded?.get(name)?.values ?? [];
      if (was.length === values.length && was.every((one, i) => sameDecided(one, values[i]))) continue;
      const print = (all: readonly Decided[]): string => `${name}: ${all.map(printDecided).join(', ')}`;
      throw otherwise(call, print(was), print(values));
    }
  },
});

const otherwise = (span: Span, recorded: string, found: string): Error =>
  new Error(`the analysis says ${recorded} of \`${textOf(span)}\`, lowering ${found}`);
