/** Averages of one network that stand twice in a phase: there is one average, and both statements move it. */
import { diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import { averagesIn } from '../../model.ts';
import type { Rule } from '../rule.ts';

export const twoAverages: Rule = ({ schedule }) =>
  (schedule?.phases ?? []).flatMap(({ body }) => {
    const all = [...new Set(averagesIn(body).map(({ declaration }) => declaration.network))];
    return all.flatMap((ident, i) => {
      const first = all.findIndex(({ name }) => name === ident.name);
      if (first === i) return [];
      return [
        diagnostic(kinds.twoAverages, ident.span, {
          what: `the average of \`${ident.name}\` is moved twice in this phase`,
          why: 'A network has one average, so both decays act on it, one after the other.',
          hint: 'Keep the one that is meant: `decay 0.9` twice is `decay 0.81` once.',
          labels: [{ span: all[first].span, text: 'first here' }],
        }),
      ];
    });
  });
