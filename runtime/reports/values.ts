/**
 * Values for reports: runs of report graphs over a stream's rows in order, over samples, over what a picture feeds; and
 * statistics taken anew. In: references of the manifest, the state of the run; out: rows of numbers.
 */
import type { GraphEntry, Manifest, ReportItem, ValueRef } from '../../program/manifest.ts';
import { usualRows } from '../../program/manifest.ts';
import type { Floats, Tensor, Tensors } from '../engines/engine.ts';
import type { Product } from '../engines/product.ts';
import { feeder } from '../run/feeds.ts';
import type { DrawPlace, FeedSource } from '../run/feeds.ts';
import { orderAt } from './draw-plan.ts';
import type { DrawPlan } from './draw-plan.ts';
import type { Metric, Reducer, Values } from './metrics/metric.ts';
import type { Feeding, Picture } from './pictures/picture.ts';
import { cropped, lengthsKey, padded, rowLengths, together } from './lengths.ts';
import type { RowLengths } from './lengths.ts';
import type { Schedule } from '../run/schedule.ts';
import type { Streams } from '../data/streams.ts';
import type { Moment } from './result.ts';
import { still } from './pulse.ts';
import type { Pulse } from './pulse.ts';
import { valuesMade } from './sounds/format.ts';

export interface ReportContext {
  readonly manifest: Manifest;
  readonly streams: Streams;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly pictures: Readonly<Record<string, Picture>>;
  /** What metrics multiply rows by; default: loops. */
  readonly product?: Product;
  /** Which draws the rows have; default: each its own. */
  readonly plan?: DrawPlan;
}

/** The iteration whose draws reports take. */
const reportIteration = 0xffffffff;
/** Rows that the graph is given at once. */
export const rowsAtOnce = ({ rows = usualRows }: GraphEntry): number => rows;

export type Item<K extends ReportItem['kind']> = Extract<ReportItem, { kind: K }>;

/** The run as the lines between two `recalibrate` see it; values that several lines ask for are computed once. */
export interface View {
  readonly context: ReportContext;
  readonly moment: Moment;
  readonly items: readonly ReportItem[];
  readonly replaced: ReadonlyMap<string, Tensor>;
  readonly feeder: ReturnType<typeof feeder>;
  readonly known: Map<string, Promise<ReadonlyMap<string, Values>>>;
  /** Of the line that is made. */
  readonly pulse: Pulse;
}

export function newView(base: Pick<View, 'context' | 'moment' | 'items' | 'replaced' | 'pulse'>): View {
  const { manifest, seed } = base.context;
  return { ...base, feeder: feeder(manifest, seed), known: new Map() };
}

/** The rows of one value: the first `rows` of its stream, or so many samples. */
export function sampleValue(
  context: ReportContext,
  moment: Moment,
  ref: ValueRef,
  rows: number,
): Promise<Values> {
  const item: ReportItem = {
    kind: 'picture',
    name: '',
    every: null,
    fn: '',
    values: { value: ref },
    varied: {},
    options: {},
    rows,
  };
  return firstRows(newView({ context, moment, items: [item], replaced: new Map(), pulse: still }), ref, rows);
}

// ---------------------------------------------------------------- values

/** A metric's argument that is reduced while its rows come (Metric.reduce), never held whole. */
export interface Reduced {
  readonly fn: string;
  readonly param: string;
}

/** All rows of a stream, or `count` samples; or what is kept of them. */
export function allRows(
  view: View,
  ref: ValueRef,
  count: number,
  reduced: Reduced | null = null,
): Promise<Values> {
  return firstRows(view, ref, 'stream' in ref.rows ? Infinity : count, reduced);
}

/** The first rows, in chunks; a graph runs over the same rows once for a view, whichever lines ask. */
export async function firstRows(
  view: View,
  ref: ValueRef,
  most: number,
  reduced: Reduced | null = null,
): Promise<Values> {
  const rows = rowCount(view.context, ref, most);
  const key = `${ref.graph} ${rows}`;
  const made = view.known.get(key) ?? inChunks(view, ref.graph, wanted(view, ref.graph, rows), rows);
  view.known.set(key, made);
  return (await made).get(keyOf({ output: ref.output, reduced }))!;
}

function rowCount({ streams }: ReportContext, ref: ValueRef, most: number): number {
  return 'stream' in ref.rows ? Math.min(most, streams.counts[ref.rows.stream]) : most;
}

/** An output of a graph that lines read: whole, or reduced for a metric's argument. */
interface Wanted {
  readonly output: string;
  readonly reduced: Reduced | null;
}

const keyOf = ({ output, reduced }: Wanted): string => JSON.stringify([output, reduced?.fn, reduced?.param]);

