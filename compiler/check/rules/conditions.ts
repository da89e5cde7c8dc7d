/**
 * Generated rows that are judged under another condition than they were made from: D(G(z, digit), mnist.label). Row and
 * condition never belong together, so nothing teaches the generator what its condition means. So are real rows of a game
 * that are judged under a class drawn apart from them, where their own is there: D(mnist.image, digit).
 */
import { diagnostic, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Analysis, AnalysedUpdate, NetworkCall } from '../../analyse/analysis.ts';
import { answersIn, nearestAnswers, type Answer } from '../../analyse/answers.ts';
import { streamsIn } from '../../evaluate/feeds.ts';
import { weightNodes } from '../../analyse/trained.ts';
import { sameDim, type Dim } from '../../ir/dim.ts';
import { reachable, type Node } from '../../ir/node.ts';
import type { Placed, Value } from '../../values.ts';
import { kinds } from '../../errors.ts';
import { textOf } from '../../../grammar/source.ts';
import type { Rule } from '../rule.ts';

export const conditions: Rule = (analysis) => {
  const played = [...new Set(analysis.evaluated.games)].flatMap(({ real, fake }) => [
    ...drawnApart(analysis, real),
    ...mismatched(analysis, fake),
  ]);
  const byHand = (analysis.schedule?.updates ?? []).flatMap((update) => inLosses(analysis, update));
  return [
    ...new Map(
      [...byHand, ...played].map((one) => [`${one.span.source.path}:${one.span.start}`, one]),
    ).values(),
  ];
};

/**
 * In the losses of the one that makes the rows: what its judges are asked there. One that is asked under the right
 * condition, too, may be asked under a wrong one on purpose.
 */
function inLosses(analysis: Analysis, { objective, networks }: AnalysedUpdate): Diagnostic[] {
  if (objective === null) return [];
  const near = nearestAnswers(objective.node, answersIn([objective.node]));
  const makers = new Set(networks.flatMap((network) => weightNodes(analysis, network)));
  const judged = [...near].filter(
    ([node, { network }]) => !networks.includes(network) && reachable([node]).some((one) => makers.has(one)),
  );
  const found = judged.map(([node, { network }]) => ({ network, said: mismatched(analysis, node) }));
  const right = new Set(found.flatMap(({ network, said }) => (said.length === 0 ? [network] : [])));
  return found.flatMap(({ network, said }) => (right.has(network) ? [] : said));
}

function mismatched(analysis: Analysis, fake: Node): Diagnostic[] {
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

/** Of answers to rows as the data has them, asked with a class that was drawn. */
function drawnApart(analysis: Analysis, real: Node): Diagnostic[] {
  return [...nearestAnswers(real, answersIn([real])).values()].flatMap((answer) => {
    const judged = analysis.calls.find((call) => isCall(call, answer));
    if (judged === undefined) return [];
    return conditionsOf(judged).flatMap((asked) => {
      const known = reachable(judgedRows(judged, asked));
      const [stream, ...others] = streamsIn(analysis.evaluated, judgedRows(judged, asked));
      const plain = !known.some((node) => node.op === 'draw' || analysis.evaluated.constants.has(node));
      const own = stream === undefined ? undefined : labelOf(analysis, stream, asked.classes);
      if (!plain || others.length > 0 || own === undefined || !isDrawn(analysis, asked.node)) return [];
      return [foreign(judged.network, asked, own)];
    });
  });
}

/** The stream's own label of so many classes, if losses may read it. */
function labelOf({ names }: Analysis, stream: string, classes: Dim): string | undefined {
  const { fields, hidden } = names.data.get(stream)!;
  const found = Object.entries(fields).find(
    ([name, field]) => field.kind === 'label' && field.classes === classes && !hidden.has(name),
  );
  return found && `${stream}.${found[0]}`;
}

/** Whether it is made of draws, and of no data nor weight. */
function isDrawn({ evaluated }: Analysis, node: Node): boolean {
  const made = reachable([node]);
  return (
    made.some(({ op }) => op === 'draw') &&
    streamsIn(evaluated, [node]).length === 0 &&
    !made.some((one) => evaluated.constants.has(one))
  );
}

const foreign = (network: string, { placed }: Condition, own: string): Diagnostic =>
  diagnostic(kinds.otherCondition, placed.span, {
    what: `\`${network}\` judges a real row under the condition \`${textOf(placed.span)}\`, which is drawn apart from it`,
    why: 'Row and condition do not belong together, so no real pair shows what the condition means.',
    hint: `Judge it under its own: \`${own}\`.`,
  });
