/** `ganc view`: who is answered and with what, runs that strangers wrote, curves and bands, and the pages in a browser. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assert } from 'chai';
import { age, listRows } from '../../page/view-list.ts';
import { runsIn } from '../../page/view-runs.ts';
import { ring, shell } from '../cli/shell.ts';
import { chromium, loaded } from './chromium.ts';
import { ask, ids, viewingBy, type Answer, type Viewing } from './viewing.ts';

const { run, write, path, read } = shell();

const viewing = viewingBy(run);

describe('ganc view', () => {
  let open: Viewing;
  const get = (place: string, headers?: Record<string, string>, method?: string): Promise<Answer> =>
    ask(open.url + place, headers, method);

  before(async () => {
    write('ring.gan', ring);
    const seeds = ['run', path('ring.gan'), '--seeds', '1..2', '--threads', '1', '--no-report', '--quiet'];
    assert.equal((await run([...seeds, '--out', path('runs/slow')])).code, 0);
    assert.equal((await run([...seeds, '--out', path('runs/fast'), '--set', 'rate=0.01'])).code, 0);
    open = await viewing(path('runs'));
  });
  after(() => open.end());

  it('lists the runs with state, iterations, newest metrics and age, and the same rows again', async () => {
    const { status, text, headers } = await get('');
    assert.equal(status, 200);
    assert.include(headers['content-security-policy'], "default-src 'none'");
    const rows = (await get('rows')).text;
    assert.equal(ids(rows).length, 4);
    assert.include(text, '<tbody id="rows">');
    assert.match(rows, /seed-1<\/a><small>Ring · seed 1, rate=0\.01</);
    assert.match(rows, /30 of 30<progress max="30" value="30"/);
    const lines = read('runs/slow/seed-2/metrics.jsonl').trim().split('\n');
    const spread = lines.map((line) => JSON.parse(line) as { metric?: string; value: number });
    const newest = spread.filter(({ metric }) => metric === 'spread').at(-1)!.value;
    assert.include(rows, `spread <b>${newest.toLocaleString('en', { maximumSignificantDigits: 4 })}</b>`);
    assert.deepEqual([4_000, 61_000, 7_300_000, 200_000_000].map(age), [
      '4 s ago',
      '1 min ago',
      '2 h ago',
      '2 d ago',
    ]);
  });

  it('holds iterations against where a run was told to end, in the place of what its spec says', async () => {
    for (const [name, steps] of [
      ['cut', '4'],
      ['on', '4'],
    ])
      await run([
        'run',
        path('ring.gan'),
        '--out',
        path(`goals/${name}`),
        '--steps',
        steps,
        '--threads',
        '1',
        '--quiet',
      ]);
    const resume = ['run', '--resume', path('goals/on'), '--quiet'];
    await run([...resume, '--steps', '40']);
    const listed = await viewing(path('goals'));
    try {
      const rows = (await ask(`${listed.url}rows`)).text;
      assert.match(rows, /4 of 4<progress max="4" value="4"/);
      assert.match(rows, /40 of 40<progress max="40" value="40"/);
      assert.include(read('goals/on/log.txt'), 'resumed after iteration 4\nto iteration 40\n');
      // As while it runs: nothing says yet that it is done.
      const log = read('goals/cut/log.txt');
      write('goals/cut/log.txt', log.replace(/^done after.*\n/m, ''));
      write('goals/cut/metrics.jsonl', read('goals/cut/metrics.jsonl').replace(/^\{"iteration":4.*\n/gm, ''));
      assert.match((await ask(`${listed.url}rows`)).text, />3 of 4<progress max="4" value="3"/);
    } finally {
      await listed.end();
    }
    const past = await run(['run', '--resume', path('goals/on'), '--steps', '5']);
    assert.equal(past.code, 0, past.err);
    assert.include(past.err, 'iteration 5, where it was to end, is past already: the run stands after 40.');
  });

  it("shows a run's page as it is now, with pictures from beside it", async () => {
    const [id] = ids((await get('rows')).text);
    const { text, headers } = await get(`run/${id}/`);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.include(text, 'id="losses"');
    const [, source] = /<img src="(pictures\/[^"]+)"/.exec(text)!;
    const picture = await get(`run/${id}/${source}`);
    assert.equal(picture.headers['content-type'], 'image/png');
    assert.deepEqual(picture.body, readFileSync(path(`runs/fast/seed-2/${source}`)));
  });

  it('compares runs: a band over seeds or a curve for each, pictures side by side, what the specs mean', async () => {
    const all = ids((await get('rows')).text);
    const query = all.map((id) => `run=${id}`).join('&');
    const { text } = await get(`compare?${query}`);
    const charts = JSON.parse(/id="charts">(.*?)<\/script>/s.exec(text)![1]) as {
      title: string;
      series: { name: string; low?: number[] }[];
    }[];
    assert.deepEqual(
      charts.map(({ title, series }) => [
        title,
        ...series.map(({ name, low }) => `${name} ${low === undefined}`),
      ]),
      ['discriminator_loss', 'generator_loss', 'spread'].map((title) => [
        title,
        'rate=0.01, 2 seeds false',
        'Ring, 2 seeds false',
      ]),
    );
    assert.equal(text.match(/<div class="frame"/g)?.length, 3);
    assert.equal(text.match(/<img src="run\/[0-9a-f]+\/pictures\/points-00000030\.png"/g)?.length, 4);
    assert.include(text, '<dd><del>0.01</del> → <ins>0.001</ins></dd>');
    const each = (await get(`compare?${query}&each=1`)).text;
    assert.include(each, '"name":"fast/seed-1"');
    assert.include((await get('compare?run=0')).text, 'Choose two or more');
  });

  it('answers only who knows its token, asks for it by its own name, comes from no other page, and reads', async () => {
    const { port, origin } = new URL(open.url);
    const refused: [string, Promise<Answer>, number][] = [
      ['no token', ask(`${origin}/`), 403],
      ['a wrong token', ask(`${origin}/${'x'.repeat(24)}/`), 403],
      ['the token without its end', ask(`${open.url.slice(0, -2)}/`), 403],
      ["a stranger's name for this machine", get('', { Host: `evil.example:${port}` }), 403],
      ['another port', get('', { Host: `127.0.0.1:${Number(port) + 1}` }), 403],
      ['another page', get('', { Origin: 'http://evil.example' }), 403],
      ['a page without an origin', get('', { Origin: 'null' }), 403],
      ["a stranger's link", get('', { 'Sec-Fetch-Site': 'cross-site' }), 403],
      ['another port of this machine', get('', { 'Sec-Fetch-Site': 'same-site' }), 403],
      ['a form', get('', {}, 'POST'), 405],
      ['a put', get('rows', {}, 'PUT'), 405],
      ['a delete', get('rows', {}, 'DELETE'), 405],
      ['what is not there', get('nothing'), 404],
    ];
    for (const [who, answer, status] of refused) {
      const { status: found, text, headers } = await answer;
      assert.equal(found, status, who);
      assert.notInclude(text, 'seed-1', who);
      assert.isUndefined(headers['access-control-allow-origin'], who);
    }
    const same = await get('rows', {
      Origin: origin,
      'Sec-Fetch-Site': 'same-origin',
      Host: `localhost:${port}`,
    });
    assert.equal(same.status, 403, 'the origin is another name than the host');
    const own = await get('rows', { Origin: origin, 'Sec-Fetch-Site': 'same-origin' });
    assert.equal(own.status, 200);
    const head = await get('', {}, 'HEAD');
    assert.deepEqual([head.status, head.body.length], [200, 0]);
  });

  it('reads nothing but what the runs name of their own', async () => {
    const [id] = ids((await get('rows')).text);
    for (const place of [
      'run.json',
      'spec.gan',
      'checkpoints/00000030/checkpoint.json',
      '../seed-1/run.json',
      '..%2f..%2fring.gan',
      'pictures/..%2frun.json',
      'pictures/%2e%2e/run.json',
      'pictures/none.png',
      '%2fetc%2fpasswd',
    ])
      assert.equal((await get(`run/${id}/${place}`)).status, 404, place);
    const picture = 'pictures/points-00000020.png';
    const file = path(`runs/fast/seed-2/${picture}`);
    assert.equal((await get(`run/${id}/${picture}`)).status, 200);
    rmSync(file);
    symlinkSync(path('ring.gan'), file);
    assert.equal((await get(`run/${id}/${picture}`)).status, 404, 'a link in the place of a picture');
  });

  it('lists those of many that were begun last, and says how many it leaves out', () => {
    const copies = ['a', 'b', 'c'].map((name) => path(`many/${name}`));
    for (const [i, copy] of copies.entries()) {
      cpSync(path('runs/slow/seed-1'), copy, { recursive: true });
      for (const file of ['run.json', 'spec.gan', 'metrics.jsonl', 'log.txt'])
        utimesSync(`${copy}/${file}`, 1000 + i, 1000 + i);
    }
    const runs = runsIn([path('many')], 2);
    const listed = runs.all();
    assert.deepEqual(
      listed.runs.map((one) => one.path),
      [copies[2], copies[1]],
    );
    assert.equal(listed.left, 1);
    assert.include(listRows(listed, 0), '1 older run is not listed');
    const { runs: all, left } = runsIn([path('many')], 3).all();
    assert.notInclude(listRows({ runs: all, left }, 0), 'not listed');
    assert.equal(runs.byId(all[2].id)?.path, copies[0], 'one that is not listed has its page');
  });

  it('does not follow links, neither to runs nor in them', () => {
    cpSync(path('runs/slow/seed-1'), path('outside'), { recursive: true });
    mkdirSync(path('linked'));
    symlinkSync(path('outside'), path('linked/run'));
    assert.deepEqual(runsIn([path('linked')]).all().runs, []);
    for (const [i, part] of ['spec.gan', 'metrics.jsonl', 'log.txt', 'pictures', 'program'].entries()) {
      const copy = path(`held/${i}`);
      cpSync(path('outside'), copy, { recursive: true });
      assert.equal(runsIn([copy]).all().runs.length, 1);
      rmSync(`${copy}/${part}`, { recursive: true });
      symlinkSync(path(`outside/${part}`), `${copy}/${part}`);
      assert.deepEqual(runsIn([copy]).all().runs, [], part);
    }
  });

  it('escapes what strangers wrote into a run', async () => {
    cpSync(path('runs/slow/seed-1'), path('hostile/<img src=x onerror=alert(1)>'), { recursive: true });
    cpSync(path('runs/slow/seed-2'), path('hostile/other'), { recursive: true });
    const home = path('hostile/<img src=x onerror=alert(1)>');
    const evil = '</script><script>alert(1)</script>"\'<b>';
    const lines = [
      { iteration: 1, losses: { [evil]: 1 }, objectives: {} },
      { iteration: 1, metric: evil, value: 1 },
      { iteration: 1, picture: evil, file: 'pictures/points-00000030.png' },
      { iteration: 1, picture: 'p', file: '../../outside/pictures/points-00000030.png' },
    ];
    writeFileSync(`${home}/metrics.jsonl`, lines.map((line) => JSON.stringify(line)).join('\n') + '\n');
    const hostile = await viewing(path('hostile'));
    try {
      const rows = (await ask(`${hostile.url}rows`)).text;
      const query = ids(rows)
        .map((id) => `run=${id}`)
        .join('&');
      const pages = [rows, (await ask(hostile.url)).text, (await ask(`${hostile.url}compare?${query}`)).text];
      for (const id of ids(rows)) pages.push((await ask(`${hostile.url}run/${id}/`)).text);
      for (const page of pages) {
        const markup = page.replace(/<script>.*?<\/script>/gs, '');
        assert.notMatch(markup, /<script>alert|<img src=x|<b>"|outside\/pictures/);
      }
      assert.include(rows, '&lt;/script&gt;&lt;script&gt;alert(1)');
    } finally {
      await hostile.end();
    }
  });

  it('ends with Ctrl-C, says so where a port is in use, and where there is nothing to show', async () => {
    const other = await viewing(path('runs'));
    assert.equal(await other.end(), 0);
    const gone = await ask(other.url).catch((error: NodeJS.ErrnoException) => error.code);
    assert.equal(gone, 'ECONNREFUSED');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.once('listening', done));
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await run(['view', path('runs'), '--no-open', '--port', String(port)]);
    taken.close();
    assert.deepEqual(
      [code, err],
      [2, `error: port ${port} is in use: choose another --port, or leave it out for a free one\n`],
    );
    const missing = await run(['view', path('nowhere')]);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /nowhere does not exist: name a run directory, or a folder of them/);
  });

  it('draws its curves and bands in a browser, and keeps its list live', async function () {
    if (chromium === undefined) return this.skip();
    const list = await loaded(open.url);
    assert.include(list, '<span id="live" role="status">live</span>');
    const query = ids(list)
      .map((id) => `run=${id}`)
      .join('&');
    const page = await loaded(`${open.url}compare?${query}`);
    assert.equal(page.match(/<canvas/g)?.length, 3);
    assert.include(page, 'rate=0.01, 2 seeds');
  });
});
