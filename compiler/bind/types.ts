/** Types as they are written in a spec: their form, kind, sizes and range, before sizes are known. */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import { Mistake, suggestion, type DiagnosticKind } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import type { Bounds, Form, Kind } from '../types.ts';
import type { FamilyName } from '../values.ts';
import { evaluateConstant } from './constant.ts';
import type { KnownNames } from './names.ts';
import { dimOf, Silence } from './dims.ts';

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
  mat: { form: 'mat', kind: 'real' },
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
export function expected(type: ast.NamedType, { names }: { readonly names: KnownNames }): Expected {
  const { name, span } = type.name;
  if (name === '') throw new Silence();
  const short = Object.hasOwn(named, name) ? ofSteps(named[name], name, type.dims.length) : undefined;
  if (short === undefined) {
    const hint = suggestion(name, Object.keys(named), 'Kinds:');
    throw new Mistake(
      kinds.unknownName,
      { what: `there is no kind of value called \`${name}\``, hint },
      span,
    );
  }
  const sizes = sizesOf(name, short);
  if (type.dims.length !== sizes.length) {
    const text = sizes.length === 0 ? name : `${name}[${sizes.join(', ')}]`;
    throw new Mistake(
      kinds.sizeCount,
      {
        what: `\`${name}\` takes ${counted(sizes.length, 'size')}, and ${type.dims.length} ${type.dims.length === 1 ? 'is' : 'are'} given`,
        hint: `Write \`${text}\`${severalOf(name)}.`,
      },
      type.span,
    );
  }
  for (const dim of type.dims) checkSize(dim, names);
  const { form, kind, family = null } = short;
  return {
    name,
    form,
    kind,
    family,
    dims: type.dims,
    range: boundsOf(type.range, names),
    span: type.span,
  };
}

/** What stands for several where a kind is of one number. */
const severalOf = (name: string): string =>
  Object.hasOwn(named, `${name}s`) ? `, or for several \`${name}s[K]\`: a map of them is flattened` : '';

/** `logits[K, T]`: classes of each step of a seq. */
const ofSteps = (short: Shorthand, name: string, sizes: number): Shorthand =>
  sizes === 2 && ['logits', 'probs', 'onehot'].includes(name) ? { ...short, form: 'seq' } : short;

/** A size without variables is a whole number of at least 1. */
function checkSize(dim: ast.Expr, names: KnownNames): void {
  const size = dimOf(dim, names, new Map());
  if (typeof size !== 'number' || (Number.isInteger(size) && size > 0)) return;
  const what = `a size is ${size}, and must be a positive whole number`;
  throw new Mistake(kinds.notCount, { what, hint: 'Write 1 or more, or an int param that is.' }, dim.span);
}

/** The sizes of each form, as they are written; no type names a `tensor`. */
const written: Readonly<Record<Form, readonly string[]>> = {
  scalar: [],
  vec: ['N'],
  mat: ['M', 'N'],
  seq: ['C', 'T'],
  image: ['C', 'H', 'W'],
  tensor: [],
};

function sizesOf(name: string, { form, kind }: Shorthand): readonly string[] {
  if (kind === 'label' || (form === 'vec' && name !== 'vec')) return ['K'];
  if (form === 'seq' && kind !== 'real') return ['K', 'T'];
  return written[form];
}

export function boundsOf(range: ast.Range | undefined, names: KnownNames): Bounds | null {
  if (range === undefined) return null;
  const low = evaluateConstant(range.low, names);
  const high = evaluateConstant(range.high, names);
  if (low < high) return [low, high];
  const hint = 'Write the lower bound first.';
  throw new Mistake(kinds.emptyInterval, { what: `the range [${low}, ${high}] is empty`, hint }, range.span);
}

/** All sizes that a type mentions, for its shape variables. */
export function dimsIn(type: ast.TypeExpr): ast.Expr[] {
  return type.kind === 'NamedType' ? [...type.dims] : type.fields.flatMap((field) => dimsIn(field.type));
}

export const sameBounds = (a: Bounds, b: Bounds): boolean => a[0] === b[0] && a[1] === b[1];

export const printBounds = (range: Bounds): string => `[${range.join(', ')}]`;

/** "`x` of `D` is vec[3], and image[1, 28, 28] is wanted", at the argument or the result. */
export function mismatch(
  kind: DiagnosticKind,
  want: Expected,
  came: string,
  what: string,
  hint?: string,
): never {
  throw new Mistake(kind, {
    what: `${what} is ${came}, and ${textOf(want.span)} is wanted`,
    hint,
    labels: [{ span: want.span, text: 'declared here' }],
  });
}
