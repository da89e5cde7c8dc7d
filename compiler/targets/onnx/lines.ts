/**
 * Lines of pixels read at places between them, and the gradient of that: a product with a matrix of hats (augmentation.ts), of
 * which no column has more than two numbers that are not 0. Gathered and scattered they cost a fraction of it. In: a product.
 * Out: its value, if it is one of these; float32 only, as all that is there for speed alone.
 */
import type { Dim, Shape } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { hatsOf, turnedOf } from '../../ir/patterns.ts';
import { denseInput, type Emission } from './emission.ts';
import { sizes, whole } from './sizes.ts';
import { expand, plain, scalar, type Value } from './value.ts';

export function linesBetween(e: Emission, node: Node<'matmul'>): Value | undefined {
  const [given, matrix] = node.inputs;
  const turned = turnedOf(matrix);
  const hats = turned ?? matrix;
  const found = hatsOf(hats);
  const [lines, size, places] = hats.shape;
  if (found === undefined || typeof size !== 'number' || e.float !== 'float32' || e.lacks('ScatterElements'))
    return undefined;
  const at = e.w.node('Add', [denseInput(e, found.places), scalar(e, found.from)]);
  const read = readAt(e, at, size, [lines, node.shape[1], places]);
  const numbers = denseInput(e, given);
  const name = turned === undefined ? gathered(e, numbers, read) : scattered(e, numbers, read, node.shape);
  return plain(name, node.shape);
}

/** A pixel for each place, counted from the zero that is set before the first, and how much it weighs. */
interface Read {
  readonly pixel: string;
  readonly weight: string;
}

/** The pixels before and after each place; beyond a line's ends lie zeros. */
function readAt(e: Emission, at: string, size: number, shape: readonly [Dim, Dim, Dim]): Read[] {
  const { w } = e;
  const floor = w.node('Floor', [at]);
  const part = w.node('Sub', [at, floor]);
  // A place that is no number weighs NaN, and must still be some pixel.
  const before = w.node('Where', [w.node('IsNaN', [floor]), scalar(e, 0), floor]);
  const pixel = (shift: number): string => {
    const within = w.node('Clip', [
      w.node('Add', [before, scalar(e, shift)]),
      scalar(e, 0),
      scalar(e, size + 1),
    ]);
    const index = plain(w.node('Cast', [within], { to: 7 }), [shape[0], 1, shape[2]]);
    return expand(e, index, shape).name;
  };
  return [
    { pixel: pixel(1), weight: w.node('Sub', [scalar(e, 1), part]) },
    { pixel: pixel(2), weight: part },
  ];
}

/** Of lines with zeros at their ends what lies at the pixels, weighed and added. */
function gathered(e: Emission, lines: string, read: readonly Read[]): string {
  const { w } = e;
  const padded = w.node('Pad', [lines, whole(w, [0, 0, 1, 0, 0, 1]), scalar(e, 0)]);
  const [before, after] = read.map(({ pixel, weight }) =>
    w.node('Mul', [w.node('GatherElements', [padded, pixel], { axis: 2 }), weight]),
  );
  return w.node('Add', [before, after]);
}

/** Lines of zeros to which what comes back is added at the pixels; what fell on the ends is lost. */
function scattered(
  e: Emission,
  given: string,
  read: readonly Read[],
  [lines, channels, size]: Shape,
): string {
  const { w } = e;
  const zeros = w.node('Expand', [scalar(e, 0), sizes(w, e.symbols, [lines, channels, Number(size) + 2])]);
  const sum = read.reduce(
    (made, { pixel, weight }) =>
      w.node('ScatterElements', [made, pixel, w.node('Mul', [given, weight])], {
        axis: 2,
        reduction: 'add',
      }),
    zeros,
  );
  return w.node('Slice', [sum, whole(w, [1]), whole(w, [Number(size) + 1]), whole(w, [2])]);
}
