/**
 * Recurrent layers: seq[C, T] to seq[units, T], or to the last state alone. What depends on the input alone is one
 * product over all steps; the scan's body has the recurrent product only.
 */
import { kinds } from '../../errors.ts';
import { broadcastTo, fill } from '../../ir/compose.ts';
import type { Builder } from '../../ir/builder.ts';
import { addDims, type Dim } from '../../ir/dim.ts';
import type { Node } from '../../ir/node.ts';
import { alignRows } from '../align.ts';
import { maskParam, maskSteps } from '../masks.ts';
import { count, derived, fixed, inRows, wrongForm } from '../shapes.ts';
import { flag, int, value, type Args, type Call, type Builtin } from '../builtin.ts';
import { printType } from '../../types.ts';
import type { TensorValue, Value } from '../../values.ts';
import { glorot, perChannel, zero } from '../weights.ts';

const params: Builtin['params'] = [
  value('x', 'seq[C, T]'),
  int('units', 'Size of the state.'),
  flag(
    'both',
    "A second layer reads backwards; its states are put beside the first's: seq[2 · units, T].",
    false,
  ),
  value('start', 'vec[units]: the state before the first step, of both directions (default: zeros).', null),
  flag(
    'last',
    'Only the state after the last step read: vec[units], or vec[2 · units] of both directions.',
    false,
  ),
  maskParam("Other steps leave the state as it is, so that the last one is that of the row's own end."),
];

/** The products that the input and the state take part in, and one step from them. */
interface Cell {
  readonly name: string;
  /** What the products are for, in the order of their columns. */
  readonly order: readonly string[];
  /** Parts of the state, of `units` numbers each; the first is the layer's result, and enters the recurrent product. */
  readonly parts: number;
  /** The next state [R, parts·U] from the state, the input's part [R, gates·U] and the state's [R, gates·U]. */
  next(b: Builder, state: Node, input: Node, recurrent: Node, units: number): Node;
}

/** What a direction reads: steps [T, N, C], the start [N, U] or none, a mask [T, N, 1] or none. */
interface Read {
  readonly steps: Node;
  readonly start: Node | null;
  readonly mask: Node | null;
}

/** What lies in the weights, and how they start. */
function weightsOf({ order }: Cell): string {
  const gates = order.length;
  const width = gates === 1 ? 'units' : `${gates} · units`;
  const columns = gates === 1 ? '' : `, the columns of ${order.join(', ')} side by side`;
  const each = gates === 1 ? '' : ' gate by gate, as if each were a matrix of its own';
  return `Weights [C, ${width}] and [units, ${width}]${columns}: Glorot uniform${each}; both biases 0.`;
}

function recurrent(doc: string, cell: Cell): Builtin {
  return {
    doc: `${doc} ${weightsOf(cell)}`,
    where: 'network',
    params,
    build: (call, args) => build(call, args, cell),
  };
}

function build(call: Call, args: Args, cell: Cell): Value {
  const { b } = call;
  const input = args.tensor('x');
  if (input.type.form !== 'seq')
    wrongForm(
      call,
      cell.name,
      'seq[C, T]',
      input.type,
      'It reads one step after another, so it needs a time axis: `hold(x, steps: 64)` gives one to a vec.',
    );
  const units = count(call, args, 'units');
  // Another layer may read the same steps, turned round for it as for this one: each is whole.
  const owner = inputWeight(call, cell, fixed(call, cell.name, input.type.shape[0]), units, '');
  return b.apart(owner, () => built(call, args, cell, units));
}

/** The layer on what it is given, once that is known to fit. */
function built(call: Call, args: Args, cell: Cell, units: number): Value {
  const { b } = call;
  const input = args.tensor('x');
  const { read, type, undo } = reading(call, args, input, units);
  const length = read.steps.shape[0];
  const back = { ...read, steps: b.flip(read.steps, 0), mask: read.mask && b.flip(read.mask, 0) };
  const ways = [
    states(call, read, units, cell, ''),
    ...(args.bool('both') ? [states(call, back, units, cell, 'back_')] : []),
  ];
  const size = units * ways.length;
  if (args.bool('last')) {
    const ends = ways.map((all) => b.slice(all, 0, addDims(length, -1), length));
    const made = ends.length === 1 ? ends[0] : b.concat(ends, 2);
    return call.tensor(undo(b.reshape(made, [made.shape[1], size])), derived(type, [size]));
  }
  const inOrder = ways.map((all, i) => (i === 1 ? b.flip(all, 0) : all));
  const all = inOrder.length === 1 ? inOrder[0] : b.concat(inOrder, 2);
  return call.tensor(undo(b.transpose(all, [1, 2, 0])), derived(type, [size, input.type.shape[1]]));
}

