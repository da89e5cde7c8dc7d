/**
 * metrics.jsonl as it grows: each call reads what was added since the last. In: the file; out: curves of the losses, the
 * metrics, and which pictures and sounds there are. A line that a kill cut off, or that is no line of a run's, is
 * passed over.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { linesIn } from '../runtime/lines.ts';
import { curveReader } from './curves.ts';
import type { CurveReader, Curves } from './curves.ts';
import { at, entriesAt, numberAt, parsed, textAt } from './loose.ts';

export interface Medium {
  readonly kind: 'picture' | 'sound';
  readonly name: string;
  readonly iteration: number;
  /** In the run directory: `pictures/points-00000030.png`. */
  readonly file: string;
}

export interface Missing {
  readonly iterations: readonly number[];
  readonly reason: string;
}

export interface Lines {
  /** Names are `loss:` or `objective:` and the name of the loss or update. */
  readonly curves: Curves;
  /** By name: values by iteration, rising. */
  readonly metrics: ReadonlyMap<string, readonly (readonly [iteration: number, value: number])[]>;
  /** By name: the iterations whose report had no number of it or nothing to show, rising, and why the newest had none. */
  readonly missing: ReadonlyMap<string, Missing>;
  /** By iteration, rising. */
  readonly media: readonly Medium[];
  /** The newest iteration. */
  readonly iteration: number;
}

interface State {
  /** Bytes read, up to the end of a line. */
  read: number;
  iteration: number;
  readonly curves: CurveReader;
  readonly metrics: Map<string, Map<number, number>>;
  readonly missing: Map<string, Map<number, string>>;
  /** By file: a report that was given up and made again counts once. */
  readonly media: Map<string, Medium>;
}

const fresh = (): State => ({
  read: 0,
  iteration: 0,
  curves: curveReader(),
  metrics: new Map(),
  missing: new Map(),
  media: new Map(),
});

/** A reader of the file, which need not be there yet. */
export function metricsLines(path: string): () => Lines {
  let state = fresh();
  return () => {
    state = readOn(path, state);
    const { curves, metrics, missing, media, iteration } = state;
    return {
      curves: curves.curves(),
      metrics: new Map([...metrics].map(([name, values]) => [name, [...values]])),
      missing: new Map([...missing].map(([name, reasons]) => [name, missingOf(reasons)])),
      media: [...media.values()],
      iteration,
    };
  };
}

const missingOf = (reasons: ReadonlyMap<number, string>): Missing => ({
  iterations: [...reasons.keys()],
  reason: [...reasons.values()].at(-1) ?? '',
});

/** From where it stands; from the beginning where a resume has made the file shorter. */
function readOn(path: string, before: State): State {
  const size = sizeOf(path);
  if (size === null) return before;
  const state = size < before.read ? fresh() : before;
  for (const { lines, end } of linesIn(path, state.read)) {
    for (const line of lines) take(state, parsed(line));
    state.read = end;
  }
  return state;
}

/** null: it isn't there, or can't be read. */
function sizeOf(path: string): number | null {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).size;
  } catch {
    return null;
  }
}

/** Whether it is a picture or sound of a run's own folders, and nothing else that a line may name. */
export const isOwnMedium = (file: string): boolean => /^(pictures|sounds)\/[^/\\]+\.(png|wav)$/.test(file);

function take(state: State, line: unknown): void {
  const iteration = numberAt(line, 'iteration');
  if (iteration === null || iteration < 1) return;
  state.iteration = Math.max(state.iteration, iteration);
  const [metric, value, file] = [textAt(line, 'metric'), numberAt(line, 'value'), textAt(line, 'file')];
  const lacking = lackingOf(line);
  if (lacking !== null) {
    const reasons = state.missing.get(lacking.name) ?? new Map<number, string>();
    state.missing.set(lacking.name, reasons.set(iteration, lacking.reason));
  } else if (metric !== null && value !== null) {
    const values = state.metrics.get(metric) ?? new Map<number, number>();
    state.metrics.set(metric, values.set(iteration, value));
  } else if (file !== null && isOwnMedium(file)) {
    const [kind, name] = file.startsWith('pictures/')
      ? (['picture', textAt(line, 'picture')] as const)
      : (['sound', textAt(line, 'sound')] as const);
    if (name !== null) state.media.set(file, { kind, name, iteration, file });
  } else if (at(line, 'losses') !== null) {
    state.curves.add(iteration, [
      ...named(line, 'losses', 'loss'),
      ...named(line, 'objectives', 'objective'),
    ]);
  }
}

/** What a report's line says it has not: a result that could not be made, or a number that is none (`"NaN"`). */
function lackingOf(line: unknown): { readonly name: string; readonly reason: string } | null {
  const [missing, reason] = [textAt(line, 'missing'), textAt(line, 'reason')];
  if (missing !== null) return { name: missing, reason: reason ?? 'no reason is known' };
  const [metric, value] = [textAt(line, 'metric'), textAt(line, 'value')];
  return metric === null || value === null ? null : { name: metric, reason: `it was ${value}` };
}

const named = (line: unknown, key: string, prefix: string): [string, number][] =>
  entriesAt(line, key).flatMap(([name, value]) =>
    typeof value === 'number' ? [[`${prefix}:${name}`, value]] : [],
  );
