/** Every relative link in the pages at the top and in docs/ leads to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { assert } from 'chai';
import { root } from './page.ts';

const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const top = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
const pages = [...top, ...['docs', 'docs/tutorial', 'docs/tried', 'docs/zh'].flatMap(pagesIn)];

/** Without blocks of code: a `#` there is no heading. */
const textOf = (path: string): string =>
  readFileSync(join(root, path), 'utf8').replace(/^```.*?^```$/gms, '');
const withoutCode = (text: string): string => text.replace(/`[^`\n]*`/g, '');

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchors = (path: string): string[] =>
  [...textOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading));

describe('links in the documentation', () => {
  for (const page of pages) {
    const links = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to]) => to)
      .filter((to) => !/^\w+:/.test(to));
    it(`${page} leads somewhere`, () => {
      for (const link of links) {
        const [path, heading] = link.split('#');
        const target = path === '' ? page : relative(root, join(root, dirname(page), path));
        assert(existsSync(join(root, target)), `${link}: no such file`);
        if (heading === undefined) continue;
        assert(statSync(join(root, target)).isFile() && target.endsWith('.md'), `${link}: no page`);
        assert.include(anchors(target), heading, link);
      }
    });
  }
});
