/** As many numbers as wanted, each as near to what is wanted as a share of its size (of 1 for small ones). */
import { assert } from 'chai';

export function close(got: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-12): void {
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) =>
    assert.closeTo(got[i], value, tolerance * Math.max(1, Math.abs(value)), `[${i}]`),
  );
}
