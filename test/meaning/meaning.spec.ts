/** What two specs mean that differs: held against the programs that they compile to, and against texts that differ in words alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { tokensOf } from '../check/mutations.ts';
import { root } from '../parity/host.ts';
import { differenceOf, programText } from './programs.ts';

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** A token for another that keeps most specs valid. */
const swaps: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  minimize: 'maximize',
  true: 'false',
  false: 'true',
  relu: 'tanh',
  sigmoid: 'tanh',
  adam: 'rmsprop',
  '<': '>',
  '>': '<',
};

/** Each spec with one number or word changed. */
const mutations = (folder: string): { folder: string; before: string; after: string; what: string }[] =>
  readdirSync(join(root, folder)).flatMap((file) => {
    const before = textOf(`${folder}/${file}`);
    return tokensOf(before).flatMap(({ start, end, text }) => {
      const other = /^\d/.test(text) ? String(Number(text) + 1) : swaps[text];
      const what = `${file}: ${before.slice(Math.max(0, start - 30), start)}[${text} → ${other}]`;
      const after = before.slice(0, start) + other + before.slice(end);
      return other === undefined ? [] : [{ folder, before, after, what }];
    });
  });

describe('the difference of two specs in meaning', () => {
  it('is there exactly where their programs differ', () => {
    const all = [...mutations('test/cases/compile'), ...mutations('test/cases/schedule')];
    const tried = all.filter((_, i) => i % 23 === 4);
    let [same, different] = [0, 0];
    for (const { folder, before, after, what } of tried) {
      const program = programText(after, folder);
      if (program === null) continue;
      const equal = program === programText(before, folder);
      assert.equal(differenceOf(before, after, folder)!.same, equal, what);
      if (equal) same++;
      else different++;
    }
    assert.isAbove(different, 15);
    assert.isBelow(same, different);
  });

  it('is nothing for `betas:` in the place of `beta1:`, and shows the numbers that changed', () => {
    const spec = (optimizer: string): string =>
      textOf('docs/tutorial/ring.gan').replaceAll('adam(1e-3, beta1: 0.5)', optimizer);
    const of = (optimizer: string) => differenceOf(spec('adam(1e-3, beta1: 0.5)'), spec(optimizer), 'specs')!;
    assert.isTrue(of('adam(1e-3, betas: [0.5, 0.999])').same);
    const told = of('adam(1e-3, betas: [0, 0.9])').changes.map(({ details }) =>
      details.map(({ what, before, after }) => `${what} ${before} ${after}`),
    );
    assert.deepEqual(told, [
      ['beta1 0.5 0', 'beta2 0.999 0.9'],
      ['beta1 0.5 0', 'beta2 0.999 0.9'],
    ]);
  });

  it('is nothing for other names, comments, layout, order of declarations and of summands', () => {
    const before = textOf('specs/infogan.gan');
    const after = before
      .replace(/\/\/.*/g, '// said otherwise')
      .replace(/\n\n/g, '\n')
      .replace(/^data mnist.*\n/m, '')
      .concat('\ndata digits = mnist(split: train)\n')
      .replaceAll('mnist.', 'digits.')
      .replaceAll('Trunk', 'Body')
      .replace(/\bD\b/g, 'Critic')
      .replaceAll('style', 'manner')
      .replace(/\bfake\b(?!:)/g, 'made')
      .replaceAll('mutual_information', 'bound')
      .replaceAll('width', 'channels')
      .replace('metric error', 'metric wrong')
      .replace('game.generator + info * bound', 'bound * info + game.generator')
      .replace('param info: real = 1.0', 'param info: real = 0.5 + 0.5')
      .replace('dense(1)\n', 'dense(2 - 1)\n');
    const found = differenceOf(before, after, 'specs')!;
    assert.deepEqual(found.changes, []);
    assert.isTrue(found.same);
    assert.deepEqual(
      found.renames.map(({ what, before: from, after: to }) => `${what} ${from} ${to}`),
      [
        'data mnist digits',
        'sample style manner',
        'network Trunk Body',
        'network D Critic',
        'line of a report metric error metric wrong',
      ],
    );
  });

  it('is nothing between a fn, a let and a param and what they stand for', () => {
    const before = textOf('test/cases/diff/before.gan');
    const after = before
      .replace(/^fn pull.*\n/m, '')
      .replace(
        '0.5 * pull(G(E(ring.point).mean), ring.point)',
        '0.5 * (mse(G(E(ring.point).mean), ring.point) + 0.1 * l1(G(E(ring.point).mean), ring.point))',
      )
      .replace(/^let fake.*\n/m, '')
      .replace(/\bfake\b(?!:)/g, 'G(z)')
      .replace(/^param weight.*\n/m, '')
      .replace('weight *', '10 *');
    assert.notEqual(before, after);
    const found = differenceOf(before, after)!;
    assert.deepEqual(found.changes, []);
    assert.deepEqual(found.params, [{ name: 'weight', side: 'before', value: '10' }]);
  });

  it('tells two networks of one form apart by who trains and calls them', () => {
    const before = textOf('test/cases/diff/before.gan');
    const swapped = before.replace(
      'real: D(ring.point), fake: D(fake)',
      'real: D(fake), fake: D(ring.point)',
    );
    const { changes } = differenceOf(before, swapped)!;
    assert.deepEqual(
      changes.map(({ section, name }) => [section, name]),
      [
        ['updates', 'update D, Trunk'],
        ['updates', 'update G'],
        ['updates', 'update E'],
      ],
    );
    assert.deepEqual(changes[1].details[0].where, [
      {
        name: 'game',
        before: 'adversarial(real: D(ring.point), fake: D(fake))',
        after: 'adversarial(real: D(fake), fake: D(ring.point))',
      },
    ]);
  });

  it('names what stands behind an unchanged text, also what is there no more', () => {
    const after = textOf('test/cases/diff/before.gan');
    const before = after.replace(
      /fn pull.*\n/,
      'fn pull(a, b) = far(a, b) + 0.1 * l1(a, b)\nfn far(a, b) = 2 * mse(a, b)\n',
    );
    const pull = ['fn pull(a, b) = far(a, b) + 0.1 * l1(a, b)', 'fn pull(a, b) = mse(a, b) + 0.1 * l1(a, b)'];
    const [far, none] = ['fn far(a, b) = 2 * mse(a, b)', null];
    const where = (x: string, y: string) => differenceOf(x, y)!.changes[0].details[0].where;
    assert.deepEqual(where(before, after), [
      { name: 'pull', before: pull[0], after: pull[1] },
      { name: 'far', before: far, after: none },
    ]);
    assert.deepEqual(where(after, before), [
      { name: 'pull', before: pull[1], after: pull[0] },
      { name: 'far', before: none, after: far },
    ]);
  });

  it('sees an order of statements, and draws that are made again', () => {
    const before = textOf('test/cases/diff/before.gan');
    const moved = before.replace(/( {2}update G .*\n)( {2}every 2 update E .*\n)/, '$2$1');
    assert.notEqual(before, moved);
    assert.deepEqual(
      differenceOf(before, moved)!.changes.map(({ section }) => section),
      ['schedule'],
    );
    const drawn = before.replace(
      'maker = game.generator + k * nll(E(fake), z)',
      'maker = game.generator + k * nll(E(again(fake)), z)',
    );
    assert.deepEqual(
      differenceOf(before, drawn)!.changes.map(({ name }) => name),
      ['update G'],
    );
  });

  it('says what a network takes, by name and type', () => {
    const spec = (size: number): string => `sample z ~ normal[${size}]
network G(code: vec[${size}]) -> vec[2] { code |> dense(2) }
train for 5 steps, batch 4 { update G to minimize mean(square(G(z) - 1)) with sgd(0.1) }
`;
    const change = differenceOf(spec(4), spec(6))!.changes.find(({ section }) => section === 'networks')!;
    assert.deepEqual(change.details, [
      { what: 'takes', before: 'code: vec[4]', after: 'code: vec[6]', where: [] },
      { what: 'weights', before: '10', after: '14', where: [] },
    ]);
  });
});
