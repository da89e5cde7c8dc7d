/** Summands of an objective that move nobody: no update that minimises them trains a network that they depend on. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { flowsTo } from '../../ir/differentiate.ts';
import type { Analysis, AnalysedUpdate, Term } from '../../analyse/analysis.ts';
import { weightNodes } from '../../analyse/trained.ts';
import { flat } from '../../analyse/updates.ts';
import { mentioned } from '../../bind/cycles.ts';
import { kinds } from '../../errors.ts';
import type { Rule } from '../rule.ts';

export const terms: Rule = (analysis) => {
  const moving = new Map<string, { term: Term; moves: boolean }>();
  for (const update of analysis.schedule?.updates ?? []) {
    if (update.objective === null || update.terms.length < 2) continue;
    const moves = update.terms.map((term) => movesSomebody(analysis, update, term));
    // Where none does, the whole update is idle: flow.ts says so.
    if (!moves.includes(true)) continue;
    update.terms.forEach((term, i) => {
      const { source, start, end } = term.expr.span;
      const key = `${source.path}:${start}-${end}`;
      moving.set(key, { term, moves: moves[i] || moving.get(key)?.moves === true });
    });
  }
  return [...moving.values()].flatMap(({ term, moves }) => {
    if (moves || switchedOff(analysis, term)) return [];
    return [
      diagnostic(kinds.idleTerm, term.expr.span, {
        what: `no gradient of \`${flat(term.expr.span)}\` reaches a network that is trained by it`,
        why: 'It changes a number in the log, and no weight.',
        hint: 'Compute it of what the network makes, or leave it out.',
      }),
    ];
  });
};

function movesSomebody(analysis: Analysis, { networks }: AnalysedUpdate, { node }: Term): boolean {
  const weights = networks.flatMap((network) => weightNodes(analysis, network));
  const { games } = analysis.evaluated;
  // A player's loss is minimised as a whole, whichever answers it moves: BiGAN's encoder and decoder share theirs.
  if (games.some((game) => Object.values(game).includes(node))) return true;
  const moved = flowsTo(node);
  return weights.some((weight) => moved.has(weight));
}

/** A weight that a param sets to 0 is an ablation. */
const switchedOff = ({ names }: Analysis, { expr }: Term): boolean =>
  [...mentioned(expr)].some((name) => names.params.get(name)?.value === 0);
