/**
 * Sequences as strips of colour with axes: time to the right in seconds, frequency upwards in Hz, the scale of colours in dB,
 * where the numbers are sound; frames and channels where they are not. In: sets of [N, channels, frames], their names, the range shown.
 * Out: a raster: for each row a band of strips, one of each set.
 */
import { blankRaster } from '../../formats/png.ts';
import type { Raster } from '../../formats/png.ts';
import { channelAt, decibelAt } from '../../audio/features.ts';
import type { SoundFormat } from '../../audio/features.ts';
import type { Values } from '../metrics/metric.ts';
import { drawText, drawUpwards, fillBox, ink, paper, shortened, textHeight, textWidth } from './canvas.ts';
import type { Colour } from './canvas.ts';
import { ticksApart, ticksIn, tickStep } from './ticks.ts';
import type { Interval, Tick } from './ticks.ts';

export interface Strips {
  readonly sets: readonly Values[];
  /** What stands above each set's strips; '': nothing. */
  readonly names: readonly string[];
  readonly range: Interval;
  /** What the numbers are features in, and the values that stand for its quietest and loudest; null: they are no sound. */
  readonly sound: { readonly format: SoundFormat; readonly range: Interval } | null;
}

/** From quiet to loud: each lighter than the one before, also in gray. */
const scale: readonly Colour[] = [
  [8, 8, 24],
  [48, 18, 92],
  [122, 32, 106],
  [196, 60, 76],
  [240, 126, 42],
  [252, 206, 84],
  [252, 252, 226],
];

/** Of a share from 0, the quietest, to 1. */
export function colourAt(share: number): Colour {
  const x = (scale.length - 1) * (share > 0 ? Math.min(1, share) : 0);
  const i = Math.min(scale.length - 2, Math.floor(x));
  const mix = (c: 0 | 1 | 2): number => Math.round(scale[i][c] + (x - i) * (scale[i + 1][c] - scale[i][c]));
  return [mix(0), mix(1), mix(2)];
}

/** A strip is about so high: channels are enlarged by a whole factor. */
const stripHeight = 128;
/** Pixels: of a frame, between strips, below a band, round the whole, of a tick, of the scale's bar. */
const [across, gap, bandGap, margin, tick, bar] = [2, 6, 16, 8, 4, 12];
const captionHeight = textHeight() + 7;
/** Below a band: the ticks' texts. And below the last: the axis's name. */
const [timeHeight, nameHeight] = [tick + textHeight() + 6, textHeight() + 8];

interface Layout {
  readonly left: number;
  readonly width: number;
  readonly factors: readonly number[];
  /** From the top of a band to the top of each set's strip, and to the band's time axis. */
  readonly tops: readonly number[];
  readonly bottom: number;
  readonly band: number;
}

const longest = ({ shape, lengths }: Values, row: number): number => lengths?.[row] ?? shape[2];

function layoutOf({ sets, names }: Strips, frequencies: readonly (readonly Tick[])[]): Layout {
  const texts = frequencies.flat().map(([, text]) => textWidth(text));
  const factors = sets.map(({ shape }) => Math.max(1, Math.round(stripHeight / shape[1])));
  const tops: number[] = [];
  let bottom = 0;
  sets.forEach((set, i) => {
    bottom += (i > 0 ? gap : 0) + (names[i] === '' ? 0 : captionHeight);
    tops.push(bottom);
    bottom += set.shape[1] * factors[i];
  });
  return {
    left: margin + textHeight() + 10 + Math.max(0, ...texts) + tick + 4,
    width: Math.max(...sets.map(({ shape }) => shape[2])) * across,
    factors,
    tops,
    bottom,
    band: bottom + timeHeight + bandGap,
  };
}

export function drawStrips(strips: Strips): Raster {
  const { sets, names, range, sound } = strips;
  const rows = Math.min(...sets.map(({ shape }) => shape[0]));
  const frequencies = sets.map(({ shape }) => frequencyTicks(shape[1], sound?.format ?? null));
  const layout = layoutOf(strips, frequencies);
  const [low, high] = scaleTexts(strips);
  const right = 14 + bar + 6 + Math.max(textWidth(low), textWidth(high)) + margin;
  const height = 2 * margin + rows * layout.band - bandGap + nameHeight;
  const sheet = blankRaster(layout.left + layout.width + right, height, paper);
  for (let row = 0; row < rows; row++) {
    const top = margin + row * layout.band;
    sets.forEach((set, i) => {
      const y = top + layout.tops[i];
      const caption = shortened(names[i], layout.width);
      drawText(sheet, layout.left, y - captionHeight + 3, caption, ink);
      drawStrip(sheet, layout, set, row, y, layout.factors[i], range);
      drawFrequencies(sheet, layout, y, set.shape[1], layout.factors[i], frequencies[i]);
    });
    const frames = Math.max(...sets.map((set) => longest(set, row)));
    drawTime(sheet, layout, top + layout.bottom, frames, sound?.format ?? null);
  }
  const time = sound === null ? 'frame' : 'time (s)';
  drawText(sheet, middle(layout.left, layout.width, time), height - margin - textHeight(), time, ink);
  const up = sound === null ? 'channel' : 'frequency (Hz)';
  const first = margin + layout.tops[0] + (layout.bottom - layout.tops[0]) / 2;
  drawUpwards(sheet, margin, Math.round(first + textWidth(up) / 2), up, ink);
  drawScale(sheet, layout, [low, high], sets[0].shape[1] * layout.factors[0]);
  return sheet;
}

