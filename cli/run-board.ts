/** TensorBoard's event file of a run while it trains. In: training events; out: RUN/tensorboard, a few times a minute. */
import { reasonOf } from '../runtime/disk.ts';
import type { TrainingEvent } from '../runtime/run/training.ts';
import { boardOf } from '../tensorboard/board.ts';
import type { Board } from '../tensorboard/board.ts';

export interface RunBoard {
  see(event: TrainingEvent): void;
  /** What went wrong, as a sentence; null: nothing. It stops no run. */
  end(): string | null;
}

export const noBoard: RunBoard = { see: () => undefined, end: () => null };

/** Milliseconds between two writes. */
const pause = 10_000;

export function runBoard(path: string, now: () => number = () => performance.now()): RunBoard {
  let board: Board | null = null;
  let written = -Infinity;
  let problem: string | null = null;
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      problem = `${path}: nothing for TensorBoard: ${reasonOf(error)}`;
    }
  };
  return {
    see() {
      if (problem !== null || now() - written < pause) return;
      written = now();
      attempt(() => (board ??= boardOf(path)).update());
    },
    end() {
      if (problem === null) attempt(() => (board ??= boardOf(path)).end());
      return problem;
    },
  };
}
