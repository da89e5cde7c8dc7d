/**
 * The one primitive with a sub-graph: a recurrence over the first axis of its sequences. The body works on each row
 * by itself (ir/node.ts, Subgraph), so its derivative may be applied to the rows of all steps at once.
 */
import { mulDims, printShape, sameDim, sameShape, subDims, type Dim, type Shape } from '../dim.ts';
import { reachable, type Attributes, type Node } from '../node.ts';
import type { OpBuilder } from '../opBuilder.ts';
import { fill } from '../compose.ts';
import { ShapeError, type Op } from './op.ts';
import { sizeOf, tensor, zeros } from './tensor.ts';

type Scan = Attributes['scan'];

function scanShape([init, ...rest]: readonly Shape[], { body, sequences, shown }: Scan): Shape {
  const xs = rest.slice(0, sequences);
  if (sequences < 1 || xs.length < sequences) throw new ShapeError('a scan needs at least one sequence');
  const odd = xs.find((x) => x.length < 2 || !sameShape(x.slice(0, 2), [xs[0][0], init[0]]));
  if (odd) throw new ShapeError(`a sequence ${printShape(odd)} for rows of ${printShape(init)}`);
  const rows = body.parameters[0].shape[0];
  const wanted = [
    [rows, ...init.slice(1)],
    ...xs.map((x) => [rows, ...x.slice(2)]),
    ...rest.slice(sequences),
  ];
  const given = body.parameters.map((p) => p.shape);
  const fits = wanted.length === given.length && wanted.every((shape, i) => sameShape(shape, given[i]));
  if (!fits || !sameShape(body.result.shape, wanted[0])) {
    throw new ShapeError(
      `a scan's body takes ${given.map(printShape).join(', ')} to ${printShape(body.result.shape)}`,
    );
  }
  if (shown === undefined) return [xs[0][0], ...init];
  const columns = init[1];
  if (init.length !== 2 || typeof columns !== 'number' || shown < 1 || shown > columns)
    throw new ShapeError(`${shown} columns of states ${printShape(init)}`);
  return [xs[0][0], init[0], shown];
}

/**
 * With h_t = f(h_{t-1}, x_t, c) and λ_t the whole cotangent of h_t: μ_{t-1} = (∂f/∂h)ᵀ λ_t and λ_t = g_t + μ_t.
 * The μ are a scan backwards in time; μ_0 belongs to the initial state. Its body holds only what λ goes through: all
 * that (∂f/∂h)ᵀ takes from states and inputs is computed before it, for all steps at once, and the rest of the body's
 * derivative after it (Appleyard et al. 2016, arXiv:1604.01946, section 3: as few and as large products as there are).
 */
function scanGradient(b: OpBuilder, node: Node<'scan'>, g: Node): Node[] {
  const { shown, body, sequences } = node.attrs;
  if (shown === undefined) return gradientOfStates(b, node, node, g);
  // Derivatives need all of each state.
  const states = b.make('scan', node.inputs, { body, sequences });
  const hidden = Number(states.shape[2]) - shown;
  return gradientOfStates(b, node, states, b.pad(g, [0, 0, 0], [0, 0, hidden]));
}

/** `states`: all that the recurrence goes through; `g`: their cotangents. */
function gradientOfStates(b: OpBuilder, node: Node<'scan'>, states: Node, g: Node): Node[] {
  const { body, sequences } = node.attrs;
  const [init, ...rest] = node.inputs;
  const [xs, constants] = [rest.slice(0, sequences), rest.slice(sequences)];
  const [steps, rows] = node.shape;
  const cotangent = b.input('cotangent', body.result.shape);
  const [ofState, ...ofRest] = b.vjp(body.result, body.parameters, cotangent);

  const first = b.reshape(init, [1, ...init.shape]);
  const before = b.concat([first, b.slice(states, 0, 0, subDims(steps, 1))], 0);
  const all = mulDims(steps, rows);
  const flat = (x: Node): Node => b.reshape(x, [all, ...x.shape.slice(2)]);
  const known = [...[before, ...xs].map(flat), ...constants];
  const factors = withoutCotangent(ofState, body.parameters.slice(0, 1 + sequences), cotangent);
  const readied = apply(b, factors, body.parameters, known, all);
  const ready = readied.map((x, i) => b.reshape(x, [steps, rows, ...factors[i].shape.slice(1)]));
  const fixed = body.parameters.slice(1 + sequences);
  const mus = b.scan(
    fill(b, 0, init.shape),
    [g, ...ready].map((x) => b.flip(x, 0)),
    constants,
    (_, mu, [gt, ...slices], c) =>
      apply(
        b,
        [ofState],
        [...factors, ...fixed, cotangent],
        [...slices, ...c, b.add(gt, mu)],
        mu.shape[0],
      )[0],
  );
  const mu = b.flip(mus, 0);

  const none = states.shape.map(() => 0);
  const later = b.pad(b.slice(mu, 0, 1, steps), none, none.with(0, 1), none);
  const parts = apply(b, ofRest, [...body.parameters, cotangent], [...known, flat(b.add(g, later))], all);
  const shaped = parts.map((part, i) => (i < sequences ? b.reshape(part, xs[i].shape) : part));
  return [b.reshape(b.slice(mu, 0, 0, 1), init.shape), ...shaped];
}

