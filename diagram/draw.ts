/** From an architecture to a file's text, in the format that was asked for. */
import { createRequire } from 'node:module';
import type { ELK } from 'elkjs/lib/elk-api.js';
import type { Architecture } from '../compiler/architecture/architecture.ts';
import { dot } from './dot.ts';
import { page } from './html.ts';
import { placed } from './layout.ts';
import { mermaid } from './mermaid.ts';
import { panelsOf, type PanelOptions } from './panels.ts';
import { svg } from './svg.ts';

export const graphFormats = ['svg', 'html', 'dot', 'mermaid'] as const;
export type GraphFormat = (typeof graphFormats)[number];

export async function draw(
  architecture: Architecture,
  format: GraphFormat,
  options: PanelOptions,
): Promise<string> {
  switch (format) {
    case 'dot':
      return dot(architecture.name, panelsOf(architecture, options));
    case 'mermaid':
      return mermaid(panelsOf(architecture, options));
    case 'svg':
      return drawSvg(architecture, options, layoutEngine());
    case 'html':
      return drawPage(architecture, layoutEngine());
  }
}

/**
 * Loaded when a picture is laid out: it is a program of 1.5 MB, compiled from Java. Required, not imported: the command is
 * one script, which has no import().
 */
function layoutEngine(): ELK {
  const Elk = createRequire(import.meta.url)('elkjs/lib/elk.bundled.js') as new () => ELK;
  return new Elk();
}

async function drawSvg(architecture: Architecture, options: PanelOptions, elk: ELK): Promise<string> {
  const panels = await Promise.all(panelsOf(architecture, options).map((panel) => placed(panel, elk)));
  return svg(panels, { title: `Architecture of ${architecture.name}`, legend: options.updates });
}

export interface Pictures {
  readonly folded: string;
  readonly layers: string;
  /** One each, in the order of the architecture's updates, without a heading. */
  readonly updates: readonly string[];
}

/** SVGs of the whole, its networks folded and with their layers, and of each update by itself. */
export async function pictures(architecture: Architecture): Promise<Pictures> {
  const elk = layoutEngine();
  const folded = await drawSvg(architecture, { updates: false, layers: false }, elk);
  const layers = await drawSvg(architecture, { updates: false, layers: true }, elk);
  const updates: string[] = [];
  for (const panel of panelsOf(architecture, { updates: true, layers: false })) {
    const drawn = await placed({ ...panel, title: '' }, elk);
    updates.push(svg([drawn], { title: panel.title, legend: true }));
  }
  return { folded, layers, updates };
}

async function drawPage(architecture: Architecture, elk: ELK): Promise<string> {
  const view = async (
    title: string,
    updates: boolean,
  ): Promise<{ title: string; folded: string; layers: string }> => ({
    title,
    folded: await drawSvg(architecture, { updates, layers: false }, elk),
    layers: await drawSvg(architecture, { updates, layers: true }, elk),
  });
  return page(architecture.name, [await view('', false), await view('What each update does', true)]);
}
