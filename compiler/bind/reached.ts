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
  return closure(
    roots.flatMap((root) => [...needs(root)]),
    (name) => (byName.get(name) ?? []).flatMap((declaration) => [...needs(declaration)]),
  );
}

/** A set, to which what is added is gone over too: each name once, however long the chains. */
export function closure(start: readonly string[], next: (name: string) => Iterable<string>): Set<string> {
  const found = new Set(start);
  for (const name of found) for (const one of next(name)) found.add(one);
  return found;
}
