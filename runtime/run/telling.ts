/** What a run says of itself while it trains: in its log, in metrics.jsonl, and to whoever watches. */
import { type Done } from './loop.ts';
import { say, type Run } from './run.ts';
import { appendLog } from './run-directory.ts';

/** Where it ends, for who looks at the run, unless that is where the spec says; and whether that lies behind it. */
export function tellGoal(run: Run): void {
  const { stop } = run.plan;
  if (stop !== run.trainer.schedule.steps) appendLog(run.path, `to iteration ${stop}`);
  if (run.position.iteration > stop)
    say(
      run,
      `iteration ${stop}, where it was to end, is past already: the run stands after ${run.position.iteration}. --steps and --epochs count from its beginning.`,
    );
}

/** What the engine found out about itself while it ran. */
export function remark(run: Run): void {
  const remarks = run.trainer.engine.remarks?.() ?? [];
  for (const text of remarks.slice(run.remarked)) say(run, text);
  run.remarked = remarks.length;
}

export function logIteration(run: Run, { iteration, logged }: Done): void {
  const { iteration: number } = run.position;
  const phase = iteration.phase.name;
  run.metrics.append({ iteration: number, ...(phase === null ? {} : { phase }), ...logged });
  run.around.emit({ kind: 'iteration', iteration: number, phase, logged });
}
