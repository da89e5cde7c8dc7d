/**
 * Each system's page tells the same story in the same order: the idea, the architecture's picture, the spec, how to run
 * it, what to look at, what came out; and leads to what was tried.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { blocks } from './blocks.ts';
import { root } from './page.ts';
import { systems } from './systems.ts';

const story = [/^The idea$/, /^The architecture$/, /^The spec$/, /^Run it$/, /^What to look at/, /^Results$/];

describe('the pages of the systems', () => {
  const parts = blocks().filter(({ sort }) => sort === 'part');
  for (const system of systems)
    it(`${system} tells its story`, () => {
      const text = readFileSync(join(root, 'docs', `${system}.md`), 'utf8');
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      const places = story.map((heading) => headings.findIndex((found) => heading.test(found)));
      assert.notInclude(places, -1, `${headings.join(' | ')}`);
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );

      const section = (heading: string): string => text.split(`## ${heading}\n`)[1].split('\n## ')[0];
      assert.match(section('The architecture'), /!\[.+\]\(images\/architecture\/\w+\.svg\)/);
      assert.include(section('Run it'), 'npx ganc run specs/');
      const shown = parts.filter(({ place }) => place.startsWith(`docs/${system}.md:`));
      assert.isNotEmpty(shown, 'the essential part of the spec is shown');

      assert.include(text, `(tried/${system}.md`);
      assert(existsSync(join(root, 'docs', 'tried', `${system}.md`)));
      assert.notMatch(text, /^#+ What was tried$/m, 'what was tried has a page of its own');
    });
});
