/** `ganc diff`: specs and runs beside each other, for people and programs. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { assert } from 'chai';
import { golden } from '../golden.ts';
import { root } from '../parity/host.ts';
import { ring, shell } from './shell.ts';

const { run, write, path } = shell();

const cases = ['before', 'after'].map((name) => `test/cases/diff/${name}.gan`);
const [before, after] = cases.map((file) => readFileSync(join(root, file), 'utf8'));

interface Told {
  readonly same: boolean;
  readonly changes: readonly {
    readonly section: string;
    readonly name: string;
    readonly details: readonly {
      readonly what: string | null;
      readonly before: string;
      readonly after: string;
    }[];
  }[];
}

const told = async (a: string, b: string, ...more: readonly string[]): Promise<Told> =>
  JSON.parse((await run(['diff', a, b, '--json', ...more])).out) as Told;

describe('ganc diff', () => {
  const [a, b] = [write('before.gan', before), write('after.gan', after)];

  it('says under each section what changed, in 80 columns, and ends with 1', async () => {
    const { code, out, err } = await run(['diff', a, b]);
    assert.deepEqual([code, err], [1, '']);
    golden('diff/text.txt', out.replaceAll(a, 'before.gan').replaceAll(b, 'after.gan'));
    for (const line of out.split('\n').slice(2)) assert.isAtMost(line.length, 80, line);
  });

  it('colours what goes and comes where the output is a terminal, and nothing else', async () => {
    const coloured = await run(['diff', a, b], { outColor: true });
    const plain = await run(['diff', a, b], { color: true });
    assert.include(coloured.out, '\u001b[31m    - average G decay 0.99\u001b[39m');
    assert.include(coloured.out, '\u001b[32m    + average G decay 0.9\u001b[39m');
    assert.equal(stripVTControlCharacters(coloured.out), plain.out);
  });

  it('ends with 0 where nothing changed in meaning, and says so', async () => {
    const other = write(
      'other.gan',
      before
        .replace('/// A conditional', '// another')
        .replaceAll('fake)', 'made)')
        .replace('let fake', 'let made')
        .replace(', fake: D', ', fake: D')
        .replaceAll('std(fake', 'std(made')
        .replaceAll('point, fake', 'point, made'),
    );
    const { code, out } = await run(['diff', a, other]);
    assert.equal(code, 0, out);
    assert.equal(
      out,
      `${a} → ${other}\n\nnothing changed in meaning\n`.replace(/^.*→.*$/m, out.split('\n\n')[0]),
    );
    assert.deepEqual(await run(['diff', a, other, '--quiet']), { code: 0, out: '', err: '' });
  });

  it('is JSON for programs, and takes params and profiles of specs', async () => {
    const found = await told(a, b);
    assert.isFalse(found.same);
    assert.deepEqual(
      [...new Set(found.changes.map(({ section }) => section))],
      ['params', 'data', 'samples', 'states', 'networks', 'updates', 'schedule', 'reports'],
    );
    assert.isTrue((await told(a, a, '--set', 'width=8')).same);
  });

  it('compares runs, as they were started, with specs and with each other', async () => {
    const spec = write('ring.gan', ring);
    for (const [name, rate] of [
      ['slow', '0.001'],
      ['fast', '0.01'],
    ]) {
      const args = [
        'run',
        spec,
        '--out',
        path(name),
        '--set',
        `rate=${rate}`,
        '--steps',
        '2',
        '--threads',
        '1',
      ];
      assert.equal((await run([...args, '--no-report'])).code, 0);
    }
    assert.isTrue((await told(spec, path('slow'))).same);
    const { changes } = await told(path('slow'), path('fast'));
    assert.deepEqual(
      changes.map(({ name, details }) => [
        name,
        ...details.map(({ what, before: x, after: y }) => `${what} ${x} ${y}`),
      ]),
      [
        ['rate', 'null 0.001 0.01'],
        ['update D', 'rate 0.001 0.01'],
        ['update G', 'rate 0.001 0.01'],
      ],
    );
    // The run keeps its own text: what becomes of the file doesn't matter.
    write('ring.gan', ring.replace('dense(8) |> relu', 'dense(9) |> relu'));
    assert.deepEqual(
      (await told(path('slow'), spec)).changes.map(({ name }) => name),
      ['G'],
    );
  });

  it('ends with 2 where one of them cannot be read, and says what is wrong as elsewhere', async () => {
    const wrong = await run(['diff', a, write('wrong.gan', ring.replace('dense(2)', 'dense(3)'))]);
    assert.equal(wrong.code, 2);
    assert.equal(wrong.out, '');
    assert.match(wrong.err, /error\[GAN3002\].*wrong\.gan can't be compared/s);
    const missing = await run(['diff', a, path('befor.gan')]);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /there is no such file; did you mean .*before\.gan\?/);
    copyFileSync(a, path('copy.gan'));
    assert.equal((await run(['diff', a, path('copy.gan'), '--profile', 'none'])).code, 2);
  });

  it('shows control characters of strangers, and obeys none', async () => {
    const text = before.replace('from "a guess"', 'from "\u001b[2Jgone"').replace('goal 0.7', 'goal 0.6');
    const { out } = await run(['diff', a, write('hostile.gan', text)], { outColor: true });
    assert.include(out, '␛[2Jgone');
    assert.notInclude(out, '\u001b[2J');
  });
});
