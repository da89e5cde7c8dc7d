/**
 * What a network is made of, in the order of its body. In: one call of it and its nodes; out: its layers, blocks and the
 * networks that it calls, each with the size of what it gives.
 */
import { textOf } from '../../grammar/source.ts';
import { printDim } from '../ir/dim.ts';
import type { Node, Region } from '../ir/node.ts';
import type { Layer } from './architecture.ts';

export const layersOf = (call: Region, nodes: readonly Node[]): Layer[] =>
  layerParts(call, nodes).map(({ layer }) => layer);

export interface LayerPart {
  readonly layer: Layer;
  readonly nodes: readonly Node[];
  /** What others read of it. */
  readonly result: Node | undefined;
}

/** The same with the nodes of each; `call` undefined: of a body that is evaluated by itself. */
export function layerParts(call: Region | undefined, nodes: readonly Node[]): LayerPart[] {
  const parts = new Map<Region, Node[]>();
  for (const node of nodes) {
    const part = partOf(node.region, call);
    if (part === undefined) continue;
    const own = parts.get(part);
    if (own === undefined) parts.set(part, [node]);
    else own.push(node);
  }
  return [...parts].flatMap(([region, own]) => layerPart(region, own, nodes));
}

/** The part of a call's body that a node belongs to: the region right inside it. */
function partOf(region: Region | undefined, call: Region | undefined): Region | undefined {
  for (let at = region; at !== undefined; at = at.parent) if (at.parent === call) return at;
  return undefined;
}

const kinds: Readonly<Partial<Record<Region['kind'], Layer['kind']>>> = {
  layer: 'layer',
  block: 'block',
  network: 'network',
};

function layerPart(region: Region, own: readonly Node[], all: readonly Node[]): LayerPart[] {
  const kind = kinds[region.kind];
  if (kind === undefined) return [];
  const result = resultOf(own, all);
  const { name } = region;
  const text = writtenAs(name, own);
  const layer = { kind, name, text, size: result === undefined ? '' : sizeOf(result) };
  return [{ layer, nodes: own, result }];
}

/** The call as it is written, on one line; of a pipe, what stands behind its last `|>`. */
function writtenAs(name: string, own: readonly Node[]): string {
  for (const { origin } of own) {
    if (origin === undefined) continue;
    const stage = textOf(origin).split('|>').at(-1)!.replace(/\s+/g, ' ').trim();
    if (stage.startsWith(`${name}(`)) return firstCall(stage);
  }
  return name;
}

/** Up to the parenthesis that closes the first one: a stage may be an argument of a call around it. */
function firstCall(text: string): string {
  let depth = 0;
  for (let i = text.indexOf('('); i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return text.slice(0, i + 1);
  }
  return text;
}

/** What others read of a part: its largest node that isn't read inside alone. */
function resultOf(own: readonly Node[], all: readonly Node[]): Node | undefined {
  const inside = new Set(own);
  const read = new Set(all.filter((node) => !inside.has(node)).flatMap((node) => node.inputs));
  const given = own.filter((node) => read.has(node));
  return (given.length > 0 ? given : own).at(-1);
}

/** A value's size without its rows: `1×28×28`; empty for one number a row. */
export const sizeOf = ({ shape }: Node): string => shape.slice(1).map(printDim).join('×');
