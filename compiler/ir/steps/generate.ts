/**
 * The sequence x of which a causal computation f says each step from the steps before: x = f(x). In: the table of causal.ts;
 * out: one scan over the steps. Its state holds, side by side, the step just made, of each value that later steps look back
 * to as many steps as they look, and the states of recurrences: nothing is computed twice (arXiv:1611.09482).
 */
import { fill } from '../compose.ts';
import { mulDims, product, symbol, type Dim, type Shape } from '../dim.ts';
import { entryOf } from '../entries.ts';
import type { Node } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';
import type { Causal } from './causal.ts';
import { asSequence, flatStep, numbersOf, type Layout } from './layout.ts';
import { oneStep, type Given } from './one-step.ts';

/** Steps of a value that are kept: `lags` of `width` numbers, the oldest first. */
interface Cache {
  readonly layout: Layout;
  readonly width: number;
  lags: number;
}

/** What the step asks for, in the order in which it does. */
interface Needs {
  readonly caches: Map<Node, Cache>;
  readonly slices: Map<string, Node>;
  readonly constants: Set<Node>;
  readonly recurrences: Set<Node<'scan'>>;
  /** Numbers of all steps of values that are read at all of them. */
  readonly histories: Map<Node, number>;
}

/** x [rows, C, steps]. Throws `NotCausal`. */
export function generated(b: OpBuilder, causal: Causal): Node {
  const { x } = causal;
  // All of it is known before, as where every step is given.
  if (!causal.carried.has(causal.result)) return causal.result;
  const needs = needsOf(b, causal);
  const channels = Number(x.shape[1]);
  const { sizes, init } = stateOf(b, causal, needs, channels);
  const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, n) => sum + n, 0));
  const [caches, histories, recurrences] = [
    [...needs.caches.keys()],
    [...needs.histories.keys()],
    [...needs.recurrences],
  ];
  const states = b.scan(
    init,
    [...needs.slices.values()],
    [...needs.constants],
    (body, state, slices, constants) => {
      const sliceOf = (node: Node, layout: Layout): Node =>
        slices[[...needs.slices.keys()].indexOf(sliceKey(node, layout))];
      const part = (i: number): Node => body.slice(state, 1, offsets[i], offsets[i] + sizes[i]);
      const made = oneStep(body, causal, {
        past(node, _, lag) {
          const { width, lags } = entryOf(needs.caches, node);
          const start = offsets[1 + caches.indexOf(node)] + (lags - lag) * width;
          return body.slice(state, 1, start, start + width);
        },
        slice: sliceOf,
        constant: (node) => constants[[...needs.constants].indexOf(node)],
        state: (node) => part(1 + caches.length + histories.length + recurrences.indexOf(node)),
        history: (node) => part(1 + caches.length + histories.indexOf(node)),
        index: () => sliceOf(b.iota(causal.steps), [['steps']]),
      });
      const now = flatStep(body, made.result, entryOf(causal.carried, causal.result).layout);
      const kept = caches.map((node, i) => {
        const { layout, width, lags } = entryOf(needs.caches, node);
        const fresh = node === x ? now : flatStep(body, entryOf(made.made, node), layout);
        return lags === 1 ? fresh : body.concat([body.slice(part(1 + i), 1, width, lags * width), fresh], 1);
      });
      const all = histories.map((node) => entryOf(made.histories, node));
      return body.concat([now, ...kept, ...all, ...recurrences.map((node) => entryOf(made.states, node))], 1);
    },
    channels,
  );
  return b.transpose(states, [1, 2, 0]);
}

const sliceKey = (node: Node, layout: Layout): string => `${node.id} ${JSON.stringify(layout)}`;

/** A step made with stand-ins for what it is given. */
function needsOf(b: OpBuilder, causal: Causal): Needs {
  const needs: Needs = {
    caches: new Map(),
    slices: new Map(),
    constants: new Set(),
    recurrences: new Set(),
    histories: new Map(),
  };
  let count = 0;
  const standIn = (shape: Node['shape']): Node => b.input(`stand-in ${++count}`, shape);
  const flat = (layout: Layout): Node => standIn(stepRows(numbersOf(layout)));
  const given: Given = {
    past(node, layout, lag) {
      const cache = needs.caches.get(node) ?? { layout, width: Number(numbersOf(layout)), lags: 0 };
      cache.lags = Math.max(cache.lags, lag);
      needs.caches.set(node, cache);
      return flat(layout);
    },
    slice(node, layout) {
      needs.slices.set(sliceKey(node, layout), asSequence(b, node, layout, causal));
      return flat(layout);
    },
    constant(node) {
      needs.constants.add(node);
      return standIn(node.shape);
    },
    history(node, layout) {
      const numbers = mulDims(causal.steps, numbersOf(layout));
      needs.histories.set(node, Number(numbers));
      return standIn(stepRows(numbers));
    },
    index: () => given.slice(b.iota(causal.steps), [['steps']]),
    state(node) {
      needs.recurrences.add(node);
      return standIn(stepRows(product(node.inputs[0].shape.slice(1))));
    },
  };
  oneStep(b, causal, given);
  // A scan counts its steps by a sequence.
  if (needs.slices.size === 0) needs.slices.set('steps', fill(b, 0, [causal.steps, causal.rows, 1]));
  return needs;
}

const stepRows = (numbers: Dim): Shape => [symbol('R'), numbers];

/** The parts of the state, and what it is before the first step: zeros, but for recurrences that have a start. */
function stateOf(
  b: OpBuilder,
  { rows }: Causal,
  { caches, histories, recurrences }: Needs,
  channels: number,
): { sizes: number[]; init: Node } {
  const kept = [...[...caches.values()].map(({ width, lags }) => width * lags), ...histories.values()];
  const starts = [...recurrences].map(({ inputs: [start] }) =>
    b.reshape(start, [rows, product(start.shape.slice(1))]),
  );
  const zeros = fill(b, 0, [rows, kept.reduce((sum, n) => sum + n, channels)]);
  return {
    sizes: [channels, ...kept, ...starts.map(({ shape }) => Number(shape[1]))],
    init: starts.length === 0 ? zeros : b.concat([zeros, ...starts], 1),
  };
}
