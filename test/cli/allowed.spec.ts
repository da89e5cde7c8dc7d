/** A stranger's spec and manifest read and write where they may, and nowhere else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { refusal } from '../../runtime/data/allowed.ts';
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

  it('may be imported only if they are specs, and nothing else is quoted', async () => {
    for (const name of ['secret.txt', 'secret.gan']) {
      write('imports.gan', `import "../${elsewhere.split('/').at(-1)}/${name}"\n`);
      const { code, err } = await run(['check', path('imports.gan')]);
      assert.equal(code, 1);
      assert.notInclude(err, 'swordfish');
      assert.include(err, name.endsWith('.txt') ? 'is no spec' : 'may not be imported');
    }
  });

  it('are not reached behind a wildcard', () => {
    mkdirSync(path('deep'), { recursive: true });
    assert.isNull(refusal('faces/*/*.png', path('deep')));
    assert.isNotNull(refusal('*/../../../../../../etc/*', path('deep')));
    assert.isNotNull(refusal('../../../etc/<label>/*', path('deep')));
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
