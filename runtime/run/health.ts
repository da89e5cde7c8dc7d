/**
 * What rules of health found, written down: health.jsonl in the run directory (a line each), the log, and to whoever
 * watches. Lines after the checkpoint that a run goes on from are taken away, as those of metrics.jsonl are.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../atomic.ts';
import { onDisk } from '../disk.ts';
import type { HealthLine } from '../health/watch.ts';
import type { Run } from './run.ts';
import { appendLog, inside } from './run-directory.ts';

export function tell({ path, around }: Pick<Run, 'path' | 'around'>, line: HealthLine | null): void {
  if (line === null) return;
  const file = inside(path).health;
  onDisk(file, () => appendFileSync(file, `${JSON.stringify(line)}\n`));
  appendLog(path, `health at iteration ${line.iteration}: ${line.text}`);
  around.emit({ kind: 'health', ...line });
}

export function keepUpTo(path: string, iteration: number): void {
  const file = inside(path).health;
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => isUpTo(line, iteration));
  writeFileAtomic(file, lines.map((line) => `${line}\n`).join(''));
}

/** A line that a kill cut off is none. */
function isUpTo(line: string, iteration: number): boolean {
  try {
    const { iteration: at } = JSON.parse(line) as Partial<HealthLine>;
    return typeof at === 'number' && at <= iteration;
  } catch {
    return false;
  }
}
