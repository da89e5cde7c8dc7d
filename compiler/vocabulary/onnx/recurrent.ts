/**
 * Recurrent operators, over steps [T, N, C] with the rows second, as the format has them: a scan of the recurrent product, after one
 * product of all steps by the input's weights, as in the recurrent layers. In: a node; out: all states [T, directions, N, H], the
 * last one of each direction [directions, N, H], and of an LSTM its last cells.
 */
import { addDims, knownDim, type Dim } from '../../ir/dim.ts';
import type { Builder } from '../../ir/builder.ts';
import type { Node } from '../../ir/node.ts';
import { broadcastTo, fill, relu } from '../../ir/compose.ts';
import { onePerRow } from './rows.ts';
import { tensor, type Operator, type Step, type Tensor } from './values.ts';

type Function = (b: Builder, x: Node) => Node;

const functions: Readonly<Record<string, Function>> = {
  Relu: relu,
  Sigmoid: (b, x) => b.sigmoid(x),
  Tanh: (b, x) => b.tanh(x),
};

/** What one step computes. Products are [N, gates · H]; biases are added where they may be. */
interface Cell {
  /** The activations that it has unless the file says others. */
  readonly activations: readonly string[];
  readonly gates: number;
  /** What goes on from step to step, of H numbers each, the result first. */
  readonly parts: number;
  /** Gates whose recurrent bias is added inside, with the recurrent product; the others' are added to all steps at once. */
  readonly inside: (step: Step) => readonly number[];
  next(how: Stepping, state: Node, given: Node): Node;
}

interface Stepping {
  readonly b: Builder;
  readonly step: Step;
  readonly units: number;
  readonly acts: readonly Function[];
  /** [H, gates · H] */
  readonly weight: Node;
  /** [gates · H], of the gates whose bias is added inside. */
  readonly bias: Node | undefined;
}

const gate = (b: Builder, x: Node, i: number, units: number, count = 1): Node =>
  b.slice(x, 1, i * units, (i + count) * units);

/** Some gates of h·R and its bias. */
function product({ b, units, weight, bias }: Stepping, h: Node, from: number, count: number): Node {
  const made = b.matmul(h, gate(b, weight, from, units, count));
  if (bias === undefined) return made;
  return b.add(made, broadcastTo(b, b.slice(bias, 0, from * units, (from + count) * units), made.shape, [1]));
}

const rnn: Cell = {
  activations: ['Tanh'],
  gates: 1,
  parts: 1,
  inside: () => [],
  next: (how, state, given) => how.acts[0](how.b, how.b.add(given, product(how, state, 0, 1))),
};

/** Gates z, r, h. */
const gru: Cell = {
  activations: ['Sigmoid', 'Tanh'],
  gates: 3,
  parts: 1,
  inside: (step) => (isLate(step) ? [2] : []),
  next(how, state, given) {
    const { b, step, units, acts } = how;
    const both = acts[0](b, b.add(gate(b, given, 0, units, 2), product(how, state, 0, 2)));
    const [keep, reset] = [gate(b, both, 0, units), gate(b, both, 1, units)];
    const own = isLate(step)
      ? b.mul(reset, product(how, state, 2, 1))
      : product(how, b.mul(reset, state), 2, 1);
    const fresh = acts[1](b, b.add(gate(b, given, 2, units), own));
    return b.add(fresh, b.mul(keep, b.sub(state, fresh)));
  },
};

/** Whether the state is reset after its product. */
const isLate = (step: Step): boolean => step.real('linear_before_reset', 0) !== 0;

/** Gates i, o, f, c. */
const lstm: Cell = {
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  gates: 4,
  parts: 2,
  inside: () => [],
  next(how, state, given) {
    const { b, units, acts } = how;
    const all = b.add(given, product(how, gate(b, state, 0, units), 0, 4));
    const [enter, show, keep] = [0, 1, 2].map((i) => acts[0](b, gate(b, all, i, units)));
    const fresh = acts[1](b, gate(b, all, 3, units));
    const cell = b.add(b.mul(keep, gate(b, state, 1, units)), b.mul(enter, fresh));
    return b.concat([b.mul(show, acts[2](b, cell)), cell], 1);
  },
};

const recurrent =
  (cell: Cell): Operator =>
  (step) => {
    const x = step.tensor(0);
    requireForm(step, x);
    return states(step, cell, x.node);
  };

/** All states, the last ones, and an LSTM's last cells. */
function states(step: Step, cell: Cell, x: Node): Tensor[] {
  const { b } = step;
  const [length, rows] = x.shape;
  const units = unitsOf(step, cell);
  const ways = directions(step).map((back, i) => ({
    back,
    made: direction(step, cell, { x, back, i, units }),
  }));
  const all = ways.map(({ made, back }) => {
    const shown = b.slice(made, 2, 0, units);
    return b.reshape(back ? b.flip(shown, 0) : shown, [length, 1, rows, units]);
  });
  const ends = Array.from({ length: cell.parts }, (_, part) =>
    ways.map(({ made }) => {
      const last = b.slice(made, 0, addDims(length, -1), length);
      return b.slice(last, 2, part * units, (part + 1) * units);
    }),
  );
  const beside = (nodes: readonly Node[], axis: number): Node =>
    nodes.length === 1 ? nodes[0] : b.concat(nodes, axis);
  return [tensor(beside(all, 1), 2), ...ends.map((nodes) => tensor(beside(nodes, 0), 1))];
}

