/**
 * What layers and functions have in common when they look at what came in: row axes, classes, sizes, and the mistakes
 * about them. In: a call and its values; out: nodes, types, numbers, or a `Mistake`.
 */
import { kinds } from '../errors.ts';
import { oneHot } from '../ir/compose.ts';
import { printDim, sameDim, type Dim, type Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { formOf, printType, real, type Kind, type TensorType } from '../types.ts';
import { describeSort, type TensorValue, type Value } from '../values.ts';
import type { Args, Call } from './builtin.ts';

/** How many axes of a value's node are rows: 1, or 0 without rows. */
export const leadOf = (type: TensorType): number => (type.rows === null ? 0 : 1);

/** The axes of a row: all of the node's but the row axis. */
export const rowAxes = ({ type }: TensorValue): number[] => type.shape.map((_, axis) => axis + leadOf(type));

/** The shape of the value's node, with another shape for each row. */
export const withShape = ({ node, type }: TensorValue, shape: Shape): Shape => [
  ...node.shape.slice(0, leadOf(type)),
  ...shape,
];

/** A real tensor made from one of this type: its rows and visibility, no range. */
export const derived = (type: TensorType, shape: Shape = type.shape): TensorType => ({
  ...real(shape, type.rows),
  form: formOf(shape.length, type.form),
  hidden: type.hidden,
});

/** The type of the same numbers in other places: kind and range stay. */
export const moved = (type: TensorType, shape: Shape): TensorType => ({
  ...derived(type, shape),
  kind: type.kind === 'onehot' && shape.length !== 1 ? 'real' : type.kind,
  range: type.range,
});

/** The node with a row axis: one row if the value has none. `undo` takes a result back. */
export function inRows(call: Call, { node, type }: TensorValue): { x: Node; undo: (node: Node) => Node } {
  if (type.rows !== null) return { x: node, undo: (result) => result };
  const { b } = call;
  return {
    x: b.reshape(node, [1, ...node.shape]),
    undo: (result) => b.reshape(result, result.shape.slice(1)),
  };
}

/** A tensor from a tensor or a host number. */
export function tensorOf(call: Call, value: Value, what: string): TensorValue {
  if (value.sort === 'tensor') return value;
  if (value.sort === 'number') return call.part('number', call.scalar(value.value), real([], null));
  return call.fail(kinds.badArgument, {
    what: `${what} takes a tensor, and ${describeSort(value)} is given`,
    hint:
      value.sort === 'distribution'
        ? 'Take its `draw`, `mode`, `mean` or `probs`.'
        : 'Take one of its parts.',
  });
}

/** The tensor as numbers that a layer may weigh: a label becomes a onehot. */
export function features(call: Call, value: TensorValue): TensorValue {
  const { type } = value;
  if (type.kind !== 'label') return value;
  if (type.classes === null)
    return call.fail(kinds.kind, {
      what: 'a label without a number of classes came in',
      hint: 'Declare how many there are: label[10].',
    });
  return asOnehot(call, value, type.classes);
}

function asOnehot(call: Call, label: TensorValue, classes: Dim): TensorValue {
  const type: TensorType = { ...derived(label.type, [classes]), kind: 'onehot' };
  return call.part('onehot', oneHot(call.b, label.node, classes), type);
}

/** A label, onehot, vector of probabilities or constant class as weights over `classes` classes. */
export function toClasses(call: Call, given: Value, classes: Dim): TensorValue {
  if (given.sort === 'number') return constantClass(call, given.value, classes);
  const value = tensorOf(call, given, 'a class');
  const { type } = value;
  const wants = `a label of ${printDim(classes)} classes`;
  if (type.kind === 'label') {
    if (type.classes !== null && !sameDim(type.classes, classes)) {
      return call.fail(kinds.kind, {
        what: `${printType(type)} came in, and ${wants} is wanted`,
        why: 'Both must have as many classes.',
        hint: `Let the network give ${printDim(type.classes)} logits, or use another label.`,
      });
    }
    return asOnehot(call, value, classes);
  }
  const fits = type.form === 'vec' && sameDim(type.shape[0], classes);
  if (fits && (type.kind === 'onehot' || type.kind === 'prob')) return value;
  return call.fail(kinds.kind, {
    what: `${printType(type)} came in, and ${wants} is wanted`,
    hint: `Give a label, onehot[${printDim(classes)}], probs[${printDim(classes)}], or a whole number below ${printDim(classes)}.`,
  });
}

function constantClass(call: Call, value: unknown, classes: Dim): TensorValue {
  const inside =
    typeof value === 'number' &&
    typeof classes === 'number' &&
    Number.isInteger(value) &&
    value >= 0 &&
    value < classes;
  if (!inside) {
    return call.fail(kinds.outside, {
      what: `${typeof value === 'number' ? value : 'a changing number'} is no class of ${printDim(classes)}`,
      why: 'Classes count from 0.',
      hint: `Write a whole number below ${printDim(classes)}.`,
    });
  }
  const weights = Array.from({ length: classes }, (_, i) => Number(i === value));
  return call.part('class', call.b.constant(weights, [classes]), {
    ...real([classes], null),
    kind: 'onehot',
  });
}

/** The range that all parts have, if it is one. */
export function commonRange(parts: readonly TensorValue[]): TensorType['range'] {
  const [first, ...rest] = parts.map(({ type }) => type.range);
  return rest.every((range) => String(range) === String(first)) ? first : null;
}

/** The kind of all parts; of probabilities and onehots prob, else real. */
export function commonKind(parts: readonly TensorValue[]): TensorType['kind'] {
  const kinds = new Set(parts.map(({ type }) => type.kind));
  if (kinds.size === 1) return parts[0].type.kind;
  const probable = [...kinds].every((kind) => kind === 'onehot' || kind === 'prob');
  return probable ? 'prob' : 'real';
}

// ---------------------------------------------------------------- mistakes

/** The way out where images or seqs are wanted. */
export const toPlaces =
  'Bring it to an image with `|> reshape(C, H, W)` or a seq with `|> reshape(C, T)`, or use `dense`.';

/** "conv takes image[C, H, W] or seq[C, T], and vec[1024] came in". */
/** Images of which each row has draws of its own. */
export function imageRows(call: Call, layer: string, given: TensorValue): TensorValue {
  const input = features(call, given);
  if (input.type.form !== 'image') return wrongForm(call, layer, 'image[C, H, W]', input.type, toPlaces);
  if (input.type.rows !== null) return input;
  return call.fail(kinds.noRows, {
    what: `\`${layer}\` takes images with rows`,
    why: 'Each row has draws of its own.',
    hint: 'Put it on what comes from data or samples.',
  });
}

export function wrongForm(call: Call, layer: string, takes: string, came: TensorType, hint: string): never {
  return call.fail(kinds.shape, {
    what: `\`${layer}\` takes ${takes}, and ${printType(came)} came in`,
    hint,
  });
}

export function wrongKind(
  call: Call,
  layer: string,
  came: TensorType,
  why: string | undefined,
  hint: string,
): never {
  return call.fail(kinds.kind, { what: `\`${layer}\` cannot take ${printType(came)}`, why, hint });
}

/** A whole number of at least `least`. */
export function count(call: Call, args: Args, name: string, least = 1): number {
  const value = args.int(name);
  if (Number.isInteger(value) && value >= least) return value;
  return call.fail(kinds.notCount, {
    what: `\`${name}\` is ${value}, and must be a whole number of at least ${least}`,
    hint: `Write \`${name}: ${least}\` or more.`,
  });
}

/** A size that weights need as a number. */
export function fixed(call: Call, layer: string, dim: Dim): number {
  if (typeof dim === 'number') return dim;
  return call.fail(kinds.weightSize, {
    what: `the weights of \`${layer}\` would depend on the size ${printDim(dim)}`,
    why: 'A weight has one size, whatever the length of what comes in.',
    hint: 'Reduce the length first, with `mean(over: time)` for example.',
  });
}

/** A size as it must be: whole for every value of its symbols. */
export function whole(call: Call, size: Dim | undefined, from: Dim, by: number): Dim {
  if (size !== undefined) return size;
  return call.fail(kinds.division, {
    what: `${printDim(from)} divided by ${by} is not a whole number for every length`,
    why: 'With a shape variable, a division must be exact.',
    hint: `Say that the length is a multiple: \`seq[C, ${by} * T]\` in the parameter, or \`T / ${by}\` in the result.`,
  });
}

/** The kinds that hold numbers between 0 and 1 which are probabilities already. */
export const isProbability = (kind: Kind): boolean =>
  kind === 'prob' || kind === 'onehot' || kind === 'truth';