const middle = (from: number, width: number, text: string): number =>
  Math.max(margin, Math.round(from + (width - textWidth(text)) / 2));

function drawStrip(
  sheet: Raster,
  { left }: Layout,
  set: Values,
  row: number,
  top: number,
  factor: number,
  [low, high]: Interval,
): void {
  const [, channels, most] = set.shape;
  for (let f = 0; f < longest(set, row); f++) {
    for (let c = 0; c < channels; c++) {
      const colour = colourAt((set.data[(row * channels + c) * most + f] - low) / (high - low));
      fillBox(sheet, left + f * across, top + (channels - 1 - c) * factor, across, factor, colour);
    }
  }
}

// ---------------------------------------------------------------- axes

/** Ticks by channel. On the mel scale octaves lie evenly: a tick for each; they are left out where two would touch. */
function frequencyTicks(channels: number, format: SoundFormat | null): readonly Tick[] {
  if (format === null) return ticksIn([0, channels - 1], Math.max(1, tickStep(channels)));
  const octaves = Array.from({ length: 8 }, (_, i) => 250 * 2 ** i);
  // Of bins there may be fewer than the format has: the lowest alone are shown.
  const top = ((channels - 1) * format.rate) / format.shape.size;
  const hertz = format.mel === null ? ticksIn([0, top]).map(([place]) => place) : octaves;
  const ticks = hertz.map((value): Tick => [channelAt(value, format), String(value)]);
  const apart = (1.4 * textHeight() * channels) / stripHeight;
  return ticks.filter(
    ([place], i) => place >= 0 && place < channels && (i === 0 || place - ticks[i - 1][0] >= apart),
  );
}

function drawFrequencies(
  sheet: Raster,
  { left }: Layout,
  top: number,
  channels: number,
  factor: number,
  ticks: readonly Tick[],
): void {
  for (const [channel, text] of ticks) {
    const y = Math.round(top + (channels - 0.5 - channel) * factor);
    fillBox(sheet, left - tick, y, tick, 1, ink);
    drawText(sheet, left - tick - 4 - textWidth(text), y - Math.floor(textHeight() / 2), text, ink);
  }
}

/** Frame f is centred on f · hop seconds, as features.ts makes them. */
function drawTime(
  sheet: Raster,
  { left }: Layout,
  y: number,
  frames: number,
  format: SoundFormat | null,
): void {
  const each = format === null ? 1 : format.shape.hop / format.rate;
  const most = Math.max(1, (frames - 1) * each);
  const step = Math.max(format === null ? 1 : 0, tickStep(format === null ? frames : frames * each, 10));
  fillBox(sheet, left, y, frames * across, 1, ink);
  // A short sound has few pixels for its seconds: texts keep apart by a digit's width.
  const room = (text: string): number => ((textWidth(text) + textWidth('0')) / across) * each;
  for (const [place, text] of ticksApart([0, format === null ? most : (frames - 1) * each], step, room)) {
    const x = left + Math.round((place / each + 0.5) * across);
    fillBox(sheet, x, y, 1, tick, ink);
    drawText(sheet, Math.round(x - textWidth(text) / 2), y + tick + 3, text, ink);
  }
}

/** What the darkest and the lightest colour stand for. */
function scaleTexts({ range, sound }: Strips): readonly [string, string] {
  const text = (value: number): string => {
    if (sound === null) return String(Number(value.toPrecision(3)));
    const [low, high] = sound.range;
    return `${Math.round(decibelAt((value - low) / (high - low)))} dB`;
  };
  return [text(range[0]), text(range[1])];
}

function drawScale(
  sheet: Raster,
  { left, width, tops }: Layout,
  [low, high]: readonly [string, string],
  height: number,
): void {
  const [x, y] = [left + width + 14, margin + tops[0]];
  for (let i = 0; i < height; i++) fillBox(sheet, x, y + i, bar, 1, colourAt(1 - i / (height - 1)));
  drawText(sheet, x + bar + 6, y, high, ink);
  drawText(sheet, x + bar + 6, y + height - textHeight(), low, ink);
}
