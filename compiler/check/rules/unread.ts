/**
 * Parameters of networks, blocks and fns that their bodies never read, and values of bodies that nothing there uses: the
 * condition that was to be put beside the code, the skip that was to be added.
 */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { letsOf, mentioned } from '../../bind/cycles.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const unread: Rule = ({ own, mayUse }) =>
  own.flatMap((declaration) => {
    const body = bodyOf(declaration);
    if (body === undefined) return [];
    const { name, parameters, lets, result } = body;
    const read = mentioned([result, lets.map(({ value }) => value), parameters.map((one) => one.default)]);
    const idle = (what: string, { name: ident }: Named): ReturnType<Rule> =>
      read.has(ident.name) || mayUse(ident.name)
        ? []
        : [
            diagnostic(kinds.unused, ident.span, {
              what: `\`${name}\` never reads its ${what} \`${ident.name}\``,
              why: what === 'parameter' ? 'Whatever it is given there makes no difference.' : undefined,
              hint: 'Use it or remove it.',
            }),
          ];
    return [
      ...parameters.flatMap((one) => idle('parameter', one)),
      ...lets.flatMap((one) => idle('value', one)),
    ];
  });

interface Named {
  readonly name: ast.Ident;
}

interface ReadBody {
  readonly name: string;
  readonly parameters: readonly ast.Parameter[];
  readonly lets: readonly ast.LetDecl[];
  readonly result: ast.Expr;
}

function bodyOf(declaration: ast.Declaration): ReadBody | undefined {
  switch (declaration.kind) {
    case 'Network':
    case 'Block': {
      const { lets, result } = declaration.body;
      return { name: declaration.name.name, parameters: declaration.parameters, lets, result };
    }
    case 'Fn': {
      const { value } = declaration;
      const result = value.kind === 'Body' ? value.result : value;
      const { name, parameters } = declaration;
      return { name: name.name, parameters, lets: letsOf(declaration), result };
    }
    default:
      return undefined;
  }
}
