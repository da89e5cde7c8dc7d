/** How much memory there is, by what Node says of a container's limit. */
import { totalmem } from 'node:os';
import { assert } from 'chai';
import { memoryHere } from '../../runtime/memory.ts';

describe('the memory there is', () => {
  it("is a container's limit, where it has one, and the machine's otherwise", () => {
    assert.equal(memoryHere(1e6), 1e6);
    for (const none of [0, 2 ** 63, 2 ** 64]) assert.equal(memoryHere(none), totalmem());
    assert.isAtMost(memoryHere(), totalmem());
  });
});
