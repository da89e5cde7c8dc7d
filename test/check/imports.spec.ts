/** Imported files that are missing or have mistakes of their own: said once, and what they would declare stays silent. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import { render } from '../../grammar/render.ts';
import { host } from '../parity/host.ts';

const spec = `import "parts.gan"
data ring = gaussians(rows: 64)
network E(x: vec[2]) -> vec[4] { x |> body |> dense(4) }
loss error = sum(twice(E(ring.point))) + distance(D(E(ring.point)), ring.point)
train for 10 steps, batch 8 { update E, D to minimize error with adam(rate) }`;

/** The codes that are said, where `parts.gan` holds this. */
function codes(parts: string): string[] {
  const reading: Host = { ...host, read: (path) => (path === 'parts.gan' ? { path, text: parts } : null) };
  const { diagnostics } = checkSpec({ path: 'spec.gan', text: spec }, reading);
  for (const { hint } of diagnostics) assert.isString(hint, render(diagnostics, { color: false }));
  return diagnostics.map(({ code }) => code);
}

const block = 'block body(x) { x |> dense(8) |> relu }\n';
const fn = 'fn twice(x) = 2 * abs(x)\n';
const network = 'network D(x: vec[4]) -> vec[2] { x |> body |> dense(2) }\n';
const rate = 'param rate: real = 1e-3\n';

describe('imported files', () => {
  it('are read as if they were part of the spec', () => {
    assert.isEmpty(codes(block + fn + network + rate));
  });

  it('one with a declaration that does not read on hides no more than that', () => {
    assert.deepEqual(codes(block + fn.replace('abs(x)', 'abs(x))') + network + rate), ['GAN1012']);
    assert.deepEqual(codes(block.replace('8)', '8') + fn + network + rate), ['GAN1011']);
    assert.deepEqual(codes(block + fn + network.replace('{ x', '{ return x') + rate), ['GAN1024']);
  });

  it('so does one whose end is missing', () => {
    assert.deepEqual(codes(block + fn + rate + 'network D(x: vec[4]) -> vec['), ['GAN1011']);
  });

  it('what a whole one does not declare is said', () => {
    assert.deepEqual(codes(block + fn + network), ['GAN2001']);
    assert.deepEqual(codes(block + network + rate), ['GAN2002']);
  });
});
