import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { pixelsOf } from '../runtime/pixels.ts';
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
    assert.match(await said('--out', sh.path('q.png')), /which stream's picture\? pictures, table/);
  });
});