/**
 * The nodes of rows, as near to `root` as there are, that depend on states or slices and not on the cotangent: given
 * them, the constants and the cotangent, `root` can be computed.
 */
function withoutCotangent(root: Node, byRow: readonly Node[], cotangent: Node): Node[] {
  const rows = cotangent.shape[0];
  const order = reachable([root]);
  const reading = (from: readonly Node[]): Set<Node> => {
    const found = new Set(from);
    for (const node of order) if (node.inputs.some((x) => found.has(x))) found.add(node);
    return found;
  };
  const [varying, carried] = [reading(byRow), reading([cotangent])];
  const hasRows = ({ shape }: Node): boolean => shape.length > 0 && sameDim(shape[0], rows);
  const isFactor = (node: Node): boolean => varying.has(node) && !carried.has(node) && hasRows(node);
  return reachable([root], isFactor).filter(isFactor);
}

/** The nodes with values for the body's parameters and a size for its rows. */
function apply(
  b: OpBuilder,
  roots: readonly Node[],
  parameters: readonly Node[],
  values: readonly Node[],
  rows: Dim,
): Node[] {
  return b.instantiate(roots, new Map(parameters.map((p, i) => [p, values[i]])), { R: rows });
}

export const scan: Op<'scan'> = {
  doc: 'The states [T,N,S..] after each step of a recurrence, or their first columns: init [N,S..], sequences [T,N,X..], constants.',
  inputs: ['init', 'x', '...'],
  shape: scanShape,
  resized: (attrs, { body }) => ({ ...attrs, body: body(attrs.body) }),
  gradient: scanGradient,
  evaluate([init, ...rest], { body, sequences }, shape, run) {
    const out = zeros(shape);
    const [rows, columns] = [shape[1], sizeOf(shape.slice(2))];
    const width = sizeOf(init.shape.slice(1));
    let state = init;
    for (let t = 0; t < shape[0]; t++) {
      const slices = rest.slice(0, sequences).map((x) => {
        const length = sizeOf(x.shape.slice(1));
        return tensor(x.shape.slice(1), x.data.subarray(t * length, (t + 1) * length));
      });
      state = run(body, [state, ...slices, ...rest.slice(sequences)], shape[1]);
      for (let row = 0; row < rows; row++)
        out.data.set(state.data.subarray(row * width, row * width + columns), (t * rows + row) * columns);
    }
    return out;
  },
  samples: [
    {
      inputs: [
        [2, 2],
        [3, 2, 2],
        [2, 2],
      ],
      attrs: plainCell,
    },
    {
      inputs: [
        [1, 2],
        [1, 1, 2],
        [2, 2],
      ],
      attrs: plainCell,
    },
    { inputs: [[2, 2], [3, 2, 2], [3, 2, 2], [2]], attrs: gatedCell },
    {
      inputs: [
        [2, 2],
        [3, 2, 2],
        [2, 2],
      ],
      attrs: (b) => ({ ...plainCell(b), shown: 1 }),
    },
  ],
};

/** h' = tanh(x + h·w). */
function plainCell(b: OpBuilder): Scan {
  const body = b.body([2], [[2]], [[2, 2]], (_, state, [x], [w]) => b.tanh(b.add(x, b.matmul(state, w))));
  return { body, sequences: 1 };
}

/** h' = z·h + (1 - z)·c·x with z = sigmoid(gate): two sequences, one constant. */
function gatedCell(b: OpBuilder): Scan {
  const body = b.body([2], [[2], [2]], [[2]], (_, state, [x, gate], [c]) => {
    const z = b.sigmoid(gate);
    const scale = b.expand(b.reshape(c, [1, 2]), state.shape);
    return b.add(b.mul(z, state), b.mul(b.sub(1, z), b.mul(x, scale)));
  });
  return { body, sequences: 2 };
}
