/**
 * A history as values: rows of which some are earlier ones, and what it keeps after the scope (an image buffer: Shrivastava et
 * al. 2017, arXiv:1612.07828, section 2.3). Each row has a slot and a coin, drawn by the history's name and the row; all
 * fields of a row share them. In: a declaration; out: its record, and the next value of each tensor that it keeps.
 */
import { textOf } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { Silence } from '../bind/dims.ts';
import type { HistoryInfo, StateInfo } from '../bind/names.ts';
import { kinds } from '../errors.ts';
import { alongAxes, broadcastTo, oneHot } from '../ir/compose.ts';
import { knownDim, product, type Dim } from '../ir/dim.ts';
import { reachable, type Node } from '../ir/node.ts';
import { stored, type RowOrigin } from '../types.ts';
import { describe, digest, type RecordValue, type TensorValue } from '../values.ts';
import type { Call } from '../vocabulary/builtin.ts';
import { makeCall } from './call-context.ts';
import { topScope, type Context } from './context.ts';
import { drawNode } from './feeds.ts';
import { entryOf } from './states.ts';

/** What marks the slots that hold a row. */
const marks = 'full';

/** One row of each field: an earlier one, by chance and where its slot holds one, else that of now. No gradient passes. */
export function historyValue(context: Context, info: HistoryInfo): RecordValue {
  const key = `History:${info.name}${context.salt}`;
  const known = context.memo.get(key);
  if (known?.sort === 'record') return known;
  const fields = Object.entries(rowsOf(context, info).fields).map(([name, now]) => [
    name,
    given(context, info, name, now),
  ]);
  const made: RecordValue = { sort: 'record', fields: Object.fromEntries(fields), of: info.name };
  context.memo.set(key, made);
  return made;
}

/** The tensors that it keeps, in the order in which they are written: the marks, which the others read, last. */
export const partsOf = ({ declaration }: HistoryInfo): string[] =>
  declaration.of.kind === 'Record' ? [...declaration.of.fields.map(({ name }) => name.name), marks] : [];

/** What a part is after the scope: rows whose slot was empty or that took from it lie there; of several the last. */
export function historyNext(
  context: Context,
  info: HistoryInfo,
  part: string,
): { state: StateInfo; next: Node } {
  const { b } = context;
  const { fields, rows } = rowsOf(context, info);
  const { slots, takes, holds } = drawn(context, info, rows);
  const writes = b.add(b.sub(1, holds), takes);
  const here = b.mul(slots, alongAxes(b, writes, slots.shape, [1]));
  const all = everyRow(context, here, rows);
  const [count, size] = all.shape;
  const order = alongAxes(b, b.add(b.iota(count), 1), all.shape, [1]);
  const ranked = b.mul(all, order);
  const last = b.amax(ranked, [0]);
  const chosen = b.mul(all, b.equal(ranked, broadcastTo(b, last, all.shape, [1])));
  const any = b.min(last, 1);
  if (part === marks) {
    const state = marksOf(info);
    return { state, next: b.max(context.state(entryOf(state), false), any) };
  }
  const now = fields[part];
  const state = keptOf(info, part, now);
  const width = product(now.type.shape);
  const values = everyRow(context, b.reshape(now.node, [now.node.shape[0], width]), rows);
  const written = b.reshape(b.matmul(b.transpose(chosen, [1, 0]), values), [size, ...now.type.shape]);
  const before = context.state(entryOf(state), false);
  return { state, next: b.select(broadcastTo(b, any, written.shape, [0]), written, before) };
}

const everyRow = (context: Context, node: Node, rows: RowOrigin): Node =>
  callOf(context).allRows({ sort: 'tensor', node, type: stored([]), ident: '' }, rows);

const callOf = (context: Context): Call => makeCall(context, topScope, 'history', '', context.names.span);

// ---------------------------------------------------------------- rows of now

interface Rows {
  readonly fields: Readonly<Record<string, TensorValue>>;
  readonly rows: RowOrigin;
}

