/** report.html of a run. In: a run directory; out: the file, whole or not at all. */
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../runtime/atomic.ts';
import { inside } from '../runtime/run/run-directory.ts';
import { metricsLines } from './metrics-lines.ts';
import type { Lines } from './metrics-lines.ts';
import { pageHtml } from './page.ts';
import { runFacts } from './run-facts.ts';

export const pageOf = (run: string): string => join(run, 'report.html');

/** Bytes of pictures and sounds inside a page; what is more is linked. */
const mediaBudget = 12_000_000;

/** A reader that a run's page can be written from again and again: lines are read once. */
export const linesOf = (run: string): (() => Lines) => metricsLines(inside(run).metrics);

/** Throws RunDirectoryError where `run` is no run directory, DiskError where the file can't be written. */
export function writePage(run: string, out = pageOf(run), lines = linesOf(run)): void {
  const page = pageHtml(runFacts(run, lines()), { page: dirname(out), budget: mediaBudget });
  writeFileAtomic(out, page);
}
