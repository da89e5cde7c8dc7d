/**
 * Types written in a spec, against values: `fit` takes an argument to a parameter's type (solving shape variables,
 * turning labels into onehots), `asResult` takes a body's value to the declared result (where a real may become a logit).
 */
import type * as ast from '../../grammar/ast.ts';
import { nearest } from '../../grammar/diagnostics.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake, type MistakeName } from '../errors.ts';
import { addDims, printDim, sameShape, type Dim } from '../graph/dim.ts';
import { oneHot } from '../graph/compose.ts';
import { evaluateHost, type HostExpr } from '../program/host.ts';
import { formOfRank, printType, type Bounds, type Form, type Kind, type TensorType } from '../types.ts';
import {
  describeSort,
  number,
  type DistributionValue,
  type FamilyName,
  type TensorValue,
  type Value,
} from '../values.ts';
import type { Context } from './context.ts';
import { dimOf, Silence, solve, type Variables } from './dims.ts';
import { evaluateConstant } from './constant.ts';

interface Shorthand {
  readonly form: Form;
  readonly kind: Kind;
  readonly family?: FamilyName;
}

/** The kinds that a type may name. */
const named: Readonly<Record<string, Shorthand>> = {
  image: { form: 'image', kind: 'real' },
  seq: { form: 'seq', kind: 'real' },
  vec: { form: 'vec', kind: 'real' },
  scalar: { form: 'scalar', kind: 'real' },
  real: { form: 'scalar', kind: 'real' },
  logit: { form: 'scalar', kind: 'logit' },
  logits: { form: 'vec', kind: 'logit' },
  prob: { form: 'scalar', kind: 'prob' },
  probs: { form: 'vec', kind: 'prob' },
  onehot: { form: 'vec', kind: 'onehot' },
  label: { form: 'scalar', kind: 'label' },
  normal: { form: 'vec', kind: 'real', family: 'normal' },
  categorical: { form: 'vec', kind: 'real', family: 'categorical' },
  bernoulli: { form: 'vec', kind: 'real', family: 'bernoulli' },
};

export interface Expected {
  readonly name: string;
  readonly form: Form;
  readonly kind: Kind;
  readonly family: FamilyName | null;
  readonly dims: readonly ast.Expr[];
  readonly range: Bounds | null;
  readonly span: Span;
}

/** Reads a written type; mistakes for an unknown kind or the wrong number of sizes. */
export function expected(type: ast.NamedType, context: Pick<Context, 'names'>): Expected {
  const short = named[type.name.name];
  if (short === undefined) {
    const near = nearest(type.name.name, Object.keys(named));
    throw new Mistake(
      'unknownName',
      {
        what: `there is no kind of value called \`${type.name.name}\``,
        hint: near === undefined ? `Kinds: ${Object.keys(named).join(', ')}.` : `Did you mean \`${near}\`?`,
      },
      type.name.span,
    );
  }
  const wanted = short.kind === 'label' ? 1 : formOfRank.indexOf(short.form);
  if (type.dims.length !== wanted) {
    throw new Mistake(
      'shape',
      {
        what: `\`${type.name.name}\` takes ${wanted} size${wanted === 1 ? '' : 's'}, and ${type.dims.length} ${type.dims.length === 1 ? 'is' : 'are'} given`,
      },
      type.span,
    );
  }
  return {
    name: type.name.name,
    form: short.form,
    kind: short.kind,
    family: short.family ?? null,
    dims: type.dims,
    range: boundsOf(type.range, context.names),
    span: type.span,
  };
}

export function boundsOf(range: ast.Range | undefined, names: Context['names']): Bounds | null {
  if (range === undefined) return null;
  const low = evaluateConstant(range.low, names);
  const high = evaluateConstant(range.high, names);
  if (!(low < high))
    throw new Mistake(
      'range',
      { what: `the range [${low}, ${high}] is empty`, hint: 'Write the lower bound first.' },
      range.span,
    );
  return [low, high];
}

/** All sizes that a type mentions, for its shape variables. */
export function dimsIn(type: ast.TypeExpr): ast.Expr[] {
  return type.kind === 'NamedType' ? [...type.dims] : type.fields.flatMap((field) => dimsIn(field.type));
}

// ---------------------------------------------------------------- arguments

