/** Where an axis has ticks, and what is written at them. In: what the axis shows; out: places in its unit, and texts. */

export type Interval = readonly [low: number, high: number];
export type Tick = readonly [place: number, text: string];

/** 1, 2 or 5 times a power of ten: about five to an axis of this length, at most `most`. */
export function tickStep(length: number, most = 7): number {
  const power = 10 ** Math.floor(Math.log10(length / 5));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => length / step <= most) ?? 10 * power;
}

export function ticksIn([low, high]: Interval, step = tickStep(high - low)): Tick[] {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => {
    const place = (first + i) * step;
    return [place, String(Number(place.toFixed(digits)))];
  });
}
