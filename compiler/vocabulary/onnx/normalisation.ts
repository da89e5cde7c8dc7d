/** Normalisations: by statistics that the file has, or of each row by its own. */
import { alongAxes, broadcastTo, moments } from '../../ir/compose.ts';
import { divDims, knownDim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { perChannel } from '../weights.ts';
import { tensor, type Operator, type Step } from './values.ts';

const epsilon = 1e-5;

const batchNormalization: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  if (step.real('training_mode', 0) !== 0)
    step.fail('it takes the statistics of the batch: export the network in evaluation mode');
  const { b } = step;
  const [gain, bias, mean, variance] = [1, 2, 3, 4].map((i) => step.weight(i));
  const scale = b.div(gain, b.sqrt(b.add(variance, step.real('epsilon', epsilon))));
  const shift = b.sub(bias, b.mul(mean, scale));
  const wide = (values: Node): Node => perChannel(step.of.call, values, x.node);
  return tensor(b.add(b.mul(x.node, wide(scale)), wide(shift)), x.rows);
};

/** By mean and variance over these axes of each. */
function standardised(step: Step, x: Node, axes: readonly number[]): Node {
  const { b } = step;
  const { centred, variance } = moments(b, x, axes);
  const own = b.sqrt(b.add(variance, step.real('epsilon', epsilon)));
  return b.div(centred, alongAxes(b, own, x.shape, axes));
}

const instanceNormalization: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const { b } = step;
  const made = standardised(step, x.node, [...x.node.shape.keys()].slice(2));
  const [gain, bias] = [1, 2].map((i) => perChannel(step.of.call, step.weight(i), x.node));
  return tensor(b.add(b.mul(made, gain), bias), x.rows);
};

/** Over all axes from one on; gain and bias have their shape. */
const layerNormalization: Operator = (step) => {
  const x = step.tensor(0);
  const { shape } = x.node;
  const axes = [...shape.keys()].slice(step.axis(step.real('axis', -1), shape.length));
  step.spareRows(x, axes);
  const { b } = step;
  const wide = (i: number): Node => {
    const weight = step.weight(i);
    return broadcastTo(b, weight, shape, [...shape.keys()].slice(shape.length - weight.shape.length));
  };
  const scaled = b.mul(standardised(step, x.node, axes), wide(1));
  return tensor(step.has(2) ? b.add(scaled, wide(2)) : scaled, x.rows);
};

/** Channels in groups; gain and bias are one for each channel since version 21, for each group before. */
const groupNormalization: Operator = (step) => {
  const x = step.tensor(0);
  step.rowsFirst(x);
  const { b } = step;
  const { shape } = x.node;
  const groups = step.real('num_groups', 1);
  const each = divDims(shape[1], groups) ?? step.fail('its channels are not in equal groups');
  const apart = b.reshape(x.node, [shape[0], groups, each, ...shape.slice(2)]);
  const made = b.reshape(standardised(step, apart, [...apart.shape.keys()].slice(2)), shape);
  const wide = (i: number): Node => {
    const weight = step.weight(i);
    const [size] = weight.shape.map(knownDim);
    const all = size === groups ? b.reshape(broadcastTo(b, weight, [groups, each], [0]), [shape[1]]) : weight;
    return perChannel(step.of.call, all, x.node);
  };
  return tensor(b.add(b.mul(made, wide(1)), wide(2)), x.rows);
};

export const normalisation = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
} as const satisfies Record<string, Operator>;
