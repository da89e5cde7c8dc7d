/**
 * Samples that somebody chooses: components set to a number or swept over an interval, or a walk from one draw to the next. In:
 * what is chosen, as raw draws (a class number, a normal number, a share of an interval); out: for each row, which draws it has
 * and what is put in their place.
 */
import type { DrawChange, DrawPlace } from '../run/feeds.ts';

/** Whole numbers above 0 that a sweep takes; null: as many as there are rows for. */
export type Steps = number | null;

export interface Setting {
  /** The sample's name, which its draws are keyed by. */
  readonly sample: string;
  /** null: all of its numbers, or its class. */
  readonly component: number | null;
  /** Raw draws: the first and the last. */
  readonly from: number;
  readonly to: number;
  /** 1: `from`. */
  readonly steps: Steps;
}

export interface DrawPlan {
  /** The row whose draws, and whose data, stand at a row. */
  rowOf(row: number): number;
  /** What is changed of the draws, for rows from `from` on. */
  changeFrom(from: number): DrawChange;
}

/**
 * Settings that vary make a grid, the last one fastest; all else is the same throughout it. `walk`: rows from one draw to the
 * next, in the place of a grid. At most one of the settings leaves its steps open.
 */
export function drawPlan(settings: readonly Setting[], walk: number | null, rows: number): DrawPlan {
  const sizes = sizesOf(settings, rows);
  const grid = sizes.reduce((product, size) => product * size, 1);
  const share = (i: number, row: number): number => {
    const faster = sizes.slice(i + 1).reduce((product, size) => product * size, 1);
    return sizes[i] === 1 ? 0 : (Math.floor(row / faster) % sizes[i]) / (sizes[i] - 1);
  };
  const per = walk ?? grid;
  return {
    rowOf: (row) => Math.floor(row / per),
    changeFrom: (from) => (draw) => {
      if (walk !== null) walked(draw, (row) => ((from + row) % walk) / walk);
      settings.forEach((setting, i) => {
        if (setting.sample === draw.key) set(draw, setting, (row) => share(i, from + row));
      });
    },
  };
}

function sizesOf(settings: readonly Setting[], rows: number): number[] {
  const known = settings.reduce((product, { steps }) => product * (steps ?? 1), 1);
  return settings.map(({ steps }) => steps ?? Math.max(1, Math.floor(rows / known)));
}

type Draw = Parameters<DrawChange>[0];

function set({ data, rows, distribution }: Draw, setting: Setting, share: (row: number) => number): void {
  const { component, from, to } = setting;
  const width = data.length / Math.max(1, rows);
  for (let row = 0; row < rows; row++) {
    const exact = from + (to - from) * share(row);
    const value = distribution === 'integer' ? Math.round(exact) : exact;
    const at = row * width;
    if (component === null) data.fill(value, at, at + width);
    else data[at + component] = value;
  }
}

/** Numbers on the way to the next draw: along the sphere for normal ones, straight for uniform ones; classes stay. */
function walked({ data, rows, distribution, next }: Draw, share: (row: number) => number): void {
  if (distribution === 'integer') return;
  const width = data.length / Math.max(1, rows);
  const to = next();
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    const [a, b] = [data.subarray(at, at + width), to.subarray(at, at + width)];
    const [keep, take] =
      distribution === 'normal' ? onSphere(a, b, share(row)) : [1 - share(row), share(row)];
    for (let i = 0; i < width; i++) a[i] = keep * a[i] + take * b[i];
  }
}

/** Weights of two points at a share of the arc between them (Shoemake 1985): their lengths are kept on the way. */
function onSphere(a: Draw['data'], b: Draw['data'], share: number): readonly [number, number] {
  const dot = (x: Draw['data'], y: Draw['data']): number => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
    return sum;
  };
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  // Points on one line, or single numbers: there is no arc.
  if (!(Math.sin(angle) > 1e-6)) return [1 - share, share];
  return [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
}

/** The order of the rows from `start` on; without a plan each row is its own. */
export function orderAt(plan: DrawPlan | undefined, start: number): NonNullable<DrawPlace['order']> {
  const name = `from ${start}`;
  if (plan === undefined) return { name, rowOf: (row) => start + row };
  return { name, rowOf: (row) => plan.rowOf(start + row), change: plan.changeFrom(start) };
}
