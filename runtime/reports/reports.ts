/**
 * Reports: metrics over whole streams, pictures, recalibrated statistics. In: the report lines that are due and the
 * state of the run; out: numbers and files. Nothing of the run changes: draws are those of an iteration that no run
 * comes to, the same at every report, and statistics that a line replaces are forgotten with the report.
 */
import { evaluateHost } from '../../program/host.ts';
import type { HostExpr } from '../../program/host.ts';
import type { Manifest, ReportItem, SetCall } from '../../program/manifest.ts';
import type { Tensor } from '../engines/engine.ts';
import type { Values } from './metrics/metric.ts';
import { sounds } from '../catalogue.ts';
import { sameLengths } from './metrics/metric.ts';
import { allRows, fedRows, firstRows, hostValues, known, newView } from './values.ts';
import { recalibrated } from './recalibrate.ts';
import type { Item, ReportContext, View } from './values.ts';
import { formatAmong, soundFormat, valuesMade } from './sounds/format.ts';
import type { Moment, Reporter, ReportResult } from './result.ts';
import { GivenUp, Interrupted, still } from './pulse.ts';
import type { Pulse } from './pulse.ts';

export function reporter(context: ReportContext): Reporter {
  return async (items, moment) => {
    const results: ReportResult[] = [];
    let view = newView({ context, moment, items, replaced: new Map(), pulse: still });
    for (const item of items) {
      const pulse = pulseOf(moment, item);
      if (item.kind === 'recalibrate')
        view = newView({ ...view, replaced: await recalibrated({ ...view, pulse }, item) });
      else results.push(...(await shown({ ...view, pulse }, item)));
    }
    return results;
  };
}

/** `stage`: which part of the line's work; default: all that is left of it. */
const pulseOf = (moment: Moment, item: ReportItem, stage?: string): Pulse => {
  const name = item.kind === 'recalibrate' ? `recalibrate ${item.network}` : item.name;
  const what = stage === undefined ? name : `${name}: ${stage}`;
  return (share) => moment.pulse?.(what, share);
};

/** The view while rows of one value of the line are made. */
const takingRows = (view: View, item: ReportItem, value: string): View => ({
  ...view,
  pulse: pulseOf(view.moment, item, `rows of ${value}`),
});

// ---------------------------------------------------------------- items

/** What metrics and pictures can't take they say by an Error; the engine's errors are not theirs, and pass. */
async function shown(view: View, item: Item<'metric' | 'picture' | 'sound'>): Promise<ReportResult[]> {
  try {
    if (item.kind === 'metric') return [await metric(view, item)];
    return item.kind === 'sound' ? await sound(view, item) : [await picture(view, item)];
  } catch (error) {
    if (!(error instanceof Unshown || error instanceof GivenUp)) throw error;
    return [{ kind: 'problem', name: item.name, reason: error.message }];
  }
}

class Unshown extends Error {}

function vocabulary<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw unshown(error);
  }
}

function unshown(error: unknown): unknown {
  if (error instanceof Interrupted || error instanceof GivenUp) return error;
  return new Unshown(error instanceof Error ? error.message : String(error));
}

async function metric(view: View, item: Item<'metric'>): Promise<ReportResult> {
  const { name, sets, value } = item;
  const results: number[] = [];
  for (const call of sets) results.push(await setCall(view, item, call));
  return {
    kind: 'metric',
    name,
    value: evaluateHost(value, { ...hostValues(view.moment), sets: results }),
    better: sense(view.context.metrics, sets, value),
  };
}

async function setCall(view: View, item: Item<'metric'>, call: SetCall): Promise<number> {
  const { fn, values, options } = call;
  const pulse = item.sets.length > 1 ? pulseOf(view.moment, item, fn) : view.pulse;
  const given: Record<string, Values> = {};
  const { compute, anyLength, reduce = {} } = known(view.context.metrics, fn, 'metric');
  for (const [name, ref] of Object.entries(values))
    given[name] = await allRows(
      takingRows(view, item, name),
      ref,
      item.rows,
      Object.hasOwn(reduce, name) ? { fn, param: name } : null,
    );
  try {
    if (anyLength !== true) sameLengths(given, fn);
    return await compute(given, options, pulse, view.context.product);
  } catch (error) {
    // What is given up is no number; the metric's other calls are computed all the same.
    if (error instanceof GivenUp) return NaN;
    throw unshown(error);
  }
}

