/**
 * What a call sees of rows: those of two values made one, how many there are, those of all processes. In: the context;
 * out: rows that belong together, or a `rows` mistake.
 */
import { counted, kinds } from '../errors.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { meanAll } from '../ir/compose.ts';
import { addDims, mulDims, ofAllProcesses, packsOf, type Dim } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import { isScalar, isStack, printRows, type RowOrigin } from '../types.ts';
import type { TensorValue } from '../values.ts';
import type { Call, RowDemand } from '../vocabulary/builtin.ts';
import type { Context, Scope } from './context.ts';

type OfRows = Pick<Call, 'join' | 'addends' | 'rowCount' | 'allRows' | 'demand'>;

export const callRows = (context: Context, scope: Scope): OfRows => ({
  join: (x, y) => joinRows(context, x, y),
  addends: (x, y) => addends(context, scope, x, y),
  rowCount: (rows) => rowCountOf(context, rows),
  allRows: (x, rows) => allRowsOf(context, x, rows),
  demand: (demand) => demanded(context, demand),
});

/**
 * Two losses as they are added. In a network, and where their rows are one already, row by row. While a spec is being
 * checked the sum is only noted (see rows.ts); once rows are settled, those that have not met give their means.
 */
function addends(
  context: Context,
  scope: Scope,
  x: TensorValue,
  y: TensorValue,
): readonly [TensorValue, TensorValue] {
  const { rows } = context;
  const [a, b] = [x.type.rows, y.type.rows];
  const free = a !== null && b !== null && isScalar(x.type) && isScalar(y.type) && !rows.same(a, b);
  if (!free || scope.network !== null) return [x, y];
  const means = (): readonly [TensorValue, TensorValue] => [rowMean(context, x), rowMean(context, y)];
  if (rows.settled) return means();
  if (typeof a !== 'string' || typeof b !== 'string' || context.mode !== 'train') {
    return rows.join(a, b) === null ? means() : [x, y];
  }
  rows.noteSum(a, b);
  if (rows.isStream(a) && rows.isStream(b)) return means();
  const one = rows.isStream(b) ? b : a;
  return [withRows(x, one), withRows(y, one)];
}

const withRows = ({ node, type, ident }: TensorValue, rows: RowOrigin): TensorValue => ({
  sort: 'tensor',
  node,
  type: { ...type, rows },
  ident,
});

/** The mean over rows of one number a row: a number without rows. */
function rowMean({ b }: Context, { node, type, ident }: TensorValue): TensorValue {
  return {
    sort: 'tensor',
    node: meanAll(b, node),
    type: { ...type, form: 'scalar', shape: [], rows: null },
    ident,
  };
}

function joinRows(context: Context, x: RowOrigin | null, y: RowOrigin | null): RowOrigin | null {
  if (x === null || y === null) return x ?? y;
  const { rows } = context;
  const joined = rows.join(x, y);
  if (joined !== null) return joined;
  const [a, b] = [rows.resolve(x), rows.resolve(y)];
  if (typeof a === 'string' && typeof b === 'string' && !(rows.isStream(a) && rows.isStream(b))) {
    throw twoBatches(context, a, b);
  }
  throw new Mistake(kinds.rows, {
    what: `rows of ${printRows(a)} are combined with rows of ${printRows(b)}`,
    why: 'A row of one has nothing to do with the same row of the other.',
    hint: 'Add their losses instead, or put one below the other with `stack(...)`.',
  });
}

function twoBatches({ rows, names }: Context, a: string, b: string): Mistake {
  const sizes = [rows.sized(a)!, rows.sized(b)!];
  const written = sizes.map(({ name, batch }) => ({
    sample: names.samples.has(name),
    span: (names.samples.get(name) ?? names.data.get(name))!.declaration.batch?.span,
    text: `\`${name}\` has batches of ${batch}`,
  }));
  return new Mistake(kinds.batchSizes, {
    what: `${counted(sizes[0].batch, 'row')} of \`${sizes[0].name}\` are combined with ${sizes[1].batch} of \`${sizes[1].name}\``,
    why: 'Values that are combined have the same rows.',
    hint: written.every(({ sample }) => sample)
      ? 'Give both samples the same `batch`.'
      : 'Leave out the `batch` of the sample: it takes the rows of the stream that it meets.',
    labels: written.flatMap(({ span, text }) => (span === undefined ? [] : [{ span, text }])),
  });
}

function rowCountOf(context: Context, rows: RowOrigin): Dim {
  if (typeof rows === 'string') return context.rowCount(rows);
  if (isStack(rows)) return sumOf(rows.map((part) => rowCountOf(context, part)));
  if ('packed' in rows) return packsOf(rowCountOf(context, rows.packed), rows.by);
  const [a, b] = rows.pairs.map((one) => rowCountOf(context, one));
  return mulDims(a, ofAllProcesses(b));
}

/** Names of batches of one size have one symbol where sizes are symbols. */
function demanded({ effects, rows }: Context, demand: RowDemand): void {
  effects.demands.push(demand);
  if (demand.kind === 'equal' && typeof demand.of === 'string' && typeof demand.like === 'string')
    rows.equate(demand.of, demand.like);
}

function allRowsOf(context: Context, { node }: TensorValue, rows: RowOrigin): Node {
  const count = ofAllProcesses(rowCountOf(context, rows));
  const all = context.b.regroup(node, [count, ...node.shape.slice(1)], 'all');
  if (all !== node) context.acrossRows.set(all, '`over_pairs`');
  return all;
}

const sumOf = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(addDims, 0);
