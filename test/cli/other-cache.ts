/** Work with a cache of its own, and another measure of what data may take in memory. */
import { memoryVariable } from '../../runtime/data/pack.ts';

/** Does the work with the cache in that folder, and so many megabytes for data; null: as many as there are otherwise. */
export async function within<T>(cache: string, megabytes: number | null, work: () => Promise<T>): Promise<T> {
  const before = { GANC_CACHE: process.env.GANC_CACHE, [memoryVariable]: process.env[memoryVariable] };
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  set('GANC_CACHE', cache);
  set(memoryVariable, megabytes === null ? undefined : String(megabytes));
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) set(name, value);
  }
}
