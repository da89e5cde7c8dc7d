/** npm run examples: a page for each spec, an index that links them, and what could not be trained. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { examplesOf } from '../../setup/docs/examples.ts';
import { ring, shell } from '../cli/shell.ts';

const { write, path, read } = shell();

describe('pages of the shipped systems', () => {
  it('are trained once, listed, and linked; what fails is said', async () => {
    const tiny = ring.replace('data ring', 'profile tiny { rate = 0.002 }\n\ndata ring');
    const specs = [write('a<b>.gan', tiny), write('broken.gan', 'gan Broken\nlet x = y\n')];
    const said: string[] = [];
    const made = await examplesOf(specs, path('out'), (line) => said.push(line));
    assert.deepEqual(
      made.map(({ name, problem }) => [name, problem === null]),
      [
        ['a<b>', true],
        ['broken', false],
      ],
    );
    assert.lengthOf(said, 2);
    const index = read('out/index.html');
    const link = /href="([^"]*report\.html)"/.exec(index)![1];
    assert.isTrue(existsSync(path(`out/${decodeURIComponent(link)}`)));
    const picture = /img src="([^"]*)"/.exec(index)![1];
    assert.isTrue(existsSync(path(`out/${decodeURIComponent(picture)}`)));
    assert.include(index, 'A ring of Gaussians, small enough for tests.');
    assert.include(index, 'was not trained: error[GAN');
    assert.notInclude(index, 'a<b>');
    // Again: the page that is there stays as it is.
    const page = path('out/a<b>/report.html');
    writeFileSync(page, 'mine');
    await examplesOf(specs.slice(0, 1), path('out'), () => undefined);
    assert.equal(readFileSync(page, 'utf8'), 'mine');
  });
});
