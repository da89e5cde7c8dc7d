/**
 * What a vocabulary item sees of the evaluation: `Call` for one call of a layer or function, over the context and the
 * scope it stands in.
 */
import type { Span } from '../../grammar/source.ts';
import { Mistake } from '../../grammar/diagnostics.ts';
import { counted, kinds } from '../errors.ts';
import { meanAll } from '../ir/compose.ts';
import { addDims, mulDims, ofAllProcesses, packsOf, printShape, type Dim, type Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Initial } from '../../program/manifest.ts';
import { isScalar, isStack, printRows, type RowOrigin } from '../types.ts';
import type { TensorValue } from '../values.ts';
import type { Call, Heard, NetworkFileSource, RowDemand } from '../vocabulary/builtin.ts';
import { dependsOnStandIn, drawNode, originOf, scalarNode } from './feeds.ts';
import { gradientOf } from './gradient.ts';
import type { Context, NetworkScope, Scope } from './context.ts';
import { statePath } from './layer-names.ts';
import { Silence } from '../bind/dims.ts';
import type { WeightInfo } from '../bind/names.ts';

/** `layer` is the item's name with its place in the body (`dense_1`) for layers, its plain name for functions. */
export function makeCall(
  context: Context,
  scope: Scope,
  layer: string,
  ident: string,
  span: Span,
  apply?: Call['apply'],
): Call {
  const { b } = context;
  const owner = scope.network;
  const fail: Call['fail'] = (kind, details) => {
    throw new Mistake(kind, details);
  };
  const own = (
    part: string,
    role: WeightInfo['role'],
    shape: Shape,
    initial: Initial,
    decay: boolean,
  ): WeightInfo => declare(context, owner, layer, part, role, shape, initial, decay);
  const bufferName = (part: string): string => `${owner!.path}.${layer}.${part}`;
  // An average is moved by its own statement alone: what a call of it sees leaves nothing behind.
  const moves = owner !== null && !owner.averaged;
  return {
    b,
    span,
    mode: context.mode,
    trained: moves && context.trained.has(owner.name),
    weight: (part, shape, initial, options) =>
      context.state(own(part, 'weight', shape, initial, options.decay), owner!.averaged),
    buffer: (part, shape, initial) =>
      context.state(own(part, 'buffer', shape, initial, false), owner!.averaged),
    networkFile: (path) => networkFile(context, path),
    observe: (part, batch, rows) => {
      context.acrossRows.set(b.called(part, batch), 'a batch norm');
      if (!moves) return;
      const list = context.effects.observed.get(bufferName(part)) ?? [];
      if (!list.some((one) => one.batch === batch)) list.push({ batch, rows });
      context.effects.observed.set(bufferName(part), list);
    },
    move: (part, next) => void context.effects.moved.set(bufferName(part), next),
    inner(part, kind, x, make) {
      const path = `${statePath(owner!)}.${layer}.${part}`;
      const region = { kind: 'layer', name: kind, path, span: undefined } as const;
      const made = (): ReturnType<typeof make> =>
        make(makeCall(context, scope, `${layer}.${part}`, `${ident}.${part}`, span));
      return b.within({ ...region, parameters: new Map([[x, 'x']]) }, made);
    },
    draw: (name, distribution, shape, k) => {
      return drawNode(context, distribution, `${ident}/${name}`, shape, k);
    },
    scalar: (value) => scalarNode(context, value),
    tensor: (node, type) => ({ sort: 'tensor', node, type, ident }),
    part: (name, node, type) => ({ sort: 'tensor', node, type, ident: `${ident}.${name}` }),
    biased: (unbiased, biased, type) => lazilyBiased(unbiased, b.later(biased), type, ident),
    join: (x, y) => joinRows(context, x, y),
    addends: (x, y) => addends(context, scope, x, y),
    rowCount: (rows) => rowCountOf(context, rows),
    allRows: (x, rows) => allRowsOf(context, x, rows),
    demand: (demand) => demanded(context, demand),
    apply:
      apply ??
      (() => fail(kinds.notCallable, { what: 'nothing can be called here', hint: 'Call it outside.' })),
    gradient: (y, x) => gradientOf(context, y, x),
    played: (game) => void context.effects.games.push(game),
    heard: (value) => heardAs(context, value),
    requireKnown(node) {
      if (dependsOnStandIn(context, [node])) throw new Silence();
    },
    fail,
  };
}

function lazilyBiased(
  unbiased: Node,
  biased: () => Node,
  type: TensorValue['type'],
  ident: string,
): TensorValue {
  let made: Node | undefined;
  return {
    sort: 'tensor',
    type,
    ident,
    unbiased,
    get node() {
      return (made ??= biased());
    },
  };
}

/** Files are read before anything is evaluated, so the path must be known by the text alone. */
function networkFile({ names }: Context, path: string): NetworkFileSource {
  const known = names.networkFiles.get(path);
  if (known === null) throw new Silence();
  if (known !== undefined) return { file: known.file, graph: known.found.graph };
  throw new Mistake(kinds.networkFile, {
    what: `\`${path}\` has not been read`,
    why: 'Which files a spec reads is known by its text, before any call is made.',
    hint: 'Write the path, or a param that is one, where `onnx` is called.',
  });
}

/** Registers the weight on first sight; its shape must be free of symbols. */
function declare(
  context: Context,
  owner: NetworkScope | null,
  layer: string,
  part: string,
  role: WeightInfo['role'],
  shape: Shape,
  initial: Initial,
  decay: boolean,
): WeightInfo {
  if (owner === null) throw new Error(`\`${layer}\` owns weights and stands outside a network`);
  const name = `${owner.path}.${layer}.${part}`;
  const known = context.weights.get(owner.name)?.get(name);
  if (known !== undefined) return known;
  if (!shape.every((dim): dim is number => typeof dim === 'number')) {
    throw new Mistake(kinds.weightSize, {
      what: `the weights of \`${layer}\` would have the shape ${printShape(shape)}`,
      why: 'A weight has one size, whatever the length of what comes in.',
      hint: 'Reduce the length first, with `mean(over: time)` for example.',
    });
  }
  const info: WeightInfo = {
    name,
    network: owner.name,
    role,
    part,
    shape: shape as readonly number[],
    initial,
    decay,
    layer,
  };
  context.declare(info);
  return info;
}

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

function heardAs(context: Context, { node }: TensorValue): Heard | null {
  const origin = originOf(context, node);
  const info = origin?.kind === 'field' ? context.names.data.get(origin.stream) : undefined;
  if (info === undefined || info.sound === undefined) return null;
  const { range } = info.convert;
  const stream = info.declaration.name.name;
  return { stream, features: info.sound, range: range ?? [0, 1], samples: range ?? [-1, 1] };
}

const sumOf = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(addDims, 0);
