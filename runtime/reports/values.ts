/**
 * Values for reports: runs of report graphs over a stream's rows in order, over samples, over what a picture feeds; and
 * statistics taken anew. In: references of the manifest, the state of the run; out: rows of numbers.
 */
import type { GraphEntry, Length, Manifest, ReportItem, ValueRef } from '../../program/manifest.ts';
import type { Floats, Tensor, Tensors } from '../engines/engine.ts';
import { feeder } from '../run/feeds.ts';
import type { DrawPlace, FeedSource } from '../run/feeds.ts';
import type { Metric, Values } from './metrics/metric.ts';
import type { Feeding, Picture } from './pictures/picture.ts';
import { cropped, lengthsKey, padded, rowLengths, together } from './lengths.ts';
import type { RowLengths } from './lengths.ts';
import type { Schedule } from '../run/schedule.ts';
import type { Streams } from '../data/streams.ts';
import type { Moment } from '../run/training.ts';

export interface ReportContext {
  readonly manifest: Manifest;
  readonly streams: Streams;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly pictures: Readonly<Record<string, Picture>>;
}

/** The iteration whose draws reports take. */
export const reportIteration = 0xffffffff;
/** Rows that a graph is given at once. */
const chunk = 256;

export type Item<K extends ReportItem['kind']> = Extract<ReportItem, { kind: K }>;

/** The run as the lines between two `recalibrate` see it; values that several lines ask for are computed once. */
export interface View {
  readonly context: ReportContext;
  readonly moment: Moment;
  readonly items: readonly ReportItem[];
  readonly replaced: ReadonlyMap<string, Tensor>;
  readonly feeder: ReturnType<typeof feeder>;
  readonly known: Map<string, Promise<Readonly<Record<string, Values>>>>;
}

export function newView(base: Pick<View, 'context' | 'moment' | 'items' | 'replaced'>): View {
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
    kind: 'picture', name: '', every: null, fn: '', values: { value: ref }, varied: {}, options: {}, rows,
  }; // prettier-ignore
  return firstRows(newView({ context, moment, items: [item], replaced: new Map() }), ref, rows);
}

// ---------------------------------------------------------------- values

/** All rows of a stream, or `count` samples. */
export function allRows(view: View, ref: ValueRef, count: number): Promise<Values> {
  return firstRows(view, ref, 'stream' in ref.rows ? Infinity : count);
}

/** The first rows, in chunks; a graph runs over the same rows once for a view, whichever lines ask. */
export async function firstRows(view: View, ref: ValueRef, most: number): Promise<Values> {
  const rows = rowCount(view.context, ref, most);
  const key = `${ref.graph} ${rows}`;
  const made = view.known.get(key) ?? inChunks(view, ref.graph, wanted(view, ref.graph, rows), rows);
  view.known.set(key, made);
  return (await made)[ref.output];
}

function rowCount({ streams }: ReportContext, ref: ValueRef, most: number): number {
  return 'stream' in ref.rows ? Math.min(most, streams.counts[ref.rows.stream]) : most;
}

/** The outputs of the graph that these lines read over so many rows. */
function wanted({ context, items }: View, graph: string, rows: number): string[] {
  const refs = items.flatMap(refsOf);
  const same = refs.filter(({ ref, most }) => ref.graph === graph && rowCount(context, ref, most) === rows);
  return [...new Set(same.map(({ ref }) => ref.output))];
}

function refsOf(item: ReportItem): { ref: ValueRef; most: number }[] {
  if (item.kind === 'recalibrate') return [];
  if (item.kind !== 'metric') return Object.values(item.values).map((ref) => ({ ref, most: item.rows }));
  const refs = item.sets.flatMap(({ values }) => Object.values(values));
  return refs.map((ref) => ({ ref, most: 'stream' in ref.rows ? Infinity : item.rows }));
}

async function inChunks(
  view: View,
  graph: string,
  outputs: readonly string[],
  rows: number,
): Promise<Readonly<Record<string, Values>>> {
  const parts: Tensors[] = [];
  for (let from = 0; from < rows;) {
    const { to, lengths } = alike(view, graph, from, Math.min(rows, from + chunk));
    const [start, end] = [from, to];
    const order = { name: `from ${start}`, rowOf: (row: number) => start + row };
    const field = (stream: string, name: string): Tensor =>
      view.context.streams.slice(stream, start, end, name);
    parts.push(await runReport(view, graph, outputs, { rows: to - from, order, field, lengths }));
    from = to;
  }
  return Object.fromEntries(outputs.map((name) => [name, together(parts.map((part) => part[name]))]));
}

