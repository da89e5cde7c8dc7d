/**
 * What several seeds came to. In: each metric's newest value by seed, of one combination of params or of several; out: its mean,
 * deviation, median and range, as text or LaTeX.
 */
import { columns } from './columns.ts';

export interface MetricRow {
  readonly metric: string;
  /** How many seeds have it. */
  readonly count: number;
  readonly mean: number;
  /** Of the sample (n - 1); null for one seed. */
  readonly deviation: number | null;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** With the values of the params that tell combinations apart. */
export interface LabelledRow extends MetricRow {
  readonly labels?: readonly string[];
}

/** A row a metric, in the order of their first appearance. */
export function metricRows(seeds: readonly ReadonlyMap<string, number>[]): MetricRow[] {
  const names = [...new Set(seeds.flatMap((values) => [...values.keys()]))];
  return names.map((metric) => {
    const values = seeds.flatMap((one) => one.get(metric) ?? []).sort((a, b) => a - b);
    const count = values.length;
    const mean = values.reduce((a, b) => a + b, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      metric,
      count,
      mean,
      deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
      median: (values[Math.floor((count - 1) / 2)] + values[Math.ceil((count - 1) / 2)]) / 2,
      lowest: values[0],
      highest: values[count - 1],
    };
  });
}

/** `names`: of the params. */
const headsOf = (names: readonly string[]): string[] => [
  ...['metric', ...names],
  ...['seeds', 'mean', 'deviation', 'median', 'lowest', 'highest'],
];

function cells({ metric, labels = [], count, ...numbers }: LabelledRow): string[] {
  const { mean, deviation, median, lowest, highest } = numbers;
  return [metric, ...labels, String(count), ...[mean, deviation, median, lowest, highest].map(short)];
}

const short = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(4))));

export const textTable = (rows: readonly LabelledRow[], names: readonly string[] = []): string =>
  columns(headsOf(names), rows.map(cells));

/** A tabular for a paper; it needs no package. */
export function latexTable(rows: readonly LabelledRow[], names: readonly string[] = []): string {
  const heads = headsOf(names);
  const line = (texts: readonly string[]): string => `${texts.map(latexText).join(' & ')} \\\\`;
  return [
    `\\begin{tabular}{l${'r'.repeat(heads.length - 1)}}`,
    ...['\\hline', line(heads), '\\hline'],
    ...rows.map((row) => line(cells(row))),
    ...['\\hline', '\\end{tabular}', ''],
  ].join('\n');
}

const latexSigns: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '–': '--',
};

const latexText = (text: string): string =>
  text.replace(/[\\~^–&%$#_{}]/g, (sign) => latexSigns[sign] ?? `\\${sign}`);
