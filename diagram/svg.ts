/**
 * Placed panels as one SVG, one under the other, with a legend where gradients are shown. Light and dark by the viewer's
 * preference; every text is escaped. In: panels; out: the file's text.
 */
import { html } from '../compiler/targets/text/escape.ts';
import {
  fontSize,
  lineHeight,
  type PlacedBox,
  type PlacedLine,
  type PlacedPanel,
  type Point,
} from './layout.ts';
import { style } from './style.ts';
import { textWidth, wrapped } from './text.ts';

const margin = 8;
const titleHeight = 24;

/** Headings are bold, which is wider by a tenth. */
const boldWidth = (line: string): number => 1.12 * textWidth(line, fontSize.title);

export interface SvgOptions {
  /** Read to those who don't see the picture. */
  readonly title: string;
  readonly legend: boolean;
}

export function svg(panels: readonly PlacedPanel[], { title, legend }: SvgOptions): string {
  const titles = panels.map((panel) => (panel.title === '' ? [] : wrapped(panel.title, 48)));
  const texts = titles.flat().map((line) => boldWidth(line) + 2 * margin);
  const wanted = [...panels.map((panel) => panel.width), ...texts, legend ? legendWidth : 0];
  const width = Math.ceil(Math.max(...wanted) + 2 * margin);
  const parts: string[] = [];
  let y = margin;
  for (const [i, panel] of panels.entries()) {
    const lines = titles[i];
    parts.push(
      ...lines.map((line, k) =>
        text(line, { x: margin + 4, y: y + 15 + k * lineHeight.title }, 'panel', 'start'),
      ),
    );
    if (lines.length > 0) y += titleHeight + (lines.length - 1) * lineHeight.title;
    const left = Math.round((width - panel.width) / 2);
    parts.push(`<g transform="translate(${left} ${y})">`, ...panelParts(panel), '</g>');
    y += panel.height + margin;
  }
  if (legend) parts.push(...legendParts({ x: margin + 4, y: y + 12 }));
  const height = Math.ceil(y + (legend ? 30 : 0));
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${html(title)}">`;
  const ground = `<rect class="ground" width="${width}" height="${height}"/>`;
  return [head, `<title>${html(title)}</title>`, style, ground, ...parts, '</svg>', ''].join('\n');
}

function panelParts({ boxes, lines }: PlacedPanel): string[] {
  return [...lines.map(lineShape), ...boxes.map(boxShape), ...lines.flatMap(lineLabel)];
}

const round = (value: number): number => Math.round(value * 10) / 10;

// ---------------------------------------------------------------- edges

function lineShape({ points, gradient }: PlacedLine): string {
  if (points.length < 2) return '';
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  const back = gradient === 'flows' || gradient === 'reversed' ? backArrow(points) : '';
  const bar = gradient === 'stopped' ? stopBar(points) : '';
  return `<g class="edge ${gradient}"><path d="${path}"/>${arrow(points)}${back}${bar}</g>`;
}

/** The tip at an edge's end. */
function arrow(points: readonly Point[]): string {
  const [before, end] = points.slice(-2);
  return tip(end, angle(before, end), 'tip');
}

/** Against the edge, near its beginning: the way that the gradient takes. */
function backArrow(points: readonly Point[]): string {
  const [start, next] = points;
  return tip(start, angle(next, start), 'back');
}

