/**
 * Recurrent layers: seq[C, T] to seq[units, T], states from zeros. What depends on the input alone is one product over
 * all steps; the scan's body has the recurrent product only.
 */
import { broadcastTo, fill } from '../../graph/compose.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Node } from '../../graph/node.ts';
import { count, derived, fixed, inRows, wrongForm } from '../shapes.ts';
import { flag, int, value, type Args, type Call, type Vocable } from '../vocable.ts';
import type { Value } from '../../values.ts';
import { glorot, perChannel, zero } from '../weights.ts';

const params: Vocable['params'] = [
  value('x', 'seq[C, T]'),
  int('units', 'Size of the state.'),
  flag('both', 'A second layer reads backwards; its states are put beside the first\'s: seq[2 · units, T].', false),
]; // prettier-ignore

/** How many products the input and the state take part in, and one step from them. */
interface Cell {
  readonly name: string;
  readonly gates: number;
  /** The next state [R, U] from the state, the input's part [R, gates·U] and the state's [R, gates·U]. */
  next(b: Builder, state: Node, input: Node, recurrent: Node, units: number): Node;
}

function recurrent(doc: string, cell: Cell): Vocable {
  return { doc, where: 'network', params, build: (call, args) => build(call, args, cell) };
}

function build(call: Call, args: Args, cell: Cell): Value {
  const { b } = call;
  const input = args.tensor('x');
  if (input.type.form !== 'seq')
    wrongForm(call, cell.name, 'seq[C, T]', input.type, 'It reads one step after another, so it needs a time axis.'); // prettier-ignore
  const units = count(call, args, 'units');
  const { x, undo } = inRows(call, input);
  const steps = b.transpose(x, [2, 0, 1]);
  const forth = states(call, steps, units, cell, '');
  const both = args.bool('both');
  const all = both ? b.concat([forth, b.flip(states(call, b.flip(steps, 0), units, cell, 'back_'), 0)], 2) : forth; // prettier-ignore
  const shape = [both ? 2 * units : units, input.type.shape[1]];
  return call.tensor(undo(b.transpose(all, [1, 2, 0])), derived(input.type, shape));
}

/** The states [T, N, U] over steps [T, N, C]. */
function states(call: Call, steps: Node, units: number, cell: Cell, prefix: string): Node {
  const { b } = call;
  const [, rows, channels] = steps.shape;
  const inside = fixed(call, cell.name, channels);
  const width = cell.gates * units;
  const weight = call.weight(`${prefix}weight`, [inside, width], glorot(inside, units), { decay: true });
  const own = call.weight(`${prefix}recurrent_weight`, [units, width], glorot(units, units), { decay: true });
  const bias = call.weight(`${prefix}bias`, [width], zero, { decay: false });
  const ownBias = call.weight(`${prefix}recurrent_bias`, [width], zero, { decay: false });
  const product = b.matmul(steps, weight);
  const given = b.add(product, perChannel(call, bias, product, 2));
  return b.scan(fill(b, 0, [rows, units]), [given], [own, ownBias], (body, state, [slice], [w, c]) => {
    const made = body.matmul(state, w);
    return cell.next(body, state, slice, body.add(made, broadcastTo(body, c, made.shape, [1])), units);
  });
}

export const rnn: Vocable = recurrent(
  'A plain recurrent layer: h ← tanh(x·W + b + h·U + c).',
  { name: 'rnn',
  gates: 1, next: (b, _, input, own) => b.tanh(b.add(input, own)) }, // prettier-ignore
);

const gate = (b: Builder, x: Node, i: number, units: number): Node =>
  b.slice(x, 1, i * units, (i + 1) * units);

export const gru: Vocable = recurrent(
  'A gated recurrent layer (Cho et al. 2014, arXiv:1406.1078): r = σ(x·Wr + br + h·Ur + cr), z likewise, n = tanh(x·Wn + bn + r·(h·Un + cn)), h ← (1 - z)·n + z·h.',
  {
    name: 'gru',
    gates: 3,
    next(b, state, input, own, units) {
      const sum = (i: number): Node => b.add(gate(b, input, i, units), gate(b, own, i, units));
      const [reset, keep] = [b.sigmoid(sum(0)), b.sigmoid(sum(1))];
      const fresh = b.tanh(b.add(gate(b, input, 2, units), b.mul(reset, gate(b, own, 2, units))));
      return b.add(fresh, b.mul(keep, b.sub(state, fresh)));
    },
  },
);