/** The argument as the parameter's type wants it; `argumentType` mistake if it cannot be. */
export function fit(
  context: Context,
  type: ast.TypeExpr,
  given: Value,
  variables: Variables,
  what: string,
): Value {
  if (given.sort === 'unknown') throw new Silence();
  if (type.kind === 'RecordType') return fitRecord(context, type, given, variables, what, fit);
  const want = expected(type, context);
  if (want.family !== null) return fitFamily(context, want, given, variables, what, 'argumentType');
  const value = given.sort === 'number' ? numberAs(context, want, given.value) : given;
  if (value.sort !== 'tensor') mismatch('argumentType', want, describeSort(given), what);
  const converted = want.kind === 'onehot' ? classesAs(context, want, value, variables) : value;
  const shape = matchShape(context, want, converted.type, variables)
    ? converted
    : flattenOne(context, want, converted);
  if (shape === undefined) mismatch('argumentType', want, printType(value.type), what);
  const strict = want.kind !== 'real';
  if (strict && shape.type.kind !== want.kind) kindMismatch(want, shape.type, what);
  if (want.kind === 'real' && shape.type.kind === 'label') kindMismatch(want, shape.type, what);
  checkRange(want, shape.type, what);
  return shape;
}

function fitRecord(
  context: Context,
  type: ast.RecordType,
  given: Value,
  variables: Variables,
  what: string,
  each: typeof fit,
): Value {
  if (given.sort !== 'record')
    throw new Mistake('argumentType', {
      what: `${what} is ${describeSort(given)}, and ${textOf(type.span)} is wanted`,
    });
  const wanted = type.fields.map((field) => field.name.name);
  const extra = Object.keys(given.fields).filter((name) => !wanted.includes(name));
  if (extra.length > 0)
    throw new Mistake('declaredResult', {
      what: `${what} has a field \`${extra[0]}\` that its type does not have`,
    });
  const fields = type.fields.map((field) => {
    const value = given.fields[field.name.name];
    if (value === undefined)
      throw new Mistake('unknownField', { what: `${what} has no field \`${field.name.name}\`` });
    return [
      field.name.name,
      each(context, field.type, value, variables, `${what}, field \`${field.name.name}\``),
    ] as const;
  });
  return { sort: 'record', fields: Object.fromEntries(fields), of: given.of };
}

function fitFamily(
  context: Context,
  want: Expected,
  given: Value,
  variables: Variables,
  what: string,
  mistake: MistakeName,
): DistributionValue {
  if (given.sort !== 'distribution' || given.family !== want.family) {
    const came = given.sort === 'tensor' ? printType(given.type) : describeSort(given);
    throw new Mistake(mistake, {
      what: `${what} is ${came}, and ${textOf(want.span)} is wanted`,
      hint:
        given.sort === 'tensor' && want.family === 'categorical'
          ? 'Make it one from its logits: `categorical(...)`.'
          : undefined,
    });
  }
  const first = Object.values(given.parameters)[0];
  if (!matchShape(context, { ...want, form: first.type.form }, first.type, variables)) {
    mismatch(mistake, want, `${given.family}${printShapeOf(first.type)}`, what);
  }
  return given;
}

const printShapeOf = (type: TensorType): string => `[${type.shape.map(printDim).join(', ')}]`;

function numberAs(context: Context, want: Expected, value: HostExpr): Value {
  if (want.kind === 'onehot' && typeof value === 'number') {
    const type: TensorType = {
      form: 'scalar',
      shape: [],
      kind: 'label',
      range: null,
      rows: null,
      classes: null,
      hidden: null,
    };
    return { sort: 'tensor', node: context.b.constant(value), type, ident: String(value) };
  }
  if (want.form !== 'scalar') return number(value);
  const node = typeof value === 'number' ? context.b.constant(value) : undefined;
  if (node === undefined) return number(value);
  const type: TensorType = {
    form: 'scalar',
    shape: [],
    kind: 'real',
    range: [evaluateHost(value, {}), evaluateHost(value, {})],
    rows: null,
    classes: null,
    hidden: null,
  };
  return { sort: 'tensor', node, type: { ...type, range: null }, ident: JSON.stringify(value) };
}

/** A label becomes a onehot of K classes. */
function classesAs(context: Context, want: Expected, value: TensorValue, variables: Variables): TensorValue {
  if (value.type.kind !== 'label') return value;
  const classes = value.type.classes ?? dimOf(want.dims[0], context.names, variables);
  if (typeof classes !== 'number') return value;
  const node = oneHot(context.b, value.node, classes);
  return {
    ...value,
    node,
    type: { ...value.type, form: 'vec', shape: [classes], kind: 'onehot', classes: null },
    ident: `${value.ident}:onehot`,
  };
}

/** Same form, and every size equal or solved. */
function matchShape(context: Context, want: Expected, type: TensorType, variables: Variables): boolean {
  if (want.kind === 'label')
    return (
      type.kind === 'label' &&
      (type.classes === null || solve(want.dims[0], type.classes, context.names, variables))
    );
  if (want.form !== type.form) return false;
  return want.dims.every((dim, i) => solve(dim, type.shape[i], context.names, variables));
}

