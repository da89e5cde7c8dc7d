/** Every diagnostic of the checker: its code, its place and its words, by one case or more for each form. */
import { assert } from 'chai';
import { kinds } from '../../compiler/errors.ts';
import { render } from '../../grammar/render.ts';
import { position } from '../../grammar/source.ts';
import { golden } from '../golden.ts';
import { casesIn, diagnosticsOf } from './cases.ts';

describe('checker', () => {
  const cases = casesIn('check').filter(({ name }) => name !== 'twenty');
  for (const one of cases) {
    it(one.name, () => {
      const found = diagnosticsOf(one);
      golden(`check/${one.name}.txt`, render(found, { color: false, width: 100 }));
      assert.sameMembers(
        found.map(({ code }) => code),
        [...one.codes],
      );
      for (const { span, hint } of found) {
        const inside = 0 <= span.start && span.start <= span.end && span.end <= span.source.text.length;
        assert.isTrue(inside, 'the place lies in the file');
        assert.isString(hint, 'there is a way out');
      }
    });
  }

  it('twenty mistakes in one file are twenty diagnostics, each at its line', () => {
    const [twenty] = casesIn('check').filter(({ name }) => name === 'twenty');
    const found = diagnosticsOf(twenty);
    golden('check/twenty.txt', render(found, { color: false, width: 100 }));
    const lines = twenty.source.text.split('\n');
    const numbered = lines.flatMap((line, i) => (/\/\/ +\d+ /.test(line) ? [i + 1] : []));
    assert.deepEqual(
      found.map(({ span }) => position(span.source, span.start).line),
      numbered,
    );
    assert.lengthOf(found, 20);
    for (const { hint } of found) assert.isString(hint, 'there is a way out');
  });

  it('every code of the catalogue is given by some case, and every case gives known codes', () => {
    const known = Object.values(kinds).map(({ code }) => code);
    assert.equal(new Set(known).size, known.length, 'a code is used twice');
    const declared = [...cases, ...casesIn('wiring')].flatMap(({ codes }) => codes);
    assert.sameMembers([...new Set(declared)], known);
    for (const one of cases) assert.isNotEmpty(one.codes, one.name);
    for (const { title, explanation } of Object.values(kinds))
      assert.isAbove(explanation.length, title.length);
  });
});
