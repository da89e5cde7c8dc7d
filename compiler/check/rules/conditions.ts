/**
 * Generated rows that are judged under another condition than they were made from: D(G(z, digit), mnist.label). Row and
 * condition never belong together, so nothing teaches the generator what its condition means.
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, NetworkCall } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers, type Answer } from '../../analyse/answers.ts';
import { sameDim, type Dim } from '../../ir/dim.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { Placed, Value } from '../../values.ts';
import type { PlayedGame } from '../../vocabulary/builtin.ts';
import { kinds } from '../../errors.ts';
import { textOf } from '../../../grammar/source.ts';
import type { Rule } from '../rule.ts';

export const conditions: Rule = (analysis) =>
  [...new Set(analysis.evaluated.games)].flatMap((game) => mismatched(analysis, game));

function mismatched(analysis: Analysis, { fake }: PlayedGame): Diagnostic[] {
  const answers = answersIn([fake]);
  return [...nearestAnswers(fake, answers).values()].flatMap((answer) => {
    const judged = analysis.calls.find((call) => isCall(call, answer));
    if (judged === undefined) return [];
    const inside = new Set([...answers.values()].filter(({ network }) => network !== answer.network));
    const made = analysis.calls.filter((call) => [...inside].some((one) => isCall(call, one)));
    return conditionsOf(judged).flatMap((asked) => otherThan(judged, asked, made.flatMap(conditionsOf)));
  });
}

/** Whether a call is this one: the same network, given the same. */
const isCall = ({ network, parameters }: NetworkCall, { network: name, region }: Answer): boolean =>
  network === name &&
  [...parameters.values()].every(({ value }) => value.sort !== 'tensor' || region.parameters.has(value.node));

interface Condition {
  readonly node: Node;
  readonly classes: Dim;
  readonly placed: Placed<Value>;
}

/** The classes among what a network was given. */
function conditionsOf({ parameters }: NetworkCall): Condition[] {
  return [...parameters.values()].flatMap((placed) => {
    const { value } = placed;
    if (value.sort !== 'tensor') return [];
    const { type, node } = value;
    const classes = type.kind === 'label' ? type.classes : type.kind === 'onehot' ? type.shape[0] : null;
    return classes === null ? [] : [{ node, classes, placed }];
  });
}

function otherThan(judged: NetworkCall, asked: Condition, made: readonly Condition[]): Diagnostic[] {
  const alike = made.filter(({ classes }) => sameDim(classes, asked.classes));
  const known = reachable(judgedRows(judged, asked));
  const used = alike.filter(({ node }) => known.includes(node));
  const [from] = used;
  if (from === undefined || known.includes(asked.node)) return [];
  return [
    diagnostic(kinds.otherCondition, asked.placed.span, {
      what: `\`${judged.network}\` judges a generated row under the condition \`${textOf(asked.placed.span)}\`, and it was made from \`${textOf(from.placed.span)}\``,
      why: 'Row and condition do not belong together, so nothing teaches the generator what its condition means.',
      hint: `Judge it under what it was made for: \`${textOf(from.placed.span)}\`.`,
      labels: [{ span: from.placed.span, text: 'made from this' }],
    }),
  ];
}

/** What is judged, beside the condition. */
const judgedRows = ({ parameters }: NetworkCall, { node }: Condition): Node[] =>
  [...parameters.values()].flatMap(({ value }) =>
    value.sort === 'tensor' && value.node !== node ? [value.node] : [],
  );
