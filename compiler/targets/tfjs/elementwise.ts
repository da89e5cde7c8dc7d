/** Elementwise primitives as TensorFlow.js. Comparisons and what saves its own result have forms of their own where a
 * derivative passes (support.ts says why). */
import type { Node } from '../../ir/node.ts';
import type { HelperName } from './support.ts';
import { numeric, together, type Instruction, type Place, type Value } from './value.ts';

type Row = (node: Node) => Instruction;

/** A function of one tensor; `again` is its form for second derivatives. */
export const unary =
  (name: string, again?: HelperName): Row =>
  ({ inputs }) => ({
    inputs,
    print(place, [x]) {
      const own = again !== undefined && place.twice && place.recorded(inputs[0]);
      const called = own ? place.use(again) : `tf.${name}`;
      return { code: `${called}(${own ? asTensor(x) : numeric(x)})`, axes: x.axes };
    },
  });

const asTensor = (x: Value): string => (x.host ? `tf.scalar(${x.code})` : numeric(x));

export const neg: Row = ({ inputs }) => ({
  inputs,
  print: (_, [x]) =>
    x.host
      ? { ...x, code: x.code.startsWith('-') ? x.code.slice(1) : `-${x.code}` }
      : { code: `tf.neg(${numeric(x)})`, axes: x.axes },
});

/** A function of several tensors that TensorFlow broadcasts. */
const joined =
  (print: (place: Place, codes: string[]) => string, extra: Partial<Value> = {}): Row =>
  ({ inputs }) => ({
    inputs,
    print(place, args) {
      const { codes, axes } = together(place, inputs, args);
      return { code: print(place, codes), axes, ...extra };
    },
  });

export const binary = (name: string): Row => joined((_, [a, b]) => `tf.${name}(${a}, ${b})`);

/** `helper` where a derivative passes, `name` elsewhere. */
const guarded =
  (name: string, helper: HelperName, extra: Partial<Value> = {}): Row =>
  (node) =>
    joined((place, [a, b]) => {
      const passes = node.inputs.some((x) => place.recorded(x));
      return `${passes ? place.use(helper) : `tf.${name}`}(${a}, ${b})`;
    }, extra)(node);

export const less = guarded('less', 'less', { truth: true });
export const equal = guarded('equal', 'equal', { truth: true });
export const max = guarded('maximum', 'maximum');
export const min = guarded('minimum', 'minimum');

/** The gradient of an absolute value at 0 is 0; TensorFlow's is -1. */
export const abs: Row = ({ inputs }) => ({
  inputs,
  print(place, [x]) {
    const own = place.recorded(inputs[0]);
    return { code: `${own ? place.use('abs') : 'tf.abs'}(${own ? asTensor(x) : numeric(x)})`, axes: x.axes };
  },
});

/** TensorFlow's own has one derivative, and none for an exponent of 0 at 0. */
export const pow: Row = ({ inputs }) => ({
  inputs,
  print(place, args) {
    const { codes, axes } = together(place, inputs, args);
    const [, exponent] = inputs;
    const plain = args[1].host === true;
    const zero = exponent.op === 'constant' && exponent.attrs.values.includes(0);
    const own = inputs.some((x) => place.recorded(x)) && (place.twice || zero);
    const name = !own ? 'tf.pow' : place.use(plain && !place.recorded(exponent) ? 'pow' : 'power');
    const [a, b] = own && args[0].host ? [`tf.scalar(${codes[0]})`, codes[1]] : codes;
    return { code: `${name}(${a}, ${b})`, axes };
  },
});

/** The gradient of a root at 0 is 0; away from 0 TensorFlow's own will do. */
export const sqrt: Row = (node) => ({
  inputs: node.inputs,
  print(place, [x]) {
    const own = place.recorded(node.inputs[0]) && !awayFromZero(node.inputs[0]);
    return {
      code: `${own ? place.use('sqrt') : 'tf.sqrt'}(${own ? asTensor(x) : numeric(x)})`,
      axes: x.axes,
    };
  },
});

/** A sum with a positive constant: a variance and its epsilon. */
const awayFromZero = ({ op, inputs }: Node): boolean =>
  op === 'add' && inputs.some((x) => x.op === 'constant' && x.attrs.values[0] > 0);

export const select: Row = ({ inputs }) => ({
  inputs,
  print(place, args) {
    const [condition, ...branches] = args;
    const { codes, axes } = together(place, inputs, [{ ...condition, truth: undefined }, ...branches]);
    const [c, a, b] = codes;
    if (condition.truth) return { code: `tf.where(${c}, ${a}, ${b})`, axes };
    if (place.recorded(inputs[0])) return { code: `${place.use('select')}(${c}, ${a}, ${b})`, axes };
    return { code: `tf.where(tf.notEqual(${c}, 0), ${a}, ${b})`, axes };
  },
});

/** The identity forwards; only a derivative sees it. */
export const stop: Row = (node) => ({
  inputs: node.inputs,
  print: (place, [x]) =>
    place.recorded(node.inputs[0]) ? { code: `${place.use('stop')}(${asTensor(x)})`, axes: x.axes } : x,
});

export const reverse: Row = ({ inputs }) => ({
  inputs,
  print: (place, [x, k]) =>
    place.recorded(inputs[0])
      ? { code: `${place.use('reversed')}(${asTensor(x)}, ${k.code})`, axes: x.axes }
      : x,
});
