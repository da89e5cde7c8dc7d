/**
 * How every pass is run: made, its graphs verified, printed on request. In: a pass's name, what it does and how to look at
 * what it makes; out: what it makes.
 */
import type { CompileOptions } from './input.ts';
import type { Node } from './ir/node.ts';
import { verify } from './ir/verify.ts';
import { printGraphs, type Roots } from './print.ts';

/** In their order. */
export type PassName =
  'parse' | 'bind' | 'analyse' | 'check' | 'lower' | 'differentiate' | 'simplify' | 'schedule' | 'emit';

type Look<T> =
  | { print(made: T): string }
  /** Of a pass that makes graphs: their outputs, by graph and name. */
  | { graphs(made: T): Readonly<Record<string, Roots>> };

export type Pass = <T>(name: PassName, make: () => T, look: Look<T>) => T;

/** Throws GraphError if a pass makes a graph that breaks the graph's own laws (ir/verify.ts). */
export const passes =
  ({ dump }: Pick<CompileOptions, 'dump'>): Pass =>
  (name, make, look) => {
    const made = make();
    if ('print' in look) dump?.(name, () => look.print(made));
    else {
      const graphs = look.graphs(made);
      for (const roots of Object.values(graphs)) verify(Object.values<Node>(roots));
      dump?.(name, () => printGraphs(graphs));
    }
    return made;
  };
