/** How functions of a module reach the state: by the names that checkpoints have, from a tree of it. */
import type { Root } from '../text/calls.ts';
import { property } from './names.ts';

/** How the module's exported functions see the state. */
export const wholeState: readonly Root[] = [{ path: '', code: 'networks' }];

/** `w.dense_1.weight` for `G.dense_1.weight` where `w` is G's part of the tree. */
export function pathCode(root: Root, name: string): string {
  const rest = root.path === '' ? name : name.slice(root.path.length + 1);
  return root.code + rest.split('.').map(property).join('');
}
