/**
 * Reports of a run while it trains: which lines are due, their results into metrics.jsonl, pictures/, sounds/ and the
 * log. In: a run between two iterations; out: files, events, the best value so far.
 */
import { join } from 'node:path';
import type { ReportItem } from '../../program/manifest.ts';
import { writeFileAtomic } from '../atomic.ts';
import { makeFolder } from '../disk.ts';
import type { Best } from './checkpoint.ts';
import { tell } from './health.ts';
import { pulseIn, say } from './run.ts';
import type { Run } from './run.ts';
import { inside } from './run-directory.ts';
import { dueOf, iterationAt, reportDue } from './schedule.ts';
import type { Position } from './schedule.ts';
import type { Moment, ReportResult } from '../reports/result.ts';

/** The lines that are due now; at the end all of them are. */
export function dueItems(run: Run, before: Position, ended: boolean): ReportItem[] {
  const { manifest, schedule } = run.trainer;
  return manifest.reports.flatMap((report) =>
    report.items.filter((item) => ended || reportDue(dueOf(item, report), schedule, before, run.position)),
  );
}

/** What reports need of a run, whoever trains it. */
export interface Reported extends Pick<
  Run,
  'path' | 'reporter' | 'around' | 'position' | 'applied' | 'best'
> {
  readonly trainer: Pick<Run['trainer'], 'manifest' | 'schedule'>;
  readonly state: Moment['state'];
  readonly metrics: Pick<Run['metrics'], 'append'>;
  readonly plan?: Pick<Run['plan'], 'judge' | 'health'>;
}

/** Throws Interrupted where the run is asked to stop meanwhile: nothing of the report is kept then. */
export async function report(run: Reported, items: readonly ReportItem[]): Promise<void> {
  const { around, applied, state } = run;
  const { iteration } = run.position;
  const { time } = iterationAt(run.trainer.schedule, run.position);
  const pulse = pulseIn(around, (name, share) => ({ kind: 'report', iteration, name, share }));
  const moment: Moment = { state, time, applied, pulse };
  for (const result of await run.reporter(items, moment)) keep(run, result);
}

function keep(run: Reported, result: ReportResult): void {
  const { iteration } = run.position;
  if (result.kind === 'metric') {
    const { name, value } = result;
    run.metrics.append({ iteration, metric: name, value });
    say(run, `iteration ${iteration}: ${name} ${round(value)}`);
    run.around.emit({ kind: 'metric', iteration, name, value });
    run.best = better(run, result);
  } else if (result.kind === 'problem') {
    run.metrics.append({ iteration, missing: result.name, reason: result.reason });
    say(run, `iteration ${iteration}: no ${result.name}: ${result.reason}`);
  } else {
    write(run, result);
    if (result.drawn) tell(run, run.plan?.health?.samples(iteration, result.name, result.drawn) ?? null);
  }
}

function write(
  run: Reported,
  { name, extension, part, bytes, picture, points }: Extract<ReportResult, { kind: 'file' }>,
): void {
  const { iteration } = run.position;
  const [medium, folder] =
    extension === 'wav' ? (['sound', 'sounds'] as const) : (['picture', 'pictures'] as const);
  const number = String(iteration).padStart(8, '0');
  const stem = `${name}-${number}${part === undefined ? '' : `-${part}`}`;
  const file = `${stem}.${extension}`;
  const place = inside(run.path)[folder];
  makeFolder(place);
  const path = join(place, file);
  if (picture !== undefined) writeFileAtomic(join(place, `${stem}.png`), picture);
  if (points !== undefined) {
    const { embeddings } = inside(run.path);
    makeFolder(embeddings);
    writeFileAtomic(join(embeddings, `${name}.json`), JSON.stringify({ iteration, ...points }));
  }
  writeFileAtomic(path, bytes);
  run.metrics.append({ iteration, [medium]: name, file: `${folder}/${file}` });
  run.around.emit({ kind: 'file', iteration, name, path });
}

const round = (value: number): string => String(Number(value.toPrecision(6)));

function better(
  run: Reported,
  { name, value, better: sense }: Extract<ReportResult, { kind: 'metric' }>,
): Best | null {
  const lines = run.trainer.manifest.reports.flatMap(({ items }) => items);
  // Rows that were trained on tell what is remembered: such a metric is no judge.
  const first = lines.find((line) => line.kind === 'metric' && line.onTraining !== true);
  const judge = run.plan?.judge ?? (first?.kind === 'metric' ? { metric: first.name, better: sense } : null);
  if (judge?.metric !== name || judge.better === 'neither' || !Number.isFinite(value)) return run.best;
  const known = run.best?.metric === name ? run.best.value : null;
  const improves = known === null || (judge.better === 'higher' ? value > known : value < known);
  return improves ? { metric: name, value, iteration: run.position.iteration } : run.best;
}
