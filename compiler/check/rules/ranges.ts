/**
 * A network that sees the same parameter in two ranges can tell its inputs apart by the range alone; one that sees data
 * of a known range beside what a network makes without one may.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { Span } from '../../../grammar/source.ts';
import type { Analysis, NetworkCall } from '../../analyse/analysis.ts';
import { answersIn } from '../../analyse/answers.ts';
import { sameBounds } from '../../bind/types.ts';
import type { Bounds } from '../../types.ts';
import type { Rule } from '../rule.ts';

interface Seen {
  readonly network: string;
  readonly parameter: string;
  readonly range: Bounds;
  readonly span: Span;
}

/** Of each parameter of each network, the first range that differs from the first one. */
export const ranges: Rule = (analysis) => {
  const { calls } = analysis;
  const first = new Map<string, Seen>();
  const other = new Map<string, Seen>();
  for (const seen of calls.flatMap(seenIn)) {
    const key = `${seen.network}.${seen.parameter}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, seen);
    else if (!sameBounds(before.range, seen.range) && !other.has(key)) other.set(key, seen);
  }
  const known = new Map([...first].filter(([key]) => !other.has(key)));
  return [...[...other].map(([key, seen]) => differs(seen, first.get(key)!)), ...unranged(analysis, known)];
};

const seenIn = ({ network, parameters }: NetworkCall): Seen[] =>
  [...parameters].flatMap(([parameter, { value, span }]) =>
    value.sort !== 'tensor' || value.type.range === null
      ? []
      : [{ network, parameter, range: value.type.range, span }],
  );

function differs({ network, parameter, range, span }: Seen, first: Seen): Diagnostic {
  const show = (bounds: Bounds): string => `[${bounds.join(', ')}]`;
  return diagnostic(kinds.range, span, {
    what: `\`${parameter}\` of \`${network}\` is in ${show(range)} here and in ${show(first.range)} elsewhere`,
    why: 'The network could tell the two apart by their range alone.',
    hint: `Convert the data (\`data … in ${show(range)}\`) or end the generator with the matching activation.`,
    labels: [{ span: first.span, text: `in ${show(first.range)}` }],
  });
}

/** Of each parameter that has one range otherwise, the first value of none that a network makes. */
function unranged({ calls }: Analysis, known: ReadonlyMap<string, Seen>): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const { network, parameters } of calls)
    for (const [parameter, { value, span }] of parameters) {
      const key = `${network}.${parameter}`;
      const beside = known.get(key);
      if (beside === undefined || found.has(key) || value.sort !== 'tensor' || value.type.range !== null)
        continue;
      const { kind, form } = value.type;
      // Images that networks make; codes, tables and features of sound often end linear.
      if (kind !== 'real' || form !== 'image' || !answersIn([value.node]).has(value.node)) continue;
      found.set(key, outOf(network, parameter, span, beside));
    }
  return [...found.values()];
}

const outOf = (network: string, parameter: string, span: Span, beside: Seen): Diagnostic =>
  diagnostic(kinds.unrangedBeside, span, {
    what: `\`${parameter}\` of \`${network}\` has no known range here and is in [${beside.range.join(', ')}] elsewhere`,
    why: 'What a network makes without a last activation can be any number, and the data cannot.',
    hint: `End the network with an activation that keeps to the range, and declare it: \`-> ... in [${beside.range.join(', ')}]\`.`,
    labels: [{ span: beside.span, text: `in [${beside.range.join(', ')}]` }],
  });
