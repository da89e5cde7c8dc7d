/**
 * Values against the types of parameters: shape variables are solved, labels and constant classes become onehots,
 * vec[1] and a single number stand for each other. What cannot be the parameter's is a mistake.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake, suggestion, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { printDim, product, sameDim, type Dim } from '../ir/dim.ts';
import { oneHot } from '../ir/compose.ts';
import type { HostExpr } from '../../program/host.ts';
import { printType, real, type Kind, type TensorType } from '../types.ts';
import { describe, type DistributionValue, type TensorValue, type Value } from '../values.ts';
import { printDistribution } from '../vocabulary/distributions.ts';
import { toTensor } from './args.ts';
import { scalarNode } from './feeds.ts';
import type { Context } from './context.ts';
import { dimOf, Silence, solve, type Variables } from '../bind/dims.ts';
import { expected, mismatch, printBounds, sameBounds, type Expected } from '../bind/types.ts';

/** Makes a value one of this type, or throws; `what` names it in messages. */
export type Fit = (
  context: Context,
  type: ast.TypeExpr,
  given: Value,
  variables: Variables,
  what: string,
) => Value;

/** The argument as the parameter's type wants it. */
export const fit: Fit = (context, type, given, variables, what) => {
  if (given.sort === 'unknown') throw new Silence();
  if (type.kind === 'RecordType')
    return fitRecord(context, type, given, variables, what, fit, kinds.argumentType);
  const want = expected(type, context);
  if (want.family !== null) return fitFamily(context, want, given, variables, what, kinds.argumentType);
  const value = given.sort === 'number' ? numberAs(context, want, given.value, variables, what) : given;
  if (value.sort !== 'tensor')
    return mismatch(kinds.argumentType, want, describe(value), what, toTensor(value));
  const converted =
    want.kind === 'onehot' || want.kind === 'prob' ? classesAs(context, want, value, variables) : value;
  const shaped = shapeAs(context, want, converted, variables);
  if (shaped === undefined)
    return mismatch(
      kinds.argumentType,
      want,
      describe(given),
      what,
      reshaping(context, want, value.type, variables),
    );
  const mixed = want.kind === 'real' ? shaped.type.kind === 'label' : shaped.type.kind !== want.kind;
  if (mixed) kindMismatch(kinds.kind, want, shaped.type, what);
  checkRange(want, shaped.type, what);
  return shaped;
};

// ---------------------------------------------------------------- records and distributions

export function fitRecord(
  context: Context,
  type: ast.RecordType,
  given: Value,
  variables: Variables,
  what: string,
  each: Fit,
  kind: DiagnosticKind,
): Value {
  if (given.sort !== 'record') {
    const text = textOf(type.span).replace(/\s+/g, ' ');
    const hint = 'Write a record: `{ name: value, ... }`.';
    throw new Mistake(kind, {
      what: `${what} is ${describe(given)}, and the record ${text} is wanted`,
      hint,
    });
  }
  const wanted = type.fields.map((field) => field.name.name);
  const extra = Object.keys(given.fields).find((name) => !wanted.includes(name));
  const missing = type.fields.find(({ name }) => !Object.hasOwn(given.fields, name.name));
  if (extra !== undefined || missing !== undefined) {
    const lacks = `${what} lacks the field \`${missing?.name.name}\` of its type`;
    throw new Mistake(kind, {
      what: missing ? lacks : `${what} has a field \`${extra}\` that its type does not have`,
      hint: renaming(missing?.name.name, extra),
      labels: [{ span: (missing ?? type).span, text: 'declared here' }],
    });
  }
  const fields = type.fields.map(({ name: { name }, type: inner }) => {
    const value = given.fields[name];
    return [name, each(context, inner, value, variables, `\`${name}\` of ${what}`)] as const;
  });
  return { sort: 'record', fields: Object.fromEntries(fields), of: given.of };
}

function renaming(missing: string | undefined, extra: string | undefined): string {
  const near = missing !== undefined && extra !== undefined && suggestion(extra, [missing]) !== undefined;
  return near ? `Rename \`${extra}\` to \`${missing}\`.` : 'Give it the fields that its type has.';
}

export function fitFamily(
  context: Context,
  want: Expected,
  given: Value,
  variables: Variables,
  what: string,
  kind: DiagnosticKind,
): DistributionValue {
  if (given.sort !== 'distribution') {
    const hint =
      given.sort === 'tensor'
        ? `Make it one: \`${makers[want.family!]}\`.`
        : 'Give what a network with such a result gives.';
    return mismatch(kind, want, describe(given), what, hint);
  }
  const [first] = Object.values(given.parameters);
  const same =
    given.family === want.family &&
    matchShape(context, { ...want, form: first.type.form }, first.type, variables);
  return same
    ? given
    : mismatch(kind, want, printDistribution(given), what, 'Change the sizes, or the declared type.');
}

const makers = {
  normal: 'normal(mean, std: 1)',
  categorical: 'categorical(logits)',
  bernoulli: 'bernoulli(logits)',
};

// ---------------------------------------------------------------- tensors

