/** Frames: tabs, wide and combining characters, several places, several lines, two files, long lines, colour. */
import { assert } from 'chai';
import { diagnostic, type Diagnostic, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import { render } from '../../grammar/render.ts';
import type { Source, Span } from '../../grammar/source.ts';
import { golden } from '../golden.ts';

const error: DiagnosticKind = { code: 'GAN9001', severity: 'error', title: 'x', explanation: 'x' };
const warning: DiagnosticKind = { ...error, code: 'GAN9002', severity: 'warning' };

function find(source: Source, text: string): Span {
  const start = source.text.indexOf(text);
  return { source, start, end: start + text.length };
}

const plain = (problem: Diagnostic, width?: number) => render([problem], { color: false, width });

/** The text above the carets. */
function underlined(rendered: string): string {
  const lines = rendered.split('\n');
  const at = lines.findIndex((line) => line.includes('^'));
  return lines[at - 1].slice(lines[at].indexOf('^'), lines[at].lastIndexOf('^') + 1);
}

describe('rendering', () => {
  it('wide characters take two columns, combining ones none', () => {
    const source = { path: '数.gan', text: 'let 数据 = "e\u0301👩‍👩‍👧 ✅" + bad\n' };
    const rendered = plain(diagnostic(error, find(source, 'bad'), { what: 'Bad.' }));
    const caret = rendered.split('\n').find((line) => line.includes('^'))!;
    // gutter "  | " is 4 columns; let␣ 4, 数据 4, ␣=␣ 3, quote 1, é 1, family 2, ␣ 1, ✅ 2, quote 1, ␣+␣ 3
    assert.equal(caret.indexOf('^'), ' 1 | '.length - 0 + 4 + 4 + 3 + 1 + 1 + 2 + 1 + 2 + 1 + 3 - 0);
    golden('grammar/render/wide.txt', rendered);
  });

  it('tabs', () => {
    const source = { path: 'tabs.gan', text: '\tlet a\t= bad' };
    const rendered = plain(diagnostic(error, find(source, 'bad'), { what: 'Bad.' }));
    assert.equal(underlined(rendered), 'bad');
    assert.notInclude(rendered, '\t');
  });

  it('several places, lines and files', () => {
    const source = { path: 'a.gan', text: 'let a = 1\n\n\nlet b = f(\n  a,\n  2\n)\nlet c = a + b\n' };
    const other = { path: 'b.gan', text: 'fn f(a, b) = a' };
    const labels = [
      { span: find(source, 'a = 1'), text: 'declared here' },
      { span: find(source, 'f(\n  a,\n  2\n)'), text: 'this call' },
      { span: find(other, 'b) '), text: 'in another file' },
    ];
    const details = { what: 'Wrong.', why: 'Because.', hint: 'Do something else.', labels };
    golden('grammar/render/labels.txt', plain(diagnostic(warning, find(source, 'b\n'), details)));
  });

  it('long lines are cut around the place', () => {
    const source = { path: 'long.gan', text: `let a = f(${'x, '.repeat(100_000)}bad, ${'y, '.repeat(100)})` };
    const rendered = plain(diagnostic(error, find(source, 'bad'), { what: 'Bad.' }), 80);
    assert.equal(underlined(rendered), 'bad');
    for (const line of rendered.split('\n')) assert.isAtMost(line.length, 80, line);
  });

  it('control characters are never sent to the terminal', () => {
    const source = { path: 'x.gan', text: 'let a = "\u001b[31m" bad' };
    const rendered = plain(diagnostic(error, find(source, 'bad'), { what: 'Bad.' }));
    assert.notInclude(rendered, '\u001b');
    assert.equal(underlined(rendered), 'bad');
  });

  it('colour only when asked for', () => {
    const source = { path: 'x.gan', text: 'bad' };
    const problem = diagnostic(error, find(source, 'bad'), { what: 'Bad.', hint: 'Good.' });
    const coloured = render([problem], { color: true });
    assert.include(coloured, '\u001b[31m');
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), render([problem], { color: false }));
  });
});