/** The fields as they are now: tensors of the same rows. */
function rowsOf(context: Context, { declaration, name }: HistoryInfo): Rows {
  const value = context.evaluate(declaration.of, context, topScope);
  if (value.sort !== 'record') throw new Silence();
  const call = callOf(context);
  let rows: RowOrigin | null = null;
  for (const [field, one] of Object.entries(value.fields)) {
    if (one.sort === 'unknown') throw new Silence();
    if (one.sort !== 'tensor' || one.type.rows === null)
      throw new Mistake(
        kinds.noRows,
        {
          what: `the history \`${name}\` keeps rows, and \`${field}\` is ${describe(one)}${one.sort === 'tensor' ? ' without rows' : ''}`,
          hint: 'Give values of streams or samples; of a distribution its `draw` or `mean`.',
        },
        declaration.of.span,
      );
    rows = call.join(rows, one.type.rows);
  }
  if (rows === null)
    throw new Mistake(
      kinds.missingArgument,
      {
        what: `the history \`${name}\` keeps nothing`,
        hint: `Name what it keeps: \`history ${name} of { x: fake } size 50\`, in the place of \`${textOf(declaration.of.span)}\`.`,
      },
      declaration.of.span,
    );
  return { fields: value.fields as Rows['fields'], rows };
}

// ---------------------------------------------------------------- rows as they are given

function given(context: Context, info: HistoryInfo, field: string, now: TensorValue): TensorValue {
  const { b } = context;
  const ident = digest('history', info.name, field, context.salt);
  const { rows } = rowsOf(context, info);
  const current = b.stop(now.node);
  const type = { ...now.type, rows };
  // A report shows what is made now: it remembers nothing and changes nothing.
  if (context.mode !== 'train') return { sort: 'tensor', node: current, type, ident };
  const { slots, takes } = drawn(context, info, rows);
  const state = keptOf(info, field, now);
  context.effects.kept.set(state.name, state);
  const kept = context.state(entryOf(state), false);
  const earlier = b.reshape(b.matmul(slots, b.reshape(kept, [info.size, product(now.type.shape)])), [
    slots.shape[0],
    ...now.type.shape,
  ]);
  const node = b.select(broadcastTo(b, takes, earlier.shape, [0]), earlier, current);
  return { sort: 'tensor', node, type, ident };
}

interface Drawn {
  /** [rows, size]: 1 at the row's slot. */
  readonly slots: Node;
  /** [rows]: whether the row is given what lies in its slot. */
  readonly takes: Node;
  /** [rows]: whether something lies there. */
  readonly holds: Node;
}

function drawn(context: Context, info: HistoryInfo, rows: RowOrigin): Drawn {
  const { b } = context;
  const count: Dim = callOf(context).rowCount(rows);
  const slot = drawNode(context, 'integer', `${info.name}/slot`, [count], info.size);
  const coin = drawNode(context, 'uniform', `${info.name}/coin`, [count]);
  const slots = oneHot(b, slot, info.size);
  const state = marksOf(info);
  context.effects.kept.set(state.name, state);
  const full = b.reshape(context.state(entryOf(state), false), [info.size, 1]);
  const holds = b.reshape(b.matmul(slots, full), [count]);
  return { slots, holds, takes: b.mul(b.less(coin, info.chance), holds) };
}

// ---------------------------------------------------------------- what is kept

const marksOf = (info: HistoryInfo): StateInfo => tensorOf(info, marks, []);

const keptOf = (info: HistoryInfo, field: string, { type }: TensorValue): StateInfo =>
  tensorOf(info, field, type.shape.map(knownDim));

function tensorOf({ name, size }: HistoryInfo, part: string, row: readonly number[]): StateInfo {
  const shape = [size, ...row];
  return { name: `${name}_${part}`, type: stored(shape), shape, initial: 0 };
}

/** The histories that these nodes read. */
export function historiesIn({ names }: Context, nodes: readonly Node[]): string[] {
  const leaves = new Set(reachable(nodes).flatMap(({ op, attrs }) => (op === 'input' ? [attrs.name] : [])));
  const read = [...names.histories.values()].filter((info) => leaves.has(marksOf(info).name));
  return read.map(({ name }) => name);
}
