/** What is read: goldens of small specs and of every system of the design; words, precedence, spans. */
import { Lexer } from 'chevrotain';
import { readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import type { Expr } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { SpecParser } from '../../grammar/parser.ts';
import { printAst } from '../../grammar/print-ast.ts';
import { textOf } from '../../grammar/source.ts';
import { allTokens } from '../../grammar/tokens.ts';
import { golden } from '../golden.ts';

const folder = new URL('../cases/grammar/', import.meta.url);
const caseNames = readdirSync(folder).sort();

function read(text: string) {
  const { spec, diagnostics } = parse({ path: 'test.gan', text });
  assert.deepEqual(
    diagnostics.map(({ code, what }) => `${code}: ${what}`),
    [],
    text,
  );
  return spec;
}

/** An expression with all its parentheses. */
function full(text: string): string {
  const [declaration] = read(`let a = ${text}`).declarations;
  assert(declaration.kind === 'Let');
  return show(declaration.value);
}

function show(e: Expr): string {
  if (e.kind === 'Binary') return `(${show(e.left)} ${e.operator} ${show(e.right)})`;
  if (e.kind === 'Unary') return `(${e.operator} ${show(e.operand)})`;
  if (e.kind === 'Pipe') return `(${show(e.left)} |> ${show(e.right)})`;
  return textOf(e.span);
}

describe('the grammar', () => {
  it('is sound, as chevrotain sees it: no ambiguities, no left recursion, no token that another one hides', () => {
    new SpecParser(true);
    const { lexerDefinitionErrors } = new Lexer(allTokens, {
      positionTracking: 'full',
      ensureOptimizations: true,
    });
    assert.deepEqual(lexerDefinitionErrors, []);
  });
});

describe('parsing', () => {
  for (const name of caseNames) {
    it(name, () => {
      const spec = read(readFileSync(new URL(name, folder), 'utf8'));
      if (name.startsWith('small_')) golden(`grammar/ast/${name.replace('.gan', '.txt')}`, printAst(spec));
    });
  }

  it('precedence', () => {
    assert.equal(full('-x ^ 2'), '(- (x ^ 2))');
    assert.equal(full('2 ^ -x ^ 3'), '(2 ^ (- (x ^ 3)))');
    assert.equal(full('a ^ b ^ c'), '(a ^ (b ^ c))');
    assert.equal(full('a - b - c * -d'), '((a - b) - (c * (- d)))');
    assert.equal(full('a + b < c and not d == e or f'), '((((a + b) < c) and (not (d == e))) or f)');
    assert.equal(full('a or b |> f |> g(1)'), '(((a or b) |> f) |> g(1))');
    assert.equal(full('(a |> f) * (b + c)'), '((a |> f) * (b + c))');
    assert.equal(full('- - a'), '(- (- a))');
  });

  it('a span holds the parentheses of what it is built from', () => {
    const [declaration] = read('let a = (b + c) * (d)').declarations;
    assert(declaration.kind === 'Let');
    assert.equal(textOf(declaration.value.span), '(b + c) * (d)');
  });

  it('a bracket that touches nothing begins an expression', () => {
    const [network] = read('network N(x: vec[1]) -> vec[1] {\n  let a = f\n  (a |> g) + a\n}').declarations;
    assert(network.kind === 'Network');
    assert.equal(network.body.lets[0].value.kind, 'Name');
    assert.equal(network.body.result.kind, 'Binary');
  });

  it('a line that begins with an operator goes on', () => {
    assert.equal(full('a\n  - b'), '(a - b)');
  });

  it('choice words, booleans and names as arguments', () => {
    const [declaration] = read('let a = f(split: train, on: true, loss: loss, x: steps)').declarations;
    assert(declaration.kind === 'Let' && declaration.value.kind === 'Call');
    const kinds = declaration.value.args.map(({ name, value }) => `${name?.name}=${value.kind}`);
    assert.deepEqual(kinds, ['split=Name', 'on=Bool', 'loss=Name', 'x=Name']);
  });

  it('a choice word stands alone, in an argument only', () => {
    for (const text of [
      'let a = f(x: train + 1)',
      'let a = f(train)',
      'let a = { x: train, y: 1 }',
      'let a = [train]',
    ])
      assert.isAbove(parse({ path: 'x', text }).diagnostics.length, 0, text);
  });

  it('doc comments stand directly above', () => {
    const docs = (text: string) => read(text).declarations.map(({ doc }) => doc);
    assert.deepEqual(docs('/// one\n///two\nlet a = 1'), ['one\ntwo']);
    assert.deepEqual(docs('/// one\r\n/// two\r\nlet a = 1'), ['one\ntwo']);
    assert.deepEqual(docs('/// far\n\nlet a = 1'), [undefined]);
    assert.deepEqual(docs('let b = 1 /// beside\nlet a = 1'), [undefined, undefined]);
    assert.deepEqual(docs('/// no\n// plain\nlet a = 1'), [undefined]);
    assert.deepEqual(docs('//// no\nlet a = 1'), [undefined]);
  });

  it('strings', () => {
    const [declaration] = read('import "a\\"\\\\\\n\\u0041"').declarations;
    assert(declaration.kind === 'Import');
    assert.equal(declaration.path.value, 'a"\\\nA');
  });

  it('a byte order mark and any line end', () => {
    assert.lengthOf(read('\ufefflet a = 1\rlet b = 2\r\nlet c = 3').declarations, 3);
  });
});