/** A constant as a class where one is wanted, else as a number without rows. */
export function numberAs(
  context: Context,
  want: Expected,
  value: HostExpr,
  variables: Variables,
  what: string,
): TensorValue {
  const node = scalarNode(context, value);
  const type = real([], null);
  const ident = JSON.stringify(value);
  if (want.kind !== 'onehot' && want.kind !== 'label') return { sort: 'tensor', node, type, ident };
  const classes = dimOf(want.dims[0], context.names, variables) ?? null;
  const whole = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!whole || (typeof classes === 'number' && value >= classes)) {
    const count = classes === null ? 'its classes' : `${printDim(classes)} classes`;
    throw new Mistake(kinds.outside, {
      what: `${what} is ${whole ? value : 'a number'}, which is none of ${count}`,
      why: 'Classes count from 0.',
      hint: `Write a whole number below ${classes === null ? 'their count' : printDim(classes)}.`,
      labels: [{ span: want.span, text: 'declared here' }],
    });
  }
  return { sort: 'tensor', node, type: { ...type, kind: 'label', classes }, ident };
}

/** A label becomes a onehot of K classes, and a onehot is probabilities where these are wanted. */
function classesAs(context: Context, want: Expected, value: TensorValue, variables: Variables): TensorValue {
  const given = want.form === 'scalar' ? value : onehotOf(context, want, value, variables);
  return want.kind === 'prob' && given.type.kind === 'onehot'
    ? { ...given, type: { ...given.type, kind: 'prob', range: [0, 1] } }
    : given;
}

function onehotOf(context: Context, want: Expected, value: TensorValue, variables: Variables): TensorValue {
  if (value.type.kind !== 'label') return value;
  const classes = value.type.classes ?? dimOf(want.dims[0], context.names, variables);
  if (typeof classes !== 'number') return value;
  const type: TensorType = { ...value.type, form: 'vec', shape: [classes], kind: 'onehot', classes: null };
  return { ...value, node: oneHot(context.b, value.node, classes), type, ident: `${value.ident}:onehot` };
}

/** The value if its form is the type's and every size equal or solved; vec[1] and one number are the same. */
export function shapeAs(
  context: Context,
  want: Expected,
  value: TensorValue,
  variables: Variables,
): TensorValue | undefined {
  if (matchShape(context, want, value.type, variables)) return value;
  const { type } = value;
  const lead = type.rows === null ? [] : [value.node.shape[0]];
  const as = (form: 'scalar' | 'vec', shape: readonly Dim[]): TensorValue => ({
    ...value,
    unbiased: undefined,
    node: context.b.reshape(value.node, [...lead, ...shape]),
    type: { ...type, form, shape },
  });
  if (want.form === 'scalar' && type.form === 'vec' && type.shape[0] === 1) return as('scalar', []);
  const one = want.form === 'vec' && type.form === 'scalar' && type.kind !== 'label';
  return one && dimOf(want.dims[0], context.names, variables) === 1 ? as('vec', [1]) : undefined;
}

function matchShape({ names }: Context, want: Expected, type: TensorType, variables: Variables): boolean {
  if (want.kind === 'label') {
    return (
      type.kind === 'label' && (type.classes === null || solve(want.dims[0], type.classes, names, variables))
    );
  }
  if (want.form !== type.form || type.kind === 'label') return false;
  if (want.dims.length !== type.shape.length) return false;
  return want.dims.every((dim, i) => solve(dim, type.shape[i], names, variables));
}

/** A way out for another shape: as many numbers can be brought into the one that is wanted. */
export function reshaping(context: Context, want: Expected, type: TensorType, variables: Variables): string {
  const sizes = want.dims.map((dim) => dimOf(dim, context.names, variables));
  const other = 'Give another value, or change the declared type.';
  if (type.kind === 'label' || !sizes.every((size) => size !== undefined)) return other;
  if (!sameDim(product(sizes), product(type.shape))) return other;
  const way = want.form === 'vec' ? 'flatten' : `reshape(${sizes.map(printDim).join(', ')})`;
  return `It holds as many numbers: \`|> ${way}\` gives it this shape.`;
}

export function kindMismatch(kind: DiagnosticKind, want: Expected, type: TensorType, what: string): never {
  return mismatch(kind, want, printType(type), what, kindAdvice(want.kind, type));
}

function kindAdvice(want: Kind, type: TensorType): string {
  if (type.kind === 'label') return 'A label becomes numbers as a onehot: declare the parameter `onehot[K]`.';
  switch (want) {
    case 'logit':
      if (type.kind === 'prob') return 'Leave the sigmoid or softmax out: losses take logits.';
      if (type.range !== null) return 'A logit has no bounds: leave out the activation at the end.';
      return "A real becomes a logit by a network's declared result (`-> logit`), or inside `categorical(...)` or `bernoulli(...)`.";
    case 'prob':
      return 'Use `sigmoid`, `softmax`, or the `probs` of a distribution.';
    case 'onehot':
      if (type.kind === 'prob')
        return "Give a label, a categorical sample, or a distribution's `mode` or `draw`; or declare the parameter `probs[K]`, which takes these, too.";
      return "Give a label, a categorical sample, or a distribution's `mode` or `draw`.";
    case 'label':
      return 'Give the label field of a stream, or a whole number below the number of classes.';
    default:
      return 'Change the value, or the declared type.';
  }
}

function checkRange(want: Expected, { range }: TensorType, what: string): void {
  if (want.range === null || range === null || sameBounds(want.range, range)) return;
  const wanted = printBounds(want.range);
  throw new Mistake(kinds.range, {
    what: `${what} is in ${printBounds(range)}, and ${wanted} is wanted`,
    hint: `Convert the data (\`data … in ${wanted}\`), or end the generator with the activation that gives this range.`,
    labels: [{ span: want.span, text: 'declared here' }],
  });
}