/** From `from` on, the rows up to `most` that have the same lengths, and these. */
function alike(
  { context }: View,
  name: string,
  from: number,
  most: number,
): { readonly to: number; readonly lengths: RowLengths | null } {
  const graph = known(context.manifest.graphs, name, 'graph');
  const stream = graph.inputs.flatMap(({ from: origin }) => (origin.kind === 'field' ? [origin.stream] : [])).at(0); // prettier-ignore
  if (stream === undefined) return { to: most, lengths: null };
  const lengthsAt = (row: number): RowLengths | null => rowLengths(graph, context.streams.lengths(stream, row)); // prettier-ignore
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

const zeros = (shape: readonly number[]): Float64Array =>
  new Float64Array(shape.reduce((product, dim) => product * dim, 1));

const floats = (manifest: Manifest, data: Float64Array): Floats =>
  manifest.float === 'float64' ? data : Float32Array.from(data);

// ---------------------------------------------------------------- runs of report graphs

interface Rows {
  readonly rows: number;
  readonly scope?: number;
  readonly order?: DrawPlace['order'];
  field(stream: string, field: string): Tensor;
  given?(name: string): Tensor;
  /** Where the rows are of a length of their own, the same for all of them. */
  readonly lengths?: RowLengths | null;
}

async function runReport(view: View, name: string, fetches: readonly string[], rows: Rows): Promise<Tensors> {
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
  const found = await report(Object.fromEntries(whole.map((input) => [input.name, padded(fed[input.name], input.shape, lengths)]))); // prettier-ignore
  const own = graph.outputs.filter((output) => Object.hasOwn(found, output.name));
  return Object.fromEntries(own.map((output) => [output.name, cropped(found[output.name], output.shape, lengths)])); // prettier-ignore
}

export const hostValues = ({ time, applied }: Moment): FeedSource['host'] => ({
  time,
  applied: (update) => Math.max(1, applied[update] ?? 0),
});

/**
 * The replaced statistics and, over them, the means of the graph's state outputs over `length` minibatches. They are
 * those of the first passes, and the draws are fixed too, so that the same weights always give the same statistics.
 */
export async function recalibrated(view: View, item: Item<'recalibrate'>): Promise<Map<string, Tensor>> {
  const { context } = view;
  const graph = known(context.manifest.graphs, item.graph, 'graph');
  const outputs = graph.outputs.flatMap(({ name, to }) =>
    to.kind === 'state' ? [{ name, state: to.state }] : [],
  );
  const batches = batchesOf(context, item.length);
  const shapes = Object.fromEntries(context.manifest.state.map(({ name, shape }) => [name, shape]));
  const sums = new Map(outputs.map(({ name, state }) => [name, zeros(known(shapes, state, 'state'))]));
  for (let batch = 0; batch < batches; batch++) {
    const got = await runReport(
      view,
      item.graph,
      outputs.map(({ name }) => name),
      {
        rows: rowsOf(context.manifest, item.stream),
        scope: batch,
        field: (stream, field) => context.streams.batch(stream, batch, field),
      },
    );
    for (const [name, sum] of sums) got[name].data.forEach((x: number, i: number) => (sum[i] += x / batches));
  }
  const means = outputs.map(({ name, state }): [string, Tensor] => [
    state,
    { shape: shapes[state], data: floats(context.manifest, sums.get(name)!) },
  ]);
  return new Map([...view.replaced, ...means]);
}

function batchesOf({ schedule }: ReportContext, length: Length): number {
  return length.unit === 'steps' ? length.count : length.count * schedule.epoch[length.of];
}

/** Rows of a minibatch: the stream's, else those of the first one. */
function rowsOf({ streams }: Manifest, name: string | null): number {
  return (streams.find((stream) => stream.name === name) ?? streams.at(0))?.batch ?? chunk;
}

/** The entry called `name`; the manifest may come from another version. */
export function known<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  throw new Error(`this version of ganc has no ${what} called ${name}`);
}
