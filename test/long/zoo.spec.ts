/**
 * specs/zoo: each architecture as its paper has it checks without a warning and trains a few iterations to the reference's
 * numbers, on every target: ONNX and PyTorch in float64, TensorFlow.js in float32.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { CompileOptions } from '../../compiler/input.ts';
import { draw } from '../../diagram/draw.ts';
import { render } from '../../grammar/render.ts';
import { architectureOfFile } from '../diagram/spec.ts';
import { page } from '../docs/page.ts';
import { furthest, sameLogs } from '../parity/agreement.ts';
import { host, load, programFrom, root } from '../parity/host.ts';
import { trained, type Trained } from '../parity/train.ts';
import { itOnTorch } from '../torch/where.ts';

const folder = 'specs/zoo';
/** Enough for specs whose first phase has one. */
const iterations = 2;
const seed = 7;

const specs = readdirSync(join(root, folder))
  .filter((name) => name.endsWith('.gan'))
  .map((name) => name.replace(/\.gan$/, ''));

const picture = (name: string): string => `docs/images/architecture/zoo/${name}.svg`;

/** Paths of data count from the repository here, from the spec's folder in a run. */
function optionsOf(name: string): CompileOptions {
  const [, param, path] = /param (files?): string = "(.+)"/.exec(load(`${folder}/${name}.gan`).text) ?? [];
  return { profile: 'tiny', ...(param && { set: { [param]: `${folder}/${path}` } }) };
}

const program = (
  name: string,
  target: 'onnx' | 'reference' | 'tfjs' | 'torch',
  float: 'float32' | 'float64',
) => programFrom(load(`${folder}/${name}.gan`), { ...optionsOf(name), target, float });

/** Equal to the reference, whose weights have moved. */
function sameRun(found: Trained, wanted: Trained, tolerance: number): void {
  sameLogs(found, wanted, tolerance);
  const names = Object.keys(wanted.after);
  for (const one of names) assert.isAtMost(furthest(found.after, wanted.after, one), tolerance, one);
  assert(
    names.some((one) => furthest(wanted.before, wanted.after, one) > 1e-8),
    'nothing was trained',
  );
}

describe('zoo', () => {
  for (const name of specs)
    describe(name, () => {
      let reference: Promise<Trained> | undefined;
      const wanted = (): Promise<Trained> =>
        (reference ??= trained(program(name, 'reference', 'float64'), iterations, seed));

      it('checks without a warning, at its own size', () => {
        const { tiny, ...rest } = { tiny: undefined, ...optionsOf(name) };
        const { diagnostics } = compile(load(`${folder}/${name}.gan`), host, { ...rest, profile: tiny });
        assert.isEmpty(diagnostics, render(diagnostics, { color: false }));
      });

      it('its picture in docs/zoo.md is what ganc graph draws', async () => {
        const found = architectureOfFile(`${folder}/${name}.gan`);
        page(picture(name), await draw(found, 'svg', { updates: false, layers: false }));
      });

      it('ONNX in float64 is the reference to 1e-8', async () => {
        sameRun(await trained(program(name, 'onnx', 'float64'), iterations, seed), await wanted(), 1e-8);
      });

      itOnTorch('PyTorch in float64 is the reference to 1e-8', async () => {
        sameRun(await trained(program(name, 'torch', 'float64'), iterations, seed), await wanted(), 1e-8);
      });

      it('TensorFlow.js in float32 is near the reference', async () => {
        sameLogs(await trained(program(name, 'tfjs', 'float32'), iterations, seed), await wanted(), 0.05);
      });
    });

  describe('trained to a figure', () => {
    const small = readdirSync(join(root, folder, 'trained'));
    for (const name of small)
      it(`${name} checks without a warning, and docs/zoo.md has its figures`, () => {
        const { diagnostics } = compile(load(`${folder}/trained/${name}`), host);
        assert.isEmpty(diagnostics, render(diagnostics, { color: false }));
        assert.include(readFileSync(join(root, 'docs/zoo.md'), 'utf8'), `specs/zoo/trained/${name}`);
      });
  });

  it('every spec names its paper and stands in the table of docs/zoo.md, with its picture', () => {
    const zoo = readFileSync(join(root, 'docs/zoo.md'), 'utf8');
    for (const name of specs) {
      assert.include(zoo, `(../specs/zoo/${name}.gan)`);
      assert.include(zoo, `src="${relative('docs', picture(name))}"`);
      assert.match(load(`${folder}/${name}.gan`).text, /arXiv:\d{4}\.\d{4,5}/, name);
    }
  });
});
