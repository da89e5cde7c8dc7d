/**
 * Old words: `upgrade` replaces them and nothing else, and the checker names the new one. The cases in
 * test/cases/upgrade are the specs that shipped before the words changed.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { Program } from '../../compiler/compiled.ts';
import { reachable, type Node } from '../../compiler/ir/node.ts';
import { textOf, type Source } from '../../grammar/source.ts';
import { upgrade } from '../../grammar/upgrade.ts';
import { host, load, programFrom } from '../parity/host.ts';

const upgraded = (text: string): string => {
  const result = upgrade({ path: 'old.gan', text });
  assert(result.text !== undefined);
  return result.text;
};

describe('upgrading a spec', () => {
  it('renames fields of games, wherever a game comes from', () => {
    const old = [
      'let game = adversarial(real: D(x), fake: D(y))  // of two',
      'let again = game',
      'fn made(critic) = adversarial(real: critic(x), fake: critic(y))',
      'fn half(of) = 0.5 * of.judge',
      'loss a = game.judge   +   again . fool',
      'loss b = made(D).fool + (D(x) |> adversarial(fake: D(y))).judge + imported.fool',
    ].join('\n');
    const now = [
      'let game = adversarial(real: D(x), fake: D(y))  // of two',
      'let again = game',
      'fn made(critic) = adversarial(real: critic(x), fake: critic(y))',
      'fn half(of) = 0.5 * of.discriminator',
      'loss a = game.discriminator   +   again . generator',
      'loss b = made(D).generator + (D(x) |> adversarial(fake: D(y))).discriminator + imported.generator',
    ].join('\n');
    assert.equal(upgraded(old), now);
    assert.equal(upgraded(now), now);
  });

  it('writes confuse as a sum, in brackets where the sum would come apart', () => {
    const old =
      'let game = adversarial(real: a, fake: b)\nloss a = game.confuse\nloss b = 2 * game.confuse - c\nloss d = mean(game.confuse)';
    const sum = 'game.generator + game.encoder';
    assert.equal(
      upgraded(old),
      `let game = adversarial(real: a, fake: b)\nloss a = ${sum}\nloss b = 2 * (${sum}) - c\nloss d = mean(${sum})`,
    );
  });

  it('leaves fields of these names alone that are no game', () => {
    const text = [
      'let answers = { judge: 1, fool: 2 }',
      'network D(x: vec[2]) -> { judge: logit, fool: logit } { { judge: x |> dense(1), fool: x |> dense(1) } }',
      'loss a = answers.judge + D(x).fool',
      '// game.judge, clip_value: 5',
      'data judge = csv("judge.confuse")',
    ].join('\n');
    assert.equal(upgraded(text), text);
  });

  it("renames an optimizer's argument, with Windows line ends and a byte order mark", () => {
    const old =
      '\uFEFFtrain for 5 steps {\r\n  update G to minimize l // clip_value: 1\r\n    with adam(1e-3, clip_value: 5)\r\n}\r\n';
    assert.equal(upgraded(old), old.replace('3, clip_value', '3, clip_gradients'));
  });

  it('says where, in the order of the text, and nothing of a spec with syntax errors', () => {
    const text = 'let g = adversarial(real: a, fake: b)\nloss a = g.fool\nloss b = g.judge';
    const { renamings } = upgrade({ path: 'old.gan', text });
    assert.deepEqual(
      renamings.map(({ span, to }) => [textOf(span), to]),
      [
        ['fool', 'generator'],
        ['judge', 'discriminator'],
      ],
    );
    const broken = upgrade({ path: 'old.gan', text: 'loss a = g.fool +' });
    assert.isUndefined(broken.text);
    assert.isNotEmpty(broken.diagnostics);
  });
});

// ---------------------------------------------------------------- the specs that shipped

const folder = new URL('../cases/upgrade/', import.meta.url);
const shipped = ['', 'fetched/'].flatMap((at) =>
  readdirSync(new URL(at, folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => at + name),
);

/** The shipped specs that have changed in more than words since: they are only compiled. */
const goneOn: ReadonlySet<string> = new Set([
  'infogan.gan',
  'bigan.gan',
  'triple_gan.gan',
  'voice_phases.gan',
  'voice_disentangle.gan',
  'voice_cycle.gan',
  'voice_parallel.gan',
  'fetched/voice_recorded.gan',
  'fetched/domain_uci.gan',
  'fetched/domain_uci_on_target.gan',
]);

/** The old spec and its imports, upgraded as they are read. */
function old(path: string): Program {
  const read = (source: Source): Source => ({ ...source, text: upgraded(source.text) });
  const { program, diagnostics } = compile(
    read(load(`test/cases/upgrade/${path}`)),
    {
      ...host,
      read: (...given) => {
        const source = host.read(...given);
        return source === null || 'refused' in source ? source : read(source);
      },
    },
    { target: 'tfjs' },
  );
  assert(program !== undefined, diagnostics.map(({ what }) => what).join('\n'));
  return program;
}

/** Each graph without the names that a spec gives: a digest of each output, of what it is computed from. */
function structure({ graphs }: Program): string[][] {
  return Object.values(graphs).map((outputs) => {
    const digests = new Map<Node, string>();
    for (const node of reachable(Object.values(outputs))) {
      const { op, shape, inputs, attrs } = node;
      const from = inputs.map((input) => digests.get(input));
      const line = JSON.stringify([op, shape, from, attrs], named);
      digests.set(node, createHash('sha256').update(line).digest('hex'));
    }
    return Object.values(outputs)
      .map((node) => digests.get(node)!)
      .sort();
  });
}

/** Names, and what numbers and places the nodes in the body of a scan have. */
const naming: ReadonlySet<string> = new Set(['name', 'key', 'id', 'origin']);

const named = (key: string, value: unknown): unknown => (naming.has(key) ? undefined : value);

describe('the specs of before, upgraded', () => {
  for (const path of shipped) {
    it(path, () => {
      const { text } = load(`test/cases/upgrade/${path}`);
      assert.equal(upgraded(upgraded(text)), upgraded(text));
      assert.deepEqual(commentsOf(upgraded(text)), commentsOf(text));
      const program = old(path);
      if (!goneOn.has(path))
        assert.deepEqual(
          structure(program),
          structure(programFrom(load(`specs/${path}`), { target: 'tfjs' })),
        );
    });
  }
});

const commentsOf = (text: string): string[] => text.match(/\/\/.*/g) ?? [];

// ---------------------------------------------------------------- what the checker says

describe('an old word in a spec', () => {
  const said = (path: string) =>
    compile({ path, text: readFileSync(new URL(path, folder), 'utf8') }, host).diagnostics;

  it('is an error that names the new one', () => {
    const [judge, confuse] = said('bigan.gan');
    assert.equal(judge.code, 'GAN2009');
    assert.match(judge.hint ?? '', /`game\.discriminator` now: `ganc fmt --upgrade --write FILE`/);
    assert.match(confuse.hint ?? '', /`game\.generator \+ game\.encoder` now/);
  });

  it('also as an argument', () => {
    const text = readFileSync(new URL('gan.gan', folder), 'utf8')
      .replace('game.judge', 'game.discriminator')
      .replace('game.fool', 'game.generator')
      .replace('adam(2e-4, beta1: 0.5)', 'adam(2e-4, clip_value: 5)');
    const { diagnostics } = compile({ path: 'gan.gan', text }, host);
    assert.deepEqual(
      diagnostics.map(({ code, hint }) => [code, hint?.split('. ')[0]]),
      [['GAN2003', 'It is called `clip_gradients` now: `ganc fmt --upgrade --write FILE` renames it']],
    );
  });
});