/** Input, start and mask with common rows, time first. */
function reading(
  call: Call,
  args: Args,
  input: TensorValue,
  units: number,
): { read: Read; type: TensorValue['type']; undo: (node: Node) => Node } {
  const { b } = call;
  const start = args.has('start') ? startOf(call, args.tensor('start'), units) : null;
  const mask = args.has('where') ? maskSteps(call, args.tensor('where'), input.type.shape[1]) : null;
  const given = [input, start, mask].filter((one) => one !== null);
  const { nodes, rows, hidden } = alignRows(call, given);
  const type = { ...input.type, rows, hidden };
  const values = nodes.map((node, i) =>
    inRows(call, { ...given[i], node, type: { ...given[i].type, rows } }),
  );
  const find = (one: TensorValue | null): Node | null => one && values[given.indexOf(one)].x;
  const timeFirst = (node: Node): Node => b.transpose(node, [2, 0, 1]);
  const marks = find(mask);
  return {
    read: { steps: timeFirst(values[0].x), start: find(start), mask: marks && timeFirst(marks) },
    type,
    undo: values[0].undo,
  };
}

function startOf(call: Call, start: TensorValue, units: number): TensorValue {
  const { form, shape, kind } = start.type;
  if (form === 'vec' && shape[0] === units && kind !== 'label') return start;
  return call.fail(kinds.shape, {
    what: `\`start\` takes vec[${units}], and ${printType(start.type)} came in`,
    why: 'It is the state before the first step.',
    hint: `Bring it to that size: \`|> dense(${units})\`.`,
  });
}

/** The states [T, N, U] over steps. */
function states(call: Call, { steps, start, mask }: Read, units: number, cell: Cell, prefix: string): Node {
  const { b } = call;
  const [, rows, channels] = steps.shape;
  const width = cell.order.length * units;
  const weight = inputWeight(call, cell, fixed(call, cell.name, channels), units, prefix);
  const own = call.weight(`${prefix}recurrent_weight`, [units, width], glorot(units, units), { decay: true });
  const bias = call.weight(`${prefix}bias`, [width], zero, { decay: false });
  const ownBias = call.weight(`${prefix}recurrent_bias`, [width], zero, { decay: false });
  const product = b.matmul(steps, weight);
  const given = b.add(product, perChannel(call, bias, product, 2));
  const first = startState(b, start, rows, units, cell.parts);
  const made = b.scan(
    first,
    mask ? [given, mask] : [given],
    [own, ownBias],
    (body, state, [slice, mark], [w, c]) => {
      const shown = cell.parts === 1 ? state : body.slice(state, 1, 0, units);
      const product = body.matmul(shown, w);
      const recurrent = body.add(product, broadcastTo(body, c, product.shape, [1]));
      const next = cell.next(body, state, slice, recurrent, units);
      return mark === undefined ? next : body.select(body.expand(mark, next.shape), next, state);
    },
  );
  return cell.parts === 1 ? made : b.slice(made, 2, 0, units);
}

/** [C, gates·U] */
const inputWeight = (call: Call, { order }: Cell, inside: number, units: number, prefix: string): Node =>
  call.weight(`${prefix}weight`, [inside, order.length * units], glorot(inside, units), { decay: true });

function startState(b: Builder, start: Node | null, rows: Dim, units: number, parts: number): Node {
  if (start === null) return fill(b, 0, [rows, parts * units]);
  return parts === 1 ? start : b.concat([start, fill(b, 0, [rows, (parts - 1) * units])], 1);
}

export const rnn: Builtin = recurrent('A plain recurrent layer: h ← tanh(x·W + b + h·U + c).', {
  name: 'rnn',
  order: ['h'],
  parts: 1,
  next: (b, _, input, own) => b.tanh(b.add(input, own)),
});

const gate = (b: Builder, x: Node, i: number, units: number): Node =>
  b.slice(x, 1, i * units, (i + 1) * units);

export const gru: Builtin = recurrent(
  'A gated recurrent layer (Cho et al. 2014, arXiv:1406.1078): r = σ(x·Wr + br + h·Ur + cr), z likewise, n = tanh(x·Wn + bn + r·(h·Un + cn)), h ← (1 - z)·n + z·h.',
  {
    name: 'gru',
    order: ['r', 'z', 'n'],
    parts: 1,
    next(b, state, input, own, units) {
      const sum = (i: number): Node => b.add(gate(b, input, i, units), gate(b, own, i, units));
      const [reset, keep] = [b.sigmoid(sum(0)), b.sigmoid(sum(1))];
      const fresh = b.tanh(b.add(gate(b, input, 2, units), b.mul(reset, gate(b, own, 2, units))));
      return b.add(fresh, b.mul(keep, b.sub(state, fresh)));
    },
  },
);

export const lstm: Builtin = recurrent(
  'A long short-term memory (Hochreiter & Schmidhuber 1997; gates of Gers et al. 2000): i, f, o = σ(x·W + b + h·U + c), g = tanh(likewise), c ← f·c + i·g, h ← o·tanh(c). Its `start` is that of h; c starts from zeros.',
  {
    name: 'lstm',
    order: ['i', 'f', 'o', 'g'],
    parts: 2,
    next(b, state, input, own, units) {
      const all = b.add(input, own);
      const [enter, keep, show] = [0, 1, 2].map((i) => b.sigmoid(gate(b, all, i, units)));
      const fresh = b.tanh(gate(b, all, 3, units));
      const cell = b.add(b.mul(keep, gate(b, state, 1, units)), b.mul(enter, fresh));
      return b.concat([b.mul(show, b.tanh(cell)), cell], 1);
    },
  },
);
