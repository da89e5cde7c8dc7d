/** What is used, by the text alone: names that declarations need, directly or through others. */
import type * as ast from '../../grammar/ast.ts';
import { needs } from './cycles.ts';

/** Names that these declarations need, directly or through other declarations. */
export function reachedFrom(roots: readonly ast.Declaration[], own: readonly ast.Declaration[]): Set<string> {
  const byName = new Map<string, ast.Declaration[]>();
  for (const declaration of own) {
    if (!('name' in declaration) || declaration.kind === 'Profile' || declaration.kind === 'Header') continue;
    byName.set(declaration.name.name, [...(byName.get(declaration.name.name) ?? []), declaration]);
  }
  const reached = new Set<string>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of needs(next)) {
      if (reached.has(name)) continue;
      reached.add(name);
      open.push(...(byName.get(name) ?? []));
    }
  }
  return reached;
}
