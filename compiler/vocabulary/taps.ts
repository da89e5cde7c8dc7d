/**
 * Convolution by the taps of its kernel, for what the primitive has no form of: dilation and groups. In: x [R, C, S..]
 * with its padding, weights [O, C / groups, K..]; out: [R, O, P..]. Each tap is a strided slice; side by side they are
 * one product, which is how the ONNX target computes any convolution.
 */
import { addDims, mulDims, product } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Call } from './builtin.ts';
import type { Window } from './windows.ts';

export function taps(call: Call, x: Node, weight: Node, windows: readonly Window[], groups: number): Node {
  const { b } = call;
  const columns = columnsOf(call, x, windows);
  const [rows, depth, ...places] = columns.shape;
  const [channels, inside, ...kernel] = weight.shape;
  const width = product([inside, ...kernel]);
  if (groups === 1) {
    const ones = windows.map(() => 1);
    const once = { strides: ones, pads: windows.map((): [number, number] => [0, 0]) };
    return b.conv(columns, b.reshape(weight, [channels, depth, ...ones]), once);
  }
  const area = product(places);
  const apart = b.transpose(b.reshape(columns, [rows, groups, width, area]), [1, 2, 0, 3]);
  const flat = b.reshape(apart, [groups, width, mulDims(rows, area)]);
  const own = Number(channels) / groups;
  const made = b.matmul(b.reshape(weight, [groups, own, width]), flat);
  const back = b.transpose(b.reshape(made, [groups, own, rows, area]), [2, 0, 1, 3]);
  return b.reshape(back, [rows, channels, ...places]);
}

/** [R, C · K.., P..]: of each channel, what every tap of the kernel meets at each place. */
function columnsOf({ b }: Call, x: Node, windows: readonly Window[]): Node {
  const parts = windows.reduce<Node[]>(
    (nodes, { kernel, stride, dilation, out }, i) => {
      const reach = addDims(mulDims(addDims(out, -1), stride), 1);
      return nodes.flatMap((node) =>
        Array.from({ length: kernel }, (_, k) =>
          b.slice(node, i + 2, k * dilation, addDims(reach, k * dilation), stride),
        ),
      );
    },
    [x],
  );
  const [{ shape }] = parts;
  const [rows, channels, ...places] = shape;
  const stacked = b.concat(
    parts.map((part) => b.reshape(part, [rows, channels, 1, ...places])),
    2,
  );
  return b.reshape(stacked, [rows, mulDims(channels, parts.length), ...places]);
}
