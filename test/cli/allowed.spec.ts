/** A stranger's spec and manifest read and write where they may, and nowhere else. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { refusal } from '../../runtime/data/allowed.ts';
import { blankRaster, writePng } from '../../runtime/formats/png.ts';
import { parseManifest } from '../../runtime/run/checked.ts';
import { tinyManifest } from '../runtime-loop/tiny.ts';
import { shell } from './shell.ts';

const { run, write, path } = shell();

const spec = (file: string): string => `data d = csv("${file}", columns: "x, y")
sample z ~ normal[2]
network G(z: vec[2]) -> vec[2] { z |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(1) }
train for 2 steps, batch 2 {
  update D to minimize bce(D(d.values), 1) + bce(D(stop(G(z))), 0) with adam(1e-3)
  update G to minimize bce(D(G(z)), 1) with adam(1e-3)
}
`;

describe('files that a spec names', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'ganc-elsewhere-'));
  after(() => rmSync(elsewhere, { recursive: true, force: true }));
  before(() => {
    writeFileSync(join(elsewhere, 'points.csv'), 'x,y\n1,2\n3,4\n5,6\n');
    writeFileSync(join(elsewhere, 'secret.txt'), 'the password is swordfish\n');
    writeFileSync(join(elsewhere, 'secret.gan'), 'the password is swordfish\n');
  });

  it('may lie beside it', async () => {
    write('points.csv', readFileSync(join(elsewhere, 'points.csv'), 'utf8'));
    write('beside.gan', spec('points.csv'));
    const { code, err } = await run(['check', path('beside.gan')]);
    assert.equal(code, 0, err);
  });

  for (const [what, file] of [
    ['an absolute path', join(elsewhere, 'points.csv')],
    ['a way up', `../${elsewhere.split('/').at(-1)}/points.csv`],
  ])
    it(`elsewhere, by ${what}, need --allow, which the message prints`, async () => {
      write('elsewhere.gan', spec(file));
      const refused = await run(['check', path('elsewhere.gan')]);
      assert.equal(refused.code, 1);
      assert.include(refused.err.replace(/\s+/g, ' '), `--allow ${elsewhere}`);
      const allowed = await run(['check', path('elsewhere.gan'), '--allow', elsewhere]);
      assert.equal(allowed.code, 0, allowed.err);
      const again = await run(['check', path('elsewhere.gan')]);
      assert.equal(again.code, 1, 'what was allowed once is not allowed for good');
    });

  it("elsewhere, where a folder's name has the sign that stands between folders", async function () {
    if (process.platform === 'win32') this.skip();
    const folder = join(elsewhere, 'a:b');
    mkdirSync(folder);
    const file = join(folder, 'points.csv');
    writeFileSync(file, 'x,y\n1,2\n3,4\n');
    write('elsewhere.gan', spec(file));
    const allowed = await run(['check', path('elsewhere.gan'), '--allow', folder]);
    assert.equal(allowed.code, 0, allowed.err);
    const looked = await run(['data', 'look', file]);
    assert.include(looked.out, 'values: vec[2], numbers from 1 to 4', looked.err);
    const before = process.env.GANC_ALLOW;
    // What somebody put there himself is still split, and what ganc adds stands beside it.
    process.env.GANC_ALLOW = [path('nowhere'), elsewhere].join(':');
    try {
      assert.equal((await run(['check', path('elsewhere.gan')])).code, 0);
      assert.equal((await run(['check', path('elsewhere.gan'), '--allow', path('other')])).code, 0);
      assert.equal(process.env.GANC_ALLOW, [path('nowhere'), elsewhere].join(':'));
    } finally {
      if (before === undefined) delete process.env.GANC_ALLOW;
      else process.env.GANC_ALLOW = before;
    }
  });

  it('may be imported only if they are specs, and nothing else is quoted', async () => {
    for (const name of ['secret.txt', 'secret.gan']) {
      write('imports.gan', `import "../${elsewhere.split('/').at(-1)}/${name}"\n`);
      const { code, err } = await run(['check', path('imports.gan')]);
      assert.equal(code, 1);
      assert.notInclude(err, 'swordfish');
      assert.include(err, name.endsWith('.txt') ? 'is no spec' : 'may not be imported');
    }
  });

  it('are not imported by an absolute path, and the message has the other one', async () => {
    mkdirSync(path('beside'), { recursive: true });
    write('beside/parts.gan', '/// Twice.\nfn twice(x) = 2 * x\n');
    write('imports.gan', `import "${path('beside/parts.gan')}"\n`);
    const { code, err } = await run(['check', path('imports.gan')]);
    assert.equal(code, 1);
    const said = err.replace(/\s+/g, ' ');
    assert.include(said, 'may not be imported by an absolute path; from here it is `beside/parts.gan`');
    assert.notInclude(said, 'there is no file');
  });

  it('are not reached behind a wildcard', () => {
    mkdirSync(path('deep'), { recursive: true });
    assert.isNull(refusal('faces/*/*.png', path('deep')));
    assert.isNotNull(refusal('*/../../../../../../etc/*', path('deep')));
    assert.isNotNull(refusal('../../../etc/<label>/*', path('deep')));
  });
});

