/** `ganc sample` into folders and archives: which rows, which draws they are made of, what is in the way. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { readNpy } from '../../runtime/formats/npy.ts';
import { readNpz } from '../../runtime/formats/npz.ts';
import { writePng } from '../../runtime/formats/png.ts';
import { pixelsOf } from '../runtime/pixels.ts';
import { shell } from './shell.ts';

const spec = `gan Kinds
data faces = images("faces/<label>/*.png", size: 6, channels: 1, labels: 3)
sample z ~ normal[5]
sample style ~ uniform[2](-1, 3)
sample kind ~ categorical[3]
sample flag ~ bernoulli(0.4)
network G(z: vec[5], style: vec[2], kind: onehot[3], flag: real) -> image[1, 6, 6] in [-1, 1] {
  concat(z, style, kind, flag) |> dense(36) |> tanh |> reshape(1, 6, 6)
}
network H(y: label[3], z: vec[5]) -> image[1, 6, 6] in [0, 1] { concat(y, z) |> dense(36) |> sigmoid |> reshape(1, 6, 6) }
let fake = G(z, style, kind, flag)
let other = H(faces.label, z)
train for 2 steps, batch 4 {
  update G to minimize mse(fake, 0) with sgd(0.1)
  update H to minimize mse(other, faces.image) with sgd(0.1)
}
report every 2 steps {
  picture shown = grid(fake)
  picture named = grid(other)
  picture both = rows(faces.image, other)
  picture codes = traverse(fake, rows: kind, columns: style[0])
  metric level = std(fake, rows: 10)
}
`;

describe('ganc sample into files', () => {
  const home = shell();
  const names = ['Ann', 'Bob B', 'C-3'];

  before(async () => {
    for (const [i, name] of names.entries()) {
      mkdirSync(home.path(`faces/${name}`), { recursive: true });
      for (let n = 0; n < 3; n++) {
        const data = new Uint8Array(108).fill(40 * n + 20 * i);
        writeFileSync(home.path(`faces/${name}/${n}.png`), writePng({ width: 6, height: 6, data }));
      }
    }
    const { code, err } = await home.run([
      'run',
      home.write('kinds.gan', spec),
      '--out',
      home.path('run'),
      '-q',
      '--threads',
      '1',
      '--no-report',
    ]);
    assert.equal(code, 0, err);
  });

  const sample = (name: string, out: string, ...args: string[]) =>
    home.run(['sample', home.path('run'), name, '--out', home.path(out), ...args]);
  const arrays = (out: string) => readNpz(readFileSync(home.path(out)), out);
  const list = (out: string, key: string): number[] => Array.from(arrays(out).get(key)!.data);
  const refused = async (text: string, ...args: [string, string, ...string[]]): Promise<void> => {
    const { code, err } = await sample(...args);
    assert.equal(code, 2, err);
    assert.include(err, text);
  };

  it('says before the work that there is no folder for what comes of it', async () => {
    // Of so many rows nobody would see the end.
    for (const out of ['nowhere/x.npz', 'nowhere/x.npy'])
      await refused('nowhere: there is no such file or folder', 'shown', out, '--count', '10000000000');
  });

  it('says before the work that memory does not hold so many rows', async () => {
    for (const out of ['all.npz', 'all.npy'])
      await refused('of memory here, more than the', 'shown', out, '--count', '10000000000');
  });

  it('writes the values that .npy has, with the samples that made them', async () => {
    assert.equal((await sample('shown', 'plain.npz', '--count', '300')).code, 0);
    assert.equal((await sample('shown', 'plain.npy', '--count', '300')).code, 0);
    const found = arrays('plain.npz');
    const values = readNpy(readFileSync(home.path('plain.npy')), 'plain.npy');
    assert.deepEqual(found.get('shown')!.data, values.data);
    assert.deepEqual(
      [...found].map(([name, { shape }]) => [name, shape.join()]),
      [
        ['shown', '300,1,6,6'],
        ['z', '300,5'],
        ['style', '300,2'],
        ['kind', '300'],
        ['flag', '300'],
      ],
    );
    const style = list('plain.npz', 'style');
    assert.isTrue(
      style.every((x) => x >= -1 && x <= 3) && Math.min(...style) < -0.5 && Math.max(...style) > 2.5,
    );
    assert.sameMembers([...new Set(list('plain.npz', 'kind'))], [0, 1, 2]);
    assert.sameMembers([...new Set(list('plain.npz', 'flag'))], [0, 1]);
  });

  it('sets samples, and sweeps them with everything else held', async () => {
    const { code, err } = await sample(
      'shown',
      'grid.npz',
      '--count',
      '12',
      '--set-sample',
      'kind=0..2',
      'style[1]=-1..2:4',
      'flag=1',
      'z[0]=0.5',
    );
    assert.equal(code, 0, err);
    assert.deepEqual(list('grid.npz', 'kind'), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    const style = list('grid.npz', 'style');
    assert.deepEqual(
      style.filter((_, i) => i % 2 === 1).map((x) => Number(x.toFixed(5))),
      [-1, 0, 1, 2, -1, 0, 1, 2, -1, 0, 1, 2],
    );
    assert.equal(new Set(style.filter((_, i) => i % 2 === 0)).size, 1);
    assert.deepEqual(new Set(list('grid.npz', 'flag')), new Set([1]));
    const z = list('grid.npz', 'z');
    assert.deepEqual(z.slice(0, 5), z.slice(55));
    assert.equal(z[0], 0.5);
    // A sweep that says no steps takes as many as there are rows.
    await sample('shown', 'sweep.npz', '--count', '5', '--set-sample', 'z[2]=-2..2', 'kind=1');
    assert.deepEqual(
      list('sweep.npz', 'z').filter((_, i) => i % 5 === 2),
      [-2, -1, 0, 1, 2],
    );
    assert.equal((await sample('shown', 'set.png', '--set-sample', 'kind=1')).code, 0);
    await sample('shown', 'free.png');
    assert.isFalse(readFileSync(home.path('set.png')).equals(readFileSync(home.path('free.png'))));
  });

  it('walks from draw to draw: at each the draw itself, between them on the sphere', async () => {
    await sample('shown', 'draws.npz', '--count', '3');
    const { code, err } = await sample('shown', 'walk.npz', '--count', '9', '--interpolate', '4');
    assert.equal(code, 0, err);
    const [z, walk] = [list('draws.npz', 'z'), list('walk.npz', 'z')];
    const row = (of: number[], i: number) => of.slice(5 * i, 5 * i + 5);
    for (const i of [0, 1, 2]) assert.deepEqual(row(walk, 4 * i), row(z, i));
    const [a, b, half] = [row(z, 0), row(z, 1), row(walk, 2)];
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    const angle = Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
    half.forEach((value, i) =>
      assert.closeTo(value, (Math.sin(angle / 2) * (a[i] + b[i])) / Math.sin(angle), 1e-5),
    );
    const style = list('walk.npz', 'style');
    assert.closeTo(style[4], (style[0] + style[8]) / 2, 1e-5);
    assert.deepEqual(
      list('walk.npz', 'kind').slice(0, 4),
      Array<number>(4).fill(list('draws.npz', 'kind')[0]),
    );
  });

  it('makes a folder of pictures, by class, with the values of their type', async () => {
    assert.equal((await sample('shown', 'folder/', '--count', '20')).code, 0);
    await sample('shown', 'folder.npz', '--count', '20');
    const values = list('folder.npz', 'shown');
    list('folder.npz', 'kind').forEach((kind, i) => {
      const file = home.path(`folder/${kind}/${String(i).padStart(2, '0')}.png`);
      const { data, width } = pixelsOf(readFileSync(file));
      assert.equal(width, 6);
      const wanted = values.slice(36 * i, 36 * i + 36).map((x) => Math.round((255 * (x + 1)) / 2));
      wanted.forEach((value, at) => assert.closeTo(data[3 * at], value, 1));
    });
    const notes = JSON.parse(home.read('folder/samples.json')) as { rows: number; iteration: number };
    assert.deepInclude(notes, { rows: 20, iteration: 2 });
    // Classes of the data have their names, and rows are the data's.
    const { err } = await sample('named', 'named', '--count', '100');
    assert.include(err, '9 rows');
    assert.sameMembers(readdirSync(home.path('named')), [...names, 'samples.json']);
    assert.deepEqual(readdirSync(home.path('named/Bob B')), ['3.png', '4.png', '5.png']);
  });

  it('keeps what is there, and says what it cannot do', async () => {
    await refused('--force replaces it', 'shown', 'folder');
    assert.equal((await sample('shown', 'folder', '--count', '2', '--force')).code, 0);
    assert.lengthOf(
      readdirSync(home.path('folder'), { recursive: true }).filter((name) => String(name).endsWith('.png')),
      2,
    );
    await refused('is nothing that `ganc sample` made', 'shown', 'faces', '--force');
    assert.sameMembers(readdirSync(home.path('faces')), names);
    await refused('--force replaces it', 'shown', 'plain.npz');
    await refused('choose one: both.', 'both', 'b');
    await refused('varies its samples', 'codes', 'c');
    await refused('--range -1,1 says so', 'level.0.value', 'level');
    assert.isFalse(existsSync(home.path('level')));
    assert.isEmpty(readdirSync(home.folder).filter((name) => name.startsWith('.unfinished')));
    const set = (text: string, ...settings: string[]) =>
      refused(text, 'shown', 'x.npz', '--set-sample', ...settings);
    await set('did you mean kind?', 'kid=1');
    await set('it is a class from 0 to 2', 'kind=3');
    await set('it is a number from -1 to 3', 'style[0]=4');
    await set('its components are 0 to 1', 'style[2]=0');
    await set('it is one value a row', 'kind[0]=0');
    await set('it is 0 or 1', 'flag=0.5');
    await set('a number, or a sweep', 'z[0]=a..b');
    await set('say how many steps', 'z[0]=0..1', 'z[1]=0..1');
    await refused('does not depend on kind', 'named', 'x.npz', '--set-sample', 'kind=1');
    await refused('sweep nothing then', 'shown', 'x.npz', '--interpolate', '3', '--set-sample', 'kind=0..2');
    const ranged = await sample('level.0.value', 'ranged', '--range', '2,1');
    assert.equal(ranged.code, 2);
  });

  it('needs no data where none is read', async () => {
    const moved = shell();
    writeFileSync(moved.path('away'), '');
    const faces = home.path('faces');
    const { renameSync } = await import('node:fs');
    renameSync(faces, join(moved.folder, 'faces'));
    try {
      assert.equal((await sample('shown', 'away.npz', '--count', '2')).code, 0);
      assert.notEqual((await sample('named', 'away', '--count', '2')).code, 0);
      assert.isFalse(existsSync(home.path('away')));
    } finally {
      renameSync(join(moved.folder, 'faces'), faces);
    }
  });
});
