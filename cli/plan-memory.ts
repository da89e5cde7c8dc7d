/**
 * What a run holds, counted before anything runs. In: a program's manifest, what its graphs cost, how often the run does
 * what; out: bytes by what they are for.
 */
import type { Costs, GraphUse } from '../compiler/costs/costs.ts';
import type { Manifest, ReportItem, ValueRef } from '../program/manifest.ts';
import { usualRows } from '../program/manifest.ts';
import { metrics, pictures } from '../runtime/catalogue.ts';
import { valuesMade } from '../runtime/reports/sounds/format.ts';
import { rowsAtOnce } from '../runtime/reports/values.ts';
import type { RunCounts } from '../runtime/run/counts.ts';

/** Bytes. */
export interface PlannedMemory {
  /** Node, ganc and the engine before any of the rest. */
  readonly process: number;
  readonly data: number;
  readonly weights: number;
  readonly optimizer: number;
  readonly averages: number;
  /** Each step writes the next state beside the one that it reads. */
  readonly nextState: number;
  /** What the run's steps compute, and hand over to their kernels. */
  readonly steps: number;
  /** What the graphs of the run's reports compute. */
  readonly reports: number;
  /** Values that a report keeps until its lines are made, and what metrics compute from them. */
  readonly values: number;
  /** The state once more, while it is written. */
  readonly checkpoint: number;
  /** Minibatches and answers that nobody reads any more, before V8 looks for them. */
  readonly uncollected: number;
  /** All of these at once. */
  readonly counted: number;
  /** What the process held at most while a run was tried; null where none was. */
  readonly tried: number | null;
  /** As tried, or else as counted. */
  readonly peak: number;
}

/** V8 looks for buffers that nobody reads any more once 64 MiB were made outside its heap since it last did. */
const uncollected = 2 ** 26;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** `base`: what the process takes before data and state are there; `tried`: at most, while a run was tried. */
export function plannedMemory(
  manifest: Manifest,
  costs: Costs,
  counts: RunCounts,
  base: number,
  tried: number | null,
): PlannedMemory {
  const [weights, optimizer, averages] = (['bytes', 'optimizer', 'averages'] as const).map((kind) =>
    sum(costs.networks.map((network) => network[kind])),
  );
  const state = weights + optimizer + averages;
  const held = (graphs: Iterable<string>): number =>
    sum([...new Set(graphs)].map((name) => (costs.graphs[name]?.bytes ?? 0) + handedBytes(manifest, name)));
  const items = counts.reports.flatMap((report) => report.items);
  const parts = {
    process: base,
    data: sum(Object.values(costs.data)),
    weights,
    optimizer,
    averages,
    nextState: state,
    steps: held(counts.phases.flatMap(({ graphs }) => [...graphs.keys()])),
    reports: held(items.flatMap((item) => readsOf(manifest, item).map(({ graph }) => graph))),
    values: most(counts.reports.map((report) => valueBytes(manifest, report.items))),
    checkpoint: state,
    uncollected,
  };
  const counted = sum(Object.values(parts));
  return { ...parts, counted, tried, peak: tried ?? counted };
}

const elementOf = ({ float }: Manifest): number => (float === 'float32' ? 4 : 8);

function handedBytes(manifest: Manifest, graph: string): number {
  const handed = manifest.graphs[graph]?.handed ?? [];
  return elementOf(manifest) * sum(handed.map(({ shape }) => shape.reduce((a, b) => a * b, 1)));
}

// ---------------------------------------------------------------- reports

/** How the reports of a run run their graphs. */
export function graphUses(manifest: Manifest, { reports }: RunCounts): Record<string, GraphUse> {
  const uses: Record<string, GraphUse> = {};
  for (const { items, times } of reports)
    for (const { graph, rows } of items.flatMap((item) => readsOf(manifest, item))) {
      const most = rowsAtOnce(manifest.graphs[graph]);
      const use = { rows: Math.min(most, rows), again: times > 1 || rows >= 2 * most };
      const known = uses[graph] ?? use;
      uses[graph] = { rows: Math.max(known.rows, use.rows), again: known.again || use.again };
    }
  return uses;
}

