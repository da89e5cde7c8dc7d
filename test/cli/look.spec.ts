import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { assert } from 'chai';
import { writeIdx } from '../../runtime/formats/idx.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { pixelsOf } from '../runtime/pixels.ts';
import { root } from '../parity/host.ts';
import { shell } from './shell.ts';

const sh = shell();

describe('ganc data look', () => {
  before(() => {
    for (const [i, name] of ['a', 'b', 'b', 'b'].entries()) {
      mkdirSync(sh.path(`set/${name}`), { recursive: true });
      writeFileSync(sh.path(`set/${name}/${i}.png`), writePng(blankRaster(4, 4, [60 * i, 0, 255])));
    }
    sh.write('t.csv', 'x,y,c\n1,-2.5,u\n3,4,v\n');
    sh.write(
      's.gan',
      `data pictures = images("set/<label>/*.png", size: 4, labels: 2)
data table = csv("t.csv", columns: "x, y", label: "c", labels: 2)
network C(x: image[3, 4, 4]) -> logits[2] { x |> flatten |> dense(2) }
network T(x: vec[2]) -> logits[2] { x |> dense(2) }
train for 1 steps, batch 2 {
  update C to minimize cross_entropy(C(pictures.image), pictures.label) with adam(1e-3)
  update T to minimize cross_entropy(T(table.values), table.label) with adam(1e-3)
}`,
    );
  });

  it('says rows, fields, ranges, classes and the first rows', async () => {
    const { code, out, err } = await sh.run(['data', 'look', sh.path('s.gan')]);
    assert.equal(code, 0, err);
    assert.equal(
      out,
      `data pictures: images, 4 rows
  image: image[3, 4, 4] in [0, 1], numbers from 0 to 1
  label: label[2], a: 1, b: 3
    0 1 1 1
data table: csv, 2 rows
  values: vec[2], numbers from -2.5 to 4
    1 -2.5
    3 4
  label: label[2], u: 1, v: 1
    0 1
`,
    );
  });

  it('of a table with a comma in a name, two columns of one name, or a line too short', async () => {
    const comma = await sh.run(['data', 'look', sh.write('comma.csv', 'a,"b, c",k\n1,2,0\n3,4,1\n5,6,0\n')]);
    assert.equal(comma.code, 0, comma.err);
    assert.include(comma.out, `columns: "a, 'b, c', k")`);
    assert.include(comma.out, '  values: vec[3], numbers from 0 to 6\n    1 2 0\n');
    const twice = await sh.run(['data', 'look', sh.write('twice.csv', 'a,a,k\n1,2,0\n3,4,1\n5,6,0\n')]);
    assert.equal(twice.code, 0, twice.err);
    assert.include(twice.out, "several columns are called a: a spec can't tell them apart\n");
    assert.include(twice.out, 'columns: "k")');
    const short = await sh.run(['data', 'look', sh.write('short.csv', 'a,b,k\n1,2,0\n3,1\n5,6,0\n')]);
    assert.equal(short.code, 1);
    assert.include(short.out, 'a table of 3 rows, 3 columns\na: numbers\n');
    assert.include(short.err, 'short.csv, line 3: 2 cells, 3 columns');
    assert.notInclude(short.err, 'Paths are taken');
  });

  it('of a folder of pictures with other files, and with broken pictures', async () => {
    for (const folder of ['mixed', 'broken']) mkdirSync(sh.path(folder));
    const png = writePng(blankRaster(4, 4, [9, 0, 255]));
    for (const name of ['1.png', '2.PNG', 'noending']) writeFileSync(sh.path(`mixed/${name}`), png);
    for (const name of ['README.txt', 'Thumbs.db', '.DS_Store']) sh.write(`mixed/${name}`, 'no picture');
    const { code, out, err } = await sh.run(['data', 'look', sh.path('mixed')]);
    assert.equal(code, 0, err);
    assert.include(out, 'data found: images, 3 rows\n');
    assert.match(out, /left out: .*README\.txt \(no picture\), .*Thumbs\.db \(no picture\)\n/);
    writeFileSync(sh.path('broken/a.png'), png);
    for (let i = 10; i < 24; i++)
      writeFileSync(sh.path(`broken/${i}.png`), i % 2 ? png.subarray(0, 50) : 'none');
    const broken = await sh.run(['data', 'look', sh.path('broken')]);
    assert.equal(broken.code, 2);
    assert.include(broken.out, 'a folder of 15 pictures\n');
    assert.match(broken.err, /1\d files can't be read/);
    assert.equal(broken.err.match(/broken\/\d+\.png/g)?.length, 10);
  });

  it('of one stream, as JSON, with a picture of its images', async () => {
    const args = ['data', 'look', sh.path('s.gan'), 'pictures', '--json', '--out', sh.path('p.png')];
    const { out } = await sh.run(args);
    const { pictures } = JSON.parse(out) as Record<string, { rows: number; fields: Record<string, object> }>;
    assert.deepEqual(pictures.fields.label, {
      type: 'label[2]',
      range: null,
      classes: [
        { name: 'a', rows: 1 },
        { name: 'b', rows: 3 },
      ],
      first: [[0], [1], [1], [1]],
    });
    const { width, height } = pixelsOf(readFileSync(sh.path('p.png')));
    assert.isAbove(Math.min(width, height), 8);
  });

  it('refuses streams that are not there, and pictures of none', async () => {
    const said = async (...args: string[]): Promise<string> => {
      const { code, err } = await sh.run(['data', 'look', sh.path('s.gan'), ...args]);
      assert.equal(code, 2);
      return err;
    };
    assert.match(await said('tables'), /reads no tables; it reads pictures, table/);
    assert.match(await said('table', '--out', sh.path('q.png')), /table has no images/);
    assert.match(await said('pictures', '--out', sh.path('q.jpg')), /q\.jpg: .* is written as \.png/);
    assert.match(await said('--out', sh.path('q.png')), /which stream's picture\? pictures, table/);
  });
});

describe('ganc data look without a spec', () => {
  const files = shell();
  const at = (name: string): string => files.path(name);
  const put = (name: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), bytes);
  };
  const look = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await files.run(['data', 'look', ...args]);
    assert.equal(code, 0, err);
    // Wherever this repository lies.
    return out.replaceAll(relative('.', files.folder), 'AT').replaceAll(files.folder, 'AT');
  };
  const picture = (width: number, height: number): Uint8Array =>
    writePng(blankRaster(width, height, [9, 9, 9]));

  it('a folder with classes: counts, sizes, the line for a spec, and what that reads', async () => {
    for (const [i, name] of ['10', '2', '2', 'x'].entries())
      put(`faces/${name}/${i}.png`, picture(4 + 4 * (i % 2), 4));
    assert.equal(
      await look(at('faces')),
      `a folder of 4 pictures
3 folders: 2 2, 10 1, x 1
of 4 × 8 (2), 4 × 4 (2) pixels (height × width)
in a spec: data found = images("AT/faces/<label>/*.png", size: 64, labels: 3)
data found: images, 4 rows
  2 of 4 pictures lose more than a tenth to the cut: AT/faces/2/1.png (50 % of it), AT/faces/x/3.png (50 % of it); fit: contain shows them whole
  image: image[3, 64, 64] in [0, 1], numbers from 0.0352941 to 0.0352941
  label: label[3], 2: 2, 10: 1, x: 1
    1 0 0 2
`,
    );
    const told = JSON.parse(await look(at('faces'), '--json', '--out', at('p.png'))) as Record<
      string,
      unknown
    >;
    assert.deepEqual(Object.keys(told), ['facts', 'line', 'found']);
    assert.isAbove(pixelsOf(readFileSync(at('p.png'))).width, 64);
  });

  it('two folders of the same names are pairs; a flat one has no classes; sounds have speakers', async () => {
    for (const side of ['in', 'out']) for (const i of [1, 2]) put(`both/${side}/${i}.png`, picture(4, 4));
    const both = await look(at('both'));
    assert.include(both, 'data found = pairs("AT/both/in/*", "AT/both/out/*", size: 4)');
    assert.include(both, 'if they are classes: images("AT/both/<label>/*.png", size: 4, labels: 2)');
    for (const kind of ['cat', 'dog'])
      for (const i of [1, 2]) put(`kinds/${kind}/${i}.png`, picture(kind === 'cat' ? 4 : 6, 4));
    assert.include(await look(at('kinds')), 'images("AT/kinds/<label>/*.png", size: 64, labels: 2)');
    put('flat/1.png', picture(6, 4));
    assert.include(await look(`${at('flat')}/`), 'data found = images("AT/flat/*.png", size: [4, 6])');
    for (const [who, kinds] of [
      ['ann', ['wav', 'flac']],
      ['bob', ['ogg', 'mp3']],
    ] as const)
      for (const kind of kinds)
        put(`said/${who}/a.${kind}`, readFileSync(join(root, `test/cases/sounds/tone.${kind}`)));
    const said = await look(at('said'));
    assert.include(said, 'a folder of 4 sounds\n2 folders: ann 2, bob 2\n');
    assert.include(
      said,
      'data found: speech, 4 rows\n  sound: seq[80, T] in [0, 1]\n  speaker: label[2], ann: 2, bob: 2',
    );
    assert.include(await look(at('said/ann/a.flac')), 'a sound of 0.30 s, 16000 Hz\n');
  });

  it('a folder whose name has signs of a text in it', async () => {
    for (const i of [0, 1]) put(`a "b\\c"/${i}.png`, picture(4, 4));
    const said = await look(at('a "b\\c"'));
    assert.include(said, String.raw`images("AT/a \"b\\c\"/*.png", size: 4)`);
    assert.include(said, 'data found: images, 2 rows');
  });

  it('a table: each column, and which are numbers, classes and missing', async () => {
    put('t.csv', 'x;kind;y;note\n1,5;u;3;a\n2,5;none;NA;b\n3;u;None;c\n');
    assert.equal(
      await look(at('t.csv')),
      `a table of 3 rows, 4 columns
x: numbers
kind: texts, 2 different: u, none
y: numbers; 2 missing
note: texts, 3 different: a, b, c
in a spec: data found = csv("AT/t.csv", columns: "x, y", label: "kind", labels: 2, missing: mean)
data found: csv, 3 rows
  values: vec[2], numbers from 1.5 to 3
    1.5 3
    2.5 3
    3 3
  label: label[2], none: 1, u: 2
    1 0 1
`,
    );
  });

  it('Parquet files: columns, names of classes, the line for a spec, and what that reads', async () => {
    for (const name of ['pictures-1', 'gzip'])
      cpSync(join(root, 'test/runtime/parquet', `${name}.parquet`), sh.path(`${name}.parquet`));
    const pictures = await sh.run(['data', 'look', sh.path('pictures-1.parquet')]);
    assert.equal(pictures.code, 0, pictures.err);
    assert.match(pictures.out, /a Parquet file of 6 rows, 3 columns/);
    assert.match(pictures.out, /label: whole numbers, classes cat, dog/);
    assert.match(
      pictures.out,
      /parquet\(".*pictures-1\.parquet", image: "image", size: 64, label: "label", labels: 2\)/,
    );
    const table = await sh.run(['data', 'look', sh.path('gzip.parquet')]);
    assert.match(table.out, /d: other values/);
    assert.match(table.out, /columns: "x, f, i, b, n, wild, u"\)/);
  });

  it('arrays and IDX files with the labels beside them', async () => {
    const x = { shape: [2, 1, 2, 2], data: Uint8Array.of(0, 51, 102, 255, 0, 0, 0, 0) };
    put(
      'z.npz',
      writeNpz([
        ['x', x],
        ['y', { shape: [2], data: Int32Array.of(2, 0) }],
      ]),
    );
    const arrays = await look(at('z.npz'));
    assert.include(arrays, 'x: 2 × 1 × 2 × 2, bytes from 0 to 255\ny: 2, numbers from 0 to 2\n');
    assert.include(
      arrays,
      'npz("AT/z.npz", values: "x", shape: [1, 2, 2], range: [0, 1], label: "y", labels: 3)',
    );
    assert.include(arrays, '  label: label[3], 0: 1, 1: 0, 2: 1\n');
    put('mask.npz', writeNpz([['m', { shape: [2, 2], data: Int8Array.of(0, 1, 1, 0) }]]));
    const mask = await look(at('mask.npz'));
    assert.include(mask, 'm: 2 × 2, numbers from 0 to 1\n');
    assert.include(mask, 'npz("AT/mask.npz", values: "m", shape: [2])');
    put('none.npz', writeNpz([['x', { shape: [0, 2], data: new Float32Array() }]]));
    assert.equal(await look(at('none.npz')), 'x: 0 × 2, numbers\n');
    put('last.npz', writeNpz([['x', { shape: [1, 8, 8, 3], data: new Float32Array(192) }]]));
    assert.include(await look(at('last.npz')), 'np.moveaxis(x, -1, 1)');
    put('a-images-idx3-ubyte', writeIdx([2, 4, 4], new Uint8Array(32)));
    put('a-labels-idx1-ubyte', writeIdx([2], Uint8Array.of(1, 4)));
    assert.include(
      await look(at('a-images-idx3-ubyte')),
      'idx("AT/a-images-idx3-ubyte", labels: "AT/a-labels-idx1-ubyte", classes: 5, size: 4)',
    );
  });

  it('a source as a spec has it, and what is wrong with one', async () => {
    put('one.png', picture(4, 4));
    const line = `images("${at('one.png')}", size: 2) in [-1, 1]`;
    const told = await files.run(['data', 'look', line, '--allow', files.folder]);
    assert.include(
      told.out,
      'data found: images, 1 row\n  image: image[3, 2, 2] in [-1, 1], numbers from -0.929412',
    );
    const wrong = await files.run(['data', 'look', 'images("x.png", siz: 2)']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /no argument `siz`[^]*1 error/);
    const refused = async (...args: string[]): Promise<string> =>
      (await files.run(['data', 'look', ...args])).err;
    assert.match(await refused(at('none.png')), /there is no such file/);
    put('what.xyz', 'x');
    assert.match(await refused(at('what.xyz')), /isn’t known by its name/);
    assert.match(await refused(at('one.png'), 'stream'), /is no spec, which has streams/);
    mkdirSync(at('empty'));
    assert.match(await refused(at('empty')), /a folder without pictures .* or sounds/);
  });
});
