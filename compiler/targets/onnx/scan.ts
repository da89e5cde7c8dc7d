/**
 * Recurrences: written out step by step where they are short and their length is known, else ONNX's Scan with the body
 * as a sub-graph. Constants of the body are seen from outside; a sequence that was flipped is read from its end.
 */
import type { Dim } from '../../ir/dim.ts';
import type { Node, Subgraph } from '../../ir/node.ts';
import { denseInput } from './emission.ts';
import type { Emission } from './emission.ts';
import { resolve, whole } from './sizes.ts';
import type { Symbols } from './sizes.ts';
import { dense, plain, reshape } from './value.ts';
import type { Value } from './value.ts';
import { GraphWriter } from './writer.ts';

export function scan(e: Emission, node: Node<'scan'>): Value {
  const steps = node.shape[0];
  if (typeof steps === 'number' && steps <= e.unroll) return unrolled(e, node, steps);
  return asScan(e, node);
}

interface Parts {
  readonly body: Subgraph;
  readonly init: Node;
  readonly sequences: readonly Node[];
  readonly constants: readonly Node[];
  /** Sizes inside the body: its rows are those of the initial state. */
  readonly symbols: Symbols;
}

function partsOf(e: Emission, node: Node<'scan'>): Parts {
  const { body, sequences } = node.attrs;
  const [init, ...rest] = node.inputs;
  const [rows] = resolve(e.symbols, init.shape);
  const known: Record<string, Dim> = { ...e.symbols.known, R: rows };
  const symbols = { ...e.symbols, known };
  return { body, init, sequences: rest.slice(0, sequences), constants: rest.slice(sequences), symbols };
}

function unrolled(e: Emission, node: Node<'scan'>, steps: number): Value {
  const { body, init, sequences, constants, symbols } = partsOf(e, node);
  const slices = sequences.map((x) => rowsOf(e, x, steps));
  const fixed = constants.map((c) => e.value(c));
  const states: string[] = [];
  let state = denseInput(e, init);
  for (let t = 0; t < steps; t++) {
    const given = [
      plain(state, init.shape),
      ...slices.map((s, i) => plain(s[t], sequences[i].shape.slice(1))),
    ];
    const next = e.body(body.result, parameterValues(body, [...given, ...fixed]), symbols, e.w);
    state = dense(e, next, init.shape);
    states.push(reshape(e, shownOf(e.w, node, state), [1, ...node.shape.slice(1)]));
  }
  return plain(states.length === 1 ? states[0] : e.w.node('Concat', states, { axis: 0 }), node.shape);
}

/** What the node gives of a state. */
function shownOf(w: GraphWriter, { attrs: { shown } }: Node<'scan'>, state: string): string {
  if (shown === undefined) return state;
  return w.node('Slice', [state, whole(w, [0]), whole(w, [shown]), whole(w, [1])]);
}

const parameterValues = (body: Subgraph, values: readonly Value[]): Map<Node, Value> =>
  new Map(body.parameters.map((parameter, i) => [parameter, values[i]]));

/** x[t] for every step. */
function rowsOf(e: Emission, x: Node, steps: number): string[] {
  const all = denseInput(e, x);
  const shape = x.shape.slice(1);
  if (steps === 1) return [reshape(e, all, shape)];
  if (e.lacks('Split')) {
    const at = (t: number): string =>
      e.w.node('Slice', [all, whole(e.w, [t]), whole(e.w, [t + 1]), whole(e.w, [0]), whole(e.w, [1])]);
    return Array.from({ length: steps }, (_, t) => reshape(e, at(t), shape));
  }
  const split = e.w.nodes('Split', [all, whole(e.w, new Array<number>(steps).fill(1))], { axis: 0 }, steps);
  return split.map((piece) => reshape(e, piece, shape));
}

function asScan(e: Emission, node: Node<'scan'>): Value {
  const { body, init, sequences, constants, symbols } = partsOf(e, node);
  const inner = new GraphWriter(e.w);
  const looped = [init.shape, ...sequences.map((x) => x.shape.slice(1))];
  const inputs = looped.map((shape) => ({
    name: inner.fresh(),
    type: e.float,
    shape: resolve(symbols, shape),
  }));
  const given = [...inputs.map(({ name }, i) => plain(name, looped[i])), ...constants.map((c) => e.value(c))];
  const place = { ...e, w: inner, symbols };
  const state = dense(place, e.body(body.result, parameterValues(body, given), symbols, inner), init.shape);
  const kept = shownOf(inner, node, state);
  const outputs = [
    { ...inputs[0], name: inner.fresh() },
    { ...inputs[0], name: inner.fresh(), shape: resolve(symbols, node.shape.slice(1)) },
  ];
  [state, kept].forEach((value, i) => inner.output(outputs[i].name, value));
  const graph = inner.finish('step', inputs, outputs);
  const turned = sequences.map((x) => x.op === 'flip' && x.attrs.axis === 0);
  const read = sequences.map((x, i) => (turned[i] ? x.inputs[0] : x));
  const feeds = [init, ...read].map((x) => denseInput(e, x));
  const attributes = {
    body: graph,
    num_scan_inputs: sequences.length,
    scan_input_directions: turned.map(Number),
  };
  const [, states] = e.w.nodes('Scan', feeds, attributes, 2);
  return plain(states, node.shape);
}
