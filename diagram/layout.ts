/**
 * Where everything stands: boxes get sizes from their texts, and the Eclipse Layout Kernel (elkjs, layered) places them
 * from top to bottom and routes the edges with their labels. In: a panel; out: the same with coordinates in pixels.
 */
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Box, Line, Panel } from './panels.ts';
import { textWidth } from './text.ts';

export const fontSize = { title: 13, detail: 10.5, label: 10 } as const;
export const lineHeight = { title: 16, row: 16, detail: 14 } as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends Box, Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedLine extends Line {
  readonly points: readonly Point[];
  /** Where its label stands: left, and the line of its middle. */
  readonly at: Point | null;
}

export interface PlacedPanel {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly lines: readonly PlacedLine[];
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '9',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.padding': '[top=10,left=10,bottom=10,right=10]',
  'elk.randomSeed': '1',
};

/** Width and height of a box: its texts and some room around them; a loss is a diamond with a caption under it. */
function sizeOfBox({ kind, title, detail, rows, caption }: Box): { width: number; height: number } {
  const widest = Math.max(
    ...title.map((line) => textWidth(line, fontSize.title)),
    textWidth(detail, fontSize.detail),
    ...rows.map(({ text, size }) => textWidth(text, fontSize.detail) + textWidth(size, fontSize.detail) + 22),
  );
  const below = Math.max(0, ...caption.map((line) => textWidth(line, fontSize.detail)));
  if (kind === 'loss') {
    const diamond = title.length * lineHeight.title + 20;
    return {
      width: Math.ceil(Math.max(widest + 44, below + 8)),
      height: diamond + caption.length * lineHeight.detail,
    };
  }
  const height =
    14 +
    title.length * lineHeight.title +
    (detail === '' ? 0 : lineHeight.detail) +
    rows.length * lineHeight.row;
  return { width: Math.ceil(Math.max(widest + 22, 44)), height: height + (rows.length > 0 ? 4 : 0) };
}

/** Wider than this, a picture is no longer legible in a column of 400 pixels. */
const widest = 480;

/** How many boxes may stand side by side, from as many as there are to few: the first that is narrow enough is taken. */
const narrower: readonly Readonly<Record<string, string>>[] = [
  {},
  ...[5, 4, 3, 2].map((bound) => ({
    'elk.layered.layering.strategy': 'COFFMAN_GRAHAM',
    'elk.layered.layering.coffmanGraham.layerBound': String(bound),
  })),
];

/** The panel with coordinates; of several ways to place it the first that is narrow enough, else the narrowest. */
export async function placed(panel: Panel, elk: ELK): Promise<PlacedPanel> {
  let best: PlacedPanel | undefined;
  for (const more of narrower) {
    const tried = await placedBy(panel, elk, more);
    if (best === undefined || tried.width < best.width) best = tried;
    if (best.width <= widest) break;
  }
  return best!;
}

async function placedBy(
  panel: Panel,
  elk: ELK,
  more: Readonly<Record<string, string>>,
): Promise<PlacedPanel> {
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: { ...options, ...more },
    children: panel.boxes.map((box) => ({ id: box.id, ...sizeOfBox(box) })),
    edges: panel.lines.map(({ from, to, label }, i) => ({
      id: `e${i}`,
      sources: [from],
      targets: [to],
      labels: label === '' ? [] : [{ text: label, width: textWidth(label, fontSize.label) + 4, height: 13 }],
    })),
  };
  const done = await elk.layout(graph);
  const at = new Map((done.children ?? []).map((child) => [child.id, child]));
  return {
    title: panel.title,
    width: Math.ceil(done.width ?? 0),
    height: Math.ceil(done.height ?? 0),
    boxes: panel.boxes.map((box) => {
      const { x = 0, y = 0, width = 0, height = 0 } = at.get(box.id) ?? {};
      return { ...box, x, y, width, height };
    }),
    lines: panel.lines.map((line, i) => {
      const edge = done.edges?.[i];
      const points = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
        startPoint,
        ...bendPoints,
        endPoint,
      ]);
      const label = edge?.labels?.[0];
      const place = label && { x: (label.x ?? 0) + 2, y: (label.y ?? 0) + (label.height ?? 0) / 2 };
      return { ...line, points, at: place ?? null };
    }),
  };
}
