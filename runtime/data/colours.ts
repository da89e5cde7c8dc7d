/**
 * Pictures in other colours: brightness, contrast and saturation as torchvision's ColorJitter changes them, on numbers
 * in [0, 1]. In: a picture and three factors in some order; out: the picture. A factor of 1 changes nothing.
 */
import type { ParamSpec, SourceArguments } from '../../program/catalogue.ts';
import { real } from './arguments.ts';

const ways = ['brightness', 'contrast', 'saturation'] as const;
type Way = (typeof ways)[number];

/** How far each factor goes from 1. */
export type Colours = Readonly<Record<Way, number>>;

const docs: Readonly<Record<Way, string>> = {
  brightness:
    'each pass multiplies a picture by a factor from 1 - it (at least 0) to 1 + it, as ColorJitter does; in updates only',
  contrast: 'likewise its distance from its mean gray',
  saturation: 'likewise the distance of its colours from their gray',
};

export const colourParams: readonly ParamSpec[] = ways.map((name) => ({
  name,
  type: 'real',
  default: 0,
  interval: '[0, ∞)',
  doc: docs[name],
}));

/** Throws Error with a sentence. */
export function coloursOf(args: SourceArguments): Colours {
  const [brightness, contrast, saturation] = ways.map((name) => {
    const most = real(args, name);
    if (most < 0) throw new Error(`${name} is a number from 0, not ${most}`);
    return most;
  });
  return { brightness, contrast, saturation };
}

export const recolours = (colours: Colours): boolean => ways.some((way) => colours[way] > 0);

/** A factor of each way, in the order in which they are applied. */
export type Change = readonly (readonly [Way, number])[];

const orders: readonly (readonly Way[])[] = ways.flatMap((first) => {
  const [a, b] = ways.filter((way) => way !== first);
  return [
    [first, a, b],
    [first, b, a],
  ];
});

/** The change that four numbers from [0, 1) stand for: the order, and a factor for each way. */
export function changeOf(colours: Colours, drawn: ArrayLike<number>): Change {
  const order = orders[Math.floor(drawn[0] * orders.length)];
  return order
    .filter((way) => colours[way] > 0)
    .map((way) => {
      const [low, high] = [Math.max(0, 1 - colours[way]), 1 + colours[way]];
      return [way, low + (high - low) * drawn[1 + ways.indexOf(way)]];
    });
}

/** Changes a picture, [channels, ...] of 1 or 3 in [0, 1], in its place. */
export function recolour(picture: Float64Array, channels: number, change: Change): void {
  for (const [way, factor] of change) {
    if (way === 'saturation' && channels !== 3) continue;
    const gray = way === 'brightness' ? null : grayOf(picture, channels);
    const mean = way === 'contrast' ? gray!.reduce((sum, x) => sum + x, 0) / gray!.length : null;
    const plane = picture.length / channels;
    for (let i = 0; i < picture.length; i++) {
      const other = mean ?? gray?.[i % plane] ?? 0;
      picture[i] = Math.min(1, Math.max(0, factor * picture[i] + (1 - factor) * other));
    }
  }
}

/** torchvision's rgb_to_grayscale, whose first weight is 0.2989. */
function grayOf(picture: Float64Array, channels: number): Float64Array {
  if (channels !== 3) return picture.slice();
  const plane = picture.length / 3;
  return Float64Array.from(
    { length: plane },
    (_, i) => 0.2989 * picture[i] + 0.587 * picture[plane + i] + 0.114 * picture[2 * plane + i],
  );
}
