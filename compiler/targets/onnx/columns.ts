/**
 * Windows of an image as rows of a matrix (im2col; Chellapilla et al. 2006, section 2.1), channels last: for x [N,S..,C]
 * the matrix [N·O.., K..·C]. Equal windows of one image are made once, so a convolution and its weight gradient share
 * them. Where the sizes are known it is one Gather of pixels whose index mentions no N; else slices, put side by side.
 */
import { addDims, isKnown, knownDim, knownShape, mulDims, product, reachOf } from '../../ir/dim.ts';
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Emission } from './emission.ts';
import { padPhysical } from './movement.ts';
import { sizes, whole } from './sizes.ts';
import { reshape } from './value.ts';

export interface Image {
  readonly name: string;
  /** [N, S.., C] */
  readonly shape: Shape;
}

/** One spatial axis of the windows: taps `start + step·o + gap·j` for o below `count` and j below `size`, zero outside. */
export interface Taps {
  readonly start: number;
  readonly step: number;
  /** Default: 1. */
  readonly gap?: number;
  readonly size: number;
  readonly count: Dim;
}

/** The matrix [N·counts.., sizes..·C]. */
export function columns(e: Emission, given: Image, wanted: readonly Taps[]): string {
  const {
    image,
    taps: [taps],
  } = paddedFor(e, given, [wanted]);
  const [batch, ...rest] = image.shape;
  const channels = rest[rest.length - 1];
  const known = isKnown(rest) && isKnown(taps.map(({ count }) => count));
  const name = known ? gathered(e, image, taps) : sliced(e, image, taps);
  const rows = taps.reduce<Dim>((all, { count }) => mulDims(all, count), batch);
  const width = taps.reduce<Dim>((all, t) => mulDims(all, t.size), channels);
  return reshape(e, name, [rows, width]);
}

/** What must be added around an axis of `size` so that every tap is inside: before and after. */
function margins(size: Dim, { start, step, gap = 1, size: taps, count }: Taps): { low: number; high: Dim } {
  const low = Math.max(0, -start);
  const end = addDims(mulDims(addDims(count, -1), step), start + reachOf(taps, gap));
  const over = addDims(end, mulDims(-1, size));
  return { low, high: typeof over === 'number' ? Math.max(0, over) : over };
}

/** The image with the zeros around it that all of some taps reach, and the taps as seen from its new corner. */
export function paddedFor(
  e: Emission,
  image: Image,
  all: readonly (readonly Taps[])[],
): { image: Image; taps: Taps[][] } {
  const around = all[0].map((_, axis) => {
    const each = all.map((taps) => margins(image.shape[axis + 1], taps[axis]));
    return { low: Math.max(...each.map(({ low }) => low)), high: largest(each.map(({ high }) => high)) };
  });
  const moved = all.map((taps) => taps.map((t, axis) => ({ ...t, start: t.start + around[axis].low })));
  return { image: padded(e, image, around), taps: moved };
}

/** The largest of sizes; symbolic ones come alone. */
const largest = (sizes: readonly Dim[]): Dim =>
  sizes.every((size) => typeof size === 'number') ? Math.max(...sizes) : sizes[0];

function padded(e: Emission, { name, shape }: Image, around: readonly { low: number; high: Dim }[]): Image {
  const low = [0, ...around.map((m) => m.low), 0];
  const high = [0, ...around.map((m) => m.high), 0];
  const bigger = shape.map((dim, i) => addDims(dim, addDims(low[i], high[i])));
  return { name: padPhysical(e, name, shape, { low, high, interior: shape.map(() => 0) }), shape: bigger };
}

function gathered(e: Emission, image: Image, taps: readonly Taps[]): string {
  const spatial = knownShape(image.shape.slice(1, -1));
  const last = taps.length - 1;
  const block = blockOf(taps[last], spatial[last]);
  // From here on the innermost axis is counted in blocks.
  const unit = (axis: number): number => (axis === last ? block : 1);
  let index = [0];
  // Positions first, then taps: the row's order is [K.., C].
  taps.forEach(({ start, step, count }, axis) => {
    const width = spatial[axis] / unit(axis);
    index = index.flatMap((at) =>
      range(knownDim(count), (o) => at * width + (start + step * o) / unit(axis)),
    );
  });
  let offsets = [0];
  taps.forEach(({ size, gap = 1 }, axis) => {
    const width = spatial[axis] / unit(axis);
    offsets = offsets.flatMap((at) => range(size / unit(axis), (j) => at * width + j * gap));
  });
  // Large kernels on large images make millions of them.
  const pixels = new Int32Array(index.length * offsets.length);
  index.forEach((at, i) =>
    pixels.set(
      offsets.map((offset) => at + offset),
      i * offsets.length,
    ),
  );
  const [batch] = image.shape;
  const channels = knownDim(image.shape[image.shape.length - 1]);
  const flat = reshape(e, image.name, [batch, knownDim(product(spatial)) / block, channels * block]);
  return e.w.node('Gather', [flat, whole(e.w, pixels)], { axis: 1 });
}

/** How many neighbouring pixels can be gathered as one: what divides the width and every place a window starts or ends. */
function blockOf({ start, step, gap = 1, size, count }: Taps, width: number): number {
  if (gap > 1 && size > 1) return 1;
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return [start, count === 1 ? 0 : step, size].reduce(divisor, width);
}

const range = <T>(length: number, f: (i: number) => T): T[] => Array.from({ length }, (_, i) => f(i));

/** For sizes that aren't known: one slice a tap. */
function sliced(e: Emission, image: Image, taps: readonly Taps[]): string {
  const axes = whole(
    e.w,
    taps.map((_, i) => i + 1),
  );
  const steps = whole(
    e.w,
    taps.map((t) => t.step),
  );
  let offsets: number[][] = [[]];
  for (const { size, gap = 1 } of taps) offsets = offsets.flatMap((o) => range(size, (j) => [...o, j * gap]));
  const pieces = offsets.map((offset) => {
    const from = taps.map((t, i) => t.start + offset[i]);
    const to = taps.map((t, i) => addDims(from[i] + 1, mulDims(t.step, addDims(t.count, -1))));
    return e.w.node('Slice', [image.name, whole(e.w, from), sizes(e.w, e.symbols, to), axes, steps]);
  });
  return pieces.length === 1 ? pieces[0] : e.w.node('Concat', pieces, { axis: taps.length + 1 });
}
