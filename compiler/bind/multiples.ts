/**
 * Lengths that a network divides: `T/4` in a signature makes `T` a multiple of 4. In: signatures; out: variables that say
 * so, and what lengths that differ from row to row are multiples of.
 */
import type * as ast from '../../grammar/ast.ts';
import type { FieldType } from '../../program/catalogue.ts';
import { mulDims, symbol } from '../ir/dim.ts';
import { mentioned, needs } from './cycles.ts';
import { dimOf, lcm, multiplicities, type Variables } from './dims.ts';
import type { Names } from './names.ts';
import { closure } from './reached.ts';
import { dimsIn } from './types.ts';

/**
 * The least length that every network can take which is fed with rows of lengths of their own: `seq[80, T]` with a result of T / 4, or
 * `seq[80, 4 * T]`. Only reports read such rows; `readers` are their lines, and values that none of them shows at the moment.
 */
export function lengthsBy(
  names: Names,
  readers: readonly (ast.ReportLine | ast.LetDecl)[],
  declarations: ReadonlyMap<string, ast.Declaration>,
): number {
  const varying = [...names.data].flatMap(([name, { fields }]) =>
    Object.values(fields).some(varies) ? [name] : [],
  );
  const fed = fedWith(varying, readers, declarations);
  const sound = [...names.networks.values()].filter(
    ({ broken, declaration }) => !broken && fed.has(declaration.name.name),
  );
  const all = sound.flatMap(({ declaration: { parameters, result } }) => {
    // One without a type is a syntax error of its own.
    const dims = parameters.flatMap(({ type }) => (type === undefined ? [] : dimsIn(type)));
    const factors = multiplicities([...dims, ...dimsIn(result)], names);
    return dims.flatMap((dim) => {
      const size = dimOf(dim, names, symbolic(factors));
      return typeof size === 'object' ? Object.values(size.terms) : [];
    });
  });
  return all.filter((by) => Number.isInteger(by) && by > 0).reduce(lcm, 1);
}

const varies = ({ shape }: FieldType): boolean => shape.some((size) => typeof size === 'string');

type Declarations = ReadonlyMap<string, ast.Declaration>;

/** All that the readers need which need one of these streams, themselves included: each name is looked at twice, however long the chains. */
function fedWith(
  streams: readonly string[],
  readers: readonly (ast.ReportLine | ast.LetDecl)[],
  declarations: Declarations,
): ReadonlySet<string> {
  const users = new Map<string, string[]>();
  for (const [user, declaration] of declarations)
    for (const name of needs(declaration)) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [user]);
      else known.push(user);
    }
  const reading = closure(streams, (name) => users.get(name) ?? []);
  const roots = readers.map((reader) => mentioned(reader)).filter((all) => intersects(all, reading));
  return closure(
    roots.flatMap((all) => [...all]),
    (name) => {
      const declaration = declarations.get(name);
      return declaration === undefined ? [] : needs(declaration);
    },
  );
}

const intersects = (all: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean =>
  [...all].some((name) => wanted.has(name));

/** `T`, or where it must be a multiple of 4, four times `T/4`. */
export function symbolic(factors: ReadonlyMap<string, number>): Variables {
  return new Map(
    [...factors].map(([name, by]) => [name, by === 1 ? symbol(name) : mulDims(by, symbol(`${name}/${by}`))]),
  );
}
