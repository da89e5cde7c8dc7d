/** `// allow CODE: reason` takes away a warning below it, and nothing else; `--strict` makes errors of those that are left. */
import { assert } from 'chai';
import { checkSpec, compile } from '../../compiler/compile.ts';
import { format } from '../../grammar/format.ts';
import { host } from '../parity/host.ts';

/** A spec with one unused param and one unused stream, and lines of comment above each. */
const spec = (aboveParam = '', aboveStream = '', inside = ''): string => `gan Allowed

${aboveParam}
param unused: int = 3

${aboveStream}
data spare = gaussians(rows: 10)
data ring = gaussians(rows: 100)
sample z ~ normal[4]

network G(z: vec[4]) -> vec[2] { z |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(1) }

let game = adversarial(real: D(ring.point), fake: D(G(z)))

train for 3 steps, batch 4 {
  ${inside}
  update D to minimize game.discriminator with sgd(0.1)
  update G to minimize game.generator with sgd(0.1)
}
`;

const said = (text: string, strict = false): string[] =>
  checkSpec({ path: 'allowed.gan', text }, host, { strict }).diagnostics.map(
    ({ code, severity }) => `${severity} ${code}`,
  );

describe('allow', () => {
  it('a warning lets the spec be built; strict makes an error of it', () => {
    assert.deepEqual(said(spec()), ['warning GAN4004', 'warning GAN4004']);
    assert.isDefined(compile({ path: 'allowed.gan', text: spec() }, host, { target: 'reference' }).program);
    assert.deepEqual(said(spec(), true), ['error GAN4004', 'error GAN4004']);
    const { program } = compile({ path: 'allowed.gan', text: spec() }, host, {
      target: 'reference',
      strict: true,
    });
    assert.isUndefined(program);
  });

  it('silences the declaration below, and only that, strict or not', () => {
    const text = spec('// allow GAN4004: for the next try');
    assert.deepEqual(said(text), ['warning GAN4004']);
    assert.deepEqual(said(text, true), ['error GAN4004']);
    const both = spec('// allow GAN4004: for the next try', '// allow GAN4004: so too\n/// A stream.');
    assert.isEmpty(said(both, true));
  });

  it('without a reason, of no code, of an error, of nothing: a warning, and what it was for stays', () => {
    const all = ['warning GAN2017', 'warning GAN4004', 'warning GAN4004'];
    for (const comment of [
      '// allow GAN4004',
      '// allow GAN4004:  ',
      '// allow GAN9999: why',
      '// allow GAN3001: why',
      '// allow GAN4003: why',
    ])
      assert.deepEqual(said(spec(comment)), all, comment);
    const late = spec().replace('= 3', '= 3 // allow GAN4004: beside it');
    assert.sameMembers(said(late), all);
    const used = spec('// allow GAN4004: a', '// allow GAN4004: b', '// allow GAN4004: all is used here');
    assert.deepEqual(said(used), ['warning GAN2017']);
  });

  it('text about allowing things is no allow', () => {
    assert.lengthOf(said(spec('// allow the generator to lag', '// see GAN4004: it is allowed')), 2);
  });

  it('several codes in one comment, each of use', () => {
    const text = spec('// allow GAN4004, GAN4003: both').replace('= 3', '= 3');
    assert.deepEqual(said(text), ['warning GAN2017', 'warning GAN4004']);
  });

  it('an error takes no allow away and says nothing of those that it may have hidden', () => {
    const text = spec('', '', '// allow GAN4004: who knows').replace('dense(1)', 'dens(1)');
    const codes = said(text);
    assert.include(codes, 'error GAN2002');
    assert.notInclude(codes, 'warning GAN2017');
  });

  it('stays above its declaration when the spec is laid out', async () => {
    const untidy = spec('//   allow GAN4004: a', '// allow GAN4004: b', '// allow GAN4004: c').replace(
      'update D to',
      'update   D to',
    );
    const once = (await format({ path: 'allowed.gan', text: untidy })).text!;
    assert.include(once, '//   allow GAN4004: a\nparam unused');
    assert.include(once, '// allow GAN4004: b\ndata spare');
    assert.include(once, '  // allow GAN4004: c\n  update D to');
    assert.equal((await format({ path: 'allowed.gan', text: once })).text, once);
    assert.deepEqual(said(once), said(untidy));
  });
});
