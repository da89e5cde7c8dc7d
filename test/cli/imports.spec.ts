/** Runs of specs that import others keep those texts: they are shown and compared after the files have changed or gone. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { assert } from 'chai';
import { ask, ids, viewingBy } from '../page/viewing.ts';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

const weights = (scale: number): string => `/// How much of its loss counts.\nfn scaled(x) = ${scale} * x\n`;

describe('runs of specs with imports', () => {
  const file = 'parts/scale.gan';
  let spec: string;
  const train = async (out: string, steps: string, ...more: readonly string[]) =>
    run(['run', ...(more.length > 0 ? more : [spec]), '--steps', steps, '--threads', '1', ...out.split(' ')]);

  before(async () => {
    mkdirSync(path('parts'));
    write(file, weights(2));
    const text = ring.replace('minimize discriminator_loss', 'minimize scaled(discriminator_loss)');
    spec = write('imports.gan', `${text.replace(/^(gan .*)$/m, '$1\n\nimport "parts/scale.gan"')}`);
    const first = await train(`--out ${path('runs/first')}`, '4');
    assert.equal(first.code, 0, first.err);
    write(file, weights(3));
    const second = await train(`--out ${path('runs/second')} --no-report`, '4');
    assert.equal(second.code, 0, second.err);
  });

  it('refuse a resume after an import has changed, and show its lines', async () => {
    const { code, err } = await run(['run', '--resume', path('runs/first'), '--steps', '8']);
    assert.notEqual(code, 0);
    assert.include(err, 'parts/scale.gan:');
    assert.match(err, /-.*fn scaled\(x\) = 2 \* x/);
    assert.match(err, /\+.*fn scaled\(x\) = 3 \* x/);
  });

  it('are compared as they were started, in a terminal and on a page, when the files have gone', async () => {
    const now = await run(['diff', path('runs/first'), spec, '--quiet']);
    assert.equal(now.code, 1, 'the file says 3 now');
    assert.equal((await run(['diff', path('runs/second'), spec, '--quiet'])).code, 0);
    rmSync(path(file));
    const { code, out, err } = await run(['diff', path('runs/first'), path('runs/second')]);
    assert.equal(code, 1, err);
    assert.match(out, /2/);
    const open = await viewingBy(run)(path('runs'));
    try {
      const query = ids((await ask(`${open.url}rows`)).text).map((id) => `run=${id}`);
      const { text } = await ask(`${open.url}compare?${query.join('&')}`);
      const part = /<section id="difference".*?<\/section>/s.exec(text)![0];
      assert.match(part, /<del>.*<ins>/s);
      assert.notInclude(part, 'imports');
    } finally {
      await open.end();
    }
  });

  it("are shown whole on the run's page", () => {
    const page = readFileSync(path('runs/first/report.html'), 'utf8');
    assert.match(page, /<h3>[^<]*parts\/scale\.gan<\/h3><pre class="spec"/);
    assert.include(page, 'How much of its loss counts.');
  });
});
