/**
 * Networks and lists of networks. In: declarations; out: a network for each, and for each of `network D[3]`, called D_0,
 * D_1, D_2, with the list that the name D stands for.
 */
import type * as ast from '../../grammar/ast.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';
import { evaluateCount } from './constant.ts';
import type { KnownNames, Names, NetworkInfo } from './names.ts';
import type { Reporter } from './reporter.ts';

/** More than any paper has. */
const most = 100;

/** Networks by name, and the lists' names with those of their networks; a count in error breaks the list's name. */
export function describeNetworks(
  declarations: ReadonlyMap<string, ast.NetworkDecl>,
  known: KnownNames,
  report: Reporter,
  broken: Set<string>,
): Pick<Names, 'networks' | 'lists'> {
  const networks = new Map<string, NetworkInfo>();
  const lists = new Map<string, readonly string[]>();
  for (const [name, declaration] of declarations) {
    const { copies } = declaration;
    if (copies === undefined) networks.set(name, infoOf(declaration, name, broken));
    else {
      const items = report.attempt(copies.span, () => itemsOf(declaration, copies, known));
      if (items === undefined) broken.add(name);
      for (const item of items ?? []) networks.set(item, infoOf(declaration, item, broken));
      if (items !== undefined) lists.set(name, items);
    }
  }
  return { networks, lists };
}

function itemsOf({ name: { name } }: ast.NetworkDecl, copies: ast.Expr, known: KnownNames): string[] {
  const count = evaluateCount(copies, known, 'a number of networks');
  if (count > most) {
    const hint = `Write ${most} or fewer.`;
    throw new Mistake(kinds.notCount, { what: `\`${name}\` would be ${count} networks`, hint }, copies.span);
  }
  const items = Array.from({ length: count }, (_, i) => `${name}_${i}`);
  const taken = items.find((item) => known.declared.has(item));
  if (taken === undefined) return items;
  throw new Mistake(
    kinds.duplicateName,
    {
      what: `one of the networks \`${name}\` would be called \`${taken}\`, and so is something else`,
      hint: 'Give one of them another name.',
    },
    copies.span,
  );
}

const infoOf = (declaration: ast.NetworkDecl, name: string, broken: ReadonlySet<string>): NetworkInfo => ({
  declaration,
  name,
  shared: declaration.shared,
  // A parameter without a type is a syntax error, which has been said.
  broken: broken.has(declaration.name.name) || declaration.parameters.some(({ type }) => type === undefined),
});
