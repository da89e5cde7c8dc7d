/**
 * Of a kernel that is larger than its image most taps meet nothing but padding, at every place. In: a convolution or one of
 * its adjoints; out: the same by the taps that meet something, or undefined. Weights that meet nothing have a gradient of 0.
 */
import { knownDim, product } from './dim.ts';
import type { Dim, Shape } from './dim.ts';
import type { Attributes, Node } from './node.ts';
import type { OpBuilder } from './opBuilder.ts';

type Window = Attributes['conv'];

/** The taps `from` to before `to` of an axis of `of`. */
interface Taps {
  readonly from: number;
  readonly to: number;
  readonly of: number;
}

interface Axis {
  /** Of the image. */
  readonly size: Dim;
  /** Of the places where the kernel stands. */
  readonly places: Dim;
  readonly kernel: Dim;
  readonly stride: number;
  readonly gap: number;
  readonly pads: readonly [number, number];
}

/** Tap j of place o reads pixel stride·o + gap·j - pads[0]. What is left has no padding below 0. */
function met({ size, places, kernel, stride, gap, pads: [low, high] }: Axis): Taps | undefined {
  if (typeof size !== 'number' || typeof places !== 'number' || typeof kernel !== 'number') return undefined;
  const first = Math.ceil((low - stride * (places - 1)) / gap);
  const last = Math.floor((size - 1 + low) / gap);
  const from = Math.max(0, Math.min(first, Math.floor(low / gap), kernel - 1));
  const to = Math.min(kernel, Math.max(last + 1, kernel - Math.floor(high / gap), from + 1));
  return { from, to, of: kernel };
}

/** The window of those taps alone; undefined where they are more than half: cutting them out costs a copy of the weights. */
function smaller(
  window: Window,
  sizes: Shape,
  places: Shape,
  kernel: Shape,
): { taps: Taps[]; window: Window } | undefined {
  const gapOf = (i: number): number => window.dilations?.[i] ?? 1;
  const taps: Taps[] = [];
  for (const [i, pads] of window.pads.entries()) {
    const axis = { size: sizes[i], places: places[i], kernel: kernel[i] };
    const one = met({ ...axis, stride: window.strides[i], gap: gapOf(i), pads });
    if (one === undefined) return undefined;
    taps.push(one);
  }
  const left = knownDim(product(taps.map(({ from, to }) => to - from)));
  if (2 * left > knownDim(product(kernel))) return undefined;
  const pads = taps.map(({ from, to, of }, i): [number, number] => {
    const [low, high] = window.pads[i];
    return [low - gapOf(i) * from, high - gapOf(i) * (of - to)];
  });
  return { taps, window: { ...window, pads } };
}

/** w [O, C, K..] of those taps. */
const cut = (b: OpBuilder, w: Node, taps: readonly Taps[]): Node =>
  taps.reduce((kept, { from, to }, i) => b.slice(kept, i + 2, from, to), w);

export function reachedConv(
  b: OpBuilder,
  [x, w]: readonly Node[],
  attrs: Attributes['conv'],
  shape: Shape,
): Node | undefined {
  const found = smaller(attrs, x.shape.slice(2), shape.slice(2), w.shape.slice(2));
  return found && b.conv(x, cut(b, w, found.taps), found.window);
}

export function reachedInputGrad(
  b: OpBuilder,
  [g, w]: readonly Node[],
  attrs: Attributes['conv_input_grad'],
): Node | undefined {
  const found = smaller(attrs, attrs.size, g.shape.slice(2), w.shape.slice(2));
  return found && b.convInputGrad(g, cut(b, w, found.taps), { ...found.window, size: attrs.size });
}

export function reachedWeightGrad(
  b: OpBuilder,
  [x, g]: readonly Node[],
  attrs: Attributes['conv_weight_grad'],
): Node | undefined {
  const found = smaller(attrs, x.shape.slice(2), g.shape.slice(2), attrs.size);
  if (found === undefined) return undefined;
  const { taps, window } = found;
  const size = taps.map(({ from, to }) => to - from);
  const low = [0, 0, ...taps.map(({ from }) => from)];
  const high = [0, 0, ...taps.map(({ to, of }) => of - to)];
  return b.pad(b.convWeightGrad(x, g, { ...window, size }), low, high);
}
