/** Formatting: goldens of every case, and what must hold for any spec: same tree, same comments, twice is once. */
import { readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import fc from 'fast-check';
import { format } from '../../grammar/format.ts';
import { parse } from '../../grammar/parse.ts';
import { golden } from '../golden.ts';
import { specs } from './generate.ts';

const folder = new URL('../cases/grammar/', import.meta.url);

async function formatted(text: string): Promise<string> {
  const result = await format({ path: 'test.gan', text });
  assert.deepEqual(
    result.diagnostics.map(({ what }) => what),
    [],
    text,
  );
  return result.text!;
}

/** The tree without places and documentation (which is a matter of comments). */
function tree(text: string): string {
  const { spec, diagnostics } = parse({ path: 'x', text });
  assert.deepEqual(
    diagnostics.map(({ code, what }) => `${code}: ${what}`),
    [],
    text,
  );
  const dropped = new Set(['span', 'doc']);
  return JSON.stringify(spec.declarations, (key, value: unknown) => (dropped.has(key) ? undefined : value));
}

/** What the comments say; two that end up on one line read `// a // b`, and are still two here. */
const comments = (text: string) =>
  parse({ path: 'x', text })
    .spec.comments.flatMap((comment) => comment.text.split('//').map((part) => part.trim()))
    .filter((part) => part !== '' && part !== '/')
    .map((part) => part.replace(/^\/ /, ''))
    .sort();

async function holds(text: string): Promise<void> {
  const once = await formatted(text);
  assert.equal(tree(once), tree(text), once);
  assert.deepEqual(comments(once), comments(text), once);
  assert.equal(await formatted(once), once, text);
}

describe('formatting', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      await holds(text);
      golden(`grammar/format/${name}`, await formatted(text));
    });
  }

  it('comments stay where they are', async () => {
    const text = [
      '// at the top\n\n/// of a\nlet a = f(// behind a bracket\n x, // of x\n // before y\n y // of y\n // last\n)// behind a',
      'train for 5 steps { // behind the brace\n // before\n average C decay 0.9 // behind\n\n // apart\n average C decay 0.9\n // last\n}',
      'report every 5 steps {\n // only this\n}\nlet b = [ // in a list\n]\nnetwork N(\n // the image\n x: vec[1]) -> vec[1] {\n // first\n let h = x\n // then\n\n h\n // end\n}',
      'let c =\n  // the first\n  x // of x\n  |> f // of f\n  // before g\n  |> g\nloss l = a // of a\n  + b // of b\n// at the end',
    ].join('\n');
    await holds(text);
    golden('grammar/format-comments.gan', await formatted(text));
  });

  it('only comments, and nothing else', async () => {
    assert.equal((await format({ path: 'x', text: '// a\n' })).text, undefined);
  });

  it('line ends and byte order mark', async () => {
    assert.equal(await formatted('let a = 1\r\n\r\n\r\nlet b = 2\r\n'), 'let a = 1\n\nlet b = 2\n');
    assert.equal(await formatted('\ufefflet   a = 1'), '\ufefflet a = 1\n');
  });

  it('any spec', () => fc.assert(fc.asyncProperty(specs(false), holds), { numRuns: 400 }));

  it('any spec with comments anywhere', () =>
    fc.assert(fc.asyncProperty(specs(true), holds), { numRuns: 400 }));
});