/** What these lines read of the graph over so many rows. */
function wanted({ context, items }: View, graph: string, rows: number): Wanted[] {
  const refs = items.flatMap((item) => refsOf(context, item));
  const same = refs.filter(({ ref, most }) => ref.graph === graph && rowCount(context, ref, most) === rows);
  const all = same.map(({ ref, reduced }): Wanted => ({ output: ref.output, reduced }));
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

interface Read {
  readonly ref: ValueRef;
  readonly most: number;
  readonly reduced: Reduced | null;
}

function refsOf({ metrics }: ReportContext, item: ReportItem): Read[] {
  if (item.kind === 'recalibrate') return [];
  if (item.kind !== 'metric')
    return Object.values(valuesMade(item)).map((ref) => ({ ref, most: item.rows, reduced: null }));
  return item.sets.flatMap(({ fn, values }) =>
    Object.entries(values).map(([param, ref]): Read => {
      const reduced = Object.hasOwn(metrics[fn]?.reduce ?? {}, param) ? { fn, param } : null;
      return { ref, most: 'stream' in ref.rows ? Infinity : item.rows, reduced };
    }),
  );
}

async function inChunks(
  view: View,
  graph: string,
  wanted: readonly Wanted[],
  rows: number,
): Promise<ReadonlyMap<string, Values>> {
  const collectors = wanted.map((one) => ({ ...one, ...collectorOf(view, one) }));
  const outputs = [...new Set(wanted.map(({ output }) => output))];
  const most = rowsAtOnce(known(view.context.manifest.graphs, graph, 'graph'));
  for (let from = 0; from < rows;) {
    view.pulse(from / rows);
    const { to, lengths } = alike(view, graph, from, Math.min(rows, from + most));
    const [start, end] = [from, to];
    const { order, field } = rowsAt(view.context, start, end);
    const made = await runReport(view, graph, outputs, { rows: to - from, order, field, lengths });
    for (const { output, add } of collectors) add(made[output]);
    from = to;
  }
  return new Map(collectors.map((one) => [keyOf(one), one.values()]));
}

/** What rows `start` to `end` are made of: their draws and their data. */
export function rowsAt(
  { streams, plan }: ReportContext,
  start: number,
  end: number,
): Required<Pick<Rows, 'order' | 'field'>> {
  const order = orderAt(plan, start);
  const rows = Uint32Array.from({ length: end - start }, (_, row) => order.rowOf(row));
  return {
    order,
    field: (stream, name) =>
      plan === undefined ? streams.slice(stream, start, end, name) : pick(streams, stream, name, rows),
  };
}

function collectorOf({ context }: View, { reduced }: Wanted): Reducer {
  const reduce = reduced === null ? undefined : context.metrics[reduced.fn]?.reduce?.[reduced.param];
  if (reduce !== undefined) return reduce();
  const parts: Tensor[] = [];
  return { add: (rows) => void parts.push(rows as Tensor), values: () => together(parts) };
}

/** From `from` on, the rows up to `most` that have the same lengths, and these. */
function alike(
  { context }: View,
  name: string,
  from: number,
  most: number,
): { readonly to: number; readonly lengths: RowLengths | null } {
  const graph = known(context.manifest.graphs, name, 'graph');
  const stream = graph.inputs
    .flatMap(({ from: origin }) => (origin.kind === 'field' ? [origin.stream] : []))
    .at(0);
  if (stream === undefined) return { to: most, lengths: null };
  const lengthsAt = (row: number): RowLengths | null =>
    rowLengths(graph, context.streams.lengths(stream, row));
  const lengths = lengthsAt(from);
  let to = from + 1;
  while (to < most && (lengths === null || lengthsKey(lengthsAt(to)) === lengthsKey(lengths))) to++;
  return { to, lengths };
}

/** One run with the rows and values that a picture feeds. */
export async function fedRows(view: View, { graph, output }: ValueRef, feeding: Feeding): Promise<Values> {
  const { rows, given, drawRows } = feeding;
  const outputs = await runReport(view, graph, [output], {
    rows,
    order: { name: `fed ${drawRows.join()}`, rowOf: (row) => drawRows[row] },
    field: (stream, field) => pick(view.context.streams, stream, field, drawRows),
    given: (name) => ({
      shape: [rows],
      data: floats(view.context.manifest, known(given, name, 'given value')),
    }),
  });
  return outputs[output];
}

function pick(streams: Streams, stream: string, field: string, rows: Uint32Array): Tensor {
  const parts = Array.from(rows, (row) => streams.slice(stream, row, row + 1, field));
  const { lengths, ...picked } = together(parts);
  if (lengths === undefined) return picked;
  throw new Error(`a picture that varies samples can't take rows of different lengths (${stream}.${field})`);
}

export const floats = (manifest: Manifest, data: Float64Array): Floats =>
  manifest.float === 'float64' ? data : Float32Array.from(data);

// ---------------------------------------------------------------- runs of report graphs

export interface Rows {
  readonly rows: number;
  readonly scope?: number;
  readonly order?: DrawPlace['order'];
  field(stream: string, field: string): Tensor;
  given?(name: string): Tensor;
  /** Where the rows are of a length of their own, the same for all of them. */
  readonly lengths?: RowLengths | null;
}

export async function runReport(
  view: View,
  name: string,
  fetches: readonly string[],
  rows: Rows,
): Promise<Tensors> {
  const { context, moment, replaced } = view;
  const source: FeedSource = {
    field: rows.field,
    drawn: { iteration: reportIteration, scope: rows.scope ?? 0, order: rows.order },
    host: hostValues(moment),
    given: rows.given,
    sizes: { N: rows.rows, ...rows.lengths?.sizes },
  };
  const graph: GraphEntry = known(context.manifest.graphs, name, 'graph');
  const fed = view.feeder.feeds(graph, source);
  const { lengths } = rows;
  const report = (feeds: Tensors): Promise<Tensors> =>
    moment.state.report(name, feeds, fetches, Object.fromEntries(replaced));
  if (!lengths) return report(fed);
  const whole = graph.inputs.filter((input) => Object.hasOwn(fed, input.name));
  const found = await report(
    Object.fromEntries(whole.map((input) => [input.name, padded(fed[input.name], input.shape, lengths)])),
  );
  const own = graph.outputs.filter((output) => Object.hasOwn(found, output.name));
  return Object.fromEntries(
    own.map((output) => [output.name, cropped(found[output.name], output.shape, lengths)]),
  );
}

export const hostValues = ({ time, applied }: Moment): FeedSource['host'] => ({
  time,
  applied: (update) => Math.max(1, applied[update] ?? 0),
});

/** The entry called `name`; the manifest may come from another version. */
export function known<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  throw new Error(`this version of ganc has no ${what} called ${name}`);
}
