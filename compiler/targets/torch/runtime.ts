/** The Python files that every emitted program has beside it: ganc_torch/, as they stand in this folder. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./ganc_torch/', import.meta.url);

/** Path in the program → text. */
export function runtimeFiles(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.py'))
    .sort();
  return Object.fromEntries(
    names.map((name) => [`ganc_torch/${name}`, readFileSync(new URL(name, folder), 'utf8')]),
  );
}
