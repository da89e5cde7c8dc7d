/**
 * Convolution over one or two spatial axes (cross-correlation, channels first) and its two adjoints. The three are
 * closed under differentiation: each is linear in both inputs, and each one's gradients are the other two.
 */
import {
  addDims,
  ceilDivDim,
  divDims,
  mulDims,
  printDim,
  printShape,
  reachOf,
  sameDim,
  subDims,
  type Dim,
  type Shape,
} from '../dim.ts';
import type { SizedWindow, Window } from '../node.ts';
import { ShapeError, fixed, type Op, type Resizing } from './op.ts';
import * as kernel from './convolutionKernel.ts';

const resized = (attrs: SizedWindow, { shape }: Resizing): SizedWindow => ({
  ...attrs,
  size: shape(attrs.size),
});

/** floor((S + lo + hi - reach) / stride) + 1 for each spatial axis. */
function outputSizes(size: Shape, window: Shape, { strides, pads, dilations }: Window): Dim[] {
  if (size.length !== window.length || strides.length !== size.length || pads.length !== size.length) {
    throw new ShapeError(
      `a window ${printShape(window)} over ${printShape(size)} needs a stride and pads for each axis`,
    );
  }
  return size.map((s, i) => {
    const room = subDims(addDims(s, pads[i][0] + pads[i][1]), reachOf(window[i], dilations?.[i]));
    if (typeof room === 'number' && room < 0) {
      throw new ShapeError(
        `a window ${printShape(window)} is larger than ${printShape(size)} with its padding`,
      );
    }
    const steps = ceilDivDim(subDims(room, strides[i] - 1), strides[i]);
    if (steps === undefined)
      throw new ShapeError(`${printShape(size)} isn't a multiple of stride ${strides[i]}`);
    return addDims(steps, 1);
  });
}

function checkFits(what: string, x: Shape, w: Shape, ok: boolean): void {
  const ranks = x.length === w.length && (x.length === 3 || x.length === 4);
  if (!ranks || !ok) throw new ShapeError(`${what} of ${printShape(x)} and ${printShape(w)}`);
}

/** Channels of one group; undefined where they are not in so many equal groups. */
const ofGroup = (channels: Dim, { groups = 1 }: Window): Dim | undefined => divDims(channels, groups);

/** Whether x has as many channels as the groups of w [O, C / groups, ..] take, and O is in as many groups. */
function fitChannels(x: Dim, [out, inside]: Shape, window: Window): boolean {
  const own = ofGroup(x, window);
  return own !== undefined && sameDim(own, inside) && ofGroup(out, window) !== undefined;
}

function checkSizes(made: Shape, given: Shape): void {
  if (made.every((d, i) => sameDim(d, given[i]))) return;
  throw new ShapeError(`this convolution makes ${printShape(made)}, not ${printShape(given)}`);
}

export const conv: Op<'conv'> = {
  doc: 'Cross-correlation of x [N,C,S..] with w [O,C/groups,K..].',
  inputs: ['x', 'w'],
  shape([x, w], window) {
    checkFits('convolution', x, w, fitChannels(x[1], w, window));
    return [x[0], w[0], ...outputSizes(x.slice(2), w.slice(2), window)];
  },
  resized: fixed,
  gradient(b, { inputs: [x, w], attrs: window }, g) {
    return [
      b.convInputGrad(g, w, { ...window, size: x.shape.slice(2) }),
      b.convWeightGrad(x, g, { ...window, size: w.shape.slice(2) }),
    ];
  },
  evaluate: ([x, w], window, shape) => kernel.conv(x, w, window, shape),
  samples: [
    {
      inputs: [
        [2, 2, 5],
        [3, 2, 3],
      ],
      attrs: { strides: [2], pads: [[1, 1]] },
    },
    {
      inputs: [
        [1, 2, 5, 4],
        [2, 2, 3, 2],
      ],
      attrs: {
        strides: [2, 1],
        pads: [
          [1, 0],
          [0, 1],
        ],
      },
    },
    {
      inputs: [
        [2, 1, 4, 4],
        [2, 1, 4, 4],
      ],
      attrs: {
        strides: [1, 1],
        pads: [
          [0, 0],
          [0, 0],
        ],
      },
    },
    {
      inputs: [
        [1, 2, 6, 6],
        [2, 2, 4, 4],
      ],
      attrs: {
        strides: [2, 2],
        pads: [
          [1, 1],
          [1, 1],
        ],
      },
    },
    {
      inputs: [
        [2, 2, 8],
        [3, 2, 3],
      ],
      attrs: { strides: [1], pads: [[2, 1]], dilations: [2] },
    },
    {
      inputs: [
        [1, 4, 6, 5],
        [6, 2, 3, 2],
      ],
      attrs: {
        strides: [2, 1],
        pads: [
          [1, 1],
          [0, 1],
        ],
        dilations: [1, 3],
        groups: 2,
      },
    },
    {
      inputs: [
        [2, 3, 6],
        [6, 1, 3],
      ],
      attrs: { strides: [1], pads: [[1, 1]], groups: 3 },
    },
  ],
};

