/** Input that no person would write: the checker answers with diagnostics, never with an exception, within seconds. */
import { assert } from 'chai';
import { checkSpec, type Checked } from '../../compiler/compile.ts';
import { isError } from '../../grammar/diagnostics.ts';
import { host, load } from '../parity/host.ts';

const check = (text: string): Checked => checkSpec({ path: 'hostile.gan', text }, host);

/** A valid spec around a body for D, a value, and an update. */
const around = (body: string, value = 'mean(G(z))', more = ''): string => `${more}
data mnist = mnist(split: train)
sample z ~ normal[8]
network G(z: vec[8]) -> image[1, 28, 28] { z |> dense(784) |> reshape(1, 28, 28) }
network D(x: image[1, 28, 28]) -> logit { ${body} }
let odd = ${value}
train for 5 steps, batch 4 {
  update D to minimize bce(D(mnist.image), 1) + bce(D(stop(G(z))), 0) with adam(1e-3)
  update G to minimize bce(D(G(z)), 1) + 0 * mean(odd) with adam(1e-3)
}
`;

const doubling = (depth: number, call: string): string =>
  Array.from({ length: depth }, (_, i) =>
    i === 0 ? `fn f0(x) = x + 1` : `fn f${i}(x) = f${i - 1}(f${i - 1}(x))`,
  )
    .concat(call)
    .join('\n');

const networks = (depth: number): string =>
  Array.from({ length: depth }, (_, i) => {
    const inner = i === 0 ? 'x |> dense(4)' : `N${i - 1}(N${i - 1}(x))`;
    return `network N${i}(x: vec[4]) -> vec[4] { ${inner} }`;
  }).join('\n');

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const chain = (count: number, line: (i: number, next: string) => string, end: string): string =>
  lines(count, (i) => line(i, i === count - 1 ? end : `a${i + 1}`));

const hostile: Readonly<Record<string, string>> = {
  nothing: '',
  'a zero byte': '\0',
  'bytes of a picture': '\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\ufffd\ufffd',
  'only braces': '{'.repeat(5000),
  'deep parentheses': `let a = ${'('.repeat(5000)}1${')'.repeat(5000)}`,
  'a long pipe': around(`x |> flatten ${'|> relu '.repeat(600)} |> dense(1)`),
  'five million letters': `let a = ${'a'.repeat(5_000_000)}`,
  'five megabytes of lines': 'let a = b + c * d\n'.repeat(280_000),
  'values one on the other': lines(16_000, (i) => `let a${i} = ${i === 0 ? '1' : `a${i - 1} + 1`}`),
  'many values': lines(4000, (i) => `let a${i} = ${i} + 1`),
  'a chain of values': chain(16_000, (i, next) => `let a${i} = ${next} + 1`, '1'),
  'a chain of params': chain(10_000, (i, next) => `param a${i}: int = ${next}`, '1'),
  'a chain of fns': chain(6000, (i, next) => `fn a${i}(x) = ${next}(x)`, 'sum') + '\nlet b = a0(3)',
  'a chain of networks': chain(
    2000,
    (i, next) => `network a${i}(x: vec[4]) -> vec[4] { ${next}(x) }`,
    'dense',
  ),
  'a deep chain': chain(250, (i, next) => `let a${i} = ${'-('.repeat(120)}${next}${')'.repeat(120)}`, 'step'),
  'many networks': lines(400, (i) => `network N${i}(x: vec[4]) -> vec[4] { x |> dense(4) }`),
  'fns that double': around('x |> flatten |> dense(1)', 'f30(z)', doubling(31, '')),
  'networks that double': around('x |> flatten |> dense(1)', 'N24(reshape(z[0] + z, 8))', networks(25)),
  'a fn that calls itself': around('x |> flatten |> dense(1)', 'f(z)', 'fn f(x) = f(x)'),
  'blocks that call each other': around('x |> a', 'z', 'block a(x) { x |> b }\nblock b(x) { x |> a }'),
  'a giant layer': around('x |> flatten |> dense(1000000000) |> dense(1)'),
  'a giant kernel': around('x |> conv(4, kernel: 100000000) |> flatten |> dense(1)'),
  'a giant stride': around('x |> conv(4, kernel: 3, stride: 100000000) |> flatten |> dense(1)'),
  'a giant pool': around('x |> max_pool(100000) |> flatten |> dense(1)'),
  'a giant upsampling': around('x |> upsample(100000) |> flatten |> dense(1)'),
  'a giant transpose': around('x |> conv_transpose(4, kernel: 3, stride: 10000000) |> flatten |> dense(1)'),
  'a giant class': around('x |> flatten |> dense(1)', 'nll(categorical(dense(z, 3)), 999999999)'),
  'many classes': around('x |> flatten |> dense(1)', 'sum(y)', 'sample y ~ categorical[1000000000]'),
  'sizes beyond whole numbers': around('x |> flatten |> dense(9007199254740993) |> dense(1)'),
  'names of objects': around(
    'x |> constructor |> toString |> __proto__',
    'mnist.constructor + hasOwnProperty',
  ),
  'fields of objects': around('x |> flatten |> dense(1)', '{ __proto__: z, constructor: z }.__proto__'),
  'params through each other':
    'param a: int = b\nparam b: int = 1\nprofile p { b = a }\n' + around('x |> flatten |> dense(a)'),
  'numbers that are none': around('x |> flatten |> dense(1)', 'z * (0 / 0) + (1 / 0) - (0 / 0)'),
};

describe('hostile input', () => {
  for (const [name, text] of Object.entries(hostile)) {
    it(name, () => {
      const { diagnostics, model } = check(text);
      assert.equal(model === null, diagnostics.some(isError));
      for (const { span } of diagnostics) {
        assert.isTrue(0 <= span.start && span.start <= span.end && span.end <= span.source.text.length);
      }
    }).timeout(20_000);
  }

  it('a file cut short anywhere', () => {
    const { text } = load('specs/infogan.gan');
    for (let end = 0; end < text.length; end += 37) check(text.slice(0, end));
  });

  it('settings that are no values', () => {
    for (const value of ['', '}', '1 2', 'n', '"', '1e999', 'train', '\0', 'a'.repeat(10_000)]) {
      const { diagnostics } = checkSpec(load('specs/infogan.gan'), host, { set: { steps: value } });
      assert.include(diagnostics[0].what, '--set steps', value);
    }
  });
});
