/**
 * Programs of a spec on all engines, against one run of the reference: in float64, ONNX and PyTorch equal it to 1e-8; in
 * float32 each target changes the networks as agreement.ts says. TensorFlow.js runs on TensorFlow where that is set up, else
 * on WebAssembly.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { after, describe, it } from 'mocha';
import type { CompileOptions } from '../../compiler/input.ts';
import { itOnTorch } from '../torch/where.ts';
import { agreesInFloat32, furthest, oracleFrom, sameLogs, type Oracle } from './agreement.ts';
import { load, programsFrom, root, type Programs } from './host.ts';
import { seeds, tips } from './seeds.ts';
import { trained } from './train.ts';

const iterations = 5;

export type Target = 'onnx' | 'tfjs' | 'torch';

const specsIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.gan'))
    .map((name) => `${folder}/${name}`);

/** A test for each spec of a folder, target and width of numbers. */
export function agreeOnEngines(
  folder: string,
  options: CompileOptions,
  targets: readonly Target[] = ['onnx', 'tfjs', 'torch'],
): void {
  for (const path of specsIn(folder)) agrees(path, options, targets);
}

function agrees(path: string, options: CompileOptions, targets: readonly Target[]): void {
  const seed = seeds[path] ?? 7;
  const near = { tips: tips.has(path) };
  describe(path, () => {
    let programs: Programs | undefined;
    let made: Promise<Oracle> | undefined;
    const compiled: Programs = (target, float) =>
      (programs ??= programsFrom(load(path), options))(target, float);
    const oracle = (): Promise<Oracle> =>
      (made ??= oracleFrom(compiled('reference', 'float64'), iterations, seed, near));
    after(() => ([programs, made] = [undefined, undefined]));

    for (const target of targets) {
      const itThere = target === 'torch' ? itOnTorch : it;
      // TensorFlow.js has no float64.
      if (target !== 'tfjs')
        itThere(`${target} in float64 is the reference to 1e-8`, async () => {
          const { wanted } = await oracle();
          const program = compiled(target, 'float64');
          const found = await trained(program, iterations, seed);
          sameLogs(found, wanted, 1e-8);
          const names = program.manifest.state.map(({ name }) => name);
          for (const name of names) assert.isAtMost(furthest(found.after, wanted.after, name), 1e-8, name);
          assert(
            names.some((name) => furthest(wanted.before, wanted.after, name) > 1e-8),
            'nothing was trained',
          );
        });

      itThere(`${target} in float32 changes each network alike`, async () => {
        const program = compiled(target, 'float32');
        const found = await trained(program, iterations, seed);
        const said = agreesInFloat32(await oracle(), program, found, near);
        console.log(`  ${path}: ${target} ${said}`);
      });
    }
  });
}