const angle = (from: Point, to: Point): number => (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;

const tip = ({ x, y }: Point, degrees: number, name: string): string =>
  `<path class="${name}" transform="translate(${round(x)} ${round(y)}) rotate(${round(degrees)})" d="M0 0L-8 -4L-8 4Z"/>`;

function stopBar(points: readonly Point[]): string {
  const [start, next] = points;
  const middle = { x: (start.x + next.x) / 2, y: (start.y + next.y) / 2 };
  const turn = angle(start, next);
  return `<path class="bar" transform="translate(${round(middle.x)} ${round(middle.y)}) rotate(${round(turn)})" d="M0 -6L0 6"/>`;
}

function lineLabel({ label, at }: PlacedLine): string[] {
  return label === '' || at === null ? [] : [text(label, { x: at.x, y: at.y + 3.5 }, 'label', 'start')];
}

// ---------------------------------------------------------------- boxes

function boxShape(box: PlacedBox): string {
  const shape = box.kind === 'loss' ? diamond(box) : rectangle(box);
  return `<g class="unit ${box.kind} ${box.role}" transform="translate(${round(box.x)} ${round(box.y)})">${shape}</g>`;
}

function rectangle({ kind, width, height, title, detail, rows }: PlacedBox): string {
  const corner = kind === 'sample' ? Math.min(height / 2, 18) : 5;
  const shape = `<rect width="${width}" height="${height}" rx="${corner}"/>`;
  const middle = width / 2;
  let y = 6 + lineHeight.title - 3;
  const parts = title.map((line, i) => text(line, { x: middle, y: y + i * lineHeight.title }, 'title'));
  y += (title.length - 1) * lineHeight.title;
  if (detail !== '') parts.push(text(detail, { x: middle, y: (y += lineHeight.detail) }, 'detail'));
  y += 7;
  for (const row of rows) {
    parts.push(rowShape(row, y, width));
    y += lineHeight.row;
  }
  return shape + parts.join('');
}

function rowShape(row: PlacedBox['rows'][number], y: number, width: number): string {
  const base = y + lineHeight.row - 4.5;
  const frame = row.inset
    ? `<rect class="inset" x="6" y="${y + 1}" width="${width - 12}" height="${lineHeight.row - 2}" rx="3"/>`
    : '';
  if (row.size === '') return frame + text(row.text, { x: width / 2, y: base }, 'row');
  return (
    frame +
    text(row.text, { x: 10, y: base }, 'row', 'start') +
    text(row.size, { x: width - 10, y: base }, 'size', 'end')
  );
}

function diamond({ width, title, caption, height }: PlacedBox): string {
  const tall = height - caption.length * lineHeight.detail;
  const [cx, cy] = [width / 2, tall / 2];
  const half = Math.max(...title.map((line) => textWidth(line, fontSize.title))) / 2 + 22;
  const flat = half - 16;
  const shape = `<path d="M${round(cx - half)} ${cy}L${round(cx - flat)} 0H${round(cx + flat)}L${round(cx + half)} ${cy}L${round(cx + flat)} ${tall}H${round(cx - flat)}Z"/>`;
  const first = cy - ((title.length - 1) * lineHeight.title) / 2 + 4.5;
  const lines = title.map((line, i) => text(line, { x: cx, y: first + i * lineHeight.title }, 'title'));
  const below = caption.map((line, i) =>
    text(line, { x: cx, y: tall + (i + 1) * lineHeight.detail - 2 }, 'caption'),
  );
  return shape + lines.join('') + below.join('');
}

function text(value: string, { x, y }: Point, name: string, anchor = 'middle'): string {
  return `<text class="${name}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${html(value)}</text>`;
}

// ---------------------------------------------------------------- legend

const legendItems = [
  ['flows', 'gradient flows'],
  ['reversed', 'reversed'],
  ['stopped', 'stopped'],
] as const;
const legendStep = 112;
const legendWidth = legendItems.length * legendStep + 90;

function legendParts({ x, y }: Point): string[] {
  const items = legendItems.map(([gradient, words], i) => {
    const at = x + i * legendStep;
    const points = [
      { x: at, y: y - 4 },
      { x: at + 26, y: y - 4 },
    ];
    const line = lineShape({ from: '', to: '', label: '', gradient, points, at: null });
    return line + text(words, { x: at + 32, y }, 'label', 'start');
  });
  const at = x + legendItems.length * legendStep;
  const learns = `<g class="unit network learns"><rect x="${at}" y="${y - 11}" width="20" height="13" rx="3"/></g>`;
  return [...items, learns + text('learns', { x: at + 26, y }, 'label', 'start')];
}
