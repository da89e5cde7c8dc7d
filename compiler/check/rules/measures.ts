/** Metrics that compare a network's answers with labels on the very rows that it is trained on. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { AnalysedUpdate } from '../../analyse/analysis.ts';
import { kinds } from '../../errors.ts';
import { rememberedIn, type Remembered } from '../remembered.ts';
import type { Rule } from '../rule.ts';

export const measures: Rule = ({ reports, names, schedule }) =>
  reports
    .flatMap(({ declaration }) => declaration.body)
    .flatMap((line) =>
      line.kind === 'Show' && line.medium === 'metric'
        ? rememberedIn(line.value, names, schedule?.updates ?? []).map(measured)
        : [],
    );

function measured({ call, network, stream, measured: rows, update }: Remembered<AnalysedUpdate>): Diagnostic {
  const ident = update.declaration.networks.find(({ name }) => name === network);
  return diagnostic(kinds.trainingRows, call.span, {
    what: `\`${network}\` is measured on rows that it trains on`,
    why: `An update trains \`${network}\` on \`${stream}\`${stream === rows ? '' : `, which holds the rows of \`${rows}\``}, so this tells how well its rows are remembered. It never says which checkpoint is the best.`,
    hint: 'Measure on a stream of other rows, such as `split: test`.',
    labels: ident === undefined ? [] : [{ span: ident.span, text: 'trained here' }],
  });
}
