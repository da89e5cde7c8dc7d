/** Losses, games and metrics that are given one value twice: `mse(x, x)`, `frechet(fake, fake)`. Told by the text, names of values followed. */
import type * as ast from '../../../grammar/ast.ts';
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Names } from '../../bind/names.ts';
import { flat } from '../../analyse/updates.ts';
import { kinds } from '../../errors.ts';
import { comparedSets } from '../../evaluate/compared.ts';
import { meantBy, nodesIn } from '../walk.ts';
import type { Rule } from '../rule.ts';

/** What each of them calls the two that it compares. */
const compared: Readonly<Record<string, readonly [string, string]>> = {
  mse: ['a', 'b'],
  l1: ['a', 'b'],
  distance: ['a', 'b'],
  huber: ['a', 'b'],
  charbonnier: ['a', 'b'],
  cosine_distance: ['a', 'b'],
  feature_matching: ['real', 'fake'],
  kl: ['from', 'to'],
  adversarial: ['real', 'fake'],
  ...comparedSets,
};

export const itself: Rule = ({ own, names }) => {
  const declared = new Set(own.flatMap((one) => ('name' in one ? [one.name.name] : [])));
  // The same text in a network is two layers.
  const outside = own.filter(({ kind }) => kind !== 'Network' && kind !== 'Block');
  return outside
    .flatMap(nodesIn)
    .flatMap((node) =>
      node.kind === 'Call' && node.callee.kind === 'Name' && !declared.has(node.callee.name)
        ? twice(node, node.callee.name, names)
        : [],
    );
};

function twice(call: ast.CallExpr, name: string, names: Names): Diagnostic[] {
  if (!Object.hasOwn(compared, name)) return [];
  const [first, second] = compared[name].map((parameter, i) => given(call, parameter, i));
  if (first === undefined || second === undefined || meantBy(first, names) !== meantBy(second, names))
    return [];
  return [
    diagnostic(kinds.comparedWithItself, second.span, {
      what: `\`${name}\` compares \`${flat(first.span)}\` with itself`,
      why:
        name === 'knn_accuracy'
          ? 'The nearest neighbour of each row is that row.'
          : 'Whatever it is, both sides are equal.',
      hint: 'Give the other side what it is to be compared with.',
      labels: [{ span: first.span, text: 'the same' }],
    }),
  ];
}

/** By name, or by place. */
function given({ args }: ast.CallExpr, parameter: string, place: number): ast.Expr | undefined {
  const found = args.find(({ name }) => name?.name === parameter) ?? args[place];
  if (found === undefined || (found.name !== undefined && found.name.name !== parameter)) return undefined;
  return found.value.kind === 'Duration' ? undefined : found.value;
}
