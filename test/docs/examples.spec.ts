/**
 * Every spec in README.md and docs/ is what the page says it is: whole ones compile, fragments check, wrong ones are,
 * parts stand in the specs that ship.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { checkSpec, compile } from '../../compiler/compile.ts';
import type { Host } from '../../compiler/input.ts';
import type { DataDescription } from '../../program/catalogue.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import { render } from '../../grammar/render.ts';
import { catalogue, sources } from '../../runtime/catalogue.ts';
import { storedNetwork } from '../../runtime/run/stored-network.ts';
import { assertPart, blocks, inContext, ownDiagnostics, type Block } from './blocks.ts';
import { root } from './page.ts';

const known = new Map<string, DataDescription | null>();

/** The files of an example's data need not be there; an imported file is an empty library. */
const host: Host = {
  catalogue,
  read: (path) => ({ path, text: 'fn imported(x) = x' }),
  describe(source, args) {
    const key = `${source} ${JSON.stringify(args)}`;
    if (!known.has(key)) known.set(key, sources[source].describe(args, root));
    return known.get(key)!;
  },
  // Any file of a network is the same small one.
  network: () => storedNetwork('test/cases/networks/digits.onnx', root),
};

const said = (found: readonly Diagnostic[]): string => render(found, { color: false });

function fragment(block: Block): Diagnostic[] {
  const source = { path: block.place, text: inContext(block.text, block.place) };
  return ownDiagnostics(block, checkSpec(source, host).diagnostics);
}

describe('specs in the documentation', () => {
  const all = blocks();

  it('are there', () => assert.isAbove(all.length, 30));

  for (const block of all) {
    const { place, sort, code, text } = block;
    const source = { path: place, text };
    if (sort === 'whole')
      it(`${place} compiles`, () => {
        const { program, diagnostics } = compile(source, host);
        assert(program !== undefined, said(diagnostics));
      });
    else if (sort === 'fragment')
      it(`${place} checks in its context`, () => {
        assert.isEmpty(parse(source).diagnostics, said(parse(source).diagnostics));
        const found = fragment(block);
        assert.isEmpty(found, said(found));
      });
    else if (block.spec !== null) {
      const { spec } = block;
      it(`${place} stands in ${spec}`, () => assertPart(text, readFileSync(join(root, spec), 'utf8')));
    } else
      it(`${place} shows ${code}`, () => {
        assert(text.startsWith(`// error ${code}\n`), `its first line says \`// error ${code}\``);
        const found = fragment(block);
        assert.deepEqual([...new Set(found.map((d) => d.code))], [code], said(found));
      });
  }

  it('a part may not change, move or join lines of its spec', () => {
    const spec = 'let a = 1\nlet b = 2\n\nlet c = 3\nlet d = 4\n';
    assertPart('let a = 1\n\nlet c = 3\n// …\n', spec);
    assertPart('let a = 1\n// …\nlet d = 4\n', spec);
    for (const wrong of ['let a = 2\n', 'let c = 3\n\nlet a = 1\n', 'let a = 1\nlet c = 3\n'])
      assert.throws(() => assertPart(wrong, spec), /not in the spec/);
  });
});
