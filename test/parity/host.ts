/** Compiling in tests: the real catalogue, files of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import type { Source } from '../../grammar/source.ts';
import { checkSpec, compile } from '../../compiler/compile.ts';
import { differentiate } from '../../compiler/differentiate/differentiate.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { weightFiles } from '../../compiler/schedule/origins.ts';
import { schedule } from '../../compiler/schedule/schedule.ts';
import { simplify, unsimplified } from '../../compiler/simplify.ts';
import { targets } from '../../compiler/targets/targets.ts';
import type { CompileOptions, Host } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { catalogue, sources } from '../../runtime/catalogue.ts';
import { storedNetwork } from '../../runtime/run/stored-network.ts';
import { render } from '../../grammar/render.ts';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const host: Host = {
  catalogue,
  read(path, from) {
    const file = join(dirname(join(root, from.path)), path);
    return existsSync(file)
      ? { path: join(dirname(from.path), path), text: readFileSync(file, 'utf8') }
      : null;
  },
  describe: (source, args) => sources[source].describe(args, root),
  network: (path) => storedNetwork(path, root),
};

export const load = (path: string): Source => ({ path, text: readFileSync(join(root, path), 'utf8') });

/** The program of a spec in the repository; fails with its diagnostics. */
export function programOf(path: string, options: CompileOptions = {}): Program {
  return programFrom(load(path), options);
}

export function programFrom(source: Source, options: CompileOptions = {}): Program {
  const { program, diagnostics } = compile(source, host, options);
  assert(program !== undefined, render(diagnostics, { color: false }));
  return program;
}

/** The spec's programs for any target and width of numbers, from one plan: what comes before the schedule is made once. */
export function programsFrom(source: Source, options: CompileOptions): Programs {
  const { model, diagnostics } = checkSpec(source, host, options);
  assert(model !== null, render(diagnostics, { color: false }));
  const lowered = lower(model, catalogue);
  const derived = differentiate(lowered);
  const simple = simplify(derived);
  return (target, float) => {
    const own = { ...options, target, float };
    const plan = schedule(lowered, target === 'reference' ? unsimplified(derived) : simple, own);
    const made = targets[target](plan, own);
    return { ...made, files: { ...made.files, ...weightFiles(model, made.manifest) } };
  };
}

export type Programs = (
  target: NonNullable<CompileOptions['target']>,
  float: NonNullable<CompileOptions['float']>,
) => Program;
