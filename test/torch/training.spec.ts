/**
 * Every schedule form, every composition and every spec that ships on PyTorch: in float64 equal to the reference to 1e-8
 * after five iterations, in float32 by the rule of ../parity/agreement.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { agreesInFloat32, furthest, oracleOf, sameLogs, type Oracle } from '../parity/agreement.ts';
import { load, programFrom, root } from '../parity/host.ts';
import { seeds, tips } from '../parity/seeds.ts';
import { trained } from '../parity/train.ts';
import { itOnTorch } from './where.ts';

const iterations = 5;

const specsIn = (folder: string, options: CompileOptions): { path: string; options: CompileOptions }[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => ({ path: `${folder}/${name}`, options }));

const cases = [
  ...specsIn('test/cases/schedule', {}),
  ...specsIn('test/cases/compile', {}),
  ...specsIn('specs', { profile: 'tiny' }),
  ...specsIn('test/cases/written', { profile: 'tiny' }),
];

for (const { path, options } of cases)
  describe(`PyTorch: ${path}`, () => {
    const seed = seeds[path] ?? 7;
    const compiled = (float: 'float32' | 'float64'): Program =>
      programFrom(load(path), { ...options, target: 'torch', float });
    let made: Promise<Oracle> | undefined;
    const oracle = (): Promise<Oracle> => (made ??= oracleOf(load(path), options, iterations, seed));

    itOnTorch('in float64 is the reference to 1e-8', async () => {
      const { wanted } = await oracle();
      const program = compiled('float64');
      const found = await trained(program, iterations, seed);
      sameLogs(found, wanted, 1e-8);
      const names = program.manifest.state.map(({ name }) => name);
      for (const name of names) assert.isAtMost(furthest(found.after, wanted.after, name), 1e-8, name);
      assert(
        names.some((name) => furthest(wanted.before, wanted.after, name) > 1e-8),
        'nothing was trained',
      );
    });

    itOnTorch('in float32 changes each network alike', async () => {
      const program = compiled('float32');
      const found = await trained(program, iterations, seed);
      agreesInFloat32(await oracle(), program, found, { tips: tips.has(path) });
    });
  });
