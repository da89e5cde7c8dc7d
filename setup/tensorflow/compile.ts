/** Compiles tfjs-node-gpu's binding (C++, in the package) against a libtensorflow. In: folders; out: one file. */
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bindingIn } from '../../runtime/engines/tensorflow/binding.ts';
import { complaint, runProgram } from '../../runtime/engines/programs.ts';
import type { Running } from '../../runtime/engines/programs.ts';
import { SetupError } from '../setup-error.ts';

export interface Sources {
  /** The folder of the package tfjs-node-gpu. */
  readonly package: string;
  /** The folder of the package node-api-headers: Node's C API, which is the same for all versions. */
  readonly nodeApi: string;
}

/** Compiles and links `home`/binding/tfjs_binding.node, which looks for its libraries beside itself. */
export async function compileBinding(
  compiler: readonly string[],
  { package: source, nodeApi }: Sources,
  home: string,
  running: Running,
): Promise<void> {
  const folder = join(source, 'binding');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(folder, name));
  const libraries = join(home, 'tensorflow');
  mkdirSync(dirname(bindingIn(home)), { recursive: true });
  const { code, said } = await runProgram(
    [
      ...compiler,
      '-O2',
      '-fPIC',
      '-shared',
      '-std=c++17',
      '-DNAPI_VERSION=8',
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      '-I',
      join(libraries, 'include'),
      '-I',
      join(nodeApi, 'include'),
      ...files,
      '-o',
      bindingIn(home),
      '-L',
      libraries,
      '-l:libtensorflow_cc.so.2',
      '-l:libtensorflow_framework.so.2',
      '-Wl,-rpath,$ORIGIN/../tensorflow',
    ],
    running,
  );
  if (code === 0) return;
  throw new SetupError(
    `the C++ compiler (${compiler.join(' ')}) failed:\n  ${complaint(said)}\nIt must know C++17: GCC 9 or newer, clang 10 or newer`,
  );
}
