/**
 * One step of a causal computation: the graph of all its nodes for a single step of R rows. In: the table of causal.ts and
 * where values of other steps come from; out: what each node is at this step.
 */
import type { Node, OpName } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';
import { broadcastTo } from '../compose.ts';
import { mulDims } from '../dim.ts';
import { entryOf } from '../entries.ts';
import { lagFor, type Carried, type Causal } from './causal.ts';
import {
  flatStep,
  fromFlat,
  fromSteps,
  isPlainAxis,
  spreadFlat,
  plainAxis,
  stepShape,
  type Layout,
} from './layout.ts';
import type { View } from './views.ts';

/** What a step is given: [R, numbers] all but constants. */
export interface Given {
  /** The value of a node so many steps ago. */
  past(node: Node, layout: Layout, lag: number): Node;
  /** This step of what does not depend on the sequence. */
  slice(node: Node, layout: Layout): Node;
  /** What has neither rows nor steps. */
  constant(node: Node): Node;
  /** The state of a recurrence behind the step before. */
  state(node: Node<'scan'>): Node;
  /** All steps before of a value, [R, steps · numbers], 0 from this one on. */
  history(node: Node, layout: Layout): Node;
  /** How many steps were before, [R, 1]. */
  index(): Node;
}

export interface OneStep {
  /** Nodes that are no views, as they are at this step. */
  readonly made: ReadonlyMap<Node, Node>;
  readonly result: Node;
  /** The states of recurrences behind this step. */
  readonly states: ReadonlyMap<Node, Node>;
  /** Of values that are read at all steps: with this one. */
  readonly histories: ReadonlyMap<Node, Node>;
}

export function oneStep(b: OpBuilder, causal: Causal, given: Given): OneStep {
  const made = new Map<Node, Node>();
  const [states, histories] = [new Map<Node, Node>(), new Map<Node, Node>()];
  const work: Work = { b, causal, given, made, states, histories };
  for (const [node, carried] of causal.carried)
    if (node !== causal.x && carried.view.of === node) made.set(node, stepOf(work, node, carried));
  return { made, states, histories, result: read(work, causal.result, causal.result) };
}

interface Work {
  readonly b: OpBuilder;
  readonly causal: Causal;
  readonly given: Given;
  readonly made: Map<Node, Node>;
  readonly states: Map<Node, Node>;
  readonly histories: Map<Node, Node>;
}

function stepOf(work: Work, node: Node, { layout, taps = [] }: Carried): Node {
  const { b, causal } = work;
  const shape = stepShape(layout);
  const operand = (i: number): Node => {
    const input = node.inputs[i];
    const carried = causal.carried.has(input);
    return carried ? read(work, node, input) : lifted(work, input, layoutFor(work, node, layout, i));
  };
  switch (node.op) {
    case 'reshape':
    case 'expand':
      return b.make(node.op, [operand(0)], { shape });
    case 'conv': {
      const weight = work.given.constant(node.inputs[1]);
      const window = b.concat(
        taps.map((tap) => readView(work, node, node.inputs[0], tap)),
        2,
      );
      return b.conv(window, weight, { strides: [1], pads: [[0, 0]], groups: node.attrs.groups });
    }
    case 'scan':
      return recurred(work, node, operand);
    case 'matmul': {
      const [left, right] = node.inputs;
      const both = causal.carried.has(left) && causal.carried.has(right);
      return b.matmul(operand(0), both ? allSteps(work, node, right) : operand(1));
    }
    default:
      // Neither axes of rows nor of steps are in its attributes.
      return again(b, node, [...node.inputs.keys()].map(operand));
  }
}

const again = <K extends OpName>(b: OpBuilder, node: Node<K>, inputs: readonly Node[]): Node =>
  b.make(node.op, inputs, node.attrs);

/** A carried value, at this step or as many steps back as its view looks. */
const read = (work: Work, reader: Node, node: Node): Node =>
  readView(work, reader, node, entryOf(work.causal.carried, node).view);

