/** Every syntax error: its code, and how it is shown. */
import { assert } from 'chai';
import { parse } from '../../grammar/parse.ts';
import { render, toJson } from '../../grammar/render.ts';
import { syntaxErrors } from '../../grammar/syntax-errors.ts';
import { golden } from '../golden.ts';
import { syntaxCases } from './syntax-cases.ts';

const read = (name: string) => parse({ path: `${name}.gan`, text: syntaxCases[name].text });

describe('syntax errors', () => {
  for (const [name, { codes, text }] of Object.entries(syntaxCases)) {
    it(name, () => {
      const { diagnostics } = read(name);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        codes,
      );
      for (const { span } of diagnostics)
        assert.isTrue(0 <= span.start && span.start <= span.end && span.end <= text.length);
      golden(`grammar/errors/${name}.txt`, render(diagnostics, { color: false, width: 100 }));
    });
  }

  it('every code of the catalogue is given by some case, and no other', () => {
    const given = new Set(Object.values(syntaxCases).flatMap(({ codes }) => codes));
    const known = Object.values(syntaxErrors).map(({ code }) => code);
    assert.equal(new Set(known).size, known.length, 'a code is used twice');
    assert.sameMembers([...given], known);
    for (const { explanation, title } of Object.values(syntaxErrors))
      assert.isAbove(explanation.length, title.length);
  });

  it('as JSON', () => {
    golden('grammar/errors.json', JSON.stringify(toJson(read('unclosed-body').diagnostics), null, 2));
    assert.isTrue(toJson([]).valid);
  });

  it('an error leaves the declarations around it', () => {
    const names = (name: string) =>
      read(name).spec.declarations.map((d) => ('name' in d ? d.name.name : d.kind));
    assert.deepEqual(names('misspelt-declaration'), ['G', 'a']);
    assert.deepEqual(names('unclosed-body'), ['D', 'a', 'l']);
    assert.deepEqual(names('unclosed-call'), ['a', 'b']);
    assert.deepEqual(names('truncated'), ['A', 'Train']);
  });

  it('an error leaves the statements around it', () => {
    const train = read('update-without-optimizer').spec.declarations[0];
    assert(train.kind === 'Train');
    assert.lengthOf(train.body, 2);
    assert(train.body[0].kind === 'Update' && train.body[1].kind === 'Update');
    assert.equal(train.body[0].optimizer.kind, 'Missing');
    assert.equal(train.body[1].optimizer.kind, 'Call');
  });
});
