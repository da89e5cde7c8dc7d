/** Where an axis has ticks, and what is written at them. In: what the axis shows; out: places in its unit, and texts. */

export type Interval = readonly [low: number, high: number];
export type Tick = readonly [place: number, text: string];

/** 1, 2 or 5 times a power of ten: about five to an axis of this length, at most `most`. */
export function tickStep(length: number, most = 7): number {
  const power = 10 ** Math.floor(Math.log10(length / 5));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => length / step <= most) ?? 10 * power;
}

/** The step that follows: 1, 2, 5, 10, 20, ... */
function nextStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step) + 1e-9);
  return power * (step / power < 1.5 ? 2 : step / power < 3 ? 5 : 10);
}

/** Ticks of this step, or of the first one after it at which a text of each has `room` (a length of the axis) to the next. */
export function ticksApart(interval: Interval, step: number, room: (text: string) => number): Tick[] {
  const ticks = ticksIn(interval, step);
  const wide = ticks.length > 1 && ticks.some(([, text]) => room(text) > step);
  return wide ? ticksApart(interval, nextStep(step), room) : ticks;
}

export function ticksIn([low, high]: Interval, step = tickStep(high - low)): Tick[] {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => {
    const place = (first + i) * step;
    return [place, String(Number(place.toFixed(digits)))];
  });
}
