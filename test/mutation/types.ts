/** Whether the types refuse a mistake that no quick test has seen: `npm test` begins with them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { around, type Mutant } from './mutants.ts';
import type { Tree } from './tree.ts';

export function typesRefuse(tree: Tree, mutant: Mutant): boolean {
  // As it was when the tree was planted, whatever has been written in the checkout since.
  const path = join(tree.plain, mutant.file);
  const text = readFileSync(path, 'utf8');
  const [before, , behind] = around(text, mutant);
  writeFileSync(path, before + mutant.replacement + behind);
  const said = spawnSync('node_modules/.bin/tsc', [], { cwd: tree.plain, stdio: 'ignore' });
  writeFileSync(path, text);
  return said.status !== 0;
}