/** vec[1] where one number is wanted, and the other way round. */
function flattenOne(context: Context, want: Expected, value: TensorValue): TensorValue | undefined {
  const lead = value.type.rows === null ? [] : [value.node.shape[0]];
  if (want.form === 'scalar' && value.type.form === 'vec' && value.type.shape[0] === 1) {
    return {
      ...value,
      unbiased: undefined,
      node: context.b.reshape(value.node, lead),
      type: { ...value.type, form: 'scalar', shape: [] },
    };
  }
  const one = want.form === 'vec' && value.type.form === 'scalar' && value.type.kind !== 'label';
  if (!one || dimOf(want.dims[0], context.names, new Map()) !== 1) return undefined;
  return {
    ...value,
    unbiased: undefined,
    node: context.b.reshape(value.node, [...lead, 1]),
    type: { ...value.type, form: 'vec', shape: [1] },
  };
}

function mismatch(mistake: MistakeName, want: Expected, came: string, what: string): never {
  throw new Mistake(mistake, {
    what: `${what} is ${came}, and ${textOf(want.span)} is wanted`,
    labels: [{ span: want.span, text: 'declared here' }],
  });
}

function kindMismatch(want: Expected, type: TensorType, what: string): never {
  const hints: Partial<Record<Kind, string>> = {
    logit:
      type.kind === 'prob'
        ? 'Leave the sigmoid or softmax out: losses take logits.'
        : "A real becomes a logit by a network's declared result (`-> logit`), or inside `categorical(...)` or `bernoulli(...)`.",
    prob: 'Use `sigmoid`, `softmax`, or the `probs` of a distribution.',
    onehot: 'A label becomes a onehot by itself.',
  };
  throw new Mistake('kind', {
    what: `${what} is ${printType(type)}, and ${textOf(want.span)} is wanted`,
    hint: hints[want.kind],
    labels: [{ span: want.span, text: 'declared here' }],
  });
}

function checkRange(want: Expected, type: TensorType, what: string): void {
  if (want.range === null || type.range === null || sameBounds(want.range, type.range)) return;
  throw new Mistake('range', {
    what: `${what} is in [${type.range.join(', ')}], and [${want.range.join(', ')}] is wanted`,
    hint: `Convert the data (\`data ... in [${want.range.join(', ')}]\`) or end the generator with the matching activation.`,
    labels: [{ span: want.span, text: 'declared here' }],
  });
}

export const sameBounds = (a: Bounds, b: Bounds): boolean => a[0] === b[0] && a[1] === b[1];

// ---------------------------------------------------------------- results

/** The body's value as the declared result: a real becomes a logit here, a declared range must be established. */
export function asResult(
  context: Context,
  type: ast.TypeExpr,
  given: Value,
  variables: Variables,
  what: string,
): Value {
  if (given.sort === 'unknown') throw new Silence();
  if (type.kind === 'RecordType') return fitRecord(context, type, given, variables, what, asResult);
  const want = expected(type, context);
  if (want.family !== null) return fitFamily(context, want, given, variables, what, 'declaredResult');
  const value = given.sort === 'number' ? numberAs(context, want, given.value) : given;
  if (value.sort !== 'tensor') mismatch('declaredResult', want, describeSort(given), what);
  const shaped = matchShape(context, want, value.type, variables) ? value : flattenOne(context, want, value);
  if (shaped === undefined) mismatch('declaredResult', want, printType(value.type), what);
  const kind = resultKind(want, shaped.type, what);
  if (want.range !== null && (shaped.type.range === null || !sameBounds(want.range, shaped.type.range))) {
    throw new Mistake('declaredResult', {
      what: `${what} is declared in [${want.range.join(', ')}], and its body ${shaped.type.range === null ? 'establishes no range' : `gives [${shaped.type.range.join(', ')}]`}`,
      hint: 'End it with `sigmoid` for [0, 1], with `tanh` for [-1, 1].',
      labels: [{ span: want.span, text: 'declared here' }],
    });
  }
  return { ...shaped, type: { ...shaped.type, kind } };
}

function resultKind(want: Expected, type: TensorType, what: string): Kind {
  if (want.kind === type.kind) return want.kind;
  const becomesLogit = want.kind === 'logit' && type.kind === 'real' && type.range === null;
  if (becomesLogit || (want.kind === 'real' && type.kind !== 'label'))
    return becomesLogit ? 'logit' : type.kind;
  if (want.kind === 'prob' && type.kind === 'real' && type.range?.[0] === 0 && type.range[1] === 1)
    return 'prob';
  return kindMismatch(want, type, what);
}

/** Whether two tensors have the same form and sizes. */
export const sameFormAndShape = (a: TensorType, b: TensorType): boolean =>
  a.form === b.form && sameShape(a.shape, b.shape);

/** The sum of sizes, for concatenations. */
export const sumDims = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(addDims, 0);
