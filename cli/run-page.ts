/**
 * A run's page while it trains: written anew after reports and checkpoints, never so often that training would feel it. In:
 * training events; out: report.html in the run directory. What goes wrong with it is said at the end, and stops nothing.
 */
import { existsSync } from 'node:fs';
import { linesOf, pageOf, writePage } from '../page/write.ts';
import { removeUnfinished } from '../runtime/atomic.ts';
import { reasonOf } from '../runtime/disk.ts';
import { inside } from '../runtime/run/run-directory.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';
import type { TrainingEvent } from '../runtime/run/training.ts';
import { drawRun } from './drawings.ts';

export interface RunPage {
  see(event: TrainingEvent): void;
  /** Writes the page a last time. What went wrong, as a sentence; null: nothing. */
  end(): Promise<string | null>;
}

export const noPage: RunPage = { see: () => undefined, end: () => Promise.resolve(null) };

export interface Pace {
  /** Milliseconds before the first page, and at least between two. */
  readonly first: number;
  readonly pause: number;
  /** Writing takes at most this part of the time. */
  readonly share: number;
}

const gentle: Pace = { first: 3_000, pause: 10_000, share: 0.03 };

export function runPage(run: RunDirectory, { first, pause, share }: Pace = gentle): RunPage {
  const lines = linesOf(run.path);
  let timer: NodeJS.Timeout | null = null;
  let wait = first;
  let drawn: Promise<void> | null = null;
  let work: Promise<void> = Promise.resolve();
  let problem: string | null = null;
  const write = async (): Promise<void> => {
    try {
      // A run that never began has left nothing to write into.
      if (!existsSync(inside(run.path).info)) return;
      await (drawn ??= drawRun(run).catch((error: unknown) => void (problem = why('picture', error))));
      const begun = performance.now();
      writePage(run.path, undefined, lines);
      wait = Math.max(pause, (performance.now() - begun) / share);
    } catch (error) {
      problem = why('page', error);
    }
  };
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      problem = why('page', error);
    }
  };
  const why = (what: string, error: unknown): string => `${pageOf(run.path)}: no ${what}: ${reasonOf(error)}`;
  return {
    see(event) {
      // What a killed process left half-written; no other process trains this run now.
      if (event.kind === 'start') attempt(() => removeUnfinished(run.path));
      if (timer !== null || ['iteration', 'report', 'rows'].includes(event.kind)) return;
      timer = setTimeout(() => {
        work = write().finally(() => void (timer = null));
      }, wait);
    },
    async end() {
      if (timer !== null) clearTimeout(timer);
      await work;
      await write();
      return problem;
    },
  };
}
