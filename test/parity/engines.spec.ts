/**
 * Every spec on all engines: ONNX in float64 equals the reference to 1e-8; in float32 each target changes the networks
 * as agreement.ts says. TensorFlow.js runs on TensorFlow where that is set up, else on WebAssembly.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { agreesInFloat32, furthest, oracleOf, sameLogs, type Oracle } from './agreement.ts';
import { seeds, tips } from './seeds.ts';
import { load, programFrom, root } from './host.ts';
import { trained } from './train.ts';

const iterations = 5;

const specsIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => `${folder}/${name}`);

interface Case {
  readonly path: string;
  readonly options: CompileOptions;
  readonly targets: readonly ('onnx' | 'tfjs')[];
}

const casesIn = (
  folder: string,
  options: CompileOptions,
  targets: Case['targets'] = ['onnx', 'tfjs'],
): Case[] => specsIn(folder).map((path) => ({ path, options, targets }));

const cases = [
  ...casesIn('test/cases/schedule', {}),
  ...casesIn('test/cases/compile', {}),
  ...casesIn('specs', { profile: 'tiny' }),
  // test/written compares ONNX with the reference on these.
  ...casesIn('test/cases/written', { profile: 'tiny' }, ['tfjs']),
];

for (const { path, options, targets } of cases) {
  const seed = seeds[path] ?? 7;
  describe(path, () => {
    type Target = 'onnx' | 'tfjs';
    const compiled = (target: Target, float: 'float32' | 'float64'): Program =>
      programFrom(load(path), { ...options, target, float });
    let made: Promise<Oracle> | undefined;
    const oracle = (): Promise<Oracle> => (made ??= oracleOf(load(path), options, iterations, seed));
    after(() => (made = undefined));

    if (targets.includes('onnx'))
      it('ONNX in float64 is the reference to 1e-8', async () => {
        const { wanted } = await oracle();
        const program = compiled('onnx', 'float64');
        const found = await trained(program, iterations, seed);
        sameLogs(found, wanted, 1e-8);
        const names = program.manifest.state.map(({ name }) => name);
        for (const name of names) assert.isAtMost(furthest(found.after, wanted.after, name), 1e-8, name);
        assert(
          names.some((name) => furthest(wanted.before, wanted.after, name) > 1e-8),
          'nothing was trained',
        );
      });

    for (const target of targets)
      it(`${target} in float32 changes each network alike`, async () => {
        const program = compiled(target, 'float32');
        const found = await trained(program, iterations, seed);
        const said = agreesInFloat32(await oracle(), program, found, { tips: tips.has(path) });
        console.log(`  ${path}: ${target} ${said}`);
      });
  });
}
