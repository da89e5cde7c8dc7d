/**
 * When a run's checkpoints are due, and how they come to stand: weights that are not finite never do. In: the run; out: a
 * checkpoint in its directory, older ones taken away as the plan has it.
 */
import { broken, keptIn } from './initial-state.ts';
import { amendCheckpoint, checkpointPath, prune, writeCheckpoint } from './checkpoint.ts';
import { Diverged } from './loop.ts';
import type { Run } from './run.ts';
import { appendLog, inside, requirePresent } from './run-directory.ts';

export function checkpointDue({ plan, position, saved, around }: Run): boolean {
  if (plan.checkpointEvery !== null) return position.iteration % plan.checkpointEvery === 0;
  return around.now() - saved.at > 60_000;
}

/** A checkpoint is good, or there is none: weights that are not finite are never saved. */
export async function save(run: Run): Promise<void> {
  const { position, applied, best, metrics, unreported } = run;
  const state = await run.state.read(keptIn(run.trainer.manifest));
  const networks = broken(run.trainer.manifest, state);
  if (networks.length > 0)
    throw new Diverged({
      iteration: position.iteration,
      update: null,
      loss: null,
      value: NaN,
      networks,
      before: false,
    });
  requirePresent(run.path);
  const folder = inside(run.path).checkpoints;
  writeCheckpoint(folder, state, { position, applied, best, unreported, metricsBytes: metrics.flush() });
  run.whole.add(position.iteration);
  prune(folder, run.plan.keep, best, run.whole);
  // By this line a resume knows that it must not start over.
  if (run.saved.iteration < 0) appendLog(run.path, `first checkpoint after iteration ${position.iteration}`);
  run.saved = { iteration: position.iteration, at: run.around.now() };
  run.around.emit({ kind: 'checkpoint', iteration: position.iteration });
}

/** The checkpoint of this iteration, written before its reports, takes in what they found. */
export async function amend(run: Run): Promise<void> {
  const { position, best, metrics, plan } = run;
  requirePresent(run.path);
  const folder = inside(run.path).checkpoints;
  const changes = { best, metricsBytes: metrics.flush(), unreported: null };
  // Reports may take hours, in which somebody or a disk takes it away or spoils it: the weights are still those.
  if (!amendCheckpoint(checkpointPath(folder, position.iteration), changes)) return save(run);
  prune(folder, plan.keep, best, run.whole);
}
