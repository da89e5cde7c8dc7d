/** Embeddings: what a run writes of them, and the page that shows each point's row, by principal components and by UMAP. */
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { embeddingsOf } from '../../page/embeddings.ts';
import { pixelsOf } from '../runtime/pixels.ts';
import { shell } from '../cli/shell.ts';
import { chromium, loaded } from './chromium.ts';

const { run, write, path, read } = shell();

/** A point's image has its first coordinate in the left half, its second in the right. */
const spec = `gan Codes
data ring = gaussians(rows: 60, modes: 3)
network E(x: vec[2]) -> vec[20] { x |> dense(20) }
network R(z: vec[20]) -> vec[2] { z |> dense(2) }
fn halves(x) = reshape(x, 1, 1, 2) |> resize(size: [4, 8], method: nearest)
loss l = mse(R(E(ring.point)), ring.point)
train for 4 steps, batch 8 { update E, R to minimize l with adam(1e-2) }
report every 2 steps {
  picture codes = embedding(E(ring.point), colour: ring.label, show: halves(ring.point))
  picture bare = embedding(ring.point, rows: 5)
}
`;

interface Written {
  readonly iteration: number;
  readonly plane: readonly number[];
  readonly codes: readonly number[];
  readonly width: number;
  readonly groups: readonly number[];
  readonly classes: { readonly name: string; readonly names: readonly string[] } | null;
  readonly thumbnails: { readonly png: string; readonly width: number; readonly columns: number } | null;
}
const written = (name: string): Written => JSON.parse(read(`run/embeddings/${name}.json`)) as Written;

const copyOf = (name: string): string => {
  cpSync(path('run'), path(name), { recursive: true });
  return path(name);
};

/** What a reader does, and then writes down what was seen. */
const drive = readFileSync(new URL('./drive-embedding.js', import.meta.url), 'utf8');

describe('embeddings of a run', () => {
  before(async () => {
    write('codes.gan', spec);
    const { code, err } = await run(['run', path('codes.gan'), '--out', path('run'), '--threads', '1']);
    assert.equal(code, 0, err);
  });

  it('are written with the newest report: the plane, the codes, classes, a picture of each row', () => {
    const codes = written('codes');
    assert.deepEqual([codes.iteration, codes.groups.length, codes.width], [4, 60, 16]);
    assert.deepEqual([codes.plane.length, codes.codes.length], [120, 60 * 16]);
    assert.deepEqual(codes.groups.slice(0, 6), [0, 1, 2, 0, 1, 2]);
    assert.deepEqual(codes.classes, { name: 'ring.label', names: ['0', '1', '2'] });
    // The codes are an affine map of two numbers: all of their variance lies in the plane.
    const far = (list: readonly number[], width: number, a: number, b: number): number =>
      Math.hypot(...Array.from({ length: width }, (_, j) => list[a * width + j] - list[b * width + j]));
    for (let row = 1; row < 60; row++)
      assert.closeTo(far(codes.codes, 16, 0, row), far(codes.plane, 2, 0, row), 0.02);
    const bare = written('bare');
    assert.deepEqual([bare.groups.length, bare.width, bare.classes, bare.thumbnails], [5, 2, null, null]);
  });

  it("a row's picture stands at its place", () => {
    const { thumbnails, groups } = written('codes');
    assert.deepEqual([thumbnails?.width, thumbnails?.columns], [8, 8]);
    const { data, width } = pixelsOf(Buffer.from(thumbnails!.png, 'base64'));
    const gray = (row: number, right: boolean): number =>
      data[3 * (Math.floor(row / 8) * 4 * width + (row % 8) * 8 + (right ? 7 : 0))];
    // Rows of a class lie round one centre: their pictures are alike, and unlike those of the next class.
    const mean = (group: number, right: boolean): number => {
      const own = groups.flatMap((one, row) => (one === group ? [gray(row, right)] : []));
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    const between = Math.hypot(mean(0, false) - mean(1, false), mean(0, true) - mean(1, true));
    assert.isAbove(between, 30);
  });

  it('the page has a place for each, the numbers as a table, and UMAP only where there are some', () => {
    const page = read('run/report.html');
    assert.equal(page.match(/data-embedding="/g)?.length, 2);
    assert.include(page, '60 rows of E(ring.point) as points, coloured by ring.label');
    assert.include(page, '<summary>as a table (50 of 60 rows)</summary>');
    assert.include(page, 'UMAP=');
    const none = copyOf('none');
    rmSync(`${none}/embeddings`, { recursive: true });
    assert.lengthOf(embeddingsOf(none), 0);
  });

  it('passes over files that are none, and believes nothing', async () => {
    const place = copyOf('strange');
    const hostile = '</script><script>document.body.dataset.owned = 1</script>';
    const { png } = written('codes').thumbnails!;
    const sound = { iteration: 1, plane: [0, 0, 1, null], codes: [1, 2], width: 1, groups: [0, 1] };
    const put = (name: string, value: unknown): void =>
      writeFileSync(
        `${place}/embeddings/${name}.json`,
        typeof value === 'string' ? value : JSON.stringify(value),
      );
    put('cut', '{"iteration": 1, "pla');
    put('short', { ...sound, codes: [1] });
    put('image', {
      ...sound,
      thumbnails: { png: `${png}" onload="x`, width: 1, height: 1, columns: 1, name: '' },
    });
    put('named', { ...sound, name: hostile, classes: { name: hostile, names: [hostile] } });
    const secret = write('secret.json', JSON.stringify(sound));
    symlinkSync(secret, `${place}/embeddings/link.json`);
    const found = embeddingsOf(place);
    assert.sameMembers(
      found.map(({ title }) => title),
      ['bare', 'codes', 'image', 'named'],
    );
    assert.isNull(found.find(({ title }) => title === 'image')!.thumbnails);
    const { code, err } = await run(['report', place]);
    assert.equal(code, 0, err);
    const page = readFileSync(`${place}/report.html`, 'utf8');
    assert.notInclude(page, hostile);
    if (chromium !== undefined) assert.notInclude(await loaded(`${place}/report.html`), 'data-owned');
  });

  it('in a browser: keys go from point to point, UMAP is laid out, and the same each time', async function () {
    if (chromium === undefined) this.skip();
    this.timeout(120_000);
    const first = await driven('first.html');
    assert.match(first.said, /^row \d+, ring\.label: [012]$/);
    assert.notEqual(first.said, first.home);
    assert.equal(first.home, 'row 1, ring.label: 0');
    assert.notEqual(first.umap, first.plane, 'another layout');
    assert.isAbove(first.inked, 100, 'points are drawn');
    assert.equal((await driven('second.html')).umap, first.umap);
  });

  /** What a copy of the page says after keys and clicks; the copy lets a script of the test's run. */
  async function driven(
    name: string,
  ): Promise<Record<'said' | 'home' | 'umap' | 'plane', string> & { inked: number }> {
    const page = read('run/report.html').replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    write(name, page.replace('</body>', `<script>${drive}</script></body>`));
    const seen = /<pre id="seen">(.*?)<\/pre>/s.exec(await loaded(path(name)));
    assert.isNotNull(seen, 'the page was not driven to the end');
    return JSON.parse(seen![1].replaceAll('&quot;', '"')) as Awaited<ReturnType<typeof driven>>;
  }
});
