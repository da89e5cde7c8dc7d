/** Whatever is done to a valid spec, the checker answers: in order, inside the file, and not about what is in order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import fc from 'fast-check';
import { checkSpec } from '../../compiler/compile.ts';
import { isError, type Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import { render } from '../../grammar/render.ts';
import { host, load, root } from '../parity/host.ts';
import { mutations } from './mutations.ts';

const specsIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.gan'))
    .sort()
    .map((file) => load(`${folder}/${file}`).text);

const texts = [...specsIn('test/cases/schedule'), load('specs/infogan.gan').text];

const check = (text: string) => checkSpec({ path: 'spec.gan', text }, host);

function show(text: string, found: readonly Diagnostic[]): string {
  return `${text}\n----\n${render(found, { color: false })}`;
}

describe('mutations of valid specs', () => {
  it('the specs are valid', () => {
    for (const text of texts) assert.isEmpty(check(text).diagnostics, show(text, check(text).diagnostics));
  });

  it('never throw; diagnostics are in order and inside the file; a model is there without errors only', () => {
    fc.assert(
      fc.property(mutations(texts), ({ text }) => {
        const { diagnostics, model } = check(text);
        assert.equal(model === null, diagnostics.some(isError), show(text, diagnostics));
        let last = 0;
        for (const { span, what, code } of diagnostics) {
          if (span.source.path !== 'spec.gan') continue;
          assert.isTrue(0 <= span.start && span.start <= span.end && span.end <= text.length, code);
          assert.isAtLeast(span.start, last, show(text, diagnostics));
          assert.notMatch(what, /undefined|\[object|NaN/, show(text, diagnostics));
          last = span.start;
        }
      }),
      { numRuns: 400, seed: 3 },
    );
  });
});

// ---------------------------------------------------------------- one declaration in error

/** A name's declaration and what mentions it, directly or through others: where an error in it may show. */
function related(text: string, name: string): (offset: number) => boolean {
  const { spec } = parse({ path: 'spec.gan', text });
  const words = (part: string): Set<string> => new Set(part.match(/[A-Za-z_][A-Za-z_0-9]*/g));
  const near = new Set([name]);
  const parts = spec.declarations.map(({ span }) => ({
    span,
    words: words(text.slice(span.start, span.end)),
  }));
  return (offset) =>
    parts.some(
      ({ span, words: all }) =>
        span.start <= offset && offset <= span.end && [...near].some((one) => all.has(one)),
    );
}

describe('an error in one declaration', () => {
  const declared = texts.flatMap((text) =>
    parse({ path: 'spec.gan', text }).spec.declarations.flatMap((declaration) => {
      switch (declaration.kind) {
        case 'Let':
        case 'Loss':
          return [{ text, name: declaration.name, broken: declaration.value.span }];
        case 'Network':
          return [{ text, name: declaration.name, broken: declaration.body.result.span }];
        case 'Data':
          return [{ text, name: declaration.name, broken: declaration.source.span }];
        default:
          return [];
      }
    }),
  );

  it('is one diagnostic, and what uses it causes no second one', () => {
    for (const { text, broken } of declared) {
      // An unknown name with no other near it, added to what is there: nothing goes unused.
      const at =
        text.slice(0, broken.start) +
        'zzyzx(' +
        text.slice(broken.start, broken.end) +
        ')' +
        text.slice(broken.end);
      const { diagnostics } = check(at);
      assert.lengthOf(diagnostics, 1, show(at, diagnostics));
      assert.include(diagnostics[0].what, 'zzyzx');
    }
  });

  it('whose name is misspelt shows where it is used, and nowhere else', () => {
    for (const { text, name: ident } of declared) {
      const { name, span } = ident;
      const at = `${text.slice(0, span.start)}${name}zz${text.slice(span.end)}`;
      const { diagnostics } = check(at);
      const belongs = related(at, name);
      assert.isNotEmpty(diagnostics, at);
      for (const found of diagnostics) {
        const own = found.what.includes(`\`${name}zz\``);
        assert.isTrue(own || belongs(found.span.start), show(at, diagnostics));
      }
    }
  });
});
