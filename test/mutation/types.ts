/** Whether the types refuse a mistake that no test has seen: `npm test` begins with them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../parity/host.ts';
import type { Mutant } from './mutants.ts';
import type { Tree } from './tree.ts';

function changed(text: string, { start, end, replacement }: Mutant): string {
  const lines = text.split('\n');
  const place = ({ line, column }: Mutant['start']): number =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + column;
  return text.slice(0, place(start)) + replacement + text.slice(place(end));
}

export function typesRefuse(tree: Tree, mutant: Mutant): boolean {
  const path = join(tree.plain, mutant.file);
  const text = readFileSync(join(root, mutant.file), 'utf8');
  writeFileSync(path, changed(text, mutant));
  const said = spawnSync('node_modules/.bin/tsc', [], { cwd: tree.plain, stdio: 'ignore' });
  writeFileSync(path, text);
  return said.status !== 0;
}
