/**
 * Relativistic games written by hand: the discriminator's answers to real and generated rows are subtracted, so both sides
 * stand in one loss. Where the generator minimises the very loss of the discriminator, it helps it.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers, networksOf } from '../../analyse/answers.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import { passed } from '../../ir/differentiate.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { kinds } from '../../errors.ts';
import { once } from '../once.ts';

export const relativistic = once((analysis) => {
  const updates = analysis.schedule?.updates ?? [];
  return updates.flatMap((of) =>
    updates.filter((other) => sameLoss(of, other)).flatMap((other) => helpers(analysis, of, other)),
  );
});

/** The same summands are the same loss, in whatever order they stand. */
const sameLoss = (a: AnalysedUpdate, b: AnalysedUpdate): boolean =>
  a !== b &&
  a.objective !== null &&
  b.objective !== null &&
  (a.objective.node === b.objective.node || summandsOf(a) === summandsOf(b)) &&
  a.declaration.sense === b.declaration.sense;

const summandsOf = ({ terms }: AnalysedUpdate): string =>
  terms
    .map(({ node, sign }) => sign * node.id)
    .sort((p, q) => p - q)
    .join(' ');

/** Networks of `other` whose rows a network of `of` compares with others, in the loss that both minimise. */
function helpers(analysis: Analysis, of: AnalysedUpdate, other: AnalysedUpdate): Diagnostic[] {
  const objective = of.objective!.node;
  const comparisons = comparedIn(objective).filter(
    ({ network }) => of.networks.includes(network) && !other.networks.includes(network),
  );
  return other.networks.flatMap((network) => {
    const weights = weightNodes(analysis, network);
    const makes = (node: Node): boolean => reachable([node]).some((one) => weights.includes(one));
    const found = comparisons.find(({ sides: [a, b] }) => makes(a) !== makes(b));
    const way = passed(other.objective!.node, weights, constantsBeside(analysis.evaluated, weights));
    if (found === undefined || [...way].some(({ op }) => op === 'reverse')) return [];
    const ident = other.idents.get(network)!;
    return [
      diagnostic(kinds.sides, ident.span, {
        what: `\`${network}\` and \`${found.network}\` minimise the same loss, in which \`${found.network}\` tells the rows of \`${network}\` from others`,
        why: `Both learn the same: \`${network}\` makes its rows easier to tell apart.`,
        hint: 'Exchange the targets in the loss of the one that makes the rows: what was 1 becomes 0, what was 0 becomes 1.',
        labels: [{ span: of.declaration.objective.span, text: `what \`${found.network}\` minimises` }],
      }),
    ];
  });
}

/** Differences between answers of one network. */
function comparedIn(objective: Node): { network: string; sides: readonly [Node, Node] }[] {
  const answers = answersIn([objective]);
  return reachable([objective], (node) => answers.has(node)).flatMap((node) => {
    if (node.op !== 'sub') return [];
    const [a, b] = node.inputs;
    const networks = [a, b].map((side) => [...networksOf(nearestAnswers(side, answers))]);
    const [network] = networks[0];
    const one = networks.every((all) => all.length === 1 && all[0] === network);
    return one ? [{ network, sides: [a, b] as const }] : [];
  });
}
