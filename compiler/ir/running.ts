/**
 * What a graph takes and gives back as it runs, on an engine that makes convolutions from products: values as ir/memory.ts
 * counts them, each given back after its last use, and beside them the windows that products read (im2col), which a
 * convolution shares with its weights' gradient. In: a graph's outputs, what its symbols stand for; out: bytes, in order.
 */
import { entryOf } from './entries.ts';
import { storageOf, takesRoom } from './memory.ts';
import { reachable, type Node } from './node.ts';
import { numbers, type Sizes } from './sizes.ts';

/** A value that is made (`bytes`) or given back, by any key of its own. */
export type MemoryEvent<K> = { readonly take: K; readonly bytes: number } | { readonly give: K };

/** A value that lies in memory: a node's, or windows by their key. */
type Held = Node | string;

/** `element`: bytes of a number. */
export function runOf(
  outputs: Readonly<Record<string, Node>>,
  sizes: Sizes,
  element: number,
): MemoryEvent<Held>[] {
  const roots = Object.values(outputs);
  const nodes = reachable(roots);
  const kept = new Set<Held>(roots.map(storageOf));
  const room = new Map<Held, number>();
  const last = new Map<Held, number>();
  nodes.forEach((node, at) => {
    if (takesRoom(node) && !kept.has(node)) room.set(node, numbers(node.shape, sizes));
    const made = windowsOf(node, sizes);
    if (made !== null) {
      room.set(made.key, made.numbers);
      last.set(made.key, at);
    }
    node.inputs.forEach((input) => last.set(storageOf(input), at));
  });
  const freed = new Map<number, Held[]>();
  for (const [held, at] of last) freed.set(at, [...(freed.get(at) ?? []), held]);
  const alive = new Set<Held>();
  const events: MemoryEvent<Held>[] = [];
  nodes.forEach((node, at) => {
    for (const held of [windowsOf(node, sizes)?.key, node]) {
      if (held === undefined || alive.has(held) || !room.has(held)) continue;
      alive.add(held);
      events.push({ take: held, bytes: element * entryOf(room, held) });
    }
    for (const held of freed.get(at) ?? []) if (alive.delete(held)) events.push({ give: held });
  });
  return events;
}

/** Each output pixel's window of the image: [N·outputs, channels·kernel]; of a gradient by the image, one phase of its stride. */
function windowsOf(node: Node, sizes: Sizes): { readonly key: string; readonly numbers: number } | null {
  if (node.op !== 'conv' && node.op !== 'conv_weight_grad' && node.op !== 'conv_input_grad') return null;
  const [a, b] = node.inputs;
  const { strides, pads, dilations, groups = 1 } = node.attrs;
  const key = (image: Node, kernel: readonly unknown[]): string =>
    `${image.id} ${JSON.stringify([kernel, strides, pads, dilations])}`;
  if (node.op === 'conv') {
    const [, channels] = node.shape;
    const pixels = numbers(node.shape, sizes) / numbers([channels], sizes);
    return { key: key(a, b.shape.slice(2)), numbers: pixels * groups * numbers(b.shape.slice(1), sizes) };
  }
  if (node.op === 'conv_weight_grad') {
    const [, channels] = b.shape;
    const pixels = numbers(b.shape, sizes) / numbers([channels], sizes);
    return {
      key: key(a, node.shape.slice(2)),
      numbers: pixels * groups * numbers(node.shape.slice(1), sizes),
    };
  }
  const taps = numbers(b.shape.slice(2), sizes) / strides.reduce((product, stride) => product * stride, 1);
  return { key: `${node.id} phase`, numbers: numbers(a.shape, sizes) * taps };
}
