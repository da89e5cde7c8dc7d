/**
 * Random valid specs on every engine: the first of those that `npm run random -- --specs 1000` tries. None is refused, none
 * is computed differently by one of them.
 */
import { assert } from 'chai';
import fc from 'fast-check';
import { enginesAgree } from '../random/agree.ts';
import { randomSpecs } from '../random/specs.ts';

describe('random specs', () => {
  const count = 50;
  for (const [i, text] of fc.sample(randomSpecs, { numRuns: count, seed: 20 }).entries())
    it(`${i + 1} of ${count} is the same on every engine`, async () => {
      assert.equal(await enginesAgree(text), 'agree');
    });
});
