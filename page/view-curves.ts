/**
 * Curves of several runs over each other. In: groups of runs; out: a chart for each loss and metric, a curve a group: the runs'
 * mean and the band from the lowest to the highest, where a group has several.
 */
import { goalLine, nameOf, rounded } from './charts.ts';
import type { Chart, Series } from './charts.ts';
import { thinned } from './thinned.ts';
import type { ViewedRun } from './view-runs.ts';

export interface Group {
  readonly name: string;
  readonly runs: readonly ViewedRun[];
}

const mostPoints = 1000;

export const comparedCharts = (groups: readonly Group[]): Chart[] => [
  ...lossCharts(groups),
  ...metricCharts(groups),
];

/** A loss, or an objective of an update that has no loss of a name. */
function lossCharts(groups: readonly Group[]): Chart[] {
  const runs = groups.flatMap((group) => group.runs);
  const keys = [...new Set(runs.flatMap(({ facts }) => [...facts.lines.curves.series.keys()]))];
  const named = keys.some((key) => key.startsWith('loss:'));
  const wanted = named ? keys.filter((key) => key.startsWith('loss:')) : keys;
  const grid = gridOf(runs.map(({ facts }) => facts.lines.curves.iterations));
  return wanted.map((key) => ({
    title: named ? nameOf(key) : `objective of ${key.slice('objective:'.length)}`,
    iterations: grid,
    series: groups.map((group) =>
      curve(
        group,
        group.runs.map(({ facts: { lines } }) =>
          between(grid, lines.curves.iterations, lines.curves.series.get(key) ?? []),
        ),
      ),
    ),
    sparse: false,
    joined: true,
    goal: null,
  }));
}

function metricCharts(groups: readonly Group[]): Chart[] {
  const runs = groups.flatMap((group) => group.runs);
  const names = [...new Set(runs.flatMap(({ facts }) => [...facts.lines.metrics.keys()]))];
  return names.map((name) => {
    const valuesOf = ({ facts }: ViewedRun): readonly (readonly [number, number])[] =>
      facts.lines.metrics.get(name) ?? [];
    const grid = gridOf(runs.map((run) => valuesOf(run).map(([iteration]) => iteration)));
    const series = groups.map((group) =>
      curve(
        group,
        group.runs.map((run) => {
          const known = new Map(valuesOf(run));
          return grid.map((iteration) => known.get(iteration) ?? null);
        }),
      ),
    );
    const goal = runs.flatMap(({ facts }) => facts.goals.get(name) ?? [])[0];
    return { title: name, iterations: grid, series, sparse: true, goal: goalLine(goal) };
  });
}

/** Every iteration of any run; of many, some. */
const gridOf = (all: readonly (readonly number[])[]): number[] =>
  thinned(
    [...new Set(all.flat())].sort((a, b) => a - b),
    mostPoints,
  );

/** A run's values at iterations that may not be its own: on a straight line between its neighbours, none outside. */
function between(
  grid: readonly number[],
  iterations: readonly number[],
  values: readonly (number | null)[],
): (number | null)[] {
  const points = iterations.flatMap((iteration, i) => {
    const value = values[i] ?? null;
    return value === null ? [] : [[iteration, value] as const];
  });
  let at = 0;
  return grid.map((iteration) => {
    while (at < points.length && points[at][0] < iteration) at++;
    if (at === points.length) return null;
    const [right, y] = points[at];
    if (right === iteration) return y;
    if (at === 0) return null;
    const [left, x] = points[at - 1];
    return x + ((y - x) * (iteration - left)) / (right - left);
  });
}

/** The mean of those that have a value, from the lowest to the highest. */
function curve({ name, runs }: Group, all: readonly (readonly (number | null)[])[]): Series {
  if (runs.length === 1) return { name, values: rounded(all[0]) };
  const known = all[0].map((_, i) => all.flatMap((values) => values[i] ?? []));
  const over = (reduce: (values: readonly number[]) => number): (number | null)[] =>
    rounded(known.map((values) => (values.length === 0 ? null : reduce(values))));
  return {
    name,
    values: over((values) => values.reduce((a, b) => a + b, 0) / values.length),
    low: over((values) => Math.min(...values)),
    high: over((values) => Math.max(...values)),
  };
}
