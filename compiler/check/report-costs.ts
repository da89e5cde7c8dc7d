/**
 * Whether each metric of the reports can end in reasonable time: what it takes is known from sizes before anything runs,
 * and a run that computes one number for hours looks like one that hangs. In: a plan's manifest, the catalogue, the
 * machine's memory; out: a diagnostic for each metric that takes too long or too much.
 */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Catalogue, Size } from '../../program/catalogue.ts';
import type { Manifest, ReportItem, SetCall } from '../../program/manifest.ts';
import { printBytes } from '../bytes.ts';
import { kinds } from '../errors.ts';
import type { Model } from '../model.ts';

/** Multiplications a second that one thread does at least. */
const perSecond = 1e9;
/** Seconds for one metric that nobody can mean. */
const mostSeconds = 1800;

type MetricItem = Extract<ReportItem, { kind: 'metric' }>;

/** `memory` in bytes. */
export function checkReportCosts(
  model: Model,
  manifest: Manifest,
  { metrics }: Catalogue,
  memory: number,
): Diagnostic[] {
  const items = manifest.reports.flatMap((report) => report.items);
  return items.flatMap((item) =>
    item.kind === 'metric' ? item.sets.flatMap((call) => costOf(item, call)) : [],
  );

  function costOf(item: MetricItem, call: SetCall): Diagnostic[] {
    const sizes = sizesOf(manifest, item, call);
    const cost = sizes && metrics[call.fn]?.cost?.(sizes, call.options);
    if (!sizes || !cost) return [];
    const seconds = cost.operations / perSecond;
    if (seconds <= mostSeconds && cost.bytes <= memory) return [];
    const takes = seconds > mostSeconds ? `about ${inWords(seconds)}` : printBytes(cost.bytes);
    const rows = Object.entries(sizes).map(
      ([name, size]) =>
        `${name}: ${size.rows.toLocaleString('en')} rows of ${size.width.toLocaleString('en')} numbers`,
    );
    return [
      diagnostic(kinds.costlyReport, spanOf(model, item.name), {
        what: `the metric \`${item.name}\` takes ${takes} each time it is reported`,
        why: `\`${call.fn}\` gets ${rows.join(', ')}.`,
        hint: 'Compare features of some hundreds of numbers (a layer of a network) instead of whole rows, or a thousand rows (`take: 1000` of the source, `rows: 1000` for samples).',
      }),
    ];
  }
}

/** Rows and widths of a call's arguments; undefined where one is not known before the run. */
function sizesOf(manifest: Manifest, item: MetricItem, call: SetCall): Record<string, Size> | undefined {
  const sizes: Record<string, Size> = {};
  for (const [name, { graph, output, rows: origin }] of Object.entries(call.values)) {
    const shape = manifest.graphs[graph]?.outputs.find((one) => one.name === output)?.shape ?? [];
    const stream =
      'stream' in origin ? manifest.streams.find((one) => one.name === origin.stream) : undefined;
    const rows = 'stream' in origin ? stream?.description?.count : item.rows;
    const width = shape
      .slice(1)
      .reduce<number>((product, size) => product * (typeof size === 'number' ? size : NaN), 1);
    if (rows === undefined || Number.isNaN(width)) return undefined;
    sizes[name] = { rows, width };
  }
  return sizes;
}

function spanOf({ reports, span }: Model, name: string): Diagnostic['span'] {
  const lines = reports.flatMap((report) => report.lines).map(({ declaration }) => declaration);
  const line = lines.find((one) => 'name' in one && one.name.name === name);
  return line?.span ?? span;
}

function inWords(seconds: number): string {
  const hours = seconds / 3600;
  return hours < 1
    ? `${Math.round(seconds / 60)} minutes`
    : hours < 48
      ? `${Math.round(hours)} hours`
      : `${Math.round(hours / 24)} days`;
}
