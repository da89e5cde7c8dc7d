/** History against the checker: what ganc says of each wiring bug, that it says so because of the bug, and the page of them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { render } from '../../grammar/render.ts';
import { casesIn, diagnosticsOf } from '../check/cases.ts';
import { page } from '../docs/page.ts';
import { golden } from '../golden.ts';
import { root } from '../parity/host.ts';
import { beside } from './beside.ts';
import { bugs } from './bugs.ts';
import { bugsPage } from './page.ts';

const all = [...bugs, ...beside];
const cases = new Map(casesIn('wiring').map((one) => [one.name, one]));
const thread = /[\w.-]+\/[\w.-]+#\d+/g;

describe('wiring bugs of real projects', () => {
  it('all fifteen are here, each with threads, and a diagnostic or a test', () => {
    const numbers = bugs.flatMap(({ number }) => number ?? []);
    assert.deepEqual(
      numbers,
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
    for (const { title, threads, cases: written, shown } of all) {
      assert.isNotEmpty(threads, title);
      assert.isNotEmpty([...Object.keys(written), ...Object.keys(shown)], title);
      for (const one of threads) assert.match(one, new RegExp(`^${thread.source}$`));
    }
  });

  it('every case belongs to one', () => {
    assert.sameMembers(
      all.flatMap((bug) => Object.keys(bug.cases)),
      [...cases.keys()],
    );
  });

  it('every test that shows one is there', () => {
    const folder = join(root, 'test/wiring');
    for (const { shown } of all)
      for (const [file, titles] of Object.entries(shown)) {
        assert.include(readdirSync(folder), `${file}.spec.ts`);
        const text = readFileSync(join(folder, `${file}.spec.ts`), 'utf8');
        for (const title of titles) assert.include(text, `it('${title}', `);
      }
  });

  for (const bug of all)
    for (const [name, fixes] of Object.entries(bug.cases)) {
      it(name, () => {
        const one = cases.get(name)!;
        const found = diagnosticsOf(one);
        golden(`wiring/${name}.txt`, render(found, { color: false, width: 100 }));
        assert.sameMembers(
          found.map(({ code }) => code),
          [...one.codes],
        );
        assert.isNotEmpty(found);
        for (const { hint } of found) assert.isString(hint, 'there is a way out');
      });

      it(`${name}: without the bug there is nothing to say`, () => {
        const one = cases.get(name)!;
        const text = fixes.reduce((changed, [from, to]) => replaced(changed, from, to), one.source.text);
        const found = diagnosticsOf({ ...one, source: { ...one.source, text } });
        assert.isEmpty(found, render(found, { color: false }));
      });

      it(`${name}: cites what it comes from`, () => {
        const cited = cases.get(name)!.source.text.match(thread) ?? [];
        assert.isNotEmpty(cited);
        for (const one of cited) assert.include(bug.threads, one);
      });
    }

  it('docs/wiring-bugs.md is what the table says', () =>
    page('docs/wiring-bugs.md', bugsPage(bugs, beside, [...cases.values()])));
});

function replaced(text: string, from: string, to: string): string {
  assert.include(text, from);
  return text.replace(from, to);
}
