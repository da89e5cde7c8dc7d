/** `--best` and `--patience`: which metric names a run's best checkpoint, and how long it waits for a better one; run.json keeps both. */
import { nearest } from '../grammar/diagnostics.ts';
import { removeRun } from '../runtime/run/create-run.ts';
import { appendLog, replaceInfo } from '../runtime/run/run-directory.ts';
import type { RunDirectory, RunInfo } from '../runtime/run/run-directory.ts';
import { Exit, exitCodes } from './exit.ts';
import type { RunOptions } from './run-options.ts';
import type { Terminal } from './terminal.ts';

/** Without what nobody asked for. */
export const judgeOf = ({ best, patience }: RunOptions): Pick<RunInfo, 'best' | 'patience'> => ({
  ...(best !== undefined && { best }),
  ...(patience !== undefined && { patience }),
});

/** `--best` names a metric of the spec; where it doesn't, a new directory goes again. */
export function requireJudge({ path, manifest, info }: RunDirectory, options: RunOptions): void {
  const { best = info.best, patience = info.patience, resume } = options;
  if (best === undefined && patience === undefined) return;
  const names = manifest.reports.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'metric' ? [item.name] : [])),
  );
  const list = names.length === 0 ? 'its reports have none' : `there are ${names.join(', ')}`;
  const near = best === undefined ? undefined : nearest(best.metric, names);
  const problem =
    best !== undefined && !names.includes(best.metric)
      ? `no metric is called ${best.metric}${near === undefined ? '' : `; did you mean ${near}?`} (${list})`
      : names.length === 0
        ? `--patience waits for a metric: ${list}`
        : null;
  if (problem === null) return;
  if (resume === undefined) removeRun(path);
  throw new Exit(exitCodes.usage, problem);
}

/** A run keeps what it was told of its best checkpoint; told otherwise when it goes on, it says so. */
export function withJudge(run: RunDirectory, options: RunOptions, terminal: Terminal): RunDirectory {
  const { best = run.info.best, patience = run.info.patience, quiet, json } = options;
  if (same(best, run.info.best) && patience === run.info.patience) return run;
  const told = `best checkpoint: ${judgement({ best, patience })} (before: ${judgement(run.info)})`;
  appendLog(run.path, told);
  if (!quiet && !json) terminal.err(`${told}\n`);
  return replaceInfo(run, { ...run.info, best, patience });
}

const same = (a: RunInfo['best'], b: RunInfo['best']): boolean =>
  a?.metric === b?.metric && a?.better === b?.better;

function judgement({ best, patience }: Pick<RunInfo, 'best' | 'patience'>): string {
  const way = best?.better === 'lower' ? 'lowest' : 'highest';
  const which = best === undefined ? "the spec's own metric" : `the ${way} ${best.metric}`;
  return `${which}${patience === undefined ? '' : `, patience ${patience}`}`;
}
