/**
 * `state k: real = 0`: numbers that the schedule's `set` moves. In: the declaration; out: its type, without rows, and the
 * number that all of it starts at; mistakes for types that are no numbers, and for lengths that are not known.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { stored } from '../types.ts';
import { evaluateConstant } from './constant.ts';
import { dimOf } from './dims.ts';
import type { DeclaredState, KnownNames } from './names.ts';
import { expected } from './types.ts';

export function describeState(declaration: ast.StateDecl, names: KnownNames): DeclaredState {
  const { name, type, value } = declaration;
  if (type.kind === 'RecordType') throw noNumbers(type);
  const { form, kind, family, dims, range } = expected(type, { names });
  if (kind !== 'real' || family !== null) throw noNumbers(type);
  const shape = dims.map((dim) => sizeOf(dim, names));
  const initial = evaluateConstant(value, names);
  if (range !== null && !(initial >= range[0] && initial <= range[1])) throw outside(value, initial, type);
  return { declaration, name: name.name, type: { ...stored(shape), form, range }, shape, initial };
}

const noNumbers = (type: ast.TypeExpr): Mistake =>
  new Mistake(
    kinds.kind,
    {
      what: `a state is made of numbers, and its type is \`${textOf(type.span)}\``,
      hint: 'Write `real`, `vec[N]`, `mat[M, N]`, `seq[C, T]` or `image[C, H, W]`.',
    },
    type.span,
  );

function sizeOf(dim: ast.Expr, names: KnownNames): number {
  const size = dimOf(dim, names, new Map());
  if (typeof size === 'number') return size;
  const what = `the size \`${textOf(dim.span)}\` of a state is not known`;
  throw new Mistake(kinds.notConstant, { what, hint: 'Write a whole number or an int param.' }, dim.span);
}

const outside = (value: ast.Expr, initial: number, type: ast.TypeExpr): Mistake =>
  new Mistake(
    kinds.outside,
    {
      what: `the state starts at ${initial}, outside of \`${textOf(type.span)}\``,
      hint: 'Start it inside of its range, or declare another.',
    },
    value.span,
  );
