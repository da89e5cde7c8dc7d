/**
 * Points in the plane, coloured by group, in a frame with a legend and, where the coordinates mean something, ticks.
 * In: points and groups. Out: a raster.
 */
import { blankRaster } from '../../formats/png.ts';
import type { Raster } from '../../formats/png.ts';
import {
  drawText,
  drawUpwards,
  faint,
  fillBox,
  fillDisc,
  ink,
  paper,
  textHeight,
  textWidth,
} from './canvas.ts';
import type { Colour } from './canvas.ts';
import { ticksIn } from './ticks.ts';
import type { Interval } from './ticks.ts';

export interface Plot {
  /** x, y, x, y, ... */
  readonly points: Float64Array;
  /** For each point its group: a place in `names`. */
  readonly groups: ArrayLike<number>;
  readonly names: readonly string[];
  readonly ticks: boolean;
  /** What lies along the axes; null: nothing is written. */
  readonly axes: readonly [across: string, up: string] | null;
  /** The same unit along both axes. */
  readonly square: boolean;
}

/** Ten colours that stay apart from each other, also for most who see fewer. */
const palette: readonly Colour[] = [
  [55, 118, 184],
  [238, 134, 40],
  [64, 155, 88],
  [210, 62, 66],
  [142, 104, 182],
  [138, 92, 76],
  [224, 122, 184],
  [120, 124, 130],
  [186, 178, 46],
  [50, 182, 196],
];

const [side, margin, radius] = [600, 24, 3];

/** The group's colour; beyond ten groups the hues go round the circle. */
export function groupColour(group: number, groups: number): Colour {
  if (groups <= palette.length) return palette[group];
  const channel = (offset: number): number => {
    const x = (6 * ((group / groups + offset) % 1) + 6) % 6;
    return Math.round(50 + 165 * Math.min(1, Math.max(0, Math.abs(x - 3) - 1)));
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}

/** Points that aren't finite are left out. */
export function drawPlot({ points, groups, names, ticks, axes, square }: Plot): Raster {
  const named = axes === null ? 0 : textHeight() + 10;
  const [left, top] = [(ticks ? margin + 44 : margin) + named, margin];
  const legend = names.length < 2 ? 0 : 34 + Math.max(...names.map((name) => textWidth(name)));
  const bottom = (ticks ? margin + 22 : margin) + named;
  const needed = names.length < 2 ? 0 : names.length * lineHeight(names) + 2 * margin;
  const plot = blankRaster(left + side + margin + legend, Math.max(top + side + bottom, needed), paper);
  const [across, up] = frame(points, square);
  const toX = (x: number): number => left + ((x - across[0]) / (across[1] - across[0])) * side;
  const toY = (y: number): number => top + side - ((y - up[0]) / (up[1] - up[0])) * side;
  if (ticks) drawTicks(plot, across, up, toX, toY, left, top);
  outline(plot, left, top);
  if (axes !== null) drawNames(plot, left, top, axes);
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = [toX(points[2 * i]), toY(points[2 * i + 1])];
    if (Number.isFinite(x + y)) fillDisc(plot, x, y, radius, groupColour(groups[i], names.length), 0.75);
  }
  if (legend > 0) drawLegend(plot, left + side + 16, top, names);
  return plot;
}

function drawNames(plot: Raster, left: number, top: number, [across, up]: readonly [string, string]): void {
  const below = plot.height - margin / 2 - textHeight();
  drawText(plot, Math.round(left + (side - textWidth(across)) / 2), below, across, ink);
  drawUpwards(plot, margin / 2, Math.round(top + (side + textWidth(up)) / 2), up, ink);
}

function outline(plot: Raster, left: number, top: number): void {
  fillBox(plot, left, top, side + 1, 1, faint);
  fillBox(plot, left, top + side, side + 1, 1, faint);
  fillBox(plot, left, top, 1, side + 1, faint);
  fillBox(plot, left + side, top, 1, side + 1, faint);
}

function lineHeight(names: readonly string[]): number {
  return names.length > 20 ? textHeight() + 6 : textHeight() + 12;
}

function drawLegend(plot: Raster, x: number, top: number, names: readonly string[]): void {
  names.forEach((name, group) => {
    const y = top + group * lineHeight(names);
    fillDisc(plot, x + 5, y + textHeight() / 2 - 0.5, 5, groupColour(group, names.length));
    drawText(plot, x + 18, y, name, ink);
  });
}

/** What the axes show: all points and a little more. */
function frame(points: Float64Array, square: boolean): [Interval, Interval] {
  const extent = (axis: number): [number, number] => {
    const values = points.filter((value, i) => i % 2 === axis && Number.isFinite(value));
    if (values.length === 0) return [0, 1];
    return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  };
  const [x, y] = [extent(0), extent(1)];
  const common = square ? Math.max(x[1] - x[0], y[1] - y[0]) : 0;
  return [widen(x, common), widen(y, common)];
}

function widen([low, high]: Interval, least: number): Interval {
  const half = (Math.max(high - low, least) || 1) * 0.54;
  return [(low + high) / 2 - half, (low + high) / 2 + half];
}

function drawTicks(
  plot: Raster,
  across: Interval,
  up: Interval,
  toX: (x: number) => number,
  toY: (y: number) => number,
  left: number,
  top: number,
): void {
  for (const [x, text] of ticksIn(across)) {
    fillBox(plot, Math.round(toX(x)), top, 1, side, [238, 240, 243]);
    drawText(plot, Math.round(toX(x) - textWidth(text) / 2), top + side + 8, text, ink);
  }
  for (const [y, text] of ticksIn(up)) {
    fillBox(plot, left, Math.round(toY(y)), side, 1, [238, 240, 243]);
    drawText(plot, left - 8 - textWidth(text), Math.round(toY(y) - textHeight() / 2), text, ink);
  }
}
