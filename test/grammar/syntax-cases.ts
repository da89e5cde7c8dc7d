/** Specs with one syntax error each (or a few of one sort), by name; with the codes that they must give, in order. */
export interface SyntaxCase {
  readonly text: string;
  readonly codes: readonly string[];
}

const one = (code: string, text: string): SyntaxCase => ({ text, codes: [code] });

export const syntaxCases: Readonly<Record<string, SyntaxCase>> = {
  'too-large': one('GAN1001', 'let a = 1 '.repeat(100_001)),
  binary: one('GAN1002', 'PNG\0\0\0\ufffd\ufffd'),
  empty: one('GAN1003', ''),
  'only-comments': one('GAN1003', '// nothing yet\n'),
  'too-deep': one('GAN1004', `let a = ${'('.repeat(300)}1${')'.repeat(300)}`),
  'long-chain': one('GAN1004', `let a = ${'1 + '.repeat(1100)}1`),
  'unknown-character': one('GAN1005', 'let a = 1; \nlet b = 2'),
  'hash-comment': one('GAN1005', '# a comment\nlet a = 1'),
  'unicode-name': one('GAN1005', 'let größe = 1'),
  'open-string': one('GAN1006', 'import "blocks.gan\nlet a = 1'),
  escape: one('GAN1007', 'import "a\\qb.gan"'),
  'huge-number': one('GAN1008', 'let a = 1e999'),
  'misspelt-declaration': one(
    'GAN1009',
    'netwrok G(z: vec[2]) -> vec[2] {\n  let h = z\n  h |> dense(2)\n}\nlet a = G(z)',
  ),
  'misspelt-in-update': {
    text: 'train for 5 step {\n  udpate D to minimise discriminator_loss wiht adam(1e-4)\n}',
    codes: ['GAN1009', 'GAN1009', 'GAN1009', 'GAN1009'],
  },
  'update-without-optimizer': one(
    'GAN1010',
    'train for 5 steps {\n  update D to minimize discriminator_loss\n  update G to minimize generator_loss with adam(1e-4)\n}',
  ),
  'initialize-alone': one('GAN1010', 'initialize D normal(0, 0.02)'),
  'initialize-in-a-phase': one('GAN1010', 'train for 5 steps {\n  initialize D with normal(0, 0.02)\n}'),
  'update-without-to': one(
    'GAN1010',
    'train for 5 steps { update D minimize discriminator_loss with adam(1e-4) }',
  ),
  'repeat-in-together': one(
    'GAN1010',
    'train for 5 steps {\n  together {\n    repeat 2 { update D to minimize a with b }\n    update G to minimize c with b\n  }\n}',
  ),
  'broken-and-one-too-many': {
    text: 'train for 5 steps {\n  update D minimize a with b\n  update G to minimize a with b\n}\n}',
    codes: ['GAN1010', 'GAN1012'],
  },
  'two-broken-statements': {
    text: 'train for 5 steps {\n  update to minimize a with b\n  average C 0.9\n  average C decay\n}',
    codes: ['GAN1013', 'GAN1010', 'GAN1021'],
  },
  'report-line': one('GAN1010', 'report every 5 steps {\n  picture a grid(fake)\n  metric b = 1\n}'),
  'missing-comma': one('GAN1010', 'let a = f(x y)'),
  'param-without-type': one('GAN1010', 'param n = 64'),
  'unclosed-body': one(
    'GAN1011',
    'network D(x: vec[2]) -> logit {\n  let h = x\n  h |> dense(1)\n\nlet a = D(x)\nloss l = a',
  ),
  'unclosed-call': one('GAN1011', 'let a = f(g(x)\nlet b = a'),
  'wrong-closer': one('GAN1011', 'let a = f(x]'),
  truncated: one(
    'GAN1011',
    'gan A\ntrain for 5 steps {\n  update D to minimize discriminator_loss with adam(',
  ),
  unopened: one('GAN1012', 'let a = f(x))\nlet b = 1'),
  'reserved-name': one('GAN1013', 'let loss = 1\nlet b = 2'),
  'reserved-value': one('GAN1013', 'let a = f(1) + data'),
  'modifier-order': one('GAN1014', 'data d = mnist(split: train) hide label in [0, 1]'),
  junk: one('GAN1014', 'foo bar\nlet a = 1'),
  'operator-after-stage': one('GAN1015', 'let a = x |> dense(3) + y'),
  'index-after-stage': one('GAN1015', 'let a = x |> f(1)[0]'),
  'chained-comparison': one('GAN1016', 'let a = 0 < x < 1'),
  'not-in-arithmetic': one('GAN1017', 'let a = b == not c'),
  'spaced-call': one('GAN1018', 'let a = f (x)'),
  'spaced-index': one('GAN1018', 'let a = [x [0]]'),
  'param-type': one('GAN1019', 'param n: itn = 3'),
  'phase-beside': one(
    'GAN1020',
    'train for 5 steps {\n  average C decay 0.9\n  phase a { average C decay 0.9 }\n}',
  ),
  'phase-nested': one(
    'GAN1020',
    'train for 5 steps { phase a { phase b for 2 steps { average C decay 0.9 } } }',
  ),
  'no-expression': one('GAN1021', 'let a = 2 * |> f'),
  'leading-dot': one('GAN1021', 'let a = .5'),
  'not-callable': one('GAN1022', 'let a = f(x)(y)'),
  'if-expression': one('GAN1024', 'let x = if progress > 0.5 then 1 else 0\nlet b = 1'),
  'if-behind': one('GAN1024', 'let a = 2 if b else 3\nlet c = 1'),
  'if-statement': one(
    'GAN1024',
    'train for 5 steps {\n  if step > 5 {\n    average C decay 0.9\n  } else {\n    average D decay 0.9\n  }\n}\nlet b = 1',
  ),
  'while-statement': one('GAN1024', 'train for 5 steps {\n  while a > 1 { average G decay 0.9 }\n}'),
  'for-statement': one('GAN1024', 'train for 5 steps {\n  for i in range(3) { average G decay 0.9 }\n}'),
  'return-in-a-body': one(
    'GAN1024',
    'network D(x: vec[2]) -> logit {\n  let h = x |> dense(3)\n  return h |> dense(1)\n}',
  ),
  'argument-with-equals': one('GAN1010', 'let a = x |> Conv2d(4, kernel_size=3, stride=2)'),
  'repeat-option': one('GAN1023', 'train for 5 steps { repeat 3 frozen: true { average C decay 0.9 } }'),
};
