/** A network that sees the same parameter in two ranges can tell its inputs apart by the range alone. */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { kinds } from '../../errors.ts';
import type { Span } from '../../../grammar/source.ts';
import type { NetworkCall } from '../../analyse/analysis.ts';
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
export const ranges: Rule = ({ calls }) => {
  const first = new Map<string, Seen>();
  const other = new Map<string, Seen>();
  for (const seen of calls.flatMap(seenIn)) {
    const key = `${seen.network}.${seen.parameter}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, seen);
    else if (!sameBounds(before.range, seen.range) && !other.has(key)) other.set(key, seen);
  }
  return [...other].map(([key, seen]) => differs(seen, first.get(key)!));
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