/** Which way a metric improves: its function's, turned round where the arithmetic around it falls. */
export function sense(
  metrics: ReportContext['metrics'],
  sets: readonly SetCall[],
  value: HostExpr,
): 'higher' | 'lower' | 'neither' {
  const better = sets.length === 1 ? metrics[sets[0].fn]?.signature.better : undefined;
  if (better === undefined || better === 'neither') return 'neither';
  const slope = [0.75, 0.25].map((x) => evaluateHost(value, { sets: [x] })).reduce((a, b) => a - b);
  if (slope === 0 || Number.isNaN(slope)) return 'neither';
  return slope > 0 ? better : better === 'higher' ? 'lower' : 'higher';
}

async function picture(view: View, item: Item<'picture' | 'sound'>): Promise<ReportResult> {
  const { fn, values, varied, options, rows, names = {} } = item;
  const kind = known(view.context.pictures, fn, item.kind);
  const feeding = Object.keys(varied).length > 0 ? kind.feed?.(varied, options, rows) : undefined;
  const shown: Record<string, Values> = {};
  for (const [name, ref] of Object.entries(values)) {
    shown[name] = feeding
      ? await fedRows(view, ref, feeding)
      : await firstRows(takingRows(view, item, name), ref, rows);
  }
  const { png, points } = vocabulary(() => {
    if (kind.anyLength !== true) sameLengths(shown, fn);
    const sound = formatAmong(view.context.manifest, values) ?? undefined;
    const classes = classesAmong(view.context.manifest, names);
    return kind.draw(shown, options, { varied, names, classes, sound, pulse: view.pulse });
  });
  const { name } = item;
  return {
    kind: 'file',
    name,
    extension: 'png',
    bytes: png,
    ...(points && { points }),
    ...drawnOf(item, shown),
  };
}

/** What the data calls the classes of values that are fields of it as they are: `test.label`. */
function classesAmong(
  { streams }: Manifest,
  names: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly string[]>> {
  const found = Object.entries(names).flatMap(([param, text]): [string, readonly string[]][] => {
    const stream = streams.find(({ name }) => text.startsWith(`${name}.`));
    const classes = stream?.description?.classes ?? {};
    const field = text.slice((stream?.name.length ?? 0) + 1);
    return Object.hasOwn(classes, field) ? [[param, classes[field]]] : [];
  });
  return Object.fromEntries(found);
}

/** The first value that is made of samples alone, none of them varied by the picture. */
function drawnOf(
  { values, varied }: Item<'picture' | 'sound'>,
  shown: Readonly<Record<string, Values>>,
): { readonly drawn?: Tensor } {
  if (Object.keys(varied).length > 0) return {};
  for (const [name, { rows: origin }] of Object.entries(values)) {
    const { shape, data } = shown[name];
    if ('samples' in origin && !(data instanceof Int32Array)) return { drawn: { shape, data } };
  }
  return {};
}

/** A file for each row; what their numbers mean is said by the stream that they are like. */
async function sound(view: View, item: Item<'picture' | 'sound'>): Promise<ReportResult[]> {
  const { fn, name, values, options, rows } = item;
  const { play } = known(sounds, fn, item.kind);
  const played: Record<string, Values> = {};
  for (const [param, ref] of Object.entries(valuesMade(item)))
    played[param] = await firstRows(takingRows(view, item, param), ref, rows);
  const files = vocabulary(() =>
    play(played, options, soundFormat(view.context.manifest, values), view.pulse),
  );
  return files.map(({ wav, png }, row) => {
    return { kind: 'file', name, extension: 'wav', part: row + 1, bytes: wav, picture: png };
  });
}
