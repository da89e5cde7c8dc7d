/** Whatever the text, `parse` answers: with at least one error where there is one, and never with an exception. */
import { assert } from 'chai';
import fc from 'fast-check';
import { format } from '../../grammar/format.ts';
import { parse } from '../../grammar/parse.ts';
import { render } from '../../grammar/render.ts';
import { syntaxCases } from './syntax-cases.ts';

const wrong = (text: string) => {
  const { diagnostics } = parse({ path: 'x.gan', text });
  assert.isAbove(diagnostics.length, 0);
  assert.isAtMost(diagnostics.length, 200);
  assert.isString(render(diagnostics.slice(0, 5), { color: false }));
};

const pieces = [
  'let',
  'a',
  '=',
  '1',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  'train',
  'for',
  'steps',
  'update',
  'to',
  'minimize',
  'with',
  '|>',
  ',',
  ':',
  '.',
  '-',
  'not',
  'network',
  '->',
  '"s"',
  'report',
  'every',
  'hide',
  'data',
  '~',
  '\n',
  '"',
  '@',
  'f(',
  'fn',
  'phase',
  'profile',
  'in',
  'as',
  'and',
  '<',
  '^',
  'true',
  '// c\n',
  '/// d\n',
  'minimise',
  'sample',
  'import',
  'of',
];

describe('hostile input', () => {
  const deep: Readonly<Record<string, string>> = {
    brackets: '('.repeat(20_000),
    braces: 'train for 1 steps ' + '{ repeat 2 '.repeat(20_000),
    signs: `let a = ${'- '.repeat(20_000)}1`,
    nots: `let a = ${'not '.repeat(20_000)}1`,
    powers: `let a = ${'2 ^ '.repeat(20_000)}1`,
    pipes: `let a = x${' |> f'.repeat(20_000)}`,
    calls: `let a = ${'f('.repeat(256)}${'x'.repeat(9)}`,
    large: 'let a = f(x, k: 3)\n'.repeat(280_000),
    errors: 'let a = f(x k: 3) ++\n'.repeat(2_000),
    closers: ') '.repeat(20_000),
    keywords: 'let '.repeat(20_000),
    updates: 'train for 3 steps { ' + 'update x '.repeat(2_000),
    oneLine: 'let a = f(' + 'x, '.repeat(20_000),
    surrogates: '\ud800 \udc00',
  };
  for (const [name, text] of Object.entries(deep)) it(name, () => wrong(text));

  it('deep, but allowed', () => {
    for (const [open, close] of ['()', '[]', '{}'].map((pair) => [...pair])) {
      const inner = open === '{' ? '{ a: ' : open;
      const text = `let a = ${inner.repeat(150)}1${close.repeat(150)}`;
      assert.deepEqual(parse({ path: 'x', text }).diagnostics, []);
    }
  });

  it('every beginning of a spec', () => {
    const text = Object.values(syntaxCases)
      .map((one) => one.text)
      .filter((one) => one.length < 300)
      .join('\n');
    for (let length = 0; length < text.length; length += 7) parse({ path: 'x', text: text.slice(0, length) });
  });

  it('words and signs in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (words) => {
        const { diagnostics, spec } = parse({ path: 'x', text: words.join(' ') });
        assert.isArray(spec.declarations);
        for (const { span } of diagnostics) assert.isTrue(span.start <= span.end);
        render(diagnostics, { color: false });
      }),
      { numRuns: 1500 },
    );
  });

  it('any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        render(parse({ path: 'x', text }).diagnostics, { color: false });
      }),
      { numRuns: 500 },
    );
  });

  it('what has errors is not formatted', async () => {
    const { text, diagnostics } = await format({ path: 'x', text: 'let a = (' });
    assert.isUndefined(text);
    assert.lengthOf(diagnostics, 1);
  });
});