describe('links in a spec’s folder', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'ganc-linked-'));
  after(() => rmSync(elsewhere, { recursive: true, force: true }));
  const pixel = writePng(blankRaster(2, 2, [0, 0, 255]));
  const pictures = (pattern: string): string =>
    `data d = images("${pattern}", size: 2${pattern.includes('<') ? ', labels: 2' : ''})
sample z ~ normal[2]
network G(z: vec[2]) -> image[3, 2, 2] in [0, 1] { z |> dense(12) |> sigmoid |> reshape(3, 2, 2) }
network D(x: image[3, 2, 2]) -> logit { x |> flatten |> dense(1) }
train for 2 steps, batch 2 {
  update D to minimize bce(D(d.image), 1) + bce(D(stop(G(z))), 0) with adam(1e-3)
  update G to minimize bce(D(G(z)), 1) with adam(1e-3)
}
`;
  before(() => {
    writeFileSync(join(elsewhere, 'points.csv'), 'x,y\n1,2\n3,4\n5,6\n');
    writeFileSync(join(elsewhere, 'layers.gan'), 'fn twice(x) = 2 * x\n');
    for (const folder of ['faces/a', 'faces/b']) mkdirSync(join(elsewhere, folder), { recursive: true });
    for (const name of ['a/1.png', 'a/2.png', 'b/1.png'])
      writeFileSync(join(elsewhere, 'faces', name), pixel);
    for (const folder of ['own', 'mixed/a', 'mixed/b', 'single/a', 'single/b', 'deep/a', 'digits'])
      mkdirSync(path(folder), { recursive: true });
    for (const name of ['own/points.csv']) writeFileSync(path(name), 'x,y\n1,2\n3,4\n5,6\n');
    for (const name of [
      'mixed/a/1.png',
      'mixed/a/2.png',
      'mixed/b/1.png',
      'single/a/1.png',
      'single/b/1.png',
    ])
      writeFileSync(path(name), pixel);
    symlinkSync(path('own'), path('inner'));
    symlinkSync(path('mixed/a/1.png'), path('mixed/b/2.png'));
    symlinkSync(join(elsewhere, 'points.csv'), path('outer.csv'));
    symlinkSync(join(elsewhere, 'faces'), path('faces'));
    symlinkSync(join(elsewhere, 'faces/a'), path('mixed/c'));
    symlinkSync(join(elsewhere, 'faces/a/1.png'), path('single/a/2.png'));
    symlinkSync(join(elsewhere, 'faces'), path('deep/a/sub'));
    symlinkSync(join(elsewhere, 'layers.gan'), path('layers.gan'));
    symlinkSync(join(elsewhere, 'points.csv'), path('digits/t10k-images-idx3-ubyte'));
  });

  for (const [what, text] of [
    ['to a folder', spec('inner/points.csv')],
    ['to a file, behind a wildcard', pictures('mixed/b/*.png')],
  ])
    it(`lead on where they stay within: ${what}`, async () => {
      write('within.gan', text);
      const { code, err } = await run(['check', path('within.gan')]);
      assert.equal(code, 0, err);
    });

  for (const [what, text, toAllow] of [
    ['to a file', spec('outer.csv'), ''],
    ['to a folder of pictures', pictures('faces/<label>/*.png'), 'faces'],
    ['to a class of them', pictures('mixed/<label>/*.png').replace('labels: 2', 'labels: 3'), 'faces/a'],
    ['to one picture', pictures('single/<label>/*.png'), 'faces/a'],
    ['between two wildcards', pictures('deep/*/sub/<label>/*.png'), 'faces'],
  ])
    it(`need --allow where they lead out, which the message prints: ${what}`, async () => {
      write('out.gan', text);
      const refused = await run(['check', path('out.gan')]);
      assert.equal(refused.code, 1);
      const place = realpathSync(join(elsewhere, toAllow));
      assert.include(refused.err.replace(/\s+/g, ' '), `--allow ${place}\``);
      const allowed = await run(['check', path('out.gan'), '--allow', place]);
      assert.equal(allowed.code, 0, allowed.err);
    });

  it('are no way to import a file, or to have one read as digits', async () => {
    write('imports.gan', 'import "layers.gan"\n');
    assert.include((await run(['check', path('imports.gan')])).err, 'may not be imported');
    write('digits.gan', 'data d = mnist(split: test, folder: "digits")\n');
    const { err } = await run(['check', path('digits.gan')]);
    assert.include(err.replace(/\s+/g, ' '), `--allow ${realpathSync(elsewhere)}\``);
  });

  it('a folder that is allowed by the name of a link is', async () => {
    write('named.gan', pictures('faces/<label>/*.png'));
    const { code, err } = await run(['check', path('named.gan'), '--allow', path('faces')]);
    assert.equal(code, 0, err);
  });
});

describe('files that a manifest names', () => {
  const taken = (change: (copy: Record<string, never>) => void): boolean => {
    const copy = structuredClone(tinyManifest()) as unknown as Record<string, never>;
    change(copy);
    return 'manifest' in parseManifest(copy);
  };
  const set =
    (...keys: string[]) =>
    (value: string) =>
    (copy: Record<string, never>) => {
      const last = keys.at(-1)!;
      const at = keys
        .slice(0, -1)
        .reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
      at[last] = value;
    };

  it('stay inside its folder', () => {
    const graph = set('graphs', 'fit', 'file');
    for (const good of ['steps/fit.onnx', 'a..b/c', '.hidden']) assert.isTrue(taken(graph(good)), good);
    for (const bad of ['/etc/passwd', '../x', 'a/../../x', 'a/..', '..', 'C:\\x', 'a\\..\\b', 'a\0b', ''])
      assert.isFalse(taken(graph(bad)), bad);
  });

  it('are called by names, not by paths', () => {
    for (const bad of ['..', '.', 'a/b', '../x', 'a\\b', '']) assert.isFalse(taken(set('name')(bad)), bad);
    assert.isTrue(taken(set('name')('My GAN')));
  });
});
