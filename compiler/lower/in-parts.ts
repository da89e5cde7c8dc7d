/**
 * Whether a spec can be trained on its minibatches in parts: the mean of what the parts give must be what the whole gives. In:
 * updates and `set`s, and how many parts; out: errors where it isn't, each at its place, and what a person should know of where
 * each part is looked at by itself.
 */
import { diagnostic, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Span } from '../../grammar/source.ts';
import { kinds } from '../errors.ts';
import { symbolsOf } from '../ir/dim.ts';
import { reachable, type Node, type Region } from '../ir/node.ts';
import { meanOf } from '../ir/patterns.ts';
import { agreedNodes } from './agreed.ts';
import { blocksOf, mixedIn, ofAnyRows } from './blocks.ts';
import {
  setsOfStep,
  stepsOf,
  updatesOfStep,
  type Lowered,
  type LoweredSet,
  type LoweredUpdate,
} from './lowered.ts';

export interface InParts {
  readonly errors: readonly Diagnostic[];
  readonly notices: readonly string[];
  /** Draws with the rows of minibatches (blocks.ts). */
  readonly blocks: Readonly<Record<string, number>>;
}

/** What is computed of a minibatch: an update, or a `set`. */
interface Computed extends Pick<LoweredUpdate, 'builder'> {
  readonly text: string;
  readonly span: Span;
  /** What it computes of rows but for its condition, and that. */
  readonly values: readonly Node[];
  readonly condition: Node | null;
  /** Whether it keeps rows for later minibatches. */
  readonly keeps: boolean;
}

export function inParts(lowered: Lowered, parts: number): InParts {
  const { model } = lowered;
  const steps = stepsOf(lowered);
  const all = [
    ...steps.flatMap(updatesOfStep).map((one) => ofUpdate(ofAnyRows(model, one))),
    ...steps.flatMap(setsOfStep).map((one) => ofSet(ofAnyRows(model, one))),
  ];
  const nodes = all.flatMap(reached);
  const alone = nodes.some((node) => isInside(node, isBatchNorm));
  return {
    errors: all.flatMap((one) => problemOf(one, parts) ?? []),
    notices: alone
      ? [
          `batch norm: each of the ${parts} parts of a minibatch is normalised by its own rows, and running statistics move once, by the parts' mean`,
        ]
      : [],
    blocks: blocksOf(nodes),
  };
}

const ofUpdate = ({ update, builder, objective, losses, moved, condition }: LoweredUpdate): Computed => ({
  text: `update ${update.networks.join(', ')} to ${update.text}`,
  span: update.declaration.span,
  builder,
  values: [objective, ...losses.values(), ...moved.values()],
  condition,
  keeps: false,
});

const ofSet = ({ set, builder, value, condition }: LoweredSet): Computed => ({
  text: set.text,
  span: set.declaration.span,
  builder,
  values: [value],
  condition,
  keeps: set.kept !== null,
});

const reached = ({ values, condition }: Computed): Node[] =>
  reachable([...values, ...(condition === null ? [] : [condition])]);

/** The first of what stands against it. */
function problemOf(one: Computed, parts: number): Diagnostic | null {
  const nodes = reached(one);
  const told = (node: Node | undefined, what: string, why: string, hint: string): Diagnostic =>
    diagnostic(kinds.notInParts, node?.origin ?? one.span, { what, why, hint });
  const smaller =
    'Take a smaller batch, or several processes (`--target torch --nproc 2`), which tell each other what they need.';
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
      smaller,
    );
  const [mixed] = mixedIn(nodes);
  if (mixed !== undefined)
    return told(
      mixed,
      `\`${one.text}\` draws for rows of two batches stacked on each other`,
      `With --accumulate ${parts} each row keeps its own draws, and no part of both batches is a part of the stack.`,
      'Draw before the rows are stacked, or give both batches one size.',
    );
  const [decided] = one.condition === null ? [] : bentIn(one, [one.condition]);
  if (decided !== undefined)
    return told(
      decided,
      `whether to \`${one.text}\` is decided by a mean over rows`,
      `With --accumulate ${parts} a minibatch is computed part after part, and what its \`when\` compares would be another number for each.`,
      'Leave the `when` out, or let it look at a `state` that a `set` moves by the mean.',
    );
  const [bent] = bentIn(one, one.values);
  if (bent === undefined) return null;
  return told(
    bent,
    `\`${one.text}\` is not a mean over rows`,
    `With --accumulate ${parts} its parts are computed one after another and their mean is taken. A number of the whole minibatch (a mean over rows) that is squared, divided by, compared or put into a function would be another one for each part.`,
    smaller,
  );
}

/** Numbers of a whole minibatch that are used in a way that isn't linear. */
function bentIn({ builder: { gradients } }: Computed, roots: readonly Node[]): Node[] {
  const within = (node: Node): boolean =>
    isInside(node, isBatchNorm) ||
    (!gradients.has(node) && isInside(node, ({ kind }) => kind === 'gradient'));
  const largest = reachable(roots).filter((node) => node.op === 'amax' && isOverRows(node));
  const bent = [...agreedNodes(roots, [], gradients)].filter(
    (node) => gradients.has(node) || isOverRows(meanOf(node) ?? node),
  );
  return [...bent, ...largest].filter((node) => !within(node));
}

const isOverRows = ({ attrs, inputs: [x] }: Node): boolean =>
  'axes' in attrs && attrs.axes.some((axis) => symbolsOf(x.shape[axis]).length > 0);

const isBatchNorm = ({ kind, name }: Region): boolean => kind === 'layer' && name === 'batch_norm';

function isInside({ region }: Node, is: (region: Region) => boolean): boolean {
  for (let at = region; at !== undefined; at = at.parent) if (is(at)) return true;
  return false;
}
