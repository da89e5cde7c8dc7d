/**
 * The bounds of agreement.ts are no licence: a program with a gradient that is wrong by a hundredth, or with a term gone,
 * is not within them. Adam forgets how long a gradient is; so where it trains, one term of a sum is wrong, not all.
 */
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { ops } from '../../compiler/ir/primitives/catalog.ts';
import type { OpName } from '../../compiler/ir/node.ts';
import { agreesInFloat32, oracleOf, type Oracle } from './agreement.ts';
import { load, programFrom } from './host.ts';
import { trained } from './train.ts';

const iterations = 5;

interface Case {
  readonly path: string;
  readonly options: CompileOptions;
  /** By what is wrong: the text that becomes another. */
  readonly texts: Readonly<Record<string, readonly [from: string, to: string]>>;
  /** Primitives whose gradient is taken a hundredth too long. */
  readonly primitives: readonly OpName[];
}

const cases: readonly Case[] = [
  {
    path: 'test/cases/written/critic.gan',
    options: { profile: 'tiny' },
    texts: {
      'a penalty by a hundredth too large': ['10 * penalty', '10.1 * penalty'],
      'no penalty': ['game.discriminator + 10 * penalty', 'game.discriminator + 0 * penalty'],
      'a generator that is not trained': [
        'generator_loss with adam(rate,',
        'generator_loss with adam(1e-9 * rate,',
      ],
    },
    primitives: [],
  },
  {
    path: 'test/cases/written/warm_start.gan',
    options: { profile: 'tiny' },
    texts: {
      'a divergence by a hundredth too large': ['1e-3 * kl', '1.01e-3 * kl'],
      'no divergence': ['1e-3 * kl', '0 * kl'],
      'no game': ['* game.generator', '* 0 * game.generator'],
      'an average that is another': ['average E decay 0.99', 'average E decay 0.98'],
    },
    primitives: [],
  },
  {
    path: 'test/cases/compile/convolution.gan',
    options: {},
    texts: {},
    primitives: ['conv', 'tanh'],
  },
  { path: 'test/cases/compile/dense.gan', options: {}, texts: {}, primitives: ['matmul'] },
];

for (const { path, options, texts, primitives } of cases) {
  describe(`a wrong ${path} is seen`, () => {
    let made: Promise<Oracle> | undefined;
    after(() => (made = undefined));
    const source = load(path);
    const compiled = (text: string): Program =>
      programFrom({ ...source, text }, { ...options, target: 'onnx', float: 'float32' });
    const agrees = async (program: Program): Promise<void> =>
      void agreesInFloat32(
        await (made ??= oracleOf(source, options, iterations)),
        program,
        await trained(program, iterations),
      );
    const isSeen = async (program: Program): Promise<void> => {
      const said = await agrees(program).then(
        () => null,
        (error: Error) => error,
      );
      assert.instanceOf(said, Error, 'it agrees');
      assert.notMatch(said!.message, /another seed/);
    };

    it('the right one agrees', () => agrees(compiled(source.text)));

    for (const [what, [from, to]] of Object.entries(texts))
      it(what, () => {
        assert.include(source.text, from);
        return isSeen(compiled(source.text.replace(from, to)));
      });

    for (const primitive of primitives)
      it(`gradients of ${primitive} by a hundredth too long`, () =>
        isSeen(withLongGradient(primitive, () => compiled(source.text))));
  });
}

/** What `job` compiles has that primitive's cotangents times 1.01. */
function withLongGradient<T>(name: OpName, job: () => T): T {
  const op = ops[name] as { gradient: (typeof ops.tanh)['gradient'] };
  const { gradient } = op;
  assert(gradient !== 'none');
  op.gradient = (b, node, g) => gradient(b, node, g).map((to) => to && b.mul(to, 1.01));
  try {
    return job();
  } finally {
    op.gradient = gradient;
  }
}
