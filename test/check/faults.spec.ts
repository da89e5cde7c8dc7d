/**
 * Small specs that go wrong, each after a public bug report: the first line says what must come out. `said /re/`: checked
 * strictly, a message matches; `fine`: none at all; `fine for a moment`: warnings only.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { checkSpec } from '../../compiler/compile.ts';
import { isError } from '../../grammar/diagnostics.ts';
import { host, load, root } from '../parity/host.ts';

/** What these must say depends on what is built and on the memory of the machine, which `check` does not ask for. */
const open = new Set(['inject-string-param', 'inject-update-comment', 'memory-seen-by-check']);

const cases = ['specs', 'fine'].flatMap((folder) =>
  readdirSync(join(root, 'test/cases/faults', folder)).map((file) => `${folder}/${file}`),
);

describe('faults of real projects', () => {
  for (const file of cases.filter((name) => !open.has(name.replace(/^.*\/|\.gan$/g, '')))) {
    it(file, () => {
      const source = load(`test/cases/faults/${file}`);
      const [wanted] = source.text.split('\n', 1);
      const found = checkSpec(source, host).diagnostics;
      const texts = found.map(({ code, what, why, hint }) => [code, what, why, hint].join(' '));
      const [, pattern] = /\/(.*)\//.exec(wanted.split(': ')[0].replace('// expect ', '')) ?? [];
      if (wanted.includes('fine for a moment')) assert.isFalse(found.some(isError), texts.join('\n'));
      else if (wanted.includes('expect fine')) assert.isEmpty(texts);
      else
        assert(
          texts.some((text) => new RegExp(pattern, 'i').test(text)),
          `${wanted}\n${texts.join('\n')}`,
        );
      if (wanted.includes('one error')) assert.lengthOf(found.filter(isError), 1);
    });
  }
});
