/** Whether the types refuse a mistake that no quick test has seen: `npm test` begins with them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { around, type Mutant } from './mutants.ts';
import type { Tree } from './tree.ts';

export async function typesRefuse(tree: Tree, mutant: Mutant): Promise<boolean> {
  // As it was when the tree was planted, whatever has been written in the checkout since.
  const path = join(tree.plain, mutant.file);
  const text = readFileSync(path, 'utf8');
  const [before, , behind] = around(text, mutant);
  writeFileSync(path, before + mutant.replacement + behind);
  // What was found of the other files is kept: one is looked at again in a quarter of the time.
  const kept = ['--incremental', '--tsBuildInfoFile', '.cache/types.tsbuildinfo'];
  const [code] = (await once(
    spawn('node_modules/.bin/tsc', kept, { cwd: tree.plain, stdio: 'ignore' }),
    'exit',
  )) as [number | null];
  writeFileSync(path, text);
  return code !== 0;
}
