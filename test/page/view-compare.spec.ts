/** The comparison of `ganc view`: sounds side by side, and what comes while runs go on. */
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { assert } from 'chai';
import { ring, shell } from '../cli/shell.ts';
import { chromium, loaded } from './chromium.ts';
import { ask, ids, viewingBy } from './viewing.ts';

const { run, write, path } = shell();
const viewing = viewingBy(run);

describe('a comparison of runs', () => {
  before(async () => {
    const spec = write('ring.gan', ring);
    const args = ['run', spec, '--threads', '1', '--no-report', '--quiet', '--out', path('run')];
    assert.equal((await run(args)).code, 0);
  });

  /** Two runs of one spec beside each other in a folder, with these lines behind their own. */
  function pair(folder: string, ...lines: readonly object[]): string[] {
    const copies = ['a', 'b'].map((name) => path(`${folder}/${name}`));
    for (const copy of copies) {
      cpSync(path('run'), copy, { recursive: true });
      for (const line of lines) appendFileSync(`${copy}/metrics.jsonl`, `${JSON.stringify(line)}\n`);
    }
    return copies;
  }

  it('compares sounds: players side by side, each with its spectrogram, that may be played', async () => {
    const sound = { iteration: 30, sound: 'speech', file: 'sounds/speech-00000030-2.wav' };
    for (const copy of pair('spoken', sound)) {
      mkdirSync(`${copy}/sounds`);
      writeFileSync(`${copy}/sounds/speech-00000030-2.wav`, 'RIFF');
      writeFileSync(`${copy}/sounds/speech-00000030-2.png`, 'PNG');
    }
    const spoken = await viewing(path('spoken'));
    try {
      const query = ids((await ask(`${spoken.url}rows`)).text).map((id) => `run=${id}`);
      const { text, headers } = await ask(`${spoken.url}compare?${query.join('&')}`);
      const part = /<section id="sounds".*?<\/section>/s.exec(text)![0];
      assert.equal(
        part.match(/<figure><figcaption>[^<]+<\/figcaption><p class="player"><span>2</g)?.length,
        2,
      );
      const sources = [...part.matchAll(/src="(run\/[^"]+)"/g)].map(([, source]) => source);
      assert.deepEqual(
        await Promise.all(
          sources.map(async (source) => (await ask(spoken.url + source)).headers['content-type']),
        ),
        ['audio/wav', 'image/png', 'audio/wav', 'image/png'],
      );
      assert.include(headers['content-security-policy'], "media-src 'self'");
    } finally {
      await spoken.end();
    }
  });

  it('keeps a comparison live in a browser while its runs go on', async function () {
    if (chromium === undefined) return this.skip();
    const [first, second] = pair('going');
    for (const copy of [first, second]) {
      writeFileSync(`${copy}/log.txt`, '');
      writeFileSync(`${copy}/training.lock`, `${process.ppid}\n${hostname()}\n`);
    }
    const going = await viewing(path('going'));
    const { port } = new URL(going.url);
    let asked = 0;
    // What the page asks for after it was loaded is newer.
    const between = createServer(({ url = '', method }, response) => {
      if (url.includes('/compare') && ++asked === 2)
        appendFileSync(
          `${first}/metrics.jsonl`,
          `${JSON.stringify({ iteration: 31, metric: 'spread', value: 77.25 })}\n`,
        );
      request({ port, path: url, method }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      }).end();
    }).listen(0, '127.0.0.1');
    try {
      await new Promise((done) => between.once('listening', done));
      const query = ids((await ask(`${going.url}rows`)).text).map((id) => `run=${id}`);
      const { pathname } = new URL(going.url);
      const own = (between.address() as AddressInfo).port;
      const page = await loaded(`http://127.0.0.1:${own}${pathname}compare?${query.join('&')}`);
      assert.include(page, '<span id="live" class="note" role="status">live</span>');
      assert.include(page, '<td>77.25</td>', 'the table of the runs');
      assert.match(page, /class="u-value"[^>]*>77\.25</, "the curve's newest value");
      rmSync(`${first}/training.lock`);
      rmSync(`${second}/training.lock`);
      assert.notInclude(
        (await ask(`${going.url}compare?${query.join('&')}`)).text,
        '<main data-live',
        'nothing goes on',
      );
    } finally {
      between.close();
      between.closeAllConnections();
      await going.end();
    }
  });
});
