/** What the one escaper gives is a comment, a literal, a text of a page, checked by the languages' own readers. */
import { spawnSync } from 'node:child_process';
import { assert } from 'chai';
import ts from 'typescript';
import {
  html,
  htmlJson,
  jsDoc,
  jsString,
  pyDoc,
  pyLine,
  pyString,
} from '../../compiler/targets/text/escape.ts';
import { jsonText, terminalText, visible } from '../../grammar/visible.ts';
import { hostileTexts } from './hostile-texts.ts';

/** Statements of a JavaScript text; fails where it is none. */
function statements(text: string): readonly ts.Statement[] {
  const source = ts.createSourceFile('x.js', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  assert.deepEqual(
    parseDiagnostics.map(({ messageText }) => messageText),
    [],
    text,
  );
  return source.statements;
}

describe('text of a spec in JavaScript', () => {
  for (const text of hostileTexts) {
    it(`stays a comment: ${JSON.stringify(text)}`, () => {
      for (const comment of [jsDoc(text), jsDoc(`a\n${text}\nb`)]) {
        assert.lengthOf(statements(`${comment}\nlast();`), 1);
        assert.notMatch(comment, /<\/script|<!--/i);
      }
    });

    it(`stays a literal: ${JSON.stringify(text)}`, () => {
      const [only, ...more] = statements(`(${jsString(text)});`);
      assert.isEmpty(more);
      assert.equal((0, eval)(jsString(text)), text);
      assert.include(only.getText(), jsString(text));
      assert.notMatch(jsString(text), /<\/script|<!--/i);
    });
  }
});

describe('text of a spec in Python', () => {
  const python = spawnSync('python3', ['--version']).status === 0;

  it('stays a comment, a docstring, a literal', function () {
    if (!python) this.skip();
    const cases = hostileTexts.map((text) => ({
      text,
      literal: pyString(text),
      code: [`${pyLine(text)}\npass`, `def f():\n    ${pyDoc(text)}\n    pass`, `x = ${pyString(text)}`],
    }));
    const script = `
import ast, json, sys
for case in json.load(sys.stdin):
    comment, doc, literal = [ast.parse(code).body for code in case["code"]]
    assert [type(s).__name__ for s in comment] == ["Pass"], case
    assert [type(s).__name__ for s in doc[0].body] == ["Expr", "Pass"], case
    assert len(literal) == 1 and type(literal[0].value).__name__ == "Constant", case
    assert ast.literal_eval(case["literal"]) == case["text"], case
`;
    const { status, stderr } = spawnSync('python3', ['-c', script], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
});

describe('text of a spec in a page', () => {
  it('opens no tag and ends no attribute', () => {
    for (const text of hostileTexts) assert.notMatch(html(text), /[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
  });

  it('as data ends no script, and is what it was', () => {
    for (const text of hostileTexts) {
      assert.notMatch(htmlJson({ text }), /[<>&\u2028\u2029]/);
      assert.deepEqual(JSON.parse(htmlJson({ text })), { text });
    }
  });
});

describe('controls', () => {
  const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

  it('are shown', () => {
    for (const text of hostileTexts) assert.notMatch(visible(text), obeyed);
    assert.equal(visible('\x1b[31m \u202e \x9b a\tb\n'), '␛[31m <U+202E> <U+009B> a\tb\n');
  });

  it('of a terminal are only the ones that ganc sends', () => {
    assert.equal(terminalText('\r\x1b[2K\x1b[31mred\x1b[39m'), '\r\x1b[2K\x1b[31mred\x1b[39m');
    assert.equal(terminalText('\x1b]0;title\x07\x1b[2J'), '␛]0;title␇␛[2J');
  });

  it('in JSON are escaped, and mean the same', () => {
    for (const text of hostileTexts) {
      assert.notMatch(jsonText({ text }, 1), obeyed);
      assert.deepEqual(JSON.parse(jsonText({ text })), { text });
    }
  });
});