export const conv_input_grad: Op<'conv_input_grad'> = {
  doc: 'The adjoint of conv for x: from g [N,O,..] and w [O,C/groups,K..] to [N,C,size..]; a transposed convolution.',
  inputs: ['g', 'w'],
  shape([g, w], { size, ...window }) {
    const channels = mulDims(w[1], window.groups ?? 1);
    checkFits('transposed convolution', g, w, sameDim(g[1], w[0]) && fitChannels(channels, w, window));
    checkSizes(outputSizes(size, w.slice(2), window), g.slice(2));
    return [g[0], channels, ...size];
  },
  resized,
  gradient(b, { inputs: [g, w], attrs: window }, u) {
    return [b.conv(u, w, window), b.convWeightGrad(u, g, { ...window, size: w.shape.slice(2) })];
  },
  evaluate: ([g, w], window, shape) => kernel.convInputGrad(g, w, window, shape),
  samples: [
    {
      inputs: [
        [2, 3, 3],
        [3, 2, 3],
      ],
      attrs: { strides: [2], pads: [[1, 1]], size: [5] },
    },
    {
      inputs: [
        [1, 2, 2, 3],
        [2, 1, 4, 4],
      ],
      attrs: {
        strides: [2, 2],
        pads: [
          [1, 1],
          [1, 1],
        ],
        size: [4, 6],
      },
    },
    {
      inputs: [
        [1, 2, 2, 2],
        [2, 2, 3, 2],
      ],
      attrs: {
        strides: [2, 3],
        pads: [
          [0, 1],
          [1, 0],
        ],
        size: [5, 4],
      },
    },
    {
      inputs: [
        [2, 3, 5],
        [3, 2, 3],
      ],
      attrs: { strides: [1], pads: [[2, 0]], dilations: [2], size: [7] },
    },
    {
      inputs: [
        [1, 4, 2, 3],
        [4, 3, 2, 3],
      ],
      attrs: {
        strides: [2, 2],
        pads: [
          [0, 1],
          [1, 1],
        ],
        dilations: [2, 1],
        groups: 2,
        size: [4, 6],
      },
    },
    {
      inputs: [
        [2, 4, 5],
        [4, 3, 3],
      ],
      attrs: { strides: [1], pads: [[1, 2]], dilations: [2], groups: 2, size: [6] },
    },
  ],
};

export const conv_weight_grad: Op<'conv_weight_grad'> = {
  doc: 'The adjoint of conv for w: from x [N,C,S..] and g [N,O,..] to [O,C/groups,size..].',
  inputs: ['x', 'g'],
  shape([x, g], { size, ...window }) {
    checkFits('weight gradient', x, g, sameDim(x[0], g[0]) && ofGroup(g[1], window) !== undefined);
    checkSizes(outputSizes(x.slice(2), size, window), g.slice(2));
    const own = ofGroup(x[1], window);
    if (own === undefined)
      throw new ShapeError(`${printDim(x[1])} channels are not in ${window.groups} equal groups`);
    return [g[1], own, ...size];
  },
  resized,
  gradient(b, { inputs: [x, g], attrs: window }, v) {
    return [b.convInputGrad(g, v, { ...window, size: x.shape.slice(2) }), b.conv(x, v, window)];
  },
  evaluate: ([x, g], window, shape) => kernel.convWeightGrad(x, g, window, shape),
  samples: [
    {
      inputs: [
        [2, 2, 5],
        [2, 3, 3],
      ],
      attrs: { strides: [2], pads: [[1, 1]], size: [3] },
    },
    {
      inputs: [
        [2, 1, 4, 4],
        [2, 2, 2, 2],
      ],
      attrs: {
        strides: [2, 2],
        pads: [
          [1, 1],
          [1, 1],
        ],
        size: [4, 4],
      },
    },
    {
      inputs: [
        [2, 4, 8],
        [2, 2, 6],
      ],
      attrs: { strides: [1], pads: [[2, 0]], dilations: [2], groups: 2, size: [3] },
    },
  ],
};
