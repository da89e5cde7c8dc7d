/** A stream's fields after `as` (kind and shape) and `in` (range): both convert the fields of that kind. */
import type * as ast from '../../grammar/ast.ts';
import { textOf } from '../../grammar/source.ts';
import { evaluateCount } from './constant.ts';
import { Silence } from './dims.ts';
import type { DataInfo, KnownNames } from './names.ts';
import { boundsOf } from './types.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import type { FieldType } from '../../program/catalogue.ts';

type Base = KnownNames;

export function converted(
  declaration: ast.DataDecl,
  raw: Readonly<Record<string, FieldType>>,
  base: Base,
): Pick<DataInfo, 'fields' | 'convert'> {
  const { as } = declaration;
  const shape = as && shapeOf(as, base);
  const written = declaration.range ?? (as?.kind === 'NamedType' ? as.range : undefined);
  const range = boundsOf(written, base) ?? undefined;
  const wanted = ({ kind, range: known }: FieldType): boolean =>
    shape === undefined ? known !== undefined : kind === shape.kind;
  const names = new Set(Object.keys(raw).filter((name) => wanted(raw[name])));
  const place = as?.span ?? written?.span;
  if (place !== undefined && names.size === 0) throw nothingTo(declaration, shape?.kind, raw, place);
  for (const name of names)
    if (shape !== undefined && as !== undefined) checkShape(name, raw[name], shape.shape, as);
  const change = (field: FieldType): FieldType => ({
    ...field,
    ...(shape && { shape: shape.shape }),
    ...(range && { range }),
  });
  const fields = Object.entries(raw).map(([name, field]) => [name, names.has(name) ? change(field) : field]);
  return { fields: Object.fromEntries(fields), convert: { ...shape, ...(range && { range }) } };
}

function nothingTo(
  { name }: ast.DataDecl,
  kind: string | undefined,
  raw: Readonly<Record<string, FieldType>>,
  place: Mistake['span'],
): Mistake {
  const fields = Object.entries(raw).map(([field, type]) => `${field} (${type.kind})`);
  const what =
    kind === undefined
      ? `no field of \`${name.name}\` has a range to convert`
      : `\`${name.name}\` has no ${kind} to convert`;
  return new Mistake(kinds.conversion, { what, hint: `Its fields: ${fields.join(', ')}.` }, place);
}

/** Images are resized, and turned from grey to colour or back; all else keeps its numbers. */
function checkShape(
  name: string,
  { kind, shape }: FieldType,
  wanted: readonly number[],
  as: ast.TypeExpr,
): void {
  const [from, to] = [shape[0], wanted[0]];
  const size = (dims: FieldType['shape']): string =>
    dims
      .map(Number)
      .reduce((all, dim) => all * dim, 1)
      .toString();
  const fits =
    kind === 'image' ? from === to || from === 1 || (from === 3 && to === 1) : size(shape) === size(wanted);
  if (fits) return;
  const what = `the field \`${name}\` is ${kind}[${shape.join(', ')}] and cannot become ${textOf(as.span)}`;
  const hint =
    kind === 'image' ? 'Images are resized, and turned from grey to colour or back.' : 'Leave out `as`.';
  throw new Mistake(kinds.conversion, { what, hint }, as.span);
}

const ranks: Readonly<Record<string, number>> = { image: 3, seq: 2, vec: 1 };

function shapeOf(type: ast.TypeExpr, base: Base): { kind: FieldType['kind']; shape: number[] } {
  const name = type.kind === 'NamedType' ? type.name.name : undefined;
  if (name === '') throw new Silence();
  const hint = 'Use image[C, H, W], vec[N] or seq[C, T].';
  if (type.kind !== 'NamedType' || name === undefined || !Object.hasOwn(ranks, name)) {
    throw new Mistake(
      kinds.conversion,
      { what: `data cannot be read as \`${textOf(type.span)}\``, hint },
      type.span,
    );
  }
  if (type.dims.length !== ranks[name]) {
    const what = `\`${name}\` takes ${counted(ranks[name], 'size')}, and ${type.dims.length} are given`;
    throw new Mistake(kinds.sizeCount, { what, hint }, type.span);
  }
  return {
    kind: name as FieldType['kind'],
    shape: type.dims.map((dim) => evaluateCount(dim, base, 'a size')),
  };
}
