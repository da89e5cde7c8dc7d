/** Compiling in tests: the real catalogue, files of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import type { Source } from '../../grammar/source.ts';
import { compile } from '../../compiler/compile.ts';
import type { CompileOptions, Host } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { catalogue, sources } from '../../runtime/catalogue.ts';
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
