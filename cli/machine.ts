/** The machine that a command runs on: its threads. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** One a core: two threads on one core only get in each other's way. */
export function defaultThreads(): number {
  const usable = Math.min(availableParallelism(), cpus().length || 1);
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const value = (block: string, key: string): string | undefined =>
      new RegExp(`^${key}\\s*: (.*)$`, 'm').exec(block)?.[1];
    const cores = text.split(/\n\n/).flatMap((block) => {
      const core = value(block, 'core id');
      return core === undefined ? [] : [`${value(block, 'physical id')} ${core}`];
    });
    return Math.max(1, Math.min(usable, new Set(cores).size || usable));
  } catch {
    return usable;
  }
}
