/**
 * Averages that an update reads in a phase in which none has moved yet, and that a later phase moves: a teacher that is the
 * network as it was initialised. One that an earlier phase has moved may be kept still on purpose, one that nothing ever
 * moves is an unknown field; and what starts with other weights is a teacher from the beginning.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Span } from '../../../grammar/source.ts';
import type { Analysis } from '../../analyse/analysis.ts';
import { kinds } from '../../errors.ts';
import { reachable, type Node } from '../../ir/node.ts';
import { averageName } from '../../leaves.ts';
import { averagesIn, type PhaseInfo } from '../../model.ts';
import { updatesDuring } from '../iterations.ts';
import type { Rule } from '../rule.ts';

export const stillAverages: Rule = (analysis) => {
  const phases = analysis.schedule?.phases ?? [];
  return phases.flatMap((phase, i) => {
    const started = phases.slice(0, i + 1).flatMap(({ starts }) => starts.map(({ network }) => network));
    const moved = phases.slice(0, i + 1).flatMap(({ body }) => averagesIn(body));
    const later = phases.slice(i + 1).flatMap(({ body }) => averagesIn(body));
    const known = new Set([
      ...moved.map(({ network }) => network),
      ...started,
      ...analysis.names.starts.keys(),
    ]);
    return later
      .filter(
        ({ network }, at) => !known.has(network) && later.findIndex((one) => one.network === network) === at,
      )
      .flatMap(({ network, declaration }) => still(analysis, phase, network, declaration.network.span));
  });
};

function still(analysis: Analysis, phase: PhaseInfo, network: string, moved: Span): Diagnostic[] {
  const reader = updatesDuring(analysis, phase).find(
    ({ objective }) => objective !== null && readsAverage(analysis, objective.node, network),
  );
  if (reader === undefined) return [];
  return [
    diagnostic(kinds.stillAverage, reader.declaration.objective.span, {
      what: `the average of \`${network}\` is read here, and nothing has moved it yet`,
      why: `Until its first \`average\`, in a later phase, it is \`${network}\` as it was initialised.`,
      hint: `Write \`average ${network} decay …\` in this phase, too, or read \`${network}\` itself.`,
      labels: [{ span: moved, text: 'first moved here' }],
    }),
  ];
}

function readsAverage({ weights }: Analysis, root: Node, network: string): boolean {
  const names = new Set([...(weights.get(network)?.values() ?? [])].map(averageName));
  return reachable([root]).some((node) => node.op === 'input' && names.has(node.attrs.name));
}
