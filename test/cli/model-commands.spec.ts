/** What a model file holds and what not, which checkpoint it has, what takes it and what refuses it. */
import { copyFileSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { assert } from 'chai';
import { block, codes, contentsOf, models, namesIn, pictures } from './models.ts';

const home = models();
const { run, write, path, read, trained, handed } = home;

describe('a model file', () => {
  let [faces, book] = ['', ''];

  before(async () => {
    mkdirSync(path('specs/faces/parts'), { recursive: true });
    write('specs/faces/parts/block.gan', block);
    await trained('faces', pictures);
    await trained('codes', codes);
    [faces, book] = [await handed('faces'), await handed('codes')];
  });

  it('holds the weights, running statistics and averages of one checkpoint, and nothing that training alone needs', () => {
    const names = namesIn(faces);
    assert.include(names, 'G.dense_1.weight');
    assert.include(names, 'G.normed_1.batch_norm_1.mean');
    assert.include(names, 'G.average.dense_1.weight');
    assert.isEmpty(names.filter((name) => name.startsWith('update_')));
    assert.includeMembers(namesIn(book), ['level', 'Book.weight_1.weight']);
    assert.isEmpty(namesIn(book).filter((name) => name.startsWith('old')));
    const steps = [...contentsOf(faces).keys()].filter((name) => /step_|\.wasm|\.mjs/.test(name));
    assert.isEmpty(steps, 'graphs of updates');
    const kept = [...contentsOf(faces).keys()].filter((name) => name.endsWith('state.safetensors'));
    assert.lengthOf(kept, 1);
  });

  it('says nothing of the machine’s folders', () => {
    for (const file of [faces, book])
      for (const [name, bytes] of contentsOf(file))
        assert.isFalse(bytes.includes(home.folder), `${file}: ${name}`);
  });

  it('is the newest checkpoint, or the one that is asked for', async () => {
    const lines = home.metric('runs/faces', 'away');
    const best = lines.reduce((a, b) => (b.value < a.value ? b : a));
    const said = async (...more: readonly string[]): Promise<number> => {
      const { code, out, err } = await run([
        ...[
          'export',
          path('runs/faces'),
          '--to',
          'ganc',
          '--out',
          path('which.ganc'),
          '--force',
          '--json',
          ...more,
        ],
      ]);
      assert.equal(code, 0, err);
      return (JSON.parse(out) as { readonly iteration: number }).iteration;
    };
    assert.equal(await said(), lines.at(-1)!.iteration);
    const other = lines.find(({ iteration }) => iteration !== best.iteration)!.iteration;
    assert.equal(await said('--checkpoint', String(other)), other);
    const refused = await run([
      'sample',
      path('which.ganc'),
      'shown',
      '--checkpoint',
      'best',
      '--out',
      path('no.png'),
    ]);
    assert.equal(refused.code, 2);
    assert.include(
      refused.err,
      `which.ganc has no whole checkpoint best: it has those of the iterations ${other}`,
    );
    assert.equal(await said('--checkpoint', 'best'), best.iteration);
    const { err } = await run(['export', path('runs/faces'), '--out', path('which.ganc'), '--force']);
    assert.match(err, new RegExp(`; the best by away \\(.+\\) is iteration ${best.iteration}'s: `));
  });

  it('is the same bytes for the same run, and a file of a file is that file', async () => {
    const before = readFileSync(faces);
    await handed('faces');
    assert.isTrue(readFileSync(faces).equals(before));
    copyFileSync(faces, path('again.ganc'));
    const { code, err } = await run([
      'export',
      path('again.ganc'),
      '--to',
      'ganc',
      '--out',
      path('copy.ganc'),
    ]);
    assert.equal(code, 0, err);
    assert.isTrue(readFileSync(path('copy.ganc')).equals(before));
  });

  it('has a page, with what metrics said up to its checkpoint', async () => {
    const { code, err } = await run(['report', faces]);
    assert.equal(code, 0, err);
    const page = read('elsewhere/faces.html');
    assert.include(page, 'away');
    assert.include(page, 'as of iteration');
    assert.include(page, 'layers of the networks');
    assert.notInclude(page, 'not finished');
    assert.equal((await run(['report', faces, '--csv'])).out.split('\n')[0].includes('away'), true);
    const board = await run(['report', faces, '--tensorboard']);
    assert.equal(board.code, 2);
    assert.include(board.err, "without its run's losses");
    assert.equal((await run(['diff', path('runs/faces'), faces, '--quiet'])).code, 0);
  });

  it('gives networks their first weights', async () => {
    const text = `gan Second
data ring = gaussians(rows: 64)
network Book(x: vec[2]) -> { passed: vec[2], codes: vec[2], chosen: onehot[5] } { quantize(x, weight([5, 2], form: mat)) }
network D(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }
initialize D, Book from "../../elsewhere/codes.ganc"
let found = Book(ring.point)
train for 4 steps, batch 8 {
  update Book to minimize mse(found.codes, ring.point) + 0 * mean(D(ring.point)) with adam(0.01)
}
`;
    await trained('second', text, '--steps', '2', '--allow', path('elsewhere'));
    const second = home.weights('runs/second');
    const first = home.weights('runs/codes');
    assert.deepEqual(second['D.dense_1.weight'], first['D.dense_1.weight']);
    first['Book.weight_1.weight'].forEach((x, i) =>
      assert.closeTo(second['Book.weight_1.weight'][i], x, 0.05),
    );
    // The run has what it began with: it goes on when the file is gone.
    renameSync(book, path('elsewhere/away.ganc'));
    const on = await run(['run', '--resume', path('runs/second'), '--steps', '4', '--threads', '1', '-q']);
    renameSync(path('elsewhere/away.ganc'), book);
    assert.equal(on.code, 0, on.err);
  });

  it('is no run to go on with, and no spec', async () => {
    const resumed = await run(['run', '--resume', faces]);
    assert.equal(resumed.code, 2);
    assert.match(resumed.err, /faces\.ganc can't be resumed: .*without the optimizers' moments/);
    const begun = await run(['run', faces]);
    assert.equal(begun.code, 2);
    assert.match(begun.err, /faces\.ganc is a trained model, no spec/);
  });

  it('is made of the whole run, and takes the place of nothing else', async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, err } = await run(['export', path('runs/faces'), ...args]);
      assert.equal(code, 2);
      return err;
    };
    assert.include(await refused('G', '--to', 'ganc'), 'leave G out');
    assert.include(await refused('--to', 'ganc', '--average'), 'leave --average out');
    assert.include(await refused('--out', faces), '--force replaces it');
    write('mine.ganc', 'a letter');
    assert.include(await refused('--out', path('mine.ganc'), '--force'), 'something else than a model');
    assert.equal(read('mine.ganc'), 'a letter');
  });
});
