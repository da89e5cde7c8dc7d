/** Tables that have an entry for every key that is asked of them: a node's value, its users, its level; and lists by key. */

/** The entry. Throws where there is none: an error of the compiler, not of a spec. */
export function entryOf<K, V extends NonNullable<unknown>>(table: ReadonlyMap<K, V>, key: K): V {
  const found = table.get(key);
  if (found === undefined) throw new Error('a table has no entry for what it should know');
  return found;
}

/** Puts a value behind those that the key has. */
export function addEntry<K, V>(table: Map<K, V[]>, key: K, value: V): void {
  const known = table.get(key);
  if (known === undefined) table.set(key, [value]);
  else known.push(value);
}
