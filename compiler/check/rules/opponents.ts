/**
 * Games written by hand. One network learns to tell rows apart: its answers to some are pulled one way, to others the
 * other way. Where the network that makes some of them, in an update of its own, pulls the answers to them the same way,
 * it makes its rows easier to tell. Of games that are declared, rules/games.ts knows who plays.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, AnalysedUpdate } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers, outputOf } from '../../analyse/answers.ts';
import { classPullsOf } from '../../analyse/class-pulls.ts';
import { isOther, isSame, pullsOf, together, type Pull } from '../../analyse/pulls.ts';
import { constantsBeside, weightNodes } from '../../analyse/trained.ts';
import { passed } from '../../ir/differentiate.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';
import { relativistic } from './relativistic.ts';

export const opponents: Rule = (analysis) => {
  const asked = (analysis.schedule?.updates ?? []).map((update) => askedIn(analysis, update));
  const said = new Set(relativistic(analysis).map(({ span }) => span));
  const found = new Map<string, Diagnostic>();
  for (const teller of asked)
    for (const maker of asked)
      for (const [network, judge] of helped(analysis, teller, maker)) {
        const ident = maker.update.idents.get(network)!;
        if (!said.has(ident.span)) found.set(`${network} ${judge}`, helper(network, judge, teller, maker));
      }
  return [...found.values()];
};

interface Asked {
  readonly update: AnalysedUpdate;
  /** The pulls on each output of each network: by its name. */
  readonly outputs: ReadonlyMap<string, readonly Wanted[]>;
}

interface Wanted {
  readonly network: string;
  readonly node: Node;
  readonly pull: Pull | undefined;
}

function askedIn(analysis: Analysis, update: AnalysedUpdate): Asked {
  const outputs = new Map<string, Wanted[]>();
  if (update.objective === null) return { update, outputs };
  const near = nearestAnswers(update.objective.node, answersIn([update.objective.node]));
  const declared = new Set(analysis.evaluated.games.flatMap(({ real, fake }) => [real, fake]));
  const classes = classPullsOf(analysis, update, near);
  for (const [node, told] of pullsOf(analysis, update, near)) {
    const answer = near.get(node);
    if (answer === undefined || declared.has(node)) continue;
    const name = outputOf(node, answer);
    const pull = told ?? classes.get(node);
    outputs.set(name, [...(outputs.get(name) ?? []), { network: answer.network, node, pull }]);
  }
  return { update, outputs };
}

/** Networks that `maker` trains and that pull answers to their rows as `teller` does, each with whose answers they are. */
function helped(analysis: Analysis, teller: Asked, maker: Asked): [network: string, judge: string][] {
  if (teller === maker) return [];
  return [...teller.outputs].flatMap(([output, told]) => {
    const judge = told[0].network;
    const makers = maker.update.networks.filter((network) => !teller.update.networks.includes(network));
    if (!teller.update.networks.includes(judge) || maker.update.networks.includes(judge)) return [];
    return makers
      .filter((network) => helps(analysis, network, told, maker.outputs.get(output) ?? [], maker.update))
      .map((network): [string, string] => [network, judge]);
  });
}

function helps(
  analysis: Analysis,
  network: string,
  told: readonly Wanted[],
  wanted: readonly Wanted[],
  { objective }: AnalysedUpdate,
): boolean {
  if (objective === null) return false;
  const weights = weightNodes(analysis, network);
  const made = new Set(weights);
  const makes = ({ node }: Wanted): boolean => reachable([node]).some((one) => made.has(one));
  const [own, other] = [told.filter(makes), told.filter((one) => !makes(one))];
  const there = together(own.map(({ pull }) => pull));
  if (there === undefined || !areTold(there, other)) return false;
  const way = passed(objective.node, weights, constantsBeside(analysis.evaluated, weights));
  const felt = wanted.filter(({ node }) => way.has(node));
  const here = together(felt.map(({ pull }) => pull));
  return here !== undefined && isSame(here, there) && ![...way].some(({ op }) => op === 'reverse');
}

/** Whether other rows are told from these. Of a class that others have, too, a classifier learns what it looks like (AC-GAN). */
function areTold(these: Pull, others: readonly Wanted[]): boolean {
  const apart = ({ pull }: Wanted): boolean => pull !== undefined && isOther(pull, these);
  return others.some(apart) && (these.one === undefined || others.every(apart));
}

function helper(network: string, judge: string, teller: Asked, maker: Asked): Diagnostic {
  const ident = maker.update.idents.get(network)!;
  return diagnostic(kinds.helpedJudge, ident.span, {
    what: `\`${network}\` asks of \`${judge}\` the answer to its rows that \`${judge}\` learns to give`,
    why: `\`${judge}\` learns to tell these rows from others, and this update makes it easier.`,
    hint: `Turn the sign, or exchange the targets, in what \`${network}\` minimises; if the two work together on purpose, train them in one update.`,
    labels: [
      { span: teller.update.declaration.objective.span, text: `what \`${judge}\` learns` },
      { span: maker.update.declaration.objective.span, text: `what \`${network}\` learns` },
    ],
  });
}
