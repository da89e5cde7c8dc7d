/**
 * Hostile texts at every place of a spec that reaches the emitted module (comments, docs, string params, paths): the module
 * is JavaScript, and what stands outside of its comments and literals is the same whatever the text was.
 */
import { assert } from 'chai';
import ts from 'typescript';
import { compile } from '../../compiler/compile.ts';
import { host } from '../parity/host.ts';
import { hostileTexts } from './hostile-texts.ts';

// A spec with a zero byte is no text, and is refused.
const quotedInSpec = (text: string): string =>
  `"${text.replaceAll('\0', '').replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
const oneLine = (text: string): string => text.replace(/[\0\r\n\u2028\u2029]/g, ' ');

const spec = (text: string): string => `/// doc ${oneLine(text)}
gan Inj
param words: string = ${quotedInSpec(text)}
data d = gaussians(modes: 4)
sample z ~ normal[2]
/// net ${oneLine(text)}
network G(z: vec[2]) -> vec[2] { z |> dense(2) // ${oneLine(text)}
}
network D(x: vec[2]) -> logit { x |> dense(1) }
let fake = G(z)
loss discriminator_loss = bce(D(d.point), 1) + bce(D(fake), 0) // ${oneLine(text)}
loss generator_loss = bce(D(fake), 1)
train for 5 steps, batch 8 {
  update D to minimize discriminator_loss // ${oneLine(text)}
    + 0 * generator_loss with adam(1e-3)
  update G to minimize generator_loss with adam(1e-3)
}
`;

/** The module without comments and with all literals alike. */
function bare(module: string): string {
  const source = ts.createSourceFile('m.mjs', module, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  assert.deepEqual(
    parseDiagnostics.map(({ messageText }) => messageText),
    [],
    module,
  );
  const tokens: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(source) === 0) tokens.push(ts.isStringLiteral(node) ? "''" : node.getText(source));
    else
      node
        .getChildren(source)
        .filter(({ kind }) => kind < ts.SyntaxKind.FirstJSDocNode || kind > ts.SyntaxKind.LastJSDocNode)
        .forEach(visit);
  };
  visit(source);
  return tokens.join(' ');
}

function moduleOf(text: string, path = 'inj.gan'): string {
  const { program, diagnostics } = compile({ path, text: spec(text) }, host, { target: 'tfjs' });
  assert.isDefined(program, JSON.stringify(diagnostics.map(({ what }) => what)));
  const [name] = Object.keys(program!.files).filter((file) => file.endsWith('.mjs'));
  return Buffer.from(program!.files[name]).toString('utf8');
}

describe('no text of a spec becomes code of the module', () => {
  const plain = bare(moduleOf('plain'));

  for (const text of hostileTexts)
    it(JSON.stringify(text), () => {
      assert.equal(bare(moduleOf(text)), plain);
      assert.equal(bare(moduleOf('plain', `${text}.gan`)), plain);
    });
});
