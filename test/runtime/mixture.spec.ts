/** The modes of a column, against scikit-learn's (mixture.py) and against what the numbers were made of. */
import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { byModes, drawnMode } from '../../runtime/data/by-modes.ts';
import { digamma, modesOf, type Mode } from '../../runtime/data/mixture.ts';

interface Case {
  readonly name: string;
  readonly most: number;
  readonly numbers: readonly number[];
  readonly modes: readonly Mode[];
}
const cases = JSON.parse(readFileSync(new URL('mixture.json', import.meta.url), 'utf8')) as readonly Case[];

describe('modes of a column', () => {
  for (const { name, most, numbers, modes } of cases)
    it(`${name}: as scikit-learn finds them`, () => {
      const found = modesOf(numbers, most);
      assert.lengthOf(found, most);
      const largest = Math.max(...numbers.map(Math.abs));
      modes.forEach(({ weight, mean, std }, k) => {
        assert.approximately(found[k].weight, weight, 1e-4, `weight ${k}`);
        // A mode without weight stays where its prior is, however long it takes to come there.
        if (weight < 0.005) return;
        assert.approximately(found[k].mean, mean, 1e-4 * largest, `mean ${k}`);
        assert.approximately(found[k].std, std, 1e-3 * std, `std ${k}`);
      });
    });

  it('digamma is that of tables', () => {
    const euler = 0.57721566490153286;
    assert.approximately(digamma(1), -euler, 1e-13);
    assert.approximately(digamma(0.5), -euler - 2 * Math.LN2, 1e-13);
    assert.approximately(digamma(1e-3), -1000.5755719318103, 1e-10);
    assert.approximately(digamma(100), 4.600161852738087, 1e-13);
  });

  it('each number is turned back by the mode that it is taken to be of', () => {
    const numbers = Float64Array.from(cases[0].numbers);
    const { modes, scaled, mode } = byModes(numbers, { name: 'x', size: 10 }, 0);
    assert.lengthOf(modes, 10);
    numbers.forEach((x, row) => {
      const { mean, std } = modes[mode[row]];
      assert.approximately(mean + 4 * std * scaled[row], x, 1e-9);
    });
    // As they were drawn: 60, 120 and 40 numbers round -40, 5 and 30, of which one may lie between two.
    [-40, 5, 30].forEach((middle, i) => {
      const near = numbers.filter((_, row) => Math.abs(modes[mode[row]].mean - middle) < 3);
      assert.approximately(near.length, [60, 120, 40][i], 2);
    });
    assert.notDeepEqual([...byModes(numbers, { name: 'x', size: 10 }, 1).mode], [...mode], 'another seed');
  });

  it('where modes overlap, one is drawn by its density there', () => {
    const modes = [
      { weight: 0.25, mean: 0, std: 1 },
      { weight: 0.75, mean: 2, std: 0.5 },
    ];
    const density = ({ weight, mean, std }: Mode): number =>
      (weight / std) * Math.exp(-((1.2 - mean) ** 2) / (2 * std ** 2));
    const first = Array.from({ length: 10_000 }, (_, i) => drawnMode(modes, 1.2, i / 10_000)).filter(
      (k) => k === 0,
    );
    const wanted = density(modes[0]) / (density(modes[0]) + density(modes[1]));
    assert.approximately(first.length / 10_000, wanted, 2e-4);
    // So far out that no density is left in float64.
    assert.equal(drawnMode(modes, 1e6, 0.5), 0);
  });

  it('a column of one number has one mode', () => {
    const { scaled, mode } = byModes(
      Float64Array.from({ length: 9 }, () => 7),
      { name: 'x', size: 3 },
      0,
    );
    assert.deepEqual([...scaled], Array(9).fill(0));
    assert.deepEqual(new Set(mode).size, 1);
  });
});
