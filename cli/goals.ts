/** What a run's metrics came to beside their goals. In: a run directory; out: a sentence for each metric that has one. */
import type { Manifest } from '../program/manifest.ts';
import { goalText } from '../page/charts.ts';
import { linesOf } from '../page/write.ts';
import { metrics } from '../runtime/catalogue.ts';
import { sense } from '../runtime/reports/reports.ts';
import type { RunDirectory } from '../runtime/run/run-directory.ts';

export interface Against {
  readonly metric: string;
  readonly value: number;
  readonly goal: number;
  readonly from: string | null;
  /** null: a metric that is neither better higher nor lower. */
  readonly reached: boolean | null;
}

/** The newest value of each metric that the run has reported. */
export function heldAgainst({ path, manifest }: RunDirectory): Against[] {
  if (goalItems(manifest).length === 0) return [];
  const newest = linesOf(path)().metrics;
  return goalItems(manifest).flatMap(({ name, goal, sets, value: expression }) => {
    const value = newest.get(name)?.at(-1)?.[1];
    if (value === undefined) return [];
    const better = sense(metrics, sets, expression);
    const reached =
      better === 'neither' ? null : better === 'higher' ? value >= goal.value : value <= goal.value;
    return [{ metric: name, value, goal: goal.value, from: goal.from, reached }];
  });
}

function goalItems({ reports }: Manifest) {
  return reports
    .flatMap(({ items }) => items)
    .flatMap((item) =>
      item.kind === 'metric' && item.goal !== undefined ? [{ ...item, goal: item.goal }] : [],
    );
}

/** `error 0.0263: goal 0.05, Chen et al. 2016, reached` */
export function goalSentence({ metric, value, goal, from, reached }: Against): string {
  const verdict = reached === null ? '' : reached ? ', reached' : ', not reached';
  return `${metric} ${Number(value.toPrecision(4))}: ${goalText({ value: goal, from })}${verdict}`;
}
