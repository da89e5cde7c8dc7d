/**
 * Which charts a run has, and their HTML: a place for the drawing, a sentence for those who don't see it, the numbers as a
 * table. In: facts of the run; out: sections, and the data that charts.js draws.
 */
import { html } from '../compiler/targets/text/escape.ts';
import type { Goal, RunFacts } from './run-facts.ts';
import { thinned } from './thinned.ts';

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** The edges of a band around the values. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

export interface Chart {
  readonly title: string;
  readonly iterations: readonly number[];
  readonly series: readonly Series[];
  /** Few values, each of which counts: drawn as points, and never smoothed. */
  readonly sparse: boolean;
  /** Curves of different iterations lie over each other: what one lacks is no gap in it. */
  readonly joined?: true;
  /** A line across, and what is written at it; null: none. */
  readonly goal: { readonly value: number; readonly text: string } | null;
}

/** A chart an update, and one for losses that are logged and belong to none (another version's). */
export function lossCharts({ lines, updates }: RunFacts): Chart[] {
  const { iterations, series } = lines.curves;
  const drawn = new Set<string>();
  const charts = new Map<string, Chart>();
  for (const { name, networks, text, losses } of updates) {
    const logged = losses.map((loss) => `loss:${loss}`).filter((key) => series.has(key));
    const objective = `objective:${name}`;
    for (const key of [...logged, objective]) drawn.add(key);
    const same = logged.some((key) => equal(series.get(key), series.get(objective)));
    const keys = same || !series.has(objective) ? logged : [...logged, objective];
    const title = `update ${networks.join(', ')} to ${text}`;
    if (keys.length > 0)
      charts.set(`${title}\n${keys.join('\n')}`, {
        title,
        iterations,
        series: keys.map((key) => ({ name: nameOf(key), values: rounded(series.get(key) ?? []) })),
        sparse: false,
        goal: null,
      });
  }
  const others = [...series.keys()].filter((key) => key.startsWith('loss:') && !drawn.has(key));
  const rest = others.map((key) => ({ name: nameOf(key), values: rounded(series.get(key) ?? []) }));
  return [
    ...charts.values(),
    ...(rest.length > 0
      ? [{ title: 'other losses', iterations, series: rest, sparse: false, goal: null }]
      : []),
  ];
}

export function metricCharts({ lines, goals }: RunFacts): Chart[] {
  return [...lines.metrics].map(([name, values]) => {
    const shown = thinned(values, 1000);
    return {
      title: name,
      iterations: shown.map(([iteration]) => iteration),
      series: [{ name, values: rounded(shown.map(([, value]) => value)) }],
      sparse: true,
      goal: goalLine(goals.get(name)),
    };
  });
}

export const goalLine = (goal: Goal | undefined): Chart['goal'] =>
  goal === undefined ? null : { value: goal.value, text: goalText(goal) };

/** `goal 0.05, Chen et al. 2016` */
export const goalText = ({ value, from }: Goal): string =>
  `goal ${shortNumber(value)}${from === null ? '' : `, ${from}`}`;

/** Whether what an update minimises is this loss of its, which is drawn once then. */
const equal = (a: Series['values'] = [], b: Series['values'] = []): boolean =>
  a.every(
    (value, i) =>
      value === (b[i] ?? null) || Math.abs((value ?? NaN) - (b[i] ?? NaN)) < 1e-6 * Math.abs(value ?? 0),
  );

export const nameOf = (key: string): string =>
  key.startsWith('objective:') ? 'objective' : key.slice('loss:'.length);

export const rounded = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => (value === null ? null : Number(value.toPrecision(5))));

/** For people: `0.0123`, `12,300`. */
export const shortNumber = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential(2)
    : value.toLocaleString('en', { maximumSignificantDigits: 4 });

// ---------------------------------------------------------------- HTML

/** `index`: where charts.js finds the chart's data. */
export function chartHtml(chart: Chart, index: number): string {
  return `<figure class="chart"><figcaption>${html(chart.title)}</figcaption>
<div class="plot" data-chart="${index}" tabindex="0" role="img" aria-label="${html(inWords(chart))}"></div>
${table(chart)}</figure>`;
}

function inWords({ series, iterations, goal }: Chart): string {
  const parts = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name} has no values`;
    if (known.length === 1) return `${name} is ${shortNumber(known[0])}`;
    const [first, last] = [known[0], known[known.length - 1]].map(shortNumber);
    return `${name} from ${first} to ${last}, lowest ${shortNumber(low(known))}, highest ${shortNumber(high(known))}`;
  });
  return `Curves over iterations ${iterations[0] ?? 0} to ${iterations.at(-1) ?? 0}: ${parts.join('; ')}.${goal === null ? '' : ` A line marks the ${goal.text}.`} The arrow keys move the cursor.`;
}

/** Not Math.min(...): a list may be longer than a call takes arguments. */
export const low = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
export const high = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

const mostRows = 50;

/** Of a band, its edges beside the values. */
const columnsOf = (series: readonly Series[]): Series[] =>
  series.flatMap(({ name, values, low: lowest, high: highest }) => [
    { name, values },
    ...(lowest === undefined ? [] : [{ name: `${name}, lowest`, values: lowest }]),
    ...(highest === undefined ? [] : [{ name: `${name}, highest`, values: highest }]),
  ]);

function table({ title, series: drawn, iterations }: Chart): string {
  const series = columnsOf(drawn);
  const rows = thinned([...iterations.keys()], mostRows);
  const fewer = rows.length < iterations.length ? ` (${rows.length} of ${iterations.length} points)` : '';
  const head = ['iteration', ...series.map(({ name }) => name)]
    .map((name) => `<th scope="col">${html(name)}</th>`)
    .join('');
  const body = rows.map((row) => {
    const cells = series.map(({ values }) => {
      const value = values[row] ?? null;
      return `<td>${value === null ? '' : html(shortNumber(value))}</td>`;
    });
    return `<tr><th scope="row">${iterations[row].toLocaleString('en')}</th>${cells.join('')}</tr>`;
  });
  return `<details><summary>as a table${fewer}</summary><div class="scroll" tabindex="0" role="region" aria-label="${html(`table of ${title}`)}"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div></details>`;
}
