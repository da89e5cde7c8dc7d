/** A trainer's iterations as an action that can be timed: each call goes on where the last one stopped. */
import { initialState } from '../runtime/run/initial-state.ts';
import { runIteration } from '../runtime/run/loop.ts';
import type { Applied, Trainer } from '../runtime/run/loop.ts';

/** Milliseconds for one of `count` calls: on the clock, and of all cores. */
export async function timed(
  count: number,
  action: () => Promise<void>,
): Promise<{ ms: number; cpu: number }> {
  const start = performance.now();
  const used = process.cpuUsage();
  for (let i = 0; i < count; i++) await action();
  const { user, system } = process.cpuUsage(used);
  return { ms: (performance.now() - start) / count, cpu: (user + system) / 1000 / count };
}

export async function iterating(trainer: Trainer): Promise<() => Promise<void>> {
  const state = await trainer.engine.start(initialState(trainer.manifest, trainer.seed));
  let position = { iteration: 0, step: 0, phase: 0, taken: {} as Readonly<Record<string, number>> };
  let applied: Applied = {};
  return async () => {
    const done = await runIteration(trainer, state, position, applied);
    [position, applied] = [done.iteration.next, done.applied];
  };
}
