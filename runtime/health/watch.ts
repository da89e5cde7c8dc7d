/**
 * Whether a run is well, in words. In: iterations, the state at each hundredth, samples of reports; out: findings, at most
 * one each hundred iterations, the gravest first, and one again only after a thousand. What it says depends on the run's
 * numbers alone, and the run's numbers on nothing of it.
 */
import type { Manifest } from '../../program/manifest.ts';
import type { Streams } from '../data/streams.ts';
import type { Tensor } from '../engines/engine.ts';
import { rowWidth } from '../reports/metrics/metric.ts';
import type { Applied, Logged } from '../run/loop.ts';
import { between, dueAt, looks } from './looks.ts';
import type { Readable } from './looks.ts';
import type { Finding, HealthRule, Samples } from './rule.ts';
import { healthRules } from './rules.ts';

export interface HealthLine extends Finding {
  readonly iteration: number;
  readonly rule: string;
}

export interface HealthWatch {
  /** Before iteration `iteration` (from 1). */
  before(iteration: number, state: Readable): Promise<void>;
  after(
    iteration: number,
    logged: Logged,
    state: Readable,
    applied: { readonly before: Applied; readonly now: Applied },
  ): Promise<HealthLine | null>;
  /** Rows that a report drew. */
  samples(iteration: number, name: string, drawn: Tensor): HealthLine | null;
}

/** Iterations after which the same may be said again. */
const again = 1000;
/** Rows that are compared: of samples, and of the data. */
const [drawnRows, realCount] = [48, 400];

export function healthWatch(
  manifest: Manifest,
  streams: Streams,
  rules: readonly HealthRule[] = healthRules,
): HealthWatch {
  const watched = looks(manifest);
  const told = teller();
  const real = realRows(manifest, streams);
  return {
    async before(iteration, state) {
      if (dueAt(iteration)) await watched.before(state);
    },
    async after(iteration, logged, state, applied) {
      watched.add(logged);
      if (!dueAt(iteration)) return null;
      const look = await watched.after(iteration, state, applied);
      return told(
        iteration,
        'look',
        rules.filter((rule) => rule.look !== undefined).map((rule) => [rule, rule.look!(look)]),
      );
    },
    samples(iteration, name, drawn) {
      const seen = sampled(name, drawn, real);
      if (seen === null) return null;
      return told(
        iteration,
        `samples ${name}`,
        rules.filter((rule) => rule.samples !== undefined).map((rule) => [rule, rule.samples!(seen)]),
      );
    },
  };
}

type Said = readonly (readonly [HealthRule, readonly Finding[]])[];

/** Counts how often in a row each rule says the same, looks and samples apart, and lets one line through at a time. */
function teller(): (iteration: number, kind: string, said: Said) => HealthLine | null {
  const inRow = new Map<string, number>();
  const spoken = new Map<string, number>();
  let last = -Infinity;
  return (iteration, kind, said) => {
    const found = said.flatMap(([rule, findings]) => findings.map((finding) => ({ rule, finding })));
    const keyOf = ({ rule, finding }: (typeof found)[number]): string =>
      `${kind}|${rule.name}|${finding.about}`;
    const keys = new Set(found.map(keyOf));
    for (const key of inRow.keys()) if (key.startsWith(`${kind}|`) && !keys.has(key)) inRow.delete(key);
    for (const key of keys) inRow.set(key, (inRow.get(key) ?? 0) + 1);
    if (iteration - last < between) return null;
    const next = found.find((one) => {
      const key = keyOf(one);
      const long = inRow.get(key)! >= one.rule.patience;
      return long && iteration - (spoken.get(key) ?? -Infinity) >= again;
    });
    if (next === undefined) return null;
    last = iteration;
    spoken.set(keyOf(next), iteration);
    return { iteration, rule: next.rule.name, ...next.finding };
  };
}

/** Real rows of as many numbers as a sample has, from the first stream that has such a field; read once. */
function realRows(manifest: Manifest, streams: Streams): (width: number) => Tensor | null {
  const known = new Map<number, Tensor | null>();
  const read = (width: number): Tensor | null => {
    for (const { name, fields } of manifest.streams)
      for (const [field, { shape, classes }] of Object.entries(fields)) {
        const sizes = shape.filter((size) => typeof size === 'number');
        const fits = classes === undefined && sizes.length === shape.length;
        if (fits && width > 1 && rowWidth({ shape: [1, ...sizes] }) === width)
          return streams.slice(name, 0, Math.min(realCount, streams.counts[name]), field);
      }
    return null;
  };
  return (width) => {
    if (!known.has(width)) known.set(width, read(width));
    return known.get(width)!;
  };
}

/** Null where there are too few of either. */
function sampled(name: string, drawn: Tensor, real: (width: number) => Tensor | null): Samples | null {
  const width = rowWidth(drawn);
  const beside = real(width);
  const count = Math.min(drawnRows, drawn.shape[0] ?? 0);
  if (beside === null || count < 8 || beside.shape[0] < 8) return null;
  return {
    name,
    drawn: { shape: [count, ...drawn.shape.slice(1)], data: drawn.data.subarray(0, count * width) },
    real: beside,
  };
}
