/** A run while it trains: what it is made of, how far it is, and how it says something. */
import type { State } from '../engines/engine.ts';
import { Interrupted } from '../reports/pulse.ts';
import type { Best } from './checkpoint.ts';
import type { Applied, Trainer } from './loop.ts';
import type { MetricsFile } from './metrics-file.ts';
import { appendLog } from './run-directory.ts';
import type { Reporter } from '../reports/result.ts';
import type { Position } from './schedule.ts';
import type { Surroundings, TrainingEvent, TrainingPlan } from './training.ts';

export interface Run {
  readonly path: string;
  readonly trainer: Trainer;
  readonly reporter: Reporter;
  readonly plan: TrainingPlan;
  readonly around: Surroundings;
  readonly state: State;
  readonly metrics: MetricsFile;
  /** Iterations whose checkpoints are known to be whole. */
  readonly whole: Set<number>;
  position: Position;
  applied: Applied;
  best: Best | null;
  /** The position before the iteration whose reports are still to come. */
  unreported: Position | null;
  /** How many of the engine's remarks were said. */
  remarked: number;
  /** The iteration of the newest checkpoint, and when it was written. */
  saved: { iteration: number; at: number };
}

/** Into the log, and to whoever watches. */
export function say(run: Pick<Run, 'path' | 'around'>, text: string): void {
  appendLog(run.path, text);
  run.around.emit({ kind: 'log', text });
}

/** Milliseconds between two words about how far something is. */
const pause = 500;

/**
 * Says now and then how far something is that takes long, `share` of it from 0 to 1; throws Interrupted where the run is asked to stop
 * meanwhile.
 */
export function pulseIn(
  around: Surroundings,
  event: (name: string, share: number) => TrainingEvent,
): (name: string, share: number) => void {
  let said = around.now();
  return (name, share) => {
    if (around.stopRequested()) throw new Interrupted();
    const now = around.now();
    if (now - said < pause) return;
    said = now;
    around.emit(event(name, share));
  };
}
