/** A spec for smaller minibatches. In: the spec, and how many parts its batches are to have; out: the spec of one part. */
import { assert } from 'chai';
import type { Source } from '../../grammar/source.ts';

/** The spec with batches of an n-th. */
export function smaller(source: Source, parts: number): Source {
  const text = source.text.replace(/\bbatch (\d+)/g, (_, rows: string) => {
    assert.equal(Number(rows) % parts, 0, `${source.path}: batch ${rows} in ${parts} parts`);
    return `batch ${Number(rows) / parts}`;
  });
  assert.notEqual(text, source.text);
  return { ...source, text };
}
