/** `ganc eval`: expressions of a spec over one's own files; what is wrong with them is said as in a spec. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { readNpy, writeNpy } from '../../runtime/formats/npy.ts';
import { readNpz, writeNpz } from '../../runtime/formats/npz.ts';
import { writePng } from '../../runtime/formats/png.ts';
import { shell } from './shell.ts';

const spec = `gan Eyes
data faces = images("faces/*.png", size: [4, 6], channels: 1) in [-1, 1]
data points = csv("points.csv", columns: "x, y")
sample z ~ normal[3]
network E(x: image[1, 4, 6] in [-1, 1]) -> { code: normal[2], kind: categorical[3] } {
  let h = x |> flatten |> dense(5) |> batch_norm |> relu
  { code: normal(h |> dense(2), std: 1), kind: categorical(h |> dense(3)) }
}
network G(z: vec[3]) -> image[1, 4, 6] in [0, 1] { z |> dense(24) |> sigmoid |> reshape(1, 4, 6) }
network P(x: vec[2], k: label[3]) -> logit { concat(x, k) |> dense(1) }
let code = E(faces.image).code.mean
train for 2 steps, batch 4 {
  update E to minimize nll(E(faces.image).code, 0) + cross_entropy(E(faces.image).kind, 1) with sgd(0.01)
  update G to minimize mse(G(z), 0.5) with sgd(0.01)
  update P to minimize bce(P(points.values, 1), 1) with sgd(0.01)
}
report every 2 steps { metric spread = std(code) }
`;

describe('ganc eval', () => {
  const home = shell();
  const csv = (count: number): string =>
    `x,y\n${Array.from({ length: count }, (_, i) => `${i},${i / 2 - 1}`).join('\n')}\n`;

  before(async () => {
    for (const folder of ['faces', 'mine']) mkdirSync(home.path(folder));
    for (let i = 0; i < 12; i++) {
      const data = Uint8Array.from({ length: 72 }, (_, at) => (37 * i + 11 * Math.floor(at / 3)) % 256);
      const png = writePng({ width: 6, height: 4, data });
      writeFileSync(home.path(`faces/${String(i).padStart(2, '0')}.png`), png);
      if (i % 2 === 0) writeFileSync(home.path(`mine/a, ${i / 2}.png`), png);
    }
    home.write('points.csv', csv(8));
    const path = home.write('eyes.gan', spec);
    const { code, err } = await home.run([
      'run',
      path,
      '--out',
      home.path('run'),
      '-q',
      '--threads',
      '1',
      '--no-report',
    ]);
    assert.equal(code, 0, err);
  });

  const run = (out: string, ...args: string[]) =>
    home.run(['eval', home.path('run'), '--out', home.path(out), ...args]);
  const done = async (out: string, ...args: string[]): Promise<string> => {
    const { code, out: said, err } = await run(out, ...args);
    assert.equal(code, 0, err);
    return said;
  };
  const arrays = (out: string) => readNpz(readFileSync(home.path(out)), out);
  const feed = (): string[] => ['--feed', `image=${home.path('mine')}/*.png`];

  it('gives for a file what the spec gives for the same rows of its data', async () => {
    await done('own.npz', ...feed(), '--value', 'E(image).code.mean', 'kind=E(image).kind');
    await home.run([
      'sample',
      home.path('run'),
      'spread.0.value',
      '--out',
      home.path('all.npy'),
      '--count',
      '12',
    ]);
    const { data } = readNpy(readFileSync(home.path('all.npy')), 'all.npy');
    const own = arrays('own.npz');
    assert.deepEqual(own.get('value')!.shape, [6, 2]);
    own
      .get('value')!
      .data.forEach((x, at) => assert.closeTo(x, data[4 * Math.floor(at / 2) + (at % 2)], 1e-6));
    // Of a distribution over classes its probabilities.
    const kind = own.get('kind')!;
    assert.deepEqual(kind.shape, [6, 3]);
    for (let row = 0; row < 6; row++)
      assert.closeTo(kind.data[3 * row] + kind.data[3 * row + 1] + kind.data[3 * row + 2], 1, 1e-6);
  });

  it('writes tables with the names of the files, and pictures', async () => {
    const said = await done('codes.csv', ...feed(), '--value', 'c=E(image).code.mean', '--json');
    assert.deepInclude(JSON.parse(said), { kind: 'eval', rows: 6, values: ['c'] });
    const lines = home.read('codes.csv').trim().split('\n');
    assert.equal(lines[0], 'file,c_0,c_1');
    assert.lengthOf(lines, 7);
    assert.match(lines[1], /mine\/a, 0\.png",-?[\d.e-]+,-?[\d.e-]+$/);
    await done('pictures/', '--value', 'G(z)', '--count', '3');
    assert.sameMembers(readdirSync(home.path('pictures')), ['0.png', '1.png', '2.png', 'samples.json']);
  });

  it('names rows by the files that they are of, however many are asked for, and no others', async () => {
    const heads = async (...args: string[]): Promise<string[]> => {
      await done('named.csv', ...feed(), ...args, '--force');
      return home
        .read('named.csv')
        .trim()
        .split('\n')
        .map((line) => /^(?:"[^"]*\/([^"]*)"|\w+)/.exec(line)!)
        .map(([all, name]) => name ?? all);
    };
    const some = await heads('--value', 'E(image).code.mean', '--count', '2');
    assert.equal(some[0], 'file');
    assert.deepEqual(some.slice(1), ['a, 0.png', 'a, 1.png']);
    // What is fed may lie outside of the spec's folder, whatever that is called.
    const elsewhere = mkdtempSync(join(tmpdir(), 'ganc-o:n-'));
    cpSync(home.path('mine'), elsewhere, { recursive: true });
    const fed = await heads('--feed', `other: image=${elsewhere}/*.png`, '--value', 'E(other).code.mean');
    rmSync(elsewhere, { recursive: true });
    assert.deepEqual(
      fed.slice(1),
      [0, 1, 2, 3, 4, 5].map((i) => `a, ${i}.png`),
    );
    // As many draws as files.
    const drawn = await heads('--value', 'G(z)', '--count', '6');
    assert.lengthOf(drawn, 7);
    assert.equal(drawn[0], 'value_0');
  });

  it('reads tables, arrays, numbers, and the data of the spec', async () => {
    home.write('other.csv', csv(3));
    const values = ['--value', 'p=P(values, k)'];
    await done('p.npz', '--feed', `values=${home.path('other.csv')}:x,y`, 'k=2', ...values);
    writeFileSync(
      home.path('x.npz'),
      writeNpz([['both', { shape: [3, 2], data: Float64Array.from([0, -1, 1, -0.5, 2, 0]) }]]),
    );
    await done('q.npz', '--feed', `v: vec[2]=${home.path('x.npz')}:both`, '--value', 'p=P(v, 2)');
    assert.deepEqual(arrays('p.npz').get('p'), arrays('q.npz').get('p'));
    await done('own-data.npz', '--value', 'P(points.values, 2)', '--count', '3');
    assert.deepEqual(arrays('own-data.npz').get('value')!.data, arrays('p.npz').get('p')!.data);
  });

  it('says what is wrong at its place, and writes nothing then', async () => {
    const refused = async (code: number, text: string, ...args: string[]): Promise<void> => {
      const said = await run('no.npz', ...args);
      assert.equal(said.code, code, said.err);
      assert.include(said.err, text);
      assert.isFalse(existsSync(home.path('no.npz')));
    };
    await refused(1, 'there is no value `imag`', ...feed(), '--value', 'E(imag).code');
    await refused(1, '`z` of `G`', ...feed(), '--value', 'G(image)');
    await refused(1, 'takes a tensor, and', ...feed(), '--value', 'E(image)');
    await refused(1, '--value:', ...feed(), '--value', 'E(image');
    await refused(2, 'did you mean image?', '--feed', `imge=${home.path('mine')}/*.png`, '--value', 'G(z)');
    await refused(
      2,
      'there is no such file',
      '--feed',
      `image=${home.path('none')}/*.png`,
      '--value',
      'G(z)',
    );
    const gap = home.write('gap.csv', 'x,y\n1,2\n3,\n');
    await refused(
      2,
      'line 3: column y has no value there. A row that is fed has a number in each column',
      '--feed',
      `values=${gap}:x,y`,
      '--value',
      'P(values, 1)',
    );
    await refused(2, 'which array?', '--feed', `v: vec[2]=${home.path('x.npz')}`, '--value', 'P(v, 1)');
    await refused(2, 'rows of different streams', ...feed(), '--value', 'E(image).code', 'G(z)');
  });

  it('keeps what is there', async () => {
    writeFileSync(home.path('kept.npz'), writeNpy({ shape: [1], data: Float32Array.of(1) }));
    const { code, err } = await run('kept.npz', '--value', 'G(z)');
    assert.equal(code, 2);
    assert.include(err, '--force replaces it');
    await done('kept.npz', '--value', 'G(z)', '--force');
    assert.deepEqual(arrays('kept.npz').get('value')!.shape, [64, 1, 4, 6]);
    assert.equal((await run('mine', '--value', 'G(z)', '--force')).code, 2);
    assert.equal((await run('x.txt', '--value', 'G(z)')).code, 2);
  });
});
