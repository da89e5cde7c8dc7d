/** Recurrent operators of ONNX, in every form that is taken. `x` has its rows first, as a file's inputs have. */
import type { AttributeProto } from '../../compiler/targets/onnx/model.ts';
import { chain, weights, type Link, type OnnxCase } from './onnx-chain.ts';

const [inside, units, steps] = [3, 4, 5];
const gates = { GRU: 3, LSTM: 4, RNN: 1 } as const;
type Kind = keyof typeof gates;

interface Form {
  readonly attributes?: Readonly<Record<string, AttributeProto>>;
  readonly bias?: boolean;
  /** Whether it starts from states of the file's own, one for all rows. */
  readonly start?: boolean;
  /** What comes out: all states, the last ones, an LSTM's last cells. */
  readonly output?: 'Y' | 'Y_h' | 'Y_c';
}

/** The operator between two that turn the rows to where it wants them, and back. */
export function recurrence(kind: Kind, form: Form = {}): OnnxCase {
  const { attributes = {}, bias = true, start = false, output = 'Y' } = form;
  const ways = attributes.direction === 'bidirectional' ? 2 : 1;
  const width = gates[kind] * units;
  const starts = start ? (kind === 'LSTM' ? ['h', 'c'] : ['h']) : [];
  const sizes: Link[] = [
    ['Shape', { start: 0, end: 1 }, ['only', 'x'], ['count']],
    ['Concat', { axis: 0 }, ['only', [ways], 'count', [units]], ['sizes']],
    ...starts.map((name): Link => ['Expand', {}, ['only', weights(ways, 1, units), 'sizes'], [name]]),
  ];
  const inputs = [
    ...['only', 'turned'],
    ...[weights(ways, width, inside), weights(ways, width, units)],
    bias ? weights(ways, 2 * width) : null,
    ...(start ? [null, ...starts] : []),
  ];
  const outputs = { Y: ['Y'], Y_h: ['', 'Y_h'], Y_c: ['', '', 'Y_c'] }[output];
  const title = [bias ? '' : 'without bias', start ? 'from a start' : '', output];
  return chain(
    [steps, inside],
    [
      ['Transpose', { perm: [1, 0, 2] }, ['only', 'x'], ['turned']],
      ...(start ? sizes : []),
      [kind, { hidden_size: units, ...attributes }, inputs, outputs],
      ['Transpose', { perm: output === 'Y' ? [2, 0, 1, 3] : [1, 0, 2] }, ['only', output]],
    ],
    { title: title.filter(Boolean).join(', '), opset: 17 },
  );
}

const directions = ['forward', 'reverse', 'bidirectional'] as const;

export const recurrences: readonly OnnxCase[] = [
  ...(['GRU', 'LSTM', 'RNN'] as const).flatMap((kind) => [
    ...directions.map((direction) => recurrence(kind, { attributes: { direction } })),
    recurrence(kind, { bias: false }),
    recurrence(kind, { start: true, attributes: { direction: 'bidirectional' }, output: 'Y_h' }),
    recurrence(kind, { start: true, bias: false, attributes: { direction: 'reverse' } }),
  ]),
  ...directions.map((direction) =>
    recurrence('GRU', { attributes: { direction, linear_before_reset: 1 }, start: direction === 'reverse' }),
  ),
  recurrence('LSTM', { output: 'Y_c', attributes: { direction: 'bidirectional' } }),
  recurrence('RNN', { attributes: { direction: 'bidirectional', activations: ['Relu', 'Tanh'] } }),
  recurrence('GRU', { attributes: { activations: ['Sigmoid', 'Relu'] } }),
];
