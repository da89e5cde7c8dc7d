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
import { streamsIn } from '../../evaluate/feeds.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { Bounds } from '../../types.ts';
import type { Rule } from '../rule.ts';

interface Seen {
  readonly network: string;
  readonly parameter: string;
  readonly range: Bounds;
  readonly span: Span;
  readonly node: Node;
}

/** Of each parameter of each network, the first range that differs from the first one. */
export const ranges: Rule = (analysis) => {
  const { calls } = analysis;
  const first = new Map<string, Seen>();
  const other = new Map<string, Seen>();
  const moved = new Map<string, Diagnostic>();
  for (const seen of calls.flatMap(seenIn)) {
    const key = `${seen.network}.${seen.parameter}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, seen);
    else if (!sameBounds(before.range, seen.range) && !other.has(key)) {
      if (!isMoved(analysis, seen.node, before.node)) other.set(key, seen);
      else if (!moved.has(key) && readsData(analysis, seen.node)) moved.set(key, movedTo(seen, before));
    }
  }
  const known = new Map([...first].filter(([key]) => !other.has(key)));
  return [
    ...[...other].map(([key, seen]) => differs(seen, first.get(key)!)),
    ...moved.values(),
    ...unranged(analysis, known),
  ];
};

const seenIn = ({ network, parameters }: NetworkCall): Seen[] =>
  [...parameters].flatMap(([parameter, { value, span }]) =>
    // What is one number everywhere is no data: a condition that is left out, as `0 * y`.
    value.sort !== 'tensor' || value.type.range === null || value.type.range[0] === value.type.range[1]
      ? []
      : [{ network, parameter, range: value.type.range, span, node: value.node }],
  );

/**
 * Whether both are computed of the same data and draws and of no weight: one is the other at another contrast, or drawn from nearer the
 * middle, as it was written down.
 */
function isMoved({ evaluated }: Analysis, a: Node, b: Node): boolean {
  if (reachable([a, b]).some((node) => evaluated.constants.has(node))) return false;
  const [left, right] = [a, b].map(leavesOf);
  return left.length > 0 && left.join() === right.join();
}

const leavesOf = (node: Node): string[] =>
  reachable([node])
    .flatMap((one) => (one.op === 'draw' ? [one.attrs.key] : one.op === 'input' ? [one.attrs.name] : []))
    .sort();

const readsData = ({ evaluated }: Analysis, node: Node): boolean => streamsIn(evaluated, [node]).length > 0;

/** Of draws nothing is said: generators are shown at smaller ones. */
const movedTo = ({ network, parameter, range, span }: Seen, first: Seen): Diagnostic =>
  diagnostic(kinds.movedRange, span, {
    what: `\`${parameter}\` of \`${network}\` is in ${show(range)} here and in ${show(first.range)} elsewhere, of the same data`,
    why: 'If a conversion was left out in one place, the network sees two kinds of data.',
    hint: 'Convert the data once, where it is declared (`data … in [a, b]`); if it is another contrast on purpose, say so with `// allow`.',
    labels: [{ span: first.span, text: `in ${show(first.range)}` }],
  });

const show = (bounds: Bounds): string => `[${bounds.join(', ')}]`;

function differs({ network, parameter, range, span }: Seen, first: Seen): Diagnostic {
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