function readView({ causal, given, made, b }: Work, reader: Node, node: Node, view: View): Node {
  const lag = lagFor(reader, view, causal);
  if (lag === 0) return entryOf(made, view.of);
  const { layout } = entryOf(causal.carried, node);
  return fromFlat(b, given.past(view.of, layout, lag), layout);
}

/** A value at all steps up to this one, and 0 behind it. */
function allSteps(work: Work, reader: Node, node: Node): Node {
  const { b, causal, given, histories } = work;
  const { layout } = entryOf(causal.carried, node);
  const steps = Number(causal.steps);
  const now = flatStep(b, read(work, reader, node), layout);
  const [rows, width] = now.shape;
  const shape = [rows, steps, width];
  const before = b.reshape(given.history(node, layout), shape);
  const here = b.equal(
    broadcastTo(b, b.iota(steps), shape, [1]),
    b.expand(b.reshape(given.index(), [rows, 1, 1]), shape),
  );
  const all = b.select(here, b.expand(b.reshape(now, [rows, 1, width]), shape), before);
  histories.set(node, b.reshape(all, [rows, mulDims(steps, width)]));
  return fromSteps(b, all, layout, steps);
}

// ---------------------------------------------------------------- what does not depend on the sequence

/** The layout of an operand that is not carried; null: it has neither rows nor steps. */
function layoutFor({ causal }: Work, node: Node, layout: Layout, i: number): Layout | null {
  const input = node.inputs[i];
  switch (node.op) {
    case 'conv':
      return null;
    case 'matmul': {
      if (i === 0 || input.shape.length < 3) return null;
      const [batch] = entryOf(causal.carried, node.inputs[0]).layout;
      return [batch, ...input.shape.slice(1).map(plainAxis)];
    }
    case 'scan': {
      const isSequence = i >= 1 && i <= node.attrs.sequences;
      return isSequence ? [['steps'], ['rows'], ...input.shape.slice(2).map(plainAxis)] : null;
    }
    case 'concat':
      return layout.with(node.attrs.axis, plainAxis(input.shape[node.attrs.axis]));
    default:
      return input.shape.length === 0 ? null : layout;
  }
}

/** Repetitions are made in the step, so that a bias is no sequence. */
function lifted(work: Work, node: Node, layout: Layout | null): Node {
  const { b, given } = work;
  if (node.op === 'constant' && node.shape.length === 0) return node;
  if (layout === null || layout.every(isPlainAxis)) return given.constant(node);
  if (node.op === 'expand') {
    const inner = underExpands(node);
    const own = layout.map((axis, i) => (inner.shape[i] === 1 ? [] : axis));
    if (own.flat().includes('rows') || own.every(isPlainAxis))
      return b.expand(lifted(work, inner, own), stepShape(layout));
    return spreadFlat(b, given.slice(inner, own), own, layout);
  }
  return fromFlat(b, given.slice(node, layout), layout);
}

const underExpands = (node: Node): Node => (node.op === 'expand' ? underExpands(node.inputs[0]) : node);

/** A recurrence within: its state goes from step to step. */
function recurred({ b, given, states }: Work, node: Node<'scan'>, operand: (i: number) => Node): Node {
  const { body, sequences, shown } = node.attrs;
  const [, ...rest] = [...node.inputs.keys()];
  const values = rest.map((i) => {
    const value = operand(i);
    return i <= sequences ? b.reshape(value, value.shape.slice(1)) : value;
  });
  const [state, ...others] = body.parameters;
  const before = b.reshape(given.state(node), state.shape);
  const at = new Map([[state, before], ...others.map((p, i) => [p, values[i]] as const)]);
  const [after] = b.instantiate([body.result], at);
  states.set(node, flatStep(b, after, [['rows'], ...after.shape.slice(1).map(plainAxis)]));
  const part = shown === undefined ? after : b.slice(after, 1, 0, shown);
  return b.reshape(part, [1, ...part.shape]);
}
