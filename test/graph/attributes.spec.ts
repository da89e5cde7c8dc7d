/** Attributes: every primitive replaces the sizes and bodies in its own, and leaves the rest and the order as they are. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { printValue, type Attrs } from '../../compiler/ir/attributes.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { symbol, type Polynomial } from '../../compiler/ir/dim.ts';
import type { Attributes, OpName, Subgraph } from '../../compiler/ir/node.ts';
import { opNames, opOf } from '../../compiler/ir/primitives/catalog.ts';

type Item<T> = T extends readonly (infer E)[] ? Item<E> : T;
/** Attributes whose type lets a symbolic size or a body in. */
type SizedIn<A> = {
  [P in keyof A]-?: Extract<Item<A[P]>, Polynomial | Subgraph> extends never ? never : P;
}[keyof A];
/** A row for each primitive that has such attributes, and all of them in it: another doesn't compile. */
type Sized = {
  readonly [K in OpName as SizedIn<Attributes[K]> extends never ? never : K]: Readonly<
    Record<SizedIn<Attributes[K]>, true>
  >;
};

const sized: Sized = {
  input: { shape: true },
  draw: { shape: true },
  iota: { shape: true },
  extent: { dim: true },
  reshape: { shape: true },
  regroup: { shape: true },
  expand: { shape: true },
  slice: { start: true, end: true },
  pad: { low: true, high: true },
  conv_input_grad: { size: true },
  conv_weight_grad: { size: true },
  scan: { body: true },
};

describe('attributes', () => {
  const table: Readonly<Record<string, object>> = sized;
  const b = new Builder();
  const body: Subgraph = { parameters: [], result: b.constant(0) };
  const print = (attrs: Attrs, name: string): string =>
    printValue(attrs[name], ({ result }) => `body ${result.id}`);

  for (const op of opNames) {
    it(`${op}: sizes are replaced, and nothing else`, () => {
      const primitive = opOf(op);
      for (const sample of primitive.samples) {
        const before = typeof sample.attrs === 'function' ? sample.attrs(b) : sample.attrs;
        const after = primitive.resized(before, {
          size: () => symbol('K'),
          shape: (shape) => shape.map(() => symbol('K')),
          body: () => body,
        });
        assert.deepEqual(Object.keys(after), Object.keys(before));
        // A shape of rank 0 has no size to replace.
        const open = Object.keys(before).filter((name) => print(before, name) !== '[]');
        const changed = open.filter((name) => print(after, name) !== print(before, name));
        assert.deepEqual(
          changed,
          open.filter((name) => name in (table[op] ?? {})),
        );
      }
    });
  }
});
