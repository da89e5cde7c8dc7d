/** report.html: of a real run, of one cut off, of an earlier version's; and a page that strangers wrote into. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assert } from 'chai';
import sharp from 'sharp';
import { runPage } from '../../cli/run-page.ts';
import { specHtml } from '../../page/spec-html.ts';
import { openRun } from '../../runtime/run/run-directory.ts';
import { ring, shell } from '../cli/shell.ts';
import { chromium, loaded } from './chromium.ts';
import { chartsOf, plain } from './reading.ts';

const { run, write, path, read } = shell();

const copyOf = (name: string): string => {
  cpSync(path('whole'), path(name), { recursive: true });
  return path(name);
};

/** The file without what it holds of pictures and sounds. */
const withoutMedia = (page: string): string => page.replace(/data:(image\/png|audio\/wav);base64,[^"]*/g, '');

describe("a run's page", () => {
  before(async () => {
    write('ring.gan', ring);
    const { code, err } = await run([
      'run',
      path('ring.gan'),
      '--out',
      path('whole'),
      '--set',
      'rate=0.002',
      '--threads',
      '1',
    ]);
    assert.equal(code, 0, err);
  });

  it('is there when the run ends, with its curves, metrics, pictures, spec and command', () => {
    const page = read('whole/report.html');
    const charts = chartsOf(page);
    assert.deepEqual(
      charts.map(({ title, series }) => [title, series.map(({ name }) => name)]),
      [
        ['update D to minimize discriminator_loss with adam(rate)', ['discriminator_loss']],
        ['update G to minimize generator_loss with adam(rate)', ['generator_loss']],
        ['spread', ['spread']],
      ],
    );
    const lines = read('whole/metrics.jsonl')
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { losses?: Record<string, number>; metric?: string; value?: number },
      );
    const losses = lines.flatMap((line) => (line.losses ? [line.losses.discriminator_loss] : []));
    assert.deepEqual(
      charts[0].series[0].values,
      losses.map((value) => Number(value.toPrecision(5))),
    );
    assert.deepEqual(charts[2].iterations, [10, 20, 30]);
    const picture = readFileSync(path('whole/pictures/points-00000030.png')).toString('base64');
    assert.include(page, `src="data:image/png;base64,${picture}" alt="points after iteration 30"`);
    assert.equal(page.match(/class="frame"/g)?.length, 3);
    assert.include(plain(page), ring);
    assert.include(page, `--set rate=0.002 --seed 1 --target onnx --device cpu --threads 1<`);
    assert.include(page, 'finished after iteration 30<');
    assert.include(page, '<dt>param rate</dt><dd>0.002 (set)</dd>');
  });

  it('says of each update what it trains, leaves and reads, beside its picture', () => {
    const updates = /<section id="updates".*?<\/section>/s.exec(read('whole/report.html'))![0];
    const second = updates.slice(updates.indexOf('update G to'));
    assert.include(second, '<dt>trains</dt><dd>G</dd>');
    assert.include(second, '<dt>uses, unchanged</dt><dd>D</dd>');
    assert.include(second, '<dt>reads</dt><dd>z</dd>');
    assert.equal(updates.match(/<img src="data:image\/svg/g)?.length, 2);
    assert.include(read('whole/architecture/networks.svg'), 'Architecture of Ring');
  });

  it('fetches nothing, and is small without its pictures', () => {
    const page = withoutMedia(read('whole/report.html'));
    assert.isBelow(page.length, 3_000_000);
    const [beforeScripts] = page.split('<script type="application/json"');
    const links = [...beforeScripts.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
    assert.isAbove(links.length, 10);
    assert.deepEqual(
      links.filter((link) => link !== '' && !/^(#|data:)/.test(link)),
      [],
    );
    assert.notMatch(/<style>.*?<\/style>/s.exec(page)![0], /url\(|@import/);
  });

  it('says which metrics a report had not, and why', async () => {
    const place = copyOf('lacking');
    const lines = [
      { iteration: 10, missing: 'fd', reason: 'rows of <b> are too few' },
      { iteration: 20, missing: 'fd', reason: 'rows of <b> are too few' },
      { iteration: 20, metric: 'spread', value: 'NaN' },
    ];
    for (const line of lines) appendFileSync(`${place}/metrics.jsonl`, `${JSON.stringify(line)}\n`);
    const { code, err } = await run(['report', place]);
    assert.equal(code, 0, err);
    const section = plain(/<section id="metrics".*?<\/section>/s.exec(read('lacking/report.html'))![0]);
    assert.include(section, 'no fd after iteration 10, 20: rows of <b> are too few');
    assert.include(section, 'no spread after iteration 20: it was NaN');
  });

  it('is written while the run goes on: after reports and checkpoints, not after iterations', async () => {
    const place = copyOf('going');
    rmSync(`${place}/report.html`);
    rmSync(`${place}/architecture`, { recursive: true });
    writeFileSync(`${place}/.unfinished-1-report.html`, 'half a page');
    const page = runPage(openRun(place), { first: 0, pause: 0, share: 1 });
    page.see({
      kind: 'iteration',
      iteration: 1,
      phase: null,
      logged: { losses: {}, objectives: {}, skipped: [] },
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.isFalse(existsSync(`${place}/report.html`));
    page.see({ kind: 'start', iteration: 1, stop: 30 });
    while (!existsSync(`${place}/report.html`)) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.isFalse(existsSync(`${place}/.unfinished-1-report.html`));
    assert.isNull(await page.end());
    assert.include(read('going/report.html'), '<img src="data:image/svg');
  });

  it('is not written with --no-report', async () => {
    const { code } = await run([
      'run',
      path('ring.gan'),
      '--out',
      path('bare'),
      '--steps',
      '1',
      '--no-report',
    ]);
    assert.equal(code, 0);
    assert.isTrue(existsSync(path('bare/metrics.jsonl')));
    assert.isFalse(existsSync(path('bare/report.html')));
    assert.isFalse(existsSync(path('bare/architecture')));
  });

  it('that cannot be written stops no training, and is said', async () => {
    const place = copyOf('blocked');
    rmSync(`${place}/report.html`);
    mkdirSync(`${place}/report.html/in-the-way`, { recursive: true });
    const { code, err } = await run(['run', '--resume', place, '--steps', '35']);
    assert.equal(code, 0, err);
    assert.match(err, /done after iteration 35/);
    assert.match(err, /report\.html: no page: /);
  });

  it('of a killed run shows what is there', async () => {
    const place = copyOf('killed');
    const text = read('killed/metrics.jsonl');
    writeFileSync(`${place}/metrics.jsonl`, text.slice(0, text.indexOf('{"iteration":21') + 20));
    for (const gone of ['log.txt', 'pictures/points-00000010.png', 'architecture', 'report.html'])
      rmSync(`${place}/${gone}`, { recursive: true });
    const { code, err } = await run(['report', place]);
    assert.equal(code, 0, err);
    const page = read('killed/report.html');
    assert.equal(chartsOf(page)[0].iterations.at(-1), 20);
    assert.include(page, 'not finished: after iteration 20 of 30<');
    assert.include(page, 'pictures/points-00000010.png is not there any more');
    assert.include(page, '<img src="data:image/svg');
  });

  it('can be written for a run of ganc 0.1, elsewhere', async () => {
    const place = copyOf('old');
    rmSync(`${place}/architecture`, { recursive: true });
    rmSync(`${place}/report.html`);
    for (const file of ['run.json', 'program/manifest.json']) {
      const { checksum: _checksum, ...value } = JSON.parse(read(`old/${file}`)) as Record<string, unknown>;
      writeFileSync(`${place}/${file}`, JSON.stringify({ ...value, format: 1 }));
    }
    // A word that today's language has no more.
    writeFileSync(`${place}/spec.gan`, ring.replace('game.discriminator', 'game.judge'));
    const { code, err } = await run(['report', place, '--out', path('elsewhere.html')]);
    assert.equal(code, 0, err);
    const page = read('elsewhere.html');
    assert.lengthOf(chartsOf(page), 3);
    assert.include(page, '<dt>trains</dt><dd>D</dd>');
    assert.isFalse(existsSync(`${place}/report.html`));
  });

  it('is refused for what is no run', async () => {
    const { code, err } = await run(['report', path('nowhere')]);
    assert.equal(code, 2);
    assert.equal(err, `error: ${path('nowhere')} does not exist\n`);
  });
});

describe('a page in a browser', () => {
  it('says the last values of an update that ended before the run, and leaves a tall picture wide', async function () {
    if (chromium === undefined) return this.skip();
    this.timeout(120_000);
    const place = copyOf('ended');
    const strip = await sharp({ create: { width: 100, height: 900, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    writeFileSync(`${place}/pictures/strip-00000031.png`, strip);
    const lines: object[] = [
      { iteration: 31, losses: { later: 1 }, objectives: {} },
      { iteration: 31, picture: 'strip', file: 'pictures/strip-00000031.png' },
    ];
    appendFileSync(`${place}/metrics.jsonl`, lines.map((line) => JSON.stringify(line) + '\n').join(''));
    const { code, err } = await run(['report', place]);
    assert.equal(code, 0, err);
    const page = await loaded(`${place}/report.html`);
    const said = [...page.matchAll(/<td class="u-value">([^<]*)</g)].map(([, value]) => value);
    assert.isAbove(said.length, 4);
    assert.notInclude(said, '–');
    const classes = [...page.matchAll(/<img [^>]*alt="(\w+) after[^>]*>/g)].map(([image, name]) => [
      name,
      image.includes('class="tall"'),
    ]);
    assert.deepInclude(classes, ['strip', true]);
    assert.deepInclude(classes, ['points', false]);
  });
});

describe('strangers in a page', () => {
  it('a spec is shown as it is, whatever stands in it', () => {
    const text = `// </code><script>1</script>\nparam a: string = "<b>\\"&"\n§ </pre> ${'"'}open`;
    const shown = specHtml(text);
    assert.equal(plain(shown), text);
    assert.notMatch(shown.replace(/<\/?span[^>]*>/g, ''), /[<>"]/);
  });

  it('names, comments and paths with markup run no script and fetch nothing', async function () {
    if (chromium === undefined) return this.skip();
    this.timeout(120_000);
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const owns = "document.documentElement.dataset.owned = '1'";
    const hostile = `"'></code></script><script>${owns}</script><img src="${url}/x.png" onerror="${owns}">`;
    try {
      const place = await hostileRun(hostile);
      const page = await loaded(`${place}/report.html`);
      assert.notInclude(page, 'data-owned');
      assert.equal(page.match(/<canvas/g)?.length, 5, 'each chart is drawn');
      assert.include(page, '<title>Ring: a run</title>');
      assert.equal(requests, 0);
      assert.notInclude(page, Buffer.from('a secret').toString('base64'));
      // The same text where nobody escapes it does all of that.
      const bare = await loaded(write('bare.html', `<!doctype html><html><body>${hostile}</body></html>`));
      assert.include(bare, 'data-owned');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  async function hostileRun(hostile: string): Promise<string> {
    const place = copyOf('hostile');
    writeFileSync(`${place}/spec.gan`, `/// ${hostile}\n${ring}`);
    const secret = write('secret.png', 'a secret');
    symlinkSync(secret, `${place}/pictures/link-00000001.png`);
    const name = `pictures/<b onmouseover=x>&"'.png`;
    writeFileSync(`${place}/${name}`, '');
    const lines: object[] = [
      { iteration: 31, losses: { [hostile]: 1 }, objectives: {} },
      { iteration: 31, metric: hostile, value: 1 },
      { iteration: 31, picture: hostile, file: name },
      { iteration: 31, picture: 'outside', file: '../secret.png' },
      { iteration: 31, picture: 'outside', file: 'pictures/../../secret.png' },
      { iteration: 31, picture: 'outside', file: 'pictures/link-00000001.png' },
      { iteration: 31, sound: hostile, file: 'sounds/none.wav' },
    ];
    appendFileSync(`${place}/metrics.jsonl`, lines.map((line) => JSON.stringify(line) + '\n').join(''));
    appendFileSync(`${place}/log.txt`, hostile);
    const { code, err } = await run(['report', place]);
    assert.equal(code, 0, err);
    return place;
  }
});
