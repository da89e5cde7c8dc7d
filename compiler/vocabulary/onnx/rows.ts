/**
 * Constants that a file has for each of its rows, as exporters write the zeros that a recurrent layer starts from. In: a value
 * and the axis where rows belong; out: a tensor that any number of rows can take.
 */
import { along } from './numbers.ts';
import { tensor, type OnnxValue, type Step, type Tensor } from './values.ts';

/** With 1 on the axis in the place of the rows that the file was written for, where all of them have the same numbers. */
export function onePerRow(step: Step, value: OnnxValue, axis: number): Tensor {
  const { written } = step.of;
  const size = value.sort === 'numbers' ? value.shape[axis] : value.node.shape[axis];
  const isFixed = value.sort === 'numbers' || value.rows === null;
  if (!isFixed || size === 1 || size !== written) return step.made(value);
  if (value.sort === 'tensor') {
    const { op, inputs, shape } = value.node;
    if (op === 'expand' && inputs[0].shape[axis] === 1)
      return tensor(step.b.expand(inputs[0], shape.with(axis, 1)), null);
  } else {
    const first = along(value, axis, [0]);
    const all = along(first, axis, Array<number>(size).fill(0));
    if (all.values.every((one, i) => one === value.values[i])) return step.made(first);
  }
  return step.fail(`it has other numbers for each of the ${size} rows that the file was written for`);
}
