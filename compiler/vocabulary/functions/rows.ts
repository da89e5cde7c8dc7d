/** Batches put together and taken apart, and random mixtures of two. */
import { kinds } from '../../errors.ts';
import { addDims, sameShape, type Dim } from '../../ir/dim.ts';
import { broadcastTo } from '../../ir/compose.ts';
import { isStack, printRows, printType, type RowOrigin, type TensorType } from '../../types.ts';
import type { TensorValue } from '../../values.ts';
import { align } from '../align.ts';
import { commonKind, commonRange, features, tensorOf } from '../shapes.ts';
import { int, value, values, type Call, type Builtin } from '../builtin.ts';

export const stack: Builtin = {
  doc: 'One batch below another: the rows of all, in this order. What batch norm sees together is so written down. `part` takes a stack apart.',
  where: 'anywhere',
  params: [values('x', 'Two or more tensors, or a list of them, of one shape, each with rows.')],
  build(call, args) {
    const given = args.values('x').map((one) => tensorOf(call, one, '`stack`'));
    const parts = alike(call, given);
    const [first] = parts;
    const origin = parts.map(({ type }): RowOrigin => type.rows ?? rowless(call, type));
    const node = call.b.concat(
      parts.map((part) => part.node),
      0,
    );
    const hidden = parts.map(({ type }) => type.hidden).find((name) => name !== null) ?? null;
    return call.tensor(node, {
      ...first.type,
      kind: commonKind(parts),
      range: commonRange(parts),
      rows: origin,
      hidden,
    });
  },
};

const rowless = (call: Call, type: TensorType): never =>
  call.fail(kinds.noRows, {
    what: `\`stack\` takes values with rows, and ${printType(type)} without rows came in`,
    hint: 'Give values of streams or samples.',
  });

/** All labels, or all tensors of one shape (labels as onehots). */
function alike(call: Call, given: readonly TensorValue[]): readonly TensorValue[] {
  if (given.length === 0)
    call.fail(kinds.missingArgument, {
      what: '`stack` takes at least one tensor',
      hint: 'Write `stack(a, b)`.',
    });
  const labels = given.every(({ type }) => type.kind === 'label');
  const parts = labels ? given : given.map((part) => features(call, part));
  const [{ type }] = parts;
  const odd = parts.find(
    (part) =>
      part.type.form !== type.form ||
      !sameShape(part.type.shape, type.shape) ||
      (labels && String(part.type.classes) !== String(type.classes)),
  );
  if (odd !== undefined)
    call.fail(kinds.shape, {
      what: `\`stack\` of ${printType(type)} and ${printType(odd.type)}`,
      why: 'What lies in one batch has one shape.',
      hint: 'Bring them to one shape first.',
    });
  return parts;
}

export const part: Builtin = {
  doc: 'The rows of one batch of a stack: `part(stack(a, b), 1)` is b.',
  where: 'anywhere',
  params: [value('x', 'Made from a stack.'), int('i', 'Which batch, from 0.')],
  build(call, args) {
    const { node, type } = args.tensor('x');
    const { rows } = type;
    if (rows === null || typeof rows === 'string' || !isStack(rows))
      return call.fail(kinds.rows, {
        what: `\`part\` takes rows of a stack, and rows of ${printRows(rows)} came in`,
        hint: 'Make one with `stack(a, b)`.',
      });
    const i = args.int('i');
    if (!(i in rows))
      return call.fail(kinds.outside, {
        what: `there is no part ${i} of ${rows.length}`,
        hint: 'Parts count from 0.',
      });
    const start = rows.slice(0, i).reduce<Dim>((sum, one) => addDims(sum, call.rowCount(one)), 0);
    const end = addDims(start, call.rowCount(rows[i]));
    return call.tensor(call.b.slice(node, 0, start, end), { ...type, rows: rows[i] });
  },
};

export const between: Builtin = {
  doc: 'A random point on the straight line from a to b, one draw a row: what gradient penalties look at.',
  where: 'anywhere',
  params: [value('a', 'Any tensor with rows.'), value('b', 'Another of its shape.')],
  build(call, args) {
    const { b } = call;
    const { nodes, type } = align(call, [args.tensor('a'), args.tensor('b')]);
    const [p, q] = nodes;
    if (type.rows === null)
      return call.fail(kinds.noRows, {
        what: '`between` takes values with rows',
        why: 'Each row has a draw of its own.',
        hint: 'Give values of streams or samples.',
      });
    const full = p.shape.length > 0 ? p.shape : q.shape;
    const u = broadcastTo(b, call.draw('place', 'uniform', [full[0]]), full, [0]);
    const range = commonRange([args.tensor('a'), args.tensor('b')]);
    return call.tensor(b.add(p, b.mul(u, b.sub(q, p))), { ...type, range });
  },
};