/** Rows of the stream that a value is of, where it is of one and they are known. */
function countOf({ streams }: Manifest, { rows }: ValueRef): number | undefined {
  return 'stream' in rows ? streams.find(({ name }) => name === rows.stream)?.description?.count : undefined;
}

/** A graph that a line runs over so many rows, and what it keeps of each. */
interface Read {
  readonly graph: string;
  readonly rows: number;
  /** Absent where rows are let go as they come. */
  readonly output?: string;
}

function readsOf(manifest: Manifest, item: ReportItem): Read[] {
  const counted = (ref: ValueRef): number =>
    'stream' in ref.rows ? (countOf(manifest, ref) ?? 0) : Infinity;
  if (item.kind === 'recalibrate') {
    const { batch } = manifest.streams.find(({ name }) => name === item.stream) ?? manifest.streams[0] ?? {};
    return [{ graph: item.graph, rows: batch ?? usualRows }];
  }
  if (item.kind === 'metric')
    return item.sets.flatMap(({ fn, values }) =>
      Object.entries(values).map(([param, ref]): Read => {
        const rows = 'stream' in ref.rows ? counted(ref) : item.rows;
        const reduced = Object.hasOwn(metrics[fn]?.reduce ?? {}, param);
        return { graph: ref.graph, rows, ...(!reduced && { output: ref.output }) };
      }),
    );
  const { fn, varied, options } = item;
  const fed = Object.keys(varied).length > 0 ? pictures[fn]?.feed?.(varied, options, item.rows) : undefined;
  return Object.values(valuesMade(item)).map((ref): Read => ({
    graph: ref.graph,
    rows: fed?.rows ?? Math.min(item.rows, counted(ref)),
    output: ref.output,
  }));
}

/** Lines between two `recalibrate` share values; those of one graph are there twice while its chunks are put together. */
function valueBytes(manifest: Manifest, items: readonly ReportItem[]): number {
  const groups: ReportItem[][] = [[]];
  for (const item of items) item.kind === 'recalibrate' ? groups.push([]) : groups.at(-1)!.push(item);
  return most(
    groups.map((lines) => {
      const kept = new Map<string, number>();
      const reads = lines.flatMap((item) => readsOf(manifest, item));
      const unique = new Map(reads.map((read) => [JSON.stringify(read), read]));
      for (const { graph, rows, output } of unique.values())
        if (output !== undefined) {
          const key = `${graph} ${rows}`;
          kept.set(key, (kept.get(key) ?? 0) + rows * rowBytes(manifest, graph, output));
        }
      return (
        sum([...kept.values()]) +
        most([...kept.values(), ...lines.map((item) => metricBytes(manifest, item))])
      );
    }),
  );
}

/** What its functions compute beside their values, one after another. */
function metricBytes(manifest: Manifest, item: ReportItem): number {
  if (item.kind !== 'metric') return 0;
  return most(
    item.sets.map(({ fn, values, options }) => {
      const sizes = Object.entries(values).map(([param, ref]) => {
        const width = rowBytes(manifest, ref.graph, ref.output) / elementOf(manifest);
        return [param, { rows: countOf(manifest, ref) ?? item.rows, width }] as const;
      });
      return metrics[fn]?.signature.cost?.(Object.fromEntries(sizes), options).bytes ?? 0;
    }),
  );
}

/** A length that differs from row to row counts as one. */
function rowBytes(manifest: Manifest, graph: string, output: string): number {
  const shape = manifest.graphs[graph]?.outputs.find(({ name }) => name === output)?.shape ?? [];
  const numbers = shape.slice(1).map((size) => (typeof size === 'number' ? size : 1));
  return elementOf(manifest) * numbers.reduce((a, b) => a * b, 1);
}
