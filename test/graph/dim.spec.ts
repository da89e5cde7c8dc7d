/** Sizes as polynomials: their algebra, and that equal sizes have one form. */
import { assert } from 'chai';
import fc from 'fast-check';
import {
  addDims,
  ceilDivDim,
  divDims,
  mulDims,
  printDim,
  product,
  sameDim,
  sameShape,
  subDims,
  substituteDim,
  symbol,
  symbolsOf,
  type Dim,
} from '../../compiler/ir/dim.ts';

const names = ['N', 'T', 'L'];
const small = fc.integer({ min: -4, max: 4 });
const monomial = fc
  .tuple(small, fc.array(fc.constantFrom(...names), { maxLength: 2 }))
  .map(([factor, parts]) => parts.reduce<Dim>((dim, name) => mulDims(dim, symbol(name)), factor));
const dim: fc.Arbitrary<Dim> = fc
  .array(monomial, { maxLength: 3 })
  .map((parts) => parts.reduce<Dim>(addDims, 0));
const values = fc.record({ N: fc.integer({ min: 1, max: 9 }), T: fc.integer({ min: 1, max: 9 }), L: small });
const at = (d: Dim, sizes: Record<string, number>): number => substituteDim(d, sizes) as number;

const [N, T] = [symbol('N'), symbol('T')];

describe('sizes', () => {
  it('add, subtract and multiply as their values do', () => {
    fc.assert(
      fc.property(dim, dim, values, (a, b, sizes) => {
        assert.equal(at(addDims(a, b), sizes), at(a, sizes) + at(b, sizes));
        assert.equal(at(subDims(a, b), sizes), at(a, sizes) - at(b, sizes));
        assert.equal(at(mulDims(a, b), sizes), at(a, sizes) * at(b, sizes));
      }),
    );
  });

  it('have one canonical form: equal polynomials are equal objects', () => {
    fc.assert(
      fc.property(dim, dim, dim, (a, b, c) => {
        assert.deepEqual(mulDims(addDims(a, b), c), addDims(mulDims(c, b), mulDims(c, a)));
        assert.deepEqual(addDims(addDims(a, b), c), addDims(a, addDims(b, c)));
        assert.deepEqual(mulDims(mulDims(a, b), c), mulDims(a, mulDims(b, c)));
        assert.deepEqual(addDims(subDims(a, b), b), a);
        assert.strictEqual(subDims(a, a), 0);
        assert.equal(sameDim(a, b), subDims(a, b) === 0);
      }),
    );
  });

  it('are numbers where no symbol is left', () => {
    fc.assert(
      fc.property(dim, (a) => {
        if (typeof a === 'number') return;
        assert(symbolsOf(a).length > 0 && Object.values(a.terms).every((c) => c !== 0));
        assert.deepEqual(Object.keys(a.terms), Object.keys(a.terms).sort());
      }),
    );
    assert.strictEqual(subDims(addDims(N, 3), N), 3);
  });

  it('divide exactly or not at all', () => {
    fc.assert(
      fc.property(dim, monomial, values, (a, b, sizes) => {
        fc.pre(b !== 0);
        assert.deepEqual(divDims(mulDims(a, b), b), a);
        const quotient = divDims(a, b);
        if (quotient !== undefined) assert.deepEqual(mulDims(quotient, b), a);
        else fc.pre(at(b, sizes) !== 0);
      }),
    );
    assert.isUndefined(divDims(N, 2));
    assert.isUndefined(divDims(N, T));
    assert.isUndefined(divDims(N, 0));
    assert.isUndefined(divDims(mulDims(N, N), addDims(N, 1)));
    assert.strictEqual(divDims(addDims(N, 1), addDims(N, 1)), 1);
    assert.strictEqual(divDims(49, 49), 1);
    assert.deepEqual(ceilDivDim(mulDims(49, N), 49), N);
  });

  it('round up where that is exact for every value', () => {
    fc.assert(
      fc.property(dim, fc.integer({ min: 1, max: 4 }), values, (a, n, sizes) => {
        const quotient = ceilDivDim(a, n);
        if (quotient !== undefined) assert.equal(at(quotient, sizes) + 0, Math.ceil(at(a, sizes) / n) + 0);
      }),
    );
    assert.deepEqual(ceilDivDim(addDims(mulDims(2, T), 1), 2), addDims(T, 1));
    assert.isUndefined(ceilDivDim(T, 2));
  });

  it('take sizes for symbols, all at once', () => {
    assert.deepEqual(substituteDim(addDims(N, mulDims(2, T)), { N: T, T: N }), addDims(T, mulDims(2, N)));
    assert.deepEqual(substituteDim(mulDims(N, T), { N: 3 }), mulDims(3, T));
  });

  it('print as one would write them', () => {
    assert.equal(printDim(addDims(mulDims(2, N), 1)), '2*N + 1');
    assert.equal(printDim(subDims(mulDims(T, N), 3)), 'N*T - 3');
    assert.equal(printDim(subDims(T, N)), '-1*N + T');
    assert.equal(printDim(product([4, N, 2])), '8*N');
    assert(sameShape([N, 3], [N, 3]) && !sameShape([N, 3], [T, 3]) && !sameShape([3], [3, 1]));
  });
});
