/** Products and convolutions: as TensorFlow has them, channels last. */
import type { Node, Window } from '../../ir/node.ts';
import { subDims, type Dim } from '../../ir/dim.ts';
import {
  arranged,
  channelsLast,
  inNumbers,
  list,
  range,
  sizes,
  weightAxes,
  type Instruction,
  type Place,
  type Value,
} from './value.ts';

type Pads = Window['pads'];

/** The code of a matrix, or a batch of them, and whether its last two axes are to be exchanged. */
function matrix(place: Place, node: Node, x: Value): { code: string; turned: boolean } {
  const rank = node.shape.length;
  const turned = x.axes.length === rank && x.axes[rank - 1] === rank - 2 && x.axes[rank - 2] === rank - 1;
  const order = turned ? [...range(rank - 2), rank - 1, rank - 2] : range(rank);
  return { code: arranged(place, node, inNumbers(x), order, true), turned };
}

export const matmul = (node: Node<'matmul'>): Instruction => ({
  inputs: node.inputs,
  print(place, [a, b]) {
    const [left, right] = node.inputs;
    if (left.shape.length > right.shape.length) return shared(place, node, a, b);
    const [x, y] = [matrix(place, left, a), matrix(place, right, b)];
    const flags = x.turned || y.turned ? `, ${x.turned}, ${y.turned}` : '';
    return { code: `tf.matMul(${x.code}, ${y.code}${flags})`, axes: range(node.shape.length) };
  },
});

/** A batch with one matrix: all its rows at once, in whatever order they lie. */
function shared(place: Place, node: Node, a: Value, b: Value): Value {
  const [left, right] = node.inputs;
  const order = a.axes.length === 3 && a.axes[2] === 2 ? a.axes : range(3);
  const code = arranged(place, left, inNumbers(a), order, true);
  const y = matrix(place, right, b);
  const rows = `tf.reshape(${code}, [-1, ${place.size(left.shape[2])}])`;
  const product = `tf.matMul(${rows}, ${y.code}${y.turned ? ', false, true' : ''})`;
  return {
    code: `tf.reshape(${product}, ${sizes(
      place,
      order.map((axis) => node.shape[axis]),
    )})`,
    axes: order,
  };
}

const isSame = (size: readonly Dim[], window: readonly Dim[], { strides, pads }: Window): boolean =>
  pads.every(([low, high], i) => {
    const [s, k] = [size[i], Number(window[i])];
    const rest =
      typeof s === 'number' ? s % strides[i] : strides[i] === 1 || exactly(s, strides[i]) ? 0 : NaN;
    const total = Math.max(0, k - (rest === 0 ? strides[i] : rest));
    return low === Math.floor(total / 2) && high === Math.ceil(total / 2);
  });

/** Every value of the symbols makes it a multiple of n. */
const exactly = (dim: Dim, n: number): boolean =>
  typeof dim !== 'number' && dim.constant % n === 0 && Object.values(dim.terms).every((c) => c % n === 0);

const none = (pads: Pads): boolean => pads.every(([low, high]) => low === 0 && high === 0);
const paddings = (pads: Pads): string => list([list([0, 0]), ...pads.map((pad) => list(pad)), list([0, 0])]);

/** TensorFlow's image axes: a sequence is an image of height 1. */
interface Spatial {
  image(place: Place, node: Node, x: Value): string;
  filter(place: Place, node: Node, x: Value): string;
  back(place: Place, node: Node, code: string): Value;
  readonly windows: Window;
  /** What functions that compute by the taps of the kernel (support-taps.ts) are told; null where TensorFlow has its own. */
  readonly taps: string | null;
}

function spatial(rank: number, { strides, pads, dilations, groups }: Window): Spatial {
  const flat = rank === 3;
  const lifted = (numbers: readonly number[]): readonly number[] => (flat ? [1, ...numbers] : numbers);
  const lift = (code: string): string => (flat ? `tf.expandDims(${code}, 1)` : code);
  return {
    image: (place, node, x) => lift(arranged(place, node, inNumbers(x), channelsLast(rank), true)),
    filter: (place, node, x) => {
      const code = arranged(place, node, inNumbers(x), weightAxes(rank), true);
      return flat ? `tf.expandDims(${code}, 0)` : code;
    },
    back: (_, __, code) => ({ code: flat ? `tf.squeeze(${code}, [1])` : code, axes: channelsLast(rank) }),
    windows: flat ? { strides: [1, ...strides], pads: [[0, 0], ...pads] } : { strides, pads },
    taps:
      dilations === undefined && groups === undefined
        ? null
        : `${list(lifted(strides))}, ${list(lifted(dilations ?? strides.map(() => 1)))}, ${groups ?? 1}`,
  };
}

