/** What is counted of a whole plan, and what only that can refuse. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkSpec, compile } from '../../compiler/compile.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import { activationBytes } from '../../compiler/ir/memory.ts';
import { host, programFrom } from '../parity/host.ts';

describe('the plan', () => {
  it('refuses a `together` whose updates are due at different times', () => {
    const text = (every: string): string => `gan Test
sample z ~ normal[4]
network A(z: vec[4]) -> vec[2] { z |> dense(2) }
network B(z: vec[4]) -> vec[2] { z |> dense(2) }
train for 20 steps, batch 8 { together {
  every 2 update A to minimize mean(square(A(z))) with adam(1e-2)
  ${every} update B to minimize mean(square(B(z))) with adam(1e-2)
} }`;
    const codes = (every: string): string[] =>
      compile({ path: 'test.gan', text: text(every) }, host).diagnostics.map(({ code }) => code);
    assert.deepEqual(codes(''), ['GAN4020']);
    assert.deepEqual(codes('every 3'), ['GAN4020']);
    assert.deepEqual(codes('every 2'), []);
  });

  it('is called by its header, or as its file is', () => {
    const body = `sample z ~ normal[2]
network A(z: vec[2]) -> vec[2] { z |> dense(2) }
train for 1 steps, batch 2 { update A to minimize mean(square(A(z))) with sgd(0.1) }`;
    const called = (path: string, text: string): string =>
      programFrom({ path, text }, { target: 'reference' }).manifest.name;
    assert.equal(called('folder/of.gan/some-thing.gan', body), 'some-thing');
    assert.equal(called('folder/some-thing.gan', `gan Other\n${body}`), 'Other');
  });

  it('begins with the names, those in error too', () => {
    const text = `let a = b
let b = a
sample z ~ normal[2]
`;
    let printed = '';
    const dump = (pass: string, print: () => string): void => {
      if (pass === 'bind') printed = print();
    };
    checkSpec({ path: 'test.gan', text }, host, { dump });
    assert.match(printed, /^sample z$/m);
    assert.match(printed, /^in error a$/m);
    assert.notMatch(printed, /^in error z$/m);
  });

  it('counts activations by what is alive at once; a view keeps alive what it looks at', () => {
    const b = new Builder();
    const x = b.input('x', [10]);
    const chain = (): ReturnType<Builder['exp']> => b.exp(b.exp(b.exp(x)));
    // Each value is made while the one before it is alive; the result is state and not counted.
    assert.equal(activationBytes([chain()]), 20);
    const first = b.exp(x);
    const view = b.reshape(first, [2, 5]);
    const wide = b.exp(b.exp(b.exp(first)));
    // `first` is read again through its view at the end, so it stays while two more come and go.
    assert.equal(activationBytes([b.mul(b.reshape(wide, [2, 5]), view)]), 30);
  });
});
