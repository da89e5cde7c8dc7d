/** Small specs of one feature each, at every stage as text: tree, model, plan, graphs, ONNX, TensorFlow.js. Reviewed like code. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import { emitOnnx } from '../../compiler/targets/onnx/emit.ts';
import { render } from '../../grammar/render.ts';
import type { Source } from '../../grammar/source.ts';
import { golden } from '../golden.ts';
import { host, load, root } from '../parity/host.ts';

const folder = 'test/cases/compile';
const passNames = 'parse bind analyse check lower differentiate simplify schedule emit'.split(' ');

/** Of a spec whose first line says `// --accumulate 2`. */
const partsOf = ({ text }: Source): number | undefined => {
  const [, parts] = /^\/\/ --accumulate (\d+)\n/.exec(text) ?? [];
  return parts === undefined ? undefined : Number(parts);
};

/** What each pass printed, and the emitted graphs. */
function stages(path: string): Record<string, string> {
  const printed: Record<string, string> = {};
  const dump = (pass: string, print: () => string): void => void (printed[pass] = print());
  const source = load(path);
  const accumulate = partsOf(source);
  const { program, diagnostics } = compile(source, host, { dump, accumulate });
  assert.isEmpty(diagnostics, render(diagnostics, { color: false }));
  const graphs = Object.entries(program!.graphs);
  const models = graphs.map(([name, outputs]) => emitOnnx({ name, outputs }, { float: 'float32' }).text());
  const tfjs = compile(source, host, { target: 'tfjs', accumulate }).program!.files['train.mjs'];
  assert.deepEqual(Object.keys(printed), passNames);
  return {
    ast: printed.parse,
    model: printed.analyse,
    plan: printed.schedule,
    graph: printed.simplify,
    onnx: models.join('\n'),
    tfjs: ownPart(new TextDecoder().decode(tfjs)),
  };
}

/** The module without its head and its foot, which are the same for all; the whole of one is in docs/. */
function ownPart(module: string): string {
  const [, body] = module.split(/^ {2}tf = tensorflow;\n}\n\n/m);
  return body.slice(0, body.indexOf('/** The tree of names'));
}

describe('small specs at every stage', () => {
  for (const file of readdirSync(join(root, folder))) {
    const name = file.replace(/\.gan$/, '');
    it(name, () => {
      const made = stages(`${folder}/${file}`);
      assert.hasAllKeys(made, ['ast', 'model', 'plan', 'graph', 'onnx', 'tfjs']);
      for (const [stage, text] of Object.entries(made)) golden(`compile/${name}/${stage}.txt`, text);
    });
  }
});