function requireForm(step: Step, x: Tensor): void {
  const not = (what: string): never => step.fail(`it has ${what}, which is not taken`);
  if (step.real('layout', 0) !== 0) not('its rows first (layout 1)');
  if (x.node.shape.length !== 3 || x.rows !== 1)
    step.fail(
      'its steps must come first and its rows second',
      'PyTorch writes it so with `batch_first=True`, where the input of the file has its rows first.',
    );
  if (step.has(4)) not('lengths of its sequences (`sequence_lens`)');
  if (step.has(7)) not('peepholes');
  if (step.real('input_forget', 0) !== 0) not('one gate for entering and forgetting (`input_forget`)');
  if (step.real('clip', 0) !== 0) not('its numbers cut (`clip`)');
}

/** Which of the directions are read backwards. */
function directions(step: Step): readonly boolean[] {
  switch (step.word('direction', 'forward')) {
    case 'forward':
      return [false];
    case 'reverse':
      return [true];
    case 'bidirectional':
      return [false, true];
    default:
      return step.fail('its direction is none of forward, reverse and bidirectional');
  }
}

/** H, of weights [directions, gates · H, C] and [directions, gates · H, H]. */
function unitsOf(step: Step, { gates }: Cell): number {
  const [given, own] = [1, 2].map((input) => step.weight(input).shape.map(knownDim));
  const [, width, units] = own;
  const fits = given.length === 3 && own.length === 3 && width === gates * units && given[1] === width;
  return fits ? units : step.fail(`its weights are not those of ${gates} gates in each direction`);
}

interface Way {
  readonly x: Node;
  readonly back: boolean;
  /** Which one. */
  readonly i: number;
  readonly units: number;
}

/** The states [T, N, parts · H] in the order in which they are computed. */
function direction(step: Step, cell: Cell, { x, back, i, units }: Way): Node {
  const { b } = step;
  const [given, own] = [1, 2].map((input) => b.transpose(ofWay(b, step.weight(input), i), [1, 0]));
  const { outside, inside } = biases(step, cell, i, units);
  const all = b.matmul(back ? b.flip(x, 0) : x, given);
  const shifted = outside === null ? all : b.add(all, broadcastTo(b, outside, all.shape, [2]));
  const start = Array.from({ length: cell.parts }, (_, part) =>
    startOf(step, 5 + part, i, x.shape[1], units),
  );
  const acts = activations(step, cell, i);
  const first = start.length === 1 ? start[0] : b.concat(start, 1);
  const constants = inside === null ? [own] : [own, inside];
  return b.scan(first, [shifted], constants, (body, state, [slice], [weight, ...bias]) =>
    cell.next({ b: body, step, units, acts, weight, bias: bias.at(0) }, state, slice),
  );
}

/** What belongs to the direction, of a weight or a state that has it as its first axis. */
const ofWay = (b: Builder, node: Node, i: number): Node =>
  b.reshape(b.slice(node, 0, i, i + 1), node.shape.slice(1));

/** [gates · H]: what is added to all steps, and what the recurrent product has; null: nothing. */
function biases(
  step: Step,
  { gates, inside }: Cell,
  i: number,
  units: number,
): Record<'outside' | 'inside', Node | null> {
  if (!step.has(3)) return { outside: null, inside: null };
  const { b } = step;
  const both = ofWay(b, step.weight(3), i);
  const part = (at: number): Node => b.slice(both, 0, at * units, (at + 1) * units);
  const within = new Set(inside(step));
  const zeros = fill(b, 0, [units]);
  const all = [...Array(gates).keys()];
  return {
    outside: b.concat(
      all.map((at) => (within.has(at) ? part(at) : b.add(part(at), part(gates + at)))),
      0,
    ),
    inside:
      within.size === 0
        ? null
        : b.concat(
            all.map((at) => (within.has(at) ? part(gates + at) : zeros)),
            0,
          ),
  };
}

/** The state [N, H] before the first step: zeros unless the file has one. */
function startOf(step: Step, input: number, i: number, rows: Dim, units: number): Node {
  const { b } = step;
  if (!step.has(input)) return fill(b, 0, [rows, units]);
  const given = onePerRow(step, step.value(input), 1);
  if (given.rows !== null && given.rows !== 1)
    step.fail(`rows of its input ${input + 1} are not the rows of its first`);
  return b.expand(ofWay(b, given.node, i), [rows, units]);
}

/** Those of a direction; all of them stand in one list. */
function activations(step: Step, cell: Cell, i: number): readonly Function[] {
  const count = cell.activations.length;
  const named = step.words('activations')?.slice(i * count, (i + 1) * count) ?? cell.activations;
  if (named.length !== count)
    step.fail(`it names ${named.length} activations, and has ${count} in each direction`);
  return named.map((name) => {
    if (Object.hasOwn(functions, name)) return functions[name];
    return step.fail(
      `it has the activation ${name}, which is not taken`,
      `Those that are: ${Object.keys(functions).join(', ')}.`,
    );
  });
}

export const recurrentOperators = {
  GRU: recurrent(gru),
  LSTM: recurrent(lstm),
  RNN: recurrent(rnn),
} as const satisfies Record<string, Operator>;
