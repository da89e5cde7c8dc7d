/**
 * Slices: `v[0..8]`, `x[height: 8..24, width: 8..]`. In: a value and the bounds as written; out: the same numbers of fewer
 * places. Bounds are half-open sizes, which every length of the signature must have.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { textOf } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';
import { addDims, printDim, subDims, type Dim } from '../ir/dim.ts';
import { isPlain, printType, type TensorType } from '../types.ts';
import { describe, digest, type Value } from '../values.ts';
import { axisNames, axisOf, surely } from '../vocabulary/places.ts';
import { leadOf, moved } from '../vocabulary/shapes.ts';
import { dimOf, Silence } from '../bind/dims.ts';
import { identOf, toTensor } from './args.ts';
import { makeCall } from './call-context.ts';
import type { Context, Scope } from './context.ts';

interface Range {
  readonly axis: number;
  readonly low: Dim;
  readonly high: Dim;
}

export function sliceOf(object: Value, expr: ast.SliceExpr, context: Context, scope: Scope): Value {
  if (object.sort === 'unknown') throw new Silence();
  if (object.sort !== 'tensor') {
    const what = `${describe(object)} has no places to slice`;
    throw new Mistake(kinds.badArgument, { what, hint: toTensor(object) }, expr.object.span);
  }
  const { type } = object;
  const ranges = expr.places.map((place) => rangeOf(type, place, context, scope));
  const twice = ranges.findIndex(({ axis }, i) => ranges.findIndex((one) => one.axis === axis) < i);
  if (twice >= 0) {
    const what = 'one axis is sliced twice';
    throw new Mistake(
      kinds.exclusive,
      { what, hint: 'Write one range for each axis.' },
      expr.places[twice].span,
    );
  }
  const node = ranges.reduce(
    (part, { axis, low, high }) => context.b.slice(part, axis + leadOf(type), low, high),
    object.node,
  );
  const written = ranges.map(({ axis, low, high }) => `${axis}:${printDim(low)}..${printDim(high)}`);
  const call = makeCall(context, scope, 'slice', digest('slice', identOf(object), ...written), expr.span);
  return call.tensor(node, slicedType(type, ranges));
}

/** Some of the classes are no longer a distribution over all of them. */
function slicedType(type: TensorType, ranges: readonly Range[]): TensorType {
  const sizes = new Map(ranges.map(({ axis, low, high }) => [axis, subDims(high, low)]));
  const shape = type.shape.map((size, axis) => sizes.get(axis) ?? size);
  const classes = sizes.has(0) && (type.kind === 'onehot' || type.kind === 'prob');
  const same = moved(type, shape);
  return { ...same, kind: classes ? 'real' : type.kind, range: type.kind === 'onehot' ? [0, 1] : type.range };
}

function rangeOf(type: TensorType, place: ast.Place, context: Context, scope: Scope): Range {
  const axis = axisAt(type, place);
  const name = place.axis?.name;
  if (!place.range) {
    const [at, next] = [place.low, place.low].map((low, i) =>
      low?.kind === 'Number' ? String(low.value + i) : `i${i === 0 ? '' : ' + 1'}`,
    );
    const hint = `Write a range, \`${name === undefined ? '' : `${name}: `}${at}..${next}\`, and \`reshape\` or \`flatten\` what comes out.`;
    throw new Mistake(kinds.badArgument, { what: 'a slice takes ranges', hint }, place.span);
  }
  const size = type.shape[axis];
  const [low, high] = [bound(place.low, 0, context, scope), bound(place.high, size, context, scope)];
  if (surely(0, low) && surely(addDims(low, 1), high) && surely(high, size)) return { axis, low, high };
  const symbolic = typeof subDims(size, low) !== 'number' || typeof subDims(high, low) !== 'number';
  throw new Mistake(
    kinds.outside,
    {
      what: `the places ${printDim(low)}..${printDim(high)} are not among the ${printDim(size)} of ${printType(type)}`,
      why: `A range holds at least one place, and ends with the axis at the latest${symbolic ? ', for every length of the signature' : ''}.`,
      hint: symbolic
        ? 'Let the signature say how long it is at least: `seq[C, T + 8]`.'
        : `Write bounds from 0 to ${printDim(size)}, the lower one first.`,
    },
    place.span,
  );
}

/** The axis that is named; of a vec, the only one. */
function axisAt(type: TensorType, { axis, span }: ast.Place): number {
  if (type.kind === 'label' || type.form === 'scalar' || isPlain(type.form)) {
    const what = `${printType(type)} has no places to slice`;
    throw new Mistake(kinds.badArgument, { what, hint: 'Vectors, sequences and images have.' }, span);
  }
  if (axis === undefined) {
    if (type.form === 'vec') return 0;
    const what = `${printType(type)} has several axes`;
    const hint = `Name the one that is meant: \`${type.form === 'seq' ? 'time' : 'height'}: 0..8\`.`;
    throw new Mistake(kinds.badArgument, { what, hint }, span);
  }
  if (!axisNames.some((name) => name === axis.name)) {
    const what = `there is no axis \`${axis.name}\``;
    const hint = `Axes are called ${axisNames.join(', ')}.`;
    throw new Mistake(kinds.badArgument, { what, hint }, axis.span);
  }
  const fail = (kind: Mistake['kind'], details: Mistake['details']): never => {
    throw new Mistake(kind, details, axis.span);
  };
  return axisOf({ fail }, 'a slice', type, axis.name);
}

/** A bound as a size: numbers, int params and parameters, shape variables of the signature that stands above. */
function bound(expr: ast.Expr | undefined, left: Dim, context: Context, scope: Scope): Dim {
  if (expr === undefined) return left;
  const whole = [...scope.locals].flatMap(([name, value]): [string, number][] =>
    value.sort === 'number' && typeof value.value === 'number' ? [[name, value.value]] : [],
  );
  const size = dimOf(expr, context.names, new Map([...scope.sizes, ...whole]));
  if (size === undefined) {
    const what = `\`${textOf(expr.span)}\` has no shape variable of this signature`;
    const hint = 'Declare it in the type of a parameter, `x: seq[C, T]`, or write a number.';
    throw new Mistake(kinds.unknownName, { what, hint }, expr.span);
  }
  if (typeof size !== 'number' || Number.isInteger(size)) return size;
  const what = `\`${textOf(expr.span)}\` is ${size}, and a bound is a whole number`;
  throw new Mistake(kinds.notCount, { what, hint: 'Write a whole number.' }, expr.span);
}
