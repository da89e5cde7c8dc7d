/**
 * docs/zh/: README and the systems' pages in Chinese have the same commands, specs, pictures and figures as the English
 * ones. Words are the translators'; a number that one of the two has and the other hasn't is a mistake.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { root } from './page.ts';
import { systems } from './systems.ts';

const pages: readonly { readonly english: string; readonly chinese: string }[] = [
  { english: 'README.md', chinese: 'docs/zh/README.md' },
  ...systems.map((name) => ({ english: `docs/${name}.md`, chinese: `docs/zh/${name}.md` })),
];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const fences = /^```.*?^```$/gms;

/** What stands between fences, as it is. */
const blocksIn = (text: string): string[] => text.match(fences) ?? [];

/** The numbers of each row of each table that has any, where links lead left out. */
function figuresIn(text: string): string[][] {
  const tables = text.replace(fences, '').match(/(?:^\|.*\n?)+/gm) ?? [];
  return tables
    .map((table) => table.trim().split('\n').map(numbersIn))
    .filter((rows) => rows.join('') !== '');
}

function numbersIn(row: string): string {
  const shown = row.replace(/\]\([^)]*\)/g, ']').replace(/`[^`]*`/g, '');
  return (shown.match(/\d+(?:[.,]\d+)*(?:e-\d+)?/g) ?? []).join(' ');
}

const picturesIn = (text: string): string[] =>
  [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => basename(path));

const levelsIn = (text: string): string[] => text.replace(fences, '').match(/^#+ /gm) ?? [];

describe('the pages in Chinese', () => {
  for (const { english, chinese } of pages)
    it(`${chinese} has the figures, specs, commands and pictures of ${english}`, () => {
      const [theirs, ours] = [read(english), read(chinese)];
      assert.deepEqual(blocksIn(ours), blocksIn(theirs));
      // README's second table is of links.
      const tables = english === 'README.md' ? 1 : Infinity;
      assert.deepEqual(figuresIn(ours).slice(0, tables), figuresIn(theirs).slice(0, tables));
      assert.deepEqual(picturesIn(ours), picturesIn(theirs));
      if (english !== 'README.md') assert.deepEqual(levelsIn(ours), levelsIn(theirs));
      assert.match(ours, /\p{Script=Han}{2}/u);
      assert.include(theirs, english === 'README.md' ? '(docs/zh/README.md)' : `(zh/${basename(chinese)})`);
    });

  it('a changed figure is found, in any cell', () => {
    const table = '| a | b |\n|---|---|\n| 1,000 | 2.5 % (2e-4) |\n';
    assert.deepEqual(figuresIn(table), [['', '', '1,000 2.5 2e-4']]);
    assert.notDeepEqual(figuresIn(table.replace('2.5', '2.6')), figuresIn(table));
    assert.notDeepEqual(figuresIn(table.replace('2e-4', '2e-5')), figuresIn(table));
  });
});
