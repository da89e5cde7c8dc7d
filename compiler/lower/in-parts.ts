/**
 * Whether a spec can be trained on its minibatches in parts: the mean of what the parts give must be what the whole gives. In:
 * updates and `set`s, and how many parts; out: errors where it isn't, each at its place, and what a person should know of where
 * each part is looked at by itself.
 */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';
import { reachable, type Node } from '../ir/node.ts';
import { blocksOf, mixedIn, ofAnyRows } from './blocks.ts';
import {
  setsOfStep,
  stepsOf,
  updatesOfStep,
  type Lowered,
  type LoweredSet,
  type LoweredUpdate,
} from './lowered.ts';
import { bentIn, isBatchNorm, isInside, isSettled, lateRoots, meansBelow } from './settled.ts';
import { setOfPart, updateOfPart } from './wholes.ts';

export interface InParts {
  readonly errors: readonly Diagnostic[];
  readonly notices: readonly string[];
  /** Draws with the rows of minibatches (blocks.ts). */
  readonly blocks: Readonly<Record<string, number>>;
}

/** What is computed of a minibatch: an update, or a `set`. */
interface Computed extends Pick<LoweredUpdate, 'builder'> {
  readonly text: string;
  /** What of it is settled late, in words. */
  readonly settles: string;
  readonly span: Span;
  /** What it computes of each part by itself. */
  readonly values: readonly Node[];
  /** What is settled when all parts are done, if it needs a number of all of them; and what stands against that. */
  readonly late: readonly Node[];
  readonly between: Node | undefined;
  /** Whether it keeps rows for later minibatches. */
  readonly keeps: boolean;
}

export function inParts(lowered: Lowered, parts: number): InParts {
  const { model } = lowered;
  const steps = stepsOf(lowered);
  const all = [
    ...steps.flatMap(updatesOfStep).map((one) => ofUpdate(updateOfPart(ofAnyRows(model, one), parts))),
    ...steps.flatMap(setsOfStep).map((one) => ofSet(setOfPart(ofAnyRows(model, one), parts))),
  ];
  const nodes = all.flatMap(reached);
  const alone = nodes.some((node) => isInside(node, isBatchNorm));
  return {
    errors: saidOnce(all.flatMap((one) => problemOf(one, parts) ?? [])),
    notices: alone
      ? [
          `batch norm: each of the ${parts} parts of a minibatch is normalised by its own rows, and running statistics move once, by the parts' mean`,
        ]
      : [],
    blocks: blocksOf(nodes),
  };
}

/** Each part of a history is a `set`, and what is said of them is the same. */
const saidOnce = (errors: readonly Diagnostic[]): Diagnostic[] => [
  ...new Map(errors.map((one) => [`${one.span.source.path} ${one.span.start} ${one.what}`, one])).values(),
];

const ofUpdate = (one: LoweredUpdate): Computed => {
  const { update, objective, losses, moved } = one;
  const text = `update ${update.networks.join(', ')} to ${update.text}`;
  return {
    text,
    settles: `the \`when\` of \`${text}\``,
    span: update.declaration.span,
    values: [objective, ...losses.values(), ...moved.values(), ...valuesIn(one)],
    keeps: false,
    ...settledLate(one),
  };
};

const ofSet = (one: LoweredSet): Computed => ({
  text: one.set.kept === null ? one.set.text : `history ${one.set.kept.history.name}`,
  settles: `\`${one.set.text}\``,
  span: one.set.declaration.span,
  values: valuesIn(one),
  keeps: one.set.kept !== null,
  ...settledLate(one),
});

/** What passes over all parts find out. */
const valuesIn = ({ rounds }: Pick<LoweredUpdate, 'rounds'>): Node[] =>
  rounds.flat().map(({ value }) => value);

const settledLate = (one: LoweredUpdate | LoweredSet): Pick<Computed, 'builder' | 'late' | 'between'> => ({
  builder: one.builder,
  late: lateRoots(one),
  between: isSettled(one) ? meansBelow(one).between : undefined,
});

const reached = ({ values, late }: Computed): Node[] => reachable([...values, ...late]);

/** The first of what stands against it. */
function problemOf(one: Computed, parts: number): Diagnostic | null {
  const nodes = reached(one);
  const told = (node: Node | undefined, what: string, why: string, hint: string): Diagnostic =>
    diagnostic(kinds.notInParts, node?.origin ?? one.span, { what, why, hint });
  const smaller =
    'a smaller batch, or several processes (`--target torch --nproc 2`), which tell each other what they need.';
  if (one.keeps)
    return told(
      undefined,
      `\`${one.text}\` keeps rows of whole minibatches`,
      `With --accumulate ${parts} a minibatch is never there as a whole, and a history would see its rows in another order.`,
      'Take a smaller batch in its place.',
    );
  const paired = nodes.find(({ op, attrs }) => op === 'regroup' && 'rows' in attrs && attrs.rows === 'all');
  if (paired !== undefined)
    return told(
      paired,
      `\`${one.text}\` compares rows with all others of a minibatch`,
      `With --accumulate ${parts} a row meets those of its own part alone, so the parts' mean is another number.`,
      `Take ${smaller}`,
    );
  const [mixed] = mixedIn(nodes);
  if (mixed !== undefined)
    return told(
      mixed,
      `\`${one.text}\` draws for rows of two batches stacked on each other`,
      `With --accumulate ${parts} each row keeps its own draws, and no part of both batches is a part of the stack.`,
      'Draw before the rows are stacked, or give both batches one size.',
    );
  if (one.between !== undefined)
    return told(
      one.between,
      `${one.settles} needs a minibatch as a whole`,
      `With --accumulate ${parts} it is settled by means over rows, which parts give one after another. Here rows are folded otherwise, or a derivative passes through such a mean.`,
      'Take the derivative of what each row makes by itself.',
    );
  const [bent] = bentIn(one, one.values);
  if (bent === undefined) return null;
  return told(
    bent,
    `\`${one.text}\` is no function of means over rows`,
    `With --accumulate ${parts} its parts are computed one after another, and know means over the rows of all of them. A derivative that passes through such a mean would be another one for each part.`,
    `Take the derivative of what each row makes by itself; or take ${smaller}`,
  );
}