const high = (rank: number, sizesOf: readonly Dim[]): Dim[] => (rank === 3 ? [1, ...sizesOf] : [...sizesOf]);
const steps = (strides: readonly number[]): string =>
  strides.every((s) => s === strides[0]) ? String(strides[0]) : list(strides);

export const conv = (node: Node<'conv'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x, w]) {
    const [image, filter] = node.inputs;
    const rank = node.shape.length;
    const s = spatial(rank, node.attrs);
    const { strides, pads } = s.windows;
    const same = isSame(high(rank, image.shape.slice(2)), high(rank, filter.shape.slice(2)), s.windows);
    const [code, f] = [s.image(place, image, x), s.filter(place, filter, w)];
    const whole = none(pads) ? code : `tf.pad(${code}, ${paddings(pads)})`;
    if (s.taps !== null) return s.back(place, node, `${place.use('tapConv')}(${whole}, ${f}, ${s.taps})`);
    const padded = same ? code : whole;
    const called = place.twice && place.recorded(node) ? place.use('smoothConv') : 'tf.conv2d';
    return s.back(
      place,
      node,
      `${called}(${padded}, ${f}, ${steps(strides)}, '${same && !none(pads) ? 'same' : 'valid'}')`,
    );
  },
});

export const convInputGrad = (node: Node<'conv_input_grad'>): Instruction => ({
  inputs: node.inputs,
  print(place, [g, w]) {
    const [cotangent, filter] = node.inputs;
    const rank = node.shape.length;
    const s = spatial(rank, node.attrs);
    const { strides, pads } = s.windows;
    const size = high(rank, node.shape.slice(2));
    const same = s.taps === null && isSame(size, high(rank, filter.shape.slice(2)), s.windows) && !none(pads);
    const whole = same ? size : size.map((dim, i) => subDims(dim, -(pads[i][0] + pads[i][1])));
    const code = s.image(place, cotangent, g);
    const shape = list([
      rowsOf(place, node),
      ...whole.map((dim) => place.size(dim)),
      place.size(node.shape[1]),
    ]);
    const own = place.twice && place.recorded(node) ? place.use('smoothConvTranspose') : 'tf.conv2dTranspose';
    const called = s.taps === null ? own : place.use('tapConvTranspose');
    const told = s.taps ?? `${steps(strides)}, '${same ? 'same' : 'valid'}'`;
    const made = `${called}(${code}, ${s.filter(place, filter, w)}, ${shape}, ${told})`;
    if (same || none(pads)) return s.back(place, node, made);
    const [begin, count] = [
      list([0, ...pads.map(([low]) => low), 0]),
      list([-1, ...size.map((dim) => place.size(dim)), -1]),
    ];
    return s.back(place, node, `tf.slice(${made}, ${begin}, ${count})`);
  },
});

const rowsOf = (place: Place, node: Node): string => place.size(node.shape[0]);

/** As a forward operation it only stands in graphs that hold derivatives already. */
export const convWeightGrad = (node: Node<'conv_weight_grad'>): Instruction => ({
  inputs: node.inputs,
  print(place, [x, g]) {
    const [image, cotangent] = node.inputs;
    const rank = node.shape.length;
    const s = spatial(rank, node.attrs);
    const { strides, pads } = s.windows;
    const window = high(rank, node.shape.slice(2));
    const same =
      s.taps === null && isSame(high(rank, image.shape.slice(2)), window, s.windows) && !none(pads);
    const code = s.image(place, image, x);
    const padded = same || none(pads) ? code : `tf.pad(${code}, ${paddings(pads)})`;
    const shape = list([...window, node.shape[1], node.shape[0]].map((dim) => place.size(dim)));
    const called = place.use(s.taps === null ? 'smoothConvWeights' : 'tapConvWeights');
    const told = s.taps ?? `${list(strides)}, '${same ? 'same' : 'valid'}'`;
    const made = `${called}(${padded}, ${s.image(place, cotangent, g)}, ${shape}, ${told})`;
    return { code: rank === 3 ? `tf.squeeze(${made}, [0])` : made, axes: weightAxes(rank) };
  },
});
