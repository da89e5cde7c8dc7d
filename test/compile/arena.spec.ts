/** onnxruntime's arena, by hand: what stays resident after values were taken and given back. */
import { assert } from 'chai';
import { residentBytes } from '../../compiler/costs/arena.ts';
import type { MemoryEvent } from '../../compiler/ir/running.ts';

const mib = 2 ** 20;
const take = (key: string, size: number): MemoryEvent<string> => ({ take: key, bytes: size * mib });
const give = (key: string): MemoryEvent<string> => ({ give: key });

describe("onnxruntime's arena", () => {
  it('is resident where it was written', () => {
    assert.equal(residentBytes([], true), 0);
    assert.equal(residentBytes([{ take: 'a', bytes: 100 }], false), 100);
    assert.equal(residentBytes([take('a', 0.25), give('a'), take('b', 0.5)], false), 0.5 * mib);
  });

  it('takes the smallest free piece that holds a value', () => {
    // Regions of 4 and 8 MiB; c goes into the one that a left, though the other has room.
    const run = [take('a', 3), take('b', 5), give('a'), take('c', 2)];
    assert.equal(residentBytes(run, false), 8 * mib);
    // Without a free piece it opens the next region.
    assert.equal(residentBytes([take('a', 3), take('b', 5), take('c', 6)], false), 14 * mib);
  });

  it('splits a piece where the rest is as large, and joins neighbours that are free', () => {
    const parts = [take('all', 4), give('all'), take('a', 1), take('b', 1), take('c', 2)];
    assert.equal(residentBytes(parts, false), 4 * mib);
    // a and b together are room for d again: nothing more is written.
    assert.equal(residentBytes([...parts, give('a'), give('b'), take('d', 2)], false), 4 * mib);
    // a and c are no neighbours: d needs a region of its own.
    assert.equal(residentBytes([...parts, give('a'), give('c'), take('d', 3)], false), 7 * mib);
  });

  it('takes one block from the second run on, in what the first left if a region holds it', () => {
    // Never both at once: the block is 3 MiB, and lies where they lay.
    const apart = [take('a', 3), give('a'), take('b', 3), give('b')];
    assert.equal(residentBytes(apart, true), 3 * mib);
    // Both at once, in two regions of 4 MiB: the block of 6 needs one of 8.
    const both = [take('a', 3), take('b', 3), give('a'), give('b')];
    assert.equal(residentBytes(both, false), 6 * mib);
    assert.equal(residentBytes(both, true), 12 * mib);
  });
});
